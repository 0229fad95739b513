package io.srvlab.rdscsi.lab;


import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** What a scenario does to the machine that it runs on. */
final class Guest {
    private Guest() {}

    /** Runs a program to its end; what it prints is this program's output. */
    static void run(List<String> command) throws IOException, InterruptedException {
        var status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) throw new IOException(command + " ended with " + status);
    }

    /** One write to a file that is there: an attribute of sysfs or configfs, or a device. Never makes a file. */
    static void write(Path file, String text) throws IOException {
        try (var open = FileChannel.open(file, StandardOpenOption.WRITE)) {
            open.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    /** What a program prints, without blanks around it. */
    static String output(List<String> command) throws IOException {
        var process = new ProcessBuilder(command).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    }

    /** Loses every packet to the target, or no more: to the host it looks as if the target were gone. */
    static void lose(boolean packets) throws IOException, InterruptedException {
        if (packets) lose("100%");
        else run(List.of("tc", "qdisc", "del", "dev", "to-target", "root"));
    }

    /** Loses that share of the packets to the target. */
    static void lose(String share) throws IOException, InterruptedException {
        run(List.of("tc", "qdisc", "add", "dev", "to-target", "root", "netem", "loss", share));
    }

    /** Has what was written to {@code file} reach its device. */
    static void sync(Path file) throws IOException {
        try (var open = FileChannel.open(file, StandardOpenOption.WRITE)) {
            open.force(true);
        }
    }


    /** Drops what the page cache holds, so that the next read asks the device. */
    static void dropCaches() throws IOException, InterruptedException {
        run(List.of("sync"));
        write(Path.of("/proc/sys/vm/drop_caches"), "3");
    }
}
