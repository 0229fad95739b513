package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Kubelet.EXT4;
import static io.srvlab.rdscsi.lab.Kubelet.EXT4_DISCARD;
import static io.srvlab.rdscsi.lab.Kubelet.RAW;
import static io.srvlab.rdscsi.lab.Kubelet.XFS;
import static io.srvlab.rdscsi.lab.Promises.expect;
import static io.srvlab.rdscsi.lab.Promises.same;

import io.srvlab.rdscsi.node.linux.LoopDevices;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** Volumes that change their size, and what a target does with areas that are given back or zeroed. */
final class Growth {
    private static final long MIB = 1 << 20;
    private static final long JUNK_EVERY = 16 * MIB;
    private static final int JUNK_PIECES = 512;
    /** How many of them a journal of 300 MiB covers wherever it begins. */
    private static final int JOURNAL_PIECES = 18;

    private final Promises promises;
    private final Plugin plugin;
    private final Target target = new Target();

    private Growth(Promises promises, Plugin plugin) throws IOException {
        this.promises = promises;
        this.plugin = plugin;
    }

    public static void main(String[] args) throws Exception {
        var promises = new Promises();
        try (var plugin = new Plugin()) {
            new Growth(promises, plugin).play();
        }
        System.exit(promises.status());
    }

    private void play() throws Exception {
        filesystem("ext4", EXT4);
        filesystem("xfs", XFS);
        raw();
        var ext4 = List.of("mkfs.ext4", "-q", "-F", "-E", "nodiscard", "-J", "size=300");
        zeroed("ext4", EXT4, "-J size=300", ext4);
        zeroed("xfs", XFS, "-l size=300m", List.of("mkfs.xfs", "-q", "-f", "-K", "-l", "size=300m"));
        shrunk();
        trimmed();
    }

    private void filesystem(String type, VolumeCapability as) throws Exception {
        var slot = "grow-" + type;
        var file = Target.backing(slot, 320 * MIB);
        var claim = Claim.make(slot, 1);
        var kubelet = new Kubelet(plugin, slot, Map.of());
        target.export(claim.subsystem(), claim.hostNqn(), file);
        kubelet.stage(claim, as);
        kubelet.publish(claim, as);
        promises.hold(type + " grows under a pod that writes, to what the appliance has made of it", () -> {
            var before = Files.getFileStore(kubelet.target()).getTotalSpace();
            var more = new AtomicBoolean(true);
            var pod = CompletableFuture.runAsync(() -> write(kubelet.target().resolve("bytes"), more));
            resize(file, 640 * MIB);
            same(640 * MIB, kubelet.expand(640 * MIB));
            more.set(false);
            pod.get(60, TimeUnit.SECONDS);
            var grown = Files.getFileStore(kubelet.target()).getTotalSpace() - before;
            expect(grown > 290 * MIB, "it grew by " + grown);
        });
        promises.hold(type + ": again, there is nothing to do", () -> same(640 * MIB, kubelet.expand(640 * MIB)));
        promises.hold(type + ": what the appliance has not made larger is not called larger", () -> {
            var answer = kubelet.notGrown(1024 * MIB, 10);
            expect(answer.contains(Long.toString(640 * MIB)), answer);
        });
        kubelet.unpublish();
        kubelet.unstage();
        target.unexport(claim.subsystem());
    }

    private void raw() throws Exception {
        var file = Target.backing("grow-raw", 300 * MIB);
        var claim = Claim.make("grow-raw", 1);
        var kubelet = new Kubelet(plugin, "grow-raw", Map.of());
        target.export(claim.subsystem(), claim.hostNqn(), file);
        kubelet.stage(claim, RAW);
        kubelet.publish(claim, RAW);
        promises.hold("a raw block volume grows", () -> {
            resize(file, 330 * MIB);
            same(330 * MIB, kubelet.expand(330 * MIB));
            same(330 * MIB, kubelet.stats(20).getUsage(0).getTotal());
        });
        promises.hold("a raw block volume's condition tells whether this kernel cuts long Write Zeroes short", () -> {
            fill(kubelet.target(), 300);
            Guest.run(List.of("blkdiscard", "--zeroout", "--offset", "0", "--length", Long.toString(290 * MIB),
                    kubelet.target().toString()));
            Guest.dropCaches();
            var cut = byteAt(file, 289 * MIB) != 0;
            System.out.println("                 290 MiB were zeroed, and byte 289 MiB is "
                    + (cut ? "as it was: cut short" : "zero"));
            same(cut, kubelet.condition().getAbnormal());
            same(cut, kubelet.condition().getMessage().contains("Write Zeroes"));
        });
        kubelet.unpublish();
        kubelet.unstage();
        target.unexport(claim.subsystem());
    }

    /**
     * A device on which no signature lies, but old data where the journal comes to lie; of blocks of 512 bytes, where the kernel
     * cuts soonest.
     */
    private void zeroed(String type, VolumeCapability as, String options, List<String> byHand) throws Exception {
        var slot = "zeroed-" + type;
        var file = Target.backing(slot, JUNK_EVERY * JUNK_PIECES);
        junk(file);
        var disk = LoopDevices.attach(file, false, "lab");
        var claim = Claim.make(slot, 1);
        var kubelet = new Kubelet(plugin, slot, Map.of("mkfsOptions", options));
        target.export(claim.subsystem(), claim.hostNqn(), disk.path());
        promises.hold(type + " finds zeros in all of its journal, whatever the kernel made of a long Write Zeroes", () -> {
            kubelet.stage(claim, as);
            kubelet.unstage();
            var zeroed = zeroedInARow(file);
            expect(zeroed >= JOURNAL_PIECES, zeroed + " of " + JOURNAL_PIECES + " pieces in a row are zero");
        });
        promises.hold("the condition of a raw block volume tells whether mkfs." + type + " by hand finds them", () -> {
            kubelet.stage(claim, RAW);
            kubelet.publish(claim, RAW);
            wipe(disk.path());
            Guest.run(Stream.concat(byHand.stream(), Stream.of(kubelet.target().toString()))
                    .toList());
            var zeroed = zeroedInARow(file);
            System.out.println("                 by hand " + zeroed + " of " + JOURNAL_PIECES + " pieces in a row are zero");
            same(zeroed < JOURNAL_PIECES, kubelet.condition().getAbnormal());
            kubelet.unpublish();
            kubelet.unstage();
        });
        target.unexport(claim.subsystem());
        LoopDevices.clear(disk);
        Files.delete(file);
    }

    /** As it was: no signature, and old data. */
    private static void wipe(Path disk) throws IOException, InterruptedException {
        var device = disk.toString();
        Guest.run(List.of("dd", "if=/dev/zero", "of=" + device, "bs=1M", "count=1", "conv=notrunc"));
        junk(disk);
        Guest.dropCaches();
    }

    /** Old data at places where nobody looks for a signature. */
    private static void junk(Path file) throws IOException {
        var ones = new byte[4096];
        Arrays.fill(ones, (byte) 1);
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            for (var i = 0; i < JUNK_PIECES; i++) {
                open.seek(i * JUNK_EVERY + JUNK_EVERY / 2);
                open.write(ones);
            }
            open.getFD().sync();
        }
    }

    private static int zeroedInARow(Path file) throws IOException, InterruptedException {
        Guest.dropCaches();
        var longest = 0;
        for (int i = 0, row = 0; i < JUNK_PIECES; i++) {
            row = byteAt(file, i * JUNK_EVERY + JUNK_EVERY / 2) == 0 ? row + 1 : 0;
            longest = Math.max(longest, row);
        }
        return longest;
    }

    private void shrunk() throws Exception {
        var file = Target.backing("shrunk", 320 * MIB);
        var claim = Claim.make("shrunk", 1);
        var kubelet = new Kubelet(plugin, "shrunk", Map.of());
        target.export(claim.subsystem(), claim.hostNqn(), file);
        kubelet.stage(claim, EXT4);
        kubelet.unstage();
        promises.hold("a device that has shrunk below its filesystem is not mounted", () -> {
            resize(file, 310 * MIB);
            Guest.write(Path.of("/sys/kernel/config/nvmet/subsystems", claim.subsystem().text(),
                    "namespaces/1/revalidate_size"), "1");
            var answer = Kubelet.refusal(() -> kubelet.stage(claim, EXT4));
            expect(answer.contains(Long.toString(310 * MIB)), answer);
        });
        target.unexport(claim.subsystem());
    }

    private void trimmed() throws Exception {
        var file = Target.backing("trimmed", 400 * MIB);
        var claim = Claim.make("trimmed", 1);
        var kubelet = new Kubelet(plugin, "trimmed", Map.of());
        target.export(claim.subsystem(), claim.hostNqn(), file);
        kubelet.stage(claim, EXT4_DISCARD);
        kubelet.publish(claim, EXT4_DISCARD);
        promises.hold("with the mount option discard, what a pod deletes is given back by the appliance's file", () -> {
            fill(kubelet.target().resolve("bytes"), 100);
            Guest.run(List.of("sync"));
            var full = allocated(file);
            Files.delete(kubelet.target().resolve("bytes"));
            Guest.run(List.of("sync"));
            Promises.until("the file keeps " + full, 60, () -> allocated(file) < full - 90 * MIB);
        });
        kubelet.unpublish();
        kubelet.unstage();
        target.unexport(claim.subsystem());
    }

    private static void write(Path file, AtomicBoolean more) {
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            while (more.get()) {
                open.write(new byte[4096]);
                open.getFD().sync();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes so many MiB of ones. */
    private static void fill(Path file, int mib) throws IOException {
        var ones = new byte[(int) MIB];
        Arrays.fill(ones, (byte) 1);
        try (var open = Files.newOutputStream(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            for (var i = 0; i < mib; i++) open.write(ones);
        }
        Guest.sync(file);
    }

    private static void resize(Path file, long bytes) throws IOException {
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(bytes);
        }
    }

    private static int byteAt(Path file, long offset) throws IOException {
        try (var open = new RandomAccessFile(file.toFile(), "r")) {
            open.seek(offset);
            return open.read();
        }
    }

    private static long allocated(Path file) throws IOException {
        return Long.parseLong(Guest.output(List.of("stat", "-c", "%b", file.toString()))) * 512;
    }
}
