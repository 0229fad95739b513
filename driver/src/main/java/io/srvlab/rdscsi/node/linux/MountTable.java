package io.srvlab.rdscsi.node.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All mounts that this process sees, read once; whoever has changed something reads anew. */
public record MountTable(List<MountEntry> entries) {
    private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");

    public MountTable {
        entries = List.copyOf(entries);
    }

    public static MountTable read() throws IOException {
        return parse(new String(Files.readAllBytes(MOUNTINFO), StandardCharsets.UTF_8));
    }

    /** @throws IllegalArgumentException on a line that is none; a table that was half understood is none */
    static MountTable parse(String mountinfo) {
        return new MountTable(mountinfo.lines().map(MountTable::entry).toList());
    }

    /** The mounts at exactly this place, the lowest first: mounts stack. */
    public List<MountEntry> at(Path place) {
        var here = new ArrayList<>(entries.stream()
                .filter(entry -> entry.mountPoint().equals(place.toString()))
                .toList());
        // The kernel promises no order, but each mount names the one beneath it as its parent.
        var stacked = new ArrayList<MountEntry>();
        while (!here.isEmpty()) {
            var lowest = here.stream()
                    .filter(entry ->
                            here.stream().noneMatch(other -> other.id() != entry.id() && other.id() == entry.parent()))
                    .findFirst()
                    .orElse(here.getFirst());
            here.remove(lowest);
            stacked.add(lowest);
        }
        return stacked;
    }

    /** The mount that is seen at exactly this place, if it is a mount point. */
    public Optional<MountEntry> top(Path place) {
        var stacked = at(place);
        return stacked.isEmpty() ? Optional.empty() : Optional.of(stacked.getLast());
    }

    /** Every mount of that device, wherever. */
    public List<MountEntry> of(DeviceNumber device) throws IOException {
        var found = new ArrayList<MountEntry>();
        for (var entry : entries) {
            if (entry.carrier().equals(device)) found.add(entry);
        }
        return found;
    }

    /** The mount on which {@code place} lies. */
    public Optional<MountEntry> covering(Path place) {
        for (@Nullable Path up = place; up != null; up = up.getParent()) {
            var here = top(up);
            if (here.isPresent()) return here;
        }
        return Optional.empty();
    }

    private static MountEntry entry(String line) {
        var fields = line.split(" ", -1);
        var separator = Arrays.asList(fields).indexOf("-"); // after a number of optional fields
        if (separator < 6 || fields.length < separator + 4) {
            throw new IllegalArgumentException("not a line of mountinfo: '" + line + "'");
        }
        return new MountEntry(
                Integer.parseInt(fields[0]),
                Integer.parseInt(fields[1]),
                DeviceNumber.parse(fields[2]),
                unescape(fields[3]),
                unescape(fields[4]),
                List.of(fields[5].split(",")),
                unescape(fields[separator + 1]),
                unescape(fields[separator + 2]),
                List.of(fields[separator + 3].split(",")),
                Arrays.stream(fields, 6, separator).anyMatch(optional -> optional.startsWith("shared:")));
    }

    /** Blank, tab, newline and backslash stand as a backslash and three octal digits. */
    static String unescape(String text) {
        if (text.indexOf('\\') < 0) return text;
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var plain = new byte[bytes.length];
        var length = 0;
        for (var i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\\' && i + 3 < bytes.length && octal(bytes, i + 1)) {
                plain[length++] = (byte) ((bytes[i + 1] - '0') << 6 | (bytes[i + 2] - '0') << 3 | (bytes[i + 3] - '0'));
                i += 3;
            } else {
                plain[length++] = bytes[i];
            }
        }
        return new String(plain, 0, length, StandardCharsets.UTF_8);
    }

    private static boolean octal(byte[] bytes, int from) {
        for (var i = from; i < from + 3; i++) {
            if (bytes[i] < '0' || bytes[i] > '7') return false;
        }
        return true;
    }
}
