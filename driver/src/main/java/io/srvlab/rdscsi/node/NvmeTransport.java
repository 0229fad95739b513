package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.DeviceNumber;
import io.srvlab.rdscsi.node.linux.MountTable;
import io.srvlab.rdscsi.node.linux.Openers;
import io.srvlab.rdscsi.nvme.ConnectOptions;
import io.srvlab.rdscsi.nvme.Controller;
import io.srvlab.rdscsi.nvme.Disk;
import io.srvlab.rdscsi.nvme.Fabrics;
import io.srvlab.rdscsi.nvme.NvmeSysfs;
import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.NodeProblem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * NVMe/TCP through the kernel's own initiator. The subsystem's NQN is the only key: which disk carries it is asked of
 * sysfs each time, and only sessions whose NQN is this volume's are ever ended.
 */
public final class NvmeTransport implements Transport {
    private static final int QUEUES_MAX = 4;
    /** What the 16 bits of a command's number of blocks hold. */
    private static final long BLOCKS_ZEROED_MAX = 65_536;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final Duration CONNECT_AGAIN_MAX = Duration.ofSeconds(2);
    private static final Duration HEARD_WITHIN = Duration.ofSeconds(3);

    private final NodeName node;
    private final NvmeSysfs sysfs;
    private final Fabrics fabrics;

    public NvmeTransport(NodeName node) {
        this(node, Path.of("/sys"), Path.of("/dev"));
    }

    NvmeTransport(NodeName node, Path sys, Path dev) {
        this.node = node;
        this.sysfs = new NvmeSysfs(sys, dev);
        this.fabrics = new Fabrics(dev);
    }

    @Override
    public Attachment attach(Door door, boolean readOnly, Operation operation) throws IOException {
        var volume = operation.volume();
        var nqn = door.subsystem().text();
        removeOlder(nqn, operation);
        var fresh = false;
        var saw = "nothing yet";
        var again = "";
        var pause = LOOK_AGAIN;
        do {
            // A connect may outlast the deadline; then this is all that the caller hears of the ones before it.
            operation.step("connecting to " + nqn + again);
            var sessions = sysfs.controllers(nqn::equals);
            if (sessions.stream().allMatch(Controller::dying)) {
                var refused = connect(options(door), operation);
                fresh |= refused.isEmpty();
                if (refused.isPresent()) {
                    saw = refused.get();
                    pause = longer(pause);
                    again = ", after " + saw;
                }
                // What the kernel holds decides, not the error: a session may be there by now.
                sessions = sysfs.controllers(nqn::equals);
            }
            var device = find(volume, door).filter(found -> Files.exists(found.path()));
            if (device.isPresent() && sessions.stream().anyMatch(Controller::live)) {
                makeWritable(device.get(), readOnly, fresh, operation);
                return new Attachment(device.get(), fresh);
            }
            if (!sessions.isEmpty()) saw = "sessions " + sessions + ", disks " + sysfs.disks(nqn::equals);
        } while (operation.mayLookAgain(pause));
        throw new Failed(new NodeProblem.NoDoor(volume, node, nqn + " at " + door.address() + ":" + door.port(), saw));
    }

    /**
     * Has the kernel connect; returns what it refused with, in words. The kernel connects to one target at a time, for the whole
     * machine, and waits a minute for one that is silent (nvmf_dev_mutex, NVME_ADMIN_TIMEOUT): so it is not asked before
     * somebody has been heard there.
     */
    private Optional<String> connect(ConnectOptions options, Operation operation) {
        try {
            fabrics.refuseAbsent();
            var silence = Knock.silence(
                    new InetSocketAddress(options.address(), options.port()), shorter(operation.left(), HEARD_WITHIN));
            if (silence.isEmpty()) fabrics.connect(options);
            return silence.map(why -> "nobody speaks NVMe/TCP there: " + why);
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** A device in use is left as it is: who writes to it would lose what he writes. */
    private static void makeWritable(BlockDevice device, boolean readOnly, boolean fresh, Operation operation)
            throws IOException {
        if (device.readOnly() == readOnly) return;
        var used = !fresh
                && (!MountTable.read().of(device.number()).isEmpty()
                        || !Openers.of(device.number()).isEmpty());
        if (used) {
            throw new Failed(new NodeProblem.Occupied(
                    operation.volume(),
                    operation.node(),
                    device.toString(),
                    readOnly ? "a writable attachment" : "a read-only attachment",
                    "the opposite"));
        }
        device.setReadOnly(readOnly);
    }

    private static Duration longer(Duration pause) {
        return shorter(pause.multipliedBy(2), CONNECT_AGAIN_MAX);
    }

    @Override
    public Optional<BlockDevice> find(VolumeId volume, Door door) throws IOException {
        var nqn = door.subsystem().text();
        var disks = sysfs.disks(nqn::equals);
        if (disks.size() > 1) throw new Failed(new NodeProblem.Ambiguous(volume, node, nqn, disks.toString()));
        return disks.stream().map(NvmeTransport::device).findFirst();
    }

    @Override
    public List<BlockDevice> devices(VolumeId volume) throws IOException {
        return sysfs.disks(nqn -> Door.Names.of(volume, nqn)).stream()
                .map(NvmeTransport::device)
                .toList();
    }

    @Override
    public Optional<BlockDevice> device(VolumeId volume, DeviceNumber number) throws IOException {
        return sysfs.disk(number.toString(), nqn -> Door.Names.of(volume, nqn)).map(NvmeTransport::device);
    }

    @Override
    public void rescan(VolumeId volume) throws IOException {
        for (var session : sysfs.controllers(nqn -> Door.Names.of(volume, nqn))) {
            if (session.live()) sysfs.rescan(session);
        }
    }

    @Override
    public List<String> complaints(VolumeId volume) throws IOException {
        return complaints(sysfs.controllers(nqn -> Door.Names.of(volume, nqn)));
    }

    @Override
    public List<String> complaints(BlockDevice device) throws IOException {
        return complaints(
                sysfs.controllers(new Disk(device.path(), device.number().toString())));
    }

    private static List<String> complaints(List<Controller> sessions) {
        return sessions.stream()
                .filter(session -> !session.live())
                .map(session -> "its session " + session + " is not live: reads and writes wait, or fail")
                .toList();
    }

    /**
     * Linux (seen with 6.12) sends one Write Zeroes of any length to a target that states no transfer limit, with the length
     * cut to 16 bits, and reports success: what lies behind keeps its bytes. A limit above what 16 bits hold tells.
     */
    @Override
    public Optional<String> flaw(BlockDevice device) throws IOException {
        var disk = new Disk(device.path(), device.number().toString());
        var limit = sysfs.queueLimit(disk, "write_zeroes_max_bytes").orElse(0);
        var block = sysfs.queueLimit(disk, "logical_block_size").orElse(512);
        return limit <= BLOCKS_ZEROED_MAX * block
                ? Optional.empty()
                : Optional.of(
                        "its target states no transfer limit (MDTS 0), so this kernel cuts a Write Zeroes of more than "
                                + BLOCKS_ZEROED_MAX * block
                                + " bytes short without an error: have nothing zero large areas of it"
                                + " (fallocate --zero-range, blkdiscard --zeroout, VM disks with discard=unmap and detect-zeroes)");
    }

    @Override
    public void detach(Operation operation) throws IOException {
        var volume = operation.volume();
        var left = end(nqn -> Door.Names.of(volume, nqn), operation);
        if (!left.isEmpty()) throw new Failed(new NodeProblem.StillAttached(volume, node, "the kernel keeps " + left));
    }

    private void removeOlder(String nqn, Operation operation) throws IOException {
        var volume = operation.volume();
        Predicate<String> older = name -> Door.Names.of(volume, name) && !name.equals(nqn);
        for (var session : sysfs.controllers(older)) {
            operation.step("removing " + session + " of an earlier attachment");
            for (var disk : sysfs.disks(session.subsystem()::equals)) {
                var mounts = MountTable.read().of(DeviceNumber.parse(disk.number()));
                if (!mounts.isEmpty()) {
                    var use = "it is mounted at " + mounts.getFirst().mountPoint();
                    throw new Failed(new NodeProblem.OlderAttachment(volume, node, disk.toString(), use));
                }
            }
        }
        var left = end(older, operation);
        if (!left.isEmpty()) {
            throw new Failed(new NodeProblem.OlderAttachment(volume, node, left.toString(), "the kernel keeps it"));
        }
    }

    /** Sets for how long a lost session is tried again, in seconds, of those of {@code subsystem}. */
    void setLoss(String subsystem, int seconds) throws IOException {
        for (var session : sysfs.controllers(subsystem::equals)) {
            sysfs.setLossTimeout(session, seconds);
        }
    }

    /** Has no session of this driver's be tried again for longer than {@code seconds}. */
    void shortenLoss(int seconds) throws IOException {
        for (var session : sysfs.controllers(nqn -> Door.Names.volume(nqn).isPresent())) {
            if (sysfs.lossTimeout(session).orElse(Integer.MAX_VALUE) > seconds) sysfs.setLossTimeout(session, seconds);
        }
    }

    /** A session of this driver's that nothing was seen to use. */
    record Leftover(VolumeId volume, String subsystem) {
        @Override
        public String toString() {
            return subsystem;
        }
    }

    /** What says that a session is to be kept. */
    interface Kept {
        boolean test(VolumeId volume) throws IOException;
    }

    /** The sessions of this driver's attachments, of volumes that are not {@code kept}, whose disks nothing uses. */
    List<Leftover> unused(Kept kept) throws IOException {
        var found = new ArrayList<Leftover>();
        for (var session : sysfs.controllers(nqn -> Door.Names.volume(nqn).isPresent())) {
            var volume = Door.Names.volume(session.subsystem()).orElseThrow();
            if (!kept.test(volume) && !inUse(session)) found.add(new Leftover(volume, session.subsystem()));
        }
        return found;
    }

    private boolean inUse(Controller session) throws IOException {
        for (var disk : sysfs.disks(session.subsystem()::equals)) {
            var device = device(disk);
            if (!MountTable.read().of(device.number()).isEmpty()) return true;
            if (!Openers.of(device.number()).isEmpty()) return true;
            try (var _ = device.open(BlockDevice.Mode.EXCLUSIVE)) {
                // nobody holds it, in no mount namespace
            } catch (IOException e) {
                return true; // somebody does, or it cannot be told
            }
        }
        return false;
    }

    void end(Leftover leftover, Operation operation) throws IOException {
        var left = end(leftover.subsystem()::equals, operation);
        if (!left.isEmpty()) {
            throw new Failed(new NodeProblem.StillAttached(leftover.volume(), node, "the kernel keeps " + left));
        }
    }

    /**
     * Ends the sessions whose NQN {@code ours} takes; returns what sysfs shows of them still when the deadline has come, and
     * what hangs. One that is on its way out already is only waited for.
     */
    private List<Object> end(Predicate<String> ours, Operation operation) throws IOException {
        var hanging = new ArrayList<String>();
        for (var session : sysfs.controllers(ours)) {
            if (session.dying()) continue;
            operation.step("ending session " + session);
            if (!sysfs.delete(session, almost(operation.left()))) {
                hanging.add("a process of the driver hangs in the kernel while it ends " + session);
            }
        }
        List<Object> left;
        do {
            left = new ArrayList<>(sysfs.controllers(ours));
            left.addAll(sysfs.disks(ours));
        } while (!left.isEmpty() && operation.mayLookAgain());
        if (!left.isEmpty()) left.addAll(hanging);
        return left;
    }

    /** Some time must be left to say what happened. */
    private static Duration almost(Duration left) {
        return left.minus(left.dividedBy(10));
    }

    private static ConnectOptions options(Door door) throws IOException {
        var host = door.host()
                .map(claimed -> new ConnectOptions.Host(claimed.context().host().text(), claimed.hostId()))
                .orElse(null);
        return new ConnectOptions(
                InetAddress.getByName(door.address()), // the kernel takes numbers only
                door.port(),
                door.subsystem().text(),
                host,
                door.session().queues().orElse(Math.min(Runtime.getRuntime().availableProcessors(), QUEUES_MAX)),
                door.session().loss(),
                door.session().reconnect(),
                door.session().keepAlive());
    }

    private static BlockDevice device(Disk disk) {
        return new BlockDevice(disk.node(), DeviceNumber.parse(disk.number()));
    }
}
