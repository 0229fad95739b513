package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Promises.expect;
import static io.srvlab.rdscsi.lab.Promises.same;

import io.srvlab.rdscsi.nvme.ConnectOptions;
import io.srvlab.rdscsi.nvme.Controller;
import io.srvlab.rdscsi.nvme.Disk;
import io.srvlab.rdscsi.nvme.Fabrics;
import io.srvlab.rdscsi.nvme.NvmeSysfs;
import io.srvlab.rdscsi.nvme.host.Connection;
import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.nvme.host.Namespace;
import io.srvlab.rdscsi.nvme.host.Refusal;
import io.srvlab.rdscsi.nvme.host.Session;
import io.srvlab.rdscsi.nvme.host.SessionEnded;
import io.srvlab.rdscsi.nvme.host.Settings;
import io.srvlab.rdscsi.nvme.subsystem.Export;
import io.srvlab.rdscsi.nvme.subsystem.FileBacking;
import io.srvlab.rdscsi.nvme.subsystem.NvmeTarget;
import io.srvlab.rdscsi.nvme.subsystem.Traffic;
import io.srvlab.rdscsi.nvme.wire.Digests;
import io.srvlab.rdscsi.nvme.wire.DiscoveryLog;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** This project's NVMe/TCP against the kernel's: its target with the kernel's initiator, its host with the kernel's target. */
final class Wire {
    private static final long SIZE = 512L << 20; // xfs wants 300 MiB at least
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Path MOUNT = Path.of("/tmp/mount");
    private static final int RECONNECT_SECONDS = 1;
    private static final int WAIT_SECONDS = 20;
    private static final byte[] BYTES = new byte[8 << 20];

    static {
        new Random(1).nextBytes(BYTES);
    }

    private final Promises promises = new Promises();
    private final NvmeSysfs kernel = new NvmeSysfs(Path.of("/sys"), Path.of("/dev"));
    private final Traffic traffic = new Traffic();
    private NvmeTarget ours = bind(0);

    private Wire() throws IOException {}

    public static void main(String[] args) throws Exception {
        Files.createDirectory(MOUNT);
        var wire = new Wire();
        wire.kernelAtOurTarget(Claim.make("ours-0", 1), Claim.make("ours-0", 2));
        wire.ourHostAtTheKernels(Claim.make("nvmet-0", 1), Claim.make("nvmet-0", 2));
        System.exit(wire.promises.status());
    }

    private static NvmeTarget bind(int port) throws IOException {
        return NvmeTarget.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private void kernelAtOurTarget(Claim claim, Claim next) throws Exception {
        var file = Target.backing("ours", SIZE);
        export(claim, file);
        ours.start();
        promises.hold("the kernel connects to this project's target, and sees its disk's size and id", () -> {
            connect(claim);
            var disk = disk(claim);
            same(SIZE, bytes(disk));
            same("uuid." + id(file), attribute(disk, "wwid"));
            same("write back", attribute(disk, "queue/write_cache"));
        });
        promises.hold("it formats, mounts and writes ext4, and finds the same bytes again", () -> {
            writesAndReads(claim, "mkfs.ext4", "-q", "-F");
        });
        promises.hold("and xfs", () -> writesAndReads(claim, "mkfs.xfs", "-q", "-f"));
        promises.hold("zeroes that it has written are zeroes", () -> zeroes(claim, file));
        promises.hold("it sees at once that the disk has grown", () -> {
            try (var grown = new RandomAccessFile(file.toFile(), "rw")) {
                grown.setLength(2 * SIZE);
            }
            ours.resized(claim.subsystem().text());
            until("it is still as small", () -> bytes(disk(claim)) == 2 * SIZE);
        });
        promises.hold("a change of the list does not cut it", () -> {
            ours.allow(claim.subsystem().text(), Set.of(next.hostNqn().text()));
            writesAndReads(claim, "mkfs.ext4", "-q", "-F");
            ours.allow(claim.subsystem().text(), Set.of(claim.hostNqn().text()));
        });
        promises.hold("what it writes while the target restarts is written when it has reconnected", () ->
                restart(claim, file));
        promises.hold("nvme discover shows what this project's host finds at it: the disk, and to another host nothing", () ->
                discovered(new InetSocketAddress(InetAddress.getLoopbackAddress(), ours.address().getPort()), claim));
        promises.hold("another host is refused", () -> {
            try {
                connect(claim.fromElsewhere());
                throw new AssertionError("it is connected");
            } catch (IOException e) {
                expect(String.valueOf(e.getMessage()).contains("Input/output error"), e.toString());
            }
        });
        promises.hold("taken off a target that listens on, the kernel gives the disk up, 6.1 when its patience ends", () -> {
            export(next, Target.backing("next", 16 << 20));
            for (var session : kernel.controllers(claim.subsystem().text()::equals)) kernel.setLossTimeout(session, 5);
            ours.unexport(claim.subsystem().text());
            until("it keeps its session", () -> kernel.controllers(claim.subsystem().text()::equals).isEmpty());
        });
        ours.close();
    }

    private void writesAndReads(Claim claim, String... format) throws Exception {
        var device = disk(claim).node().toString();
        var command = new ArrayList<>(List.of(format));
        command.add(device);
        Guest.run(command);
        Guest.run(List.of("mount", device, MOUNT.toString()));
        write(MOUNT.resolve("bytes"), BYTES);
        Guest.run(List.of("umount", MOUNT.toString()));
        Guest.dropCaches();
        Guest.run(List.of("mount", device, MOUNT.toString()));
        expect(Arrays.equals(BYTES, Files.readAllBytes(MOUNT.resolve("bytes"))), "they are other bytes");
        Guest.run(List.of("umount", MOUNT.toString()));
    }

    private void zeroes(Claim claim, Path file) throws Exception {
        var device = disk(claim).node().toString();
        try (var block = FileChannel.open(Path.of(device), StandardOpenOption.WRITE)) {
            block.write(ByteBuffer.wrap(BYTES), 0);
            block.force(true);
        }
        Guest.run(List.of("blkdiscard", "-z", "-o", "4096", "-l", Integer.toString(BYTES.length - 8192), device));
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            var found = new byte[BYTES.length];
            in.readFully(found);
            var wanted = BYTES.clone();
            Arrays.fill(wanted, 4096, wanted.length - 4096, (byte) 0);
            expect(Arrays.equals(wanted, found), "they are other bytes");
        }
    }

    private void restart(Claim claim, Path file) throws Exception {
        var node = disk(claim).node();
        int port = ours.address().getPort();
        ours.close();
        var writing = new FutureTask<>(() -> {
            try (var block = FileChannel.open(node, StandardOpenOption.WRITE)) {
                block.write(ByteBuffer.wrap(BYTES), 0);
                block.force(true);
            }
            return true;
        });
        Thread.ofPlatform().daemon().start(writing);
        until("it does not see that the target is gone", () -> !session(claim).live());
        expect(!writing.isDone(), "it was written to nobody");
        ours = bind(port);
        export(claim, file);
        ours.start();
        expect(writing.get(30, TimeUnit.SECONDS), "not written");
        try (var in = Files.newInputStream(file)) {
            expect(Arrays.equals(BYTES, in.readNBytes(BYTES.length)), "they are other bytes");
        }
    }

    private void ourHostAtTheKernels(Claim claim, Claim other) throws Exception {
        var target = new Target();
        var at = new InetSocketAddress(Target.ADDRESS, Target.PORT);
        target.export(claim.subsystem(), claim.hostNqn(), Target.backing("nvmet", SIZE));
        target.export(other.subsystem(), other.hostNqn(), Target.backing("other", 16 << 20));
        promises.hold("a knock tells who is let in, who is not, and where there is no such subsystem", () -> {
            same(new Knock.Admitted(false), knock(at, claim, claim));
            refused(knock(at, claim, other), Refusal.Meaning.HOST_NOT_ALLOWED);
            refused(knock(at, Claim.make("none", 1), claim), Refusal.Meaning.NO_SUCH_SUBSYSTEM);
        });
        promises.hold("this project's host reads what the kernel wrote, and the kernel what it wrote", () -> {
            connect(claim, InetAddress.getByName(Target.ADDRESS), Target.PORT);
            write(disk(claim).node(), BYTES);
            disconnect(claim);
            try (var session = open(at, claim, Settings.DEFAULT)) {
                var disk = session.namespace(1, PATIENCE);
                same(SIZE, disk.bytes());
                same(ByteBuffer.wrap(BYTES), session.read(disk, 0, BYTES.length, PATIENCE));
                session.write(disk, BYTES.length, ByteBuffer.wrap(BYTES), PATIENCE);
                session.writeZeroes(disk, 0, 1 << 20, PATIENCE);
                session.flush(disk, PATIENCE);
            }
            connect(claim, InetAddress.getByName(Target.ADDRESS), Target.PORT);
            try (var block = Files.newInputStream(disk(claim).node())) {
                var found = block.readNBytes(2 * BYTES.length);
                expect(Arrays.equals(found, 0, 1 << 20, new byte[1 << 20], 0, 1 << 20), "not zero");
                expect(Arrays.equals(found, BYTES.length, found.length, BYTES, 0, BYTES.length), "other bytes");
            }
            disconnect(claim);
        });
        promises.hold("with digests of headers and data too", () -> {
            var settings = new Settings(32, new Digests(true, true), Duration.ofSeconds(5));
            try (var session = open(at, claim, settings)) {
                var disk = session.namespace(1, PATIENCE);
                session.write(disk, 0, ByteBuffer.wrap(BYTES), PATIENCE);
                same(ByteBuffer.wrap(BYTES), session.read(disk, 0, BYTES.length, PATIENCE));
            }
        });
        promises.hold("nvme discover shows what this project's host finds: what it may use, and nothing else", () ->
                discovered(at, claim));
        var session = open(at, claim, Settings.DEFAULT);
        var disk = session.namespace(1, PATIENCE);
        target.cut(claim.subsystem());
        promises.hold("it sees within a second that it was cut", () -> {
            expect(session.awaitEnd(Duration.ofSeconds(1)) != null, "the session goes on");
            writesNoMore(session, disk);
        });
        promises.hold("after the cut a knock is refused for good", () ->
                refused(knock(at, claim, claim), Refusal.Meaning.NO_SUCH_SUBSYSTEM));
        promises.hold("a target that listens no more refuses nobody", () -> {
            target.cut(other.subsystem());
            var knock = knock(at, claim, claim);
            expect(knock instanceof Knock.CouldNotKnock, knock.toString());
        });
    }

    /** By both programs, as the host that is let in and as one that is not. */
    private static void discovered(InetSocketAddress at, Claim claim) throws Exception {
        var entry = new DiscoveryLog.Entry(
                claim.subsystem().text(), at.getAddress().getHostAddress(), Integer.toString(at.getPort()));
        var stranger = claim.fromElsewhere();
        same(List.of(entry), found(at, claim));
        same(List.of(entry), NvmeCli.discover(at, host(claim)));
        same(List.of(), found(at, stranger));
        same(List.of(), NvmeCli.discover(at, host(stranger)));
    }

    private static List<DiscoveryLog.Entry> found(InetSocketAddress at, Claim claim) throws Exception {
        var connection = Connection.to(at, DiscoveryLog.SUBSYSTEM, host(claim), Settings.DEFAULT, PATIENCE);
        expect(connection instanceof Connection.Open, connection.toString());
        try (var session = ((Connection.Open) connection).session()) {
            return session.discover(PATIENCE).entries();
        }
    }

    private static void writesNoMore(Session session, Namespace disk) throws IOException {
        try {
            session.write(disk, 0, ByteBuffer.allocate(4096), PATIENCE);
            throw new AssertionError("it was written");
        } catch (SessionEnded e) {
            // as it must
        }
    }

    private void export(Claim claim, Path file) throws IOException {
        ours.export(new Export(
                claim.subsystem().text(),
                Set.of(claim.hostNqn().text()),
                id(file),
                new FileBacking(file),
                traffic));
    }

    private static UUID id(Path file) {
        return UUID.nameUUIDFromBytes(file.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static ConnectOptions.Host host(Claim claim) {
        return new ConnectOptions.Host(claim.hostNqn().text(), claim.host());
    }

    private static Knock knock(InetSocketAddress at, Claim subsystem, Claim host) {
        return Knock.at(at, subsystem.subsystem().text(), host(host), PATIENCE);
    }

    private static void refused(Knock knock, Refusal.Meaning meaning) {
        expect(
                knock instanceof Knock.Refused refused
                        && refused.refusal().meaning() == meaning
                        && refused.doNotRetry(),
                knock.toString());
    }

    private static Session open(InetSocketAddress at, Claim claim, Settings settings) {
        var connection = Connection.to(at, claim.subsystem().text(), host(claim), settings, PATIENCE);
        expect(connection instanceof Connection.Open, connection.toString());
        return ((Connection.Open) connection).session();
    }

    private void connect(Claim claim) throws Exception {
        connect(claim, InetAddress.getLoopbackAddress(), ours.address().getPort());
    }

    private void connect(Claim claim, InetAddress address, int port) throws Exception {
        new Fabrics(Path.of("/dev"))
                .connect(new ConnectOptions(
                        address,
                        port,
                        claim.subsystem().text(),
                        host(claim),
                        2,
                        OptionalInt.empty(),
                        OptionalInt.of(RECONNECT_SECONDS),
                        OptionalInt.empty()));
        until("no disk appears", () -> !kernel.disks(claim.subsystem().text()::equals).isEmpty());
        until("no node appears", () -> Files.exists(disk(claim).node()));
    }

    private void disconnect(Claim claim) throws Exception {
        Promises.expect(
                kernel.delete(session(claim), Duration.ofSeconds(WAIT_SECONDS)), "the kernel does not let go of the session");
        until("it keeps the disk", () -> kernel.disks(claim.subsystem().text()::equals).isEmpty());
    }

    private Controller session(Claim claim) throws IOException {
        var sessions = kernel.controllers(claim.subsystem().text()::equals);
        expect(sessions.size() == 1, "wanted one session, found " + sessions);
        return sessions.getFirst();
    }

    private Disk disk(Claim claim) throws IOException {
        var disks = kernel.disks(claim.subsystem().text()::equals);
        expect(disks.size() == 1, "wanted one disk, found " + disks);
        return disks.getFirst();
    }

    private static void until(String otherwise, Promises.Condition condition) throws Exception {
        Promises.until(otherwise, WAIT_SECONDS, condition);
    }

    private static long bytes(Disk disk) throws IOException {
        return Long.parseLong(attribute(disk, "size")) * 512;
    }

    private static String attribute(Disk disk, String name) throws IOException {
        return Files.readString(Path.of("/sys/dev/block", disk.number(), name)).strip();
    }

    /** To where it is durable. */
    private static void write(Path to, byte[] bytes) throws IOException {
        boolean device = to.startsWith("/dev"); // must be there: another would be a file in the memory
        var how = device
                ? Set.of(StandardOpenOption.WRITE)
                : Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        try (var file = FileChannel.open(to, how)) {
            var left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) file.write(left);
            file.force(true);
        }
    }
}
