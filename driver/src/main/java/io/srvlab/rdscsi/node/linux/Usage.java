package io.srvlab.rdscsi.node.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/**
 * How full a filesystem is (statvfs(3)). {@code bytesAvailable} is what ordinary users may still take, less than
 * {@code bytesTotal - bytesUsed} where some is reserved.
 */
public record Usage(
        long bytesTotal, long bytesUsed, long bytesAvailable, long inodesTotal, long inodesUsed, long inodesAvailable) {

    public static Usage of(Path place) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var s = arena.allocate(112, 8);
            Libc.statvfs(place.toString(), s);
            var unit = s.get(JAVA_LONG, 8); // f_frsize; the counts that follow are in it
            var blocks = s.get(JAVA_LONG, 16);
            var blocksFree = s.get(JAVA_LONG, 24);
            var files = s.get(JAVA_LONG, 40);
            var filesFree = s.get(JAVA_LONG, 48);
            return new Usage(
                    blocks * unit,
                    (blocks - blocksFree) * unit,
                    s.get(JAVA_LONG, 32) * unit,
                    files,
                    files - filesFree,
                    s.get(JAVA_LONG, 56));
        }
    }
}
