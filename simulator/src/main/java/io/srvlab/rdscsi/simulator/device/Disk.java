package io.srvlab.rdscsi.simulator.device;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file disk: what was set, by property, in the words that {@code print} shows. Its size is its file's.
 *
 * @param id of the item; counts up, and never comes back
 */
record Disk(long id, SequencedMap<String, String> settings) {
    String slot() {
        return setting(DiskSettings.SLOT);
    }

    /** As {@code /file} names it: without the leading slash. */
    String fileName() {
        return setting(DiskSettings.FILE_PATH).substring(1);
    }

    boolean exported() {
        return setting(DiskSettings.EXPORT).equals("yes");
    }

    String nqn() {
        return setting(DiskSettings.NQN);
    }

    /** The list of hosts as it was written. */
    String list() {
        return setting(DiskSettings.HOSTS);
    }

    /** The hosts that are let in, by NQN, separated by commas; none: any host. */
    Set<String> hosts() {
        return Stream.of(list().split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** This disk with these settings changed; an unset one is null. */
    Disk with(Map<String, @Nullable String> changes) {
        var next = new LinkedHashMap<>(settings);
        changes.forEach((name, text) -> {
            if (text == null) next.remove(name);
            else next.put(name, text);
        });
        return new Disk(id, next);
    }

    private String setting(String name) {
        return Objects.requireNonNull(settings.get(name), name);
    }
}
