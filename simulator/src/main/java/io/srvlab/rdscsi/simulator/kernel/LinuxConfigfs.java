package io.srvlab.rdscsi.simulator.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The one that the kernel shows below {@code /sys/kernel/config}. */
final class LinuxConfigfs implements Configfs {
    @Override
    public boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public List<String> names(Path directory) throws IOException {
        var names = new ArrayList<String>();
        try (var entries = Files.newDirectoryStream(directory)) {
            for (var entry : entries) names.add(String.valueOf(entry.getFileName()));
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public void make(Path directory) throws IOException {
        Files.createDirectory(directory);
    }

    @Override
    public void remove(Path directory) throws IOException {
        Files.delete(directory);
    }

    /** An attribute takes its value from one write. */
    @Override
    public void set(Path attribute, String value) throws IOException {
        try (var open = FileChannel.open(attribute, StandardOpenOption.WRITE)) {
            open.write(ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new IOException("writing '" + value + "' to " + attribute + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void link(Path link, Path to) throws IOException {
        Files.createSymbolicLink(link, to);
    }

    @Override
    public void unlink(Path link) throws IOException {
        Files.delete(link);
    }
}
