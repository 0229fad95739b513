package io.srvlab.rdscsi.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Removes a directory that this program made for itself. */
final class Directories {
    private Directories() {}

    /**
     * Removes all of it, unless another filesystem is mounted somewhere below: what is in there is not ours.
     *
     * @throws IOException also if a mount is found; what was removed before stays removed
     */
    static void remove(Path directory) throws IOException {
        var device = Files.getAttribute(directory, "unix:dev");
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path entered, BasicFileAttributes attributes) throws IOException {
                if (!device.equals(Files.getAttribute(entered, "unix:dev"))) {
                    throw new IOException(entered + " is still mounted; it was left as it is");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failure) throws IOException {
                if (failure != null) throw failure;
                Files.delete(left);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
