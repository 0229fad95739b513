package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.DeviceNumber;
import io.srvlab.rdscsi.node.linux.MountTable;
import io.srvlab.rdscsi.nvme.ConnectOptions;
import io.srvlab.rdscsi.nvme.Controller;
import io.srvlab.rdscsi.nvme.Disk;
import io.srvlab.rdscsi.nvme.Fabrics;
import io.srvlab.rdscsi.nvme.NvmeSysfs;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.NodeProblem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.net.InetAddress;
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
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final Duration CONNECT_AGAIN_MAX = Duration.ofSeconds(2);

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
                try {
                    fabrics.connect(options(door));
                    fresh = true;
                } catch (IOException e) {
                    // What the kernel holds decides, not the error: a session may be there by now.
                    saw = String.valueOf(e.getMessage());
                    pause = longer(pause);
                    again = ", after " + saw;
                }
                sessions = sysfs.controllers(nqn::equals);
            }
            var device = find(volume, door).filter(found -> Files.exists(found.path()));
            if (device.isPresent() && sessions.stream().anyMatch(Controller::live)) {
                device.get().setReadOnly(readOnly);
                return new Attachment(device.get(), fresh);
            }
            if (!sessions.isEmpty()) saw = "sessions " + sessions + ", disks " + sysfs.disks(nqn::equals);
        } while (operation.mayLookAgain(pause));
        throw new Failed(new NodeProblem.NoDoor(volume, node, nqn + " at " + door.address() + ":" + door.port(), saw));
    }

    private static Duration longer(Duration pause) {
        var twice = pause.multipliedBy(2);
        return twice.compareTo(CONNECT_AGAIN_MAX) < 0 ? twice : CONNECT_AGAIN_MAX;
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

    /** Ends the sessions whose NQN {@code ours} takes; returns what sysfs shows of them still when the deadline has come. */
    private List<Object> end(Predicate<String> ours, Operation operation) throws IOException {
        for (var session : sysfs.controllers(ours)) {
            operation.step("ending session " + session);
            sysfs.delete(session);
        }
        List<Object> left;
        do {
            left = new ArrayList<>(sysfs.controllers(ours));
            left.addAll(sysfs.disks(ours));
        } while (!left.isEmpty() && operation.mayLookAgain());
        return left;
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
                Math.min(Runtime.getRuntime().availableProcessors(), QUEUES_MAX),
                door.patience().loss(),
                door.patience().reconnect(),
                door.patience().keepAlive());
    }

    private static BlockDevice device(Disk disk) {
        return new BlockDevice(disk.node(), DeviceNumber.parse(disk.number()));
    }
}
