package io.srvlab.rdscsi.node.linux;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All mounts that this process sees, read once; whoever has changed something reads anew. Every line is checked when it is
 * read, but made into a {@link MountEntry} only when it is asked for: there are hundreds, and mostly one is wanted.
 */
public final class MountTable {
    private static final String MOUNTINFO = "/proc/self/mountinfo";
    private static final int USUAL_BYTES = 32 << 10;

    private final List<MountLine> lines;

    private MountTable(List<MountLine> lines) {
        this.lines = lines;
    }

    public static MountTable read() throws IOException {
        return read(MOUNTINFO);
    }

    static MountTable read(String mountinfo) throws IOException {
        try (var file = new FileInputStream(mountinfo)) {
            var text = new byte[USUAL_BYTES];
            var length = 0;
            // The kernel gives a page at a time, and does not say beforehand how many there are.
            for (int more; (more = file.read(text, length, text.length - length)) > 0; ) {
                length += more;
                if (length == text.length) text = Arrays.copyOf(text, 2 * length);
            }
            return parse(text, length);
        }
    }

    static MountTable parse(String mountinfo) {
        var text = mountinfo.getBytes(StandardCharsets.UTF_8);
        return parse(text, text.length);
    }

    /**
     * @param length of the table in {@code mountinfo}, in bytes
     * @throws IllegalArgumentException on a line that is none; a table that was half understood is none
     */
    private static MountTable parse(byte[] mountinfo, int length) {
        var lines = new ArrayList<MountLine>();
        var reader = new MountLine.Reader(mountinfo, length);
        while (reader.hasNext()) lines.add(reader.next());
        return new MountTable(lines);
    }

    public List<MountEntry> entries() {
        return entries(_ -> true);
    }

    /** The mounts at exactly this place, the lowest first: mounts stack. */
    public List<MountEntry> at(Path place) {
        var path = place.toString().getBytes(StandardCharsets.UTF_8);
        var here = entries(line -> line.isAt(path));
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
        for (var entry : entries(line -> line.device().equals(device) || line.isBtrfs())) {
            if (entry.carrier().equals(device)) found.add(entry);
        }
        return found;
    }

    /** Every mount of the filesystem that {@code mount} is one of, itself among them: they share a number, be it made up. */
    public List<MountEntry> sharing(MountEntry mount) {
        return entries(line -> line.device().equals(mount.device()));
    }

    /** The mount on which {@code place} lies. */
    public Optional<MountEntry> covering(Path place) {
        for (@Nullable Path up = place; up != null; up = up.getParent()) {
            var here = top(up);
            if (here.isPresent()) return here;
        }
        return Optional.empty();
    }

    private List<MountEntry> entries(Predicate<MountLine> wanted) {
        var found = new ArrayList<MountEntry>();
        for (var line : lines) {
            if (wanted.test(line)) found.add(line.entry());
        }
        return found;
    }
}
