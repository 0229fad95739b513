package io.srvlab.rdscsi.simulator.datapath;

import io.srvlab.rdscsi.nvme.subsystem.Export;
import io.srvlab.rdscsi.nvme.subsystem.FileBacking;
import io.srvlab.rdscsi.nvme.subsystem.NvmeTarget;
import io.srvlab.rdscsi.nvme.subsystem.Traffic;
import io.srvlab.rdscsi.simulator.device.ApplianceId;
import io.srvlab.rdscsi.simulator.device.Door;
import io.srvlab.rdscsi.simulator.device.Network;
import io.srvlab.rdscsi.simulator.device.Portal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A target that exports what the device's doors say. */
public final class DataPath implements Portal {
    private final NvmeTarget target;
    private final ApplianceId appliance;
    private final Map<Long, Lane> lanes = new ConcurrentHashMap<>();
    private final Map<String, Door> open = new HashMap<>();

    /** What stays of a disk from one export to the next: its counters and its gate. */
    private record Lane(Traffic traffic, Gate gate) {
        static Lane make() {
            return new Lane(new Traffic(), new Gate());
        }
    }

    private DataPath(NvmeTarget target, ApplianceId appliance) {
        this.target = target;
        this.appliance = appliance;
    }

    /**
     * Takes the port; nobody is let in before {@link #start}.
     *
     * @param state where the appliance's own id is kept
     */
    public static DataPath bind(InetSocketAddress address, Path state) throws IOException {
        return new DataPath(NvmeTarget.bind(address), ApplianceId.in(state));
    }

    @Override
    public void start() {
        target.start();
    }

    @Override
    public InetSocketAddress address() {
        return target.address();
    }

    /** Holds back the disk's writes from now on: they begin, and take effect when the hold is closed. */
    public Gate.Hold holdWrites(long disk) {
        return lane(disk).gate().hold();
    }

    @Override
    public void become(List<Door> doors) throws IOException {
        var next = new HashMap<String, Door>();
        for (var door : doors) next.put(door.nqn(), door);
        for (var door : List.copyOf(open.values())) {
            if (isSameDisk(door, next.get(door.nqn()))) continue;
            open.remove(door.nqn());
            target.unexport(door.nqn());
        }
        for (var door : doors) {
            var before = open.get(door.nqn());
            if (before == null) export(door);
            else if (!door.equals(before)) change(before, door);
            open.put(door.nqn(), door);
        }
    }

    private static boolean isSameDisk(Door door, @Nullable Door other) {
        return other != null && door.disk() == other.disk() && door.file().equals(other.file());
    }

    private void export(Door door) throws IOException {
        var lane = lane(door.disk());
        FileBacking file;
        try {
            file = new FileBacking(door.file());
        } catch (NoSuchFileException e) {
            return; // somebody took it away: an export without a file serves nobody
        }
        target.export(new Export(
                door.nqn(),
                door.hosts(),
                appliance.ofDisk(door.disk()),
                new GatedBacking(file, lane.gate()),
                lane.traffic()));
    }

    private void change(Door before, Door door) {
        if (!door.hosts().equals(before.hosts())) target.allow(door.nqn(), door.hosts());
        if (door.bytes() != before.bytes()) target.resized(door.nqn());
    }

    @Override
    public Network.Counters traffic(long disk) {
        var counted = lane(disk).traffic();
        return new Network.Counters(
                counted.inFlight(),
                counted.reads(),
                counted.readBytes(),
                counted.writes(),
                counted.writtenBytes(),
                counted.flushes());
    }

    private Lane lane(long disk) {
        return lanes.computeIfAbsent(disk, _ -> Lane.make());
    }

    @Override
    public void close() throws IOException {
        target.close();
    }
}
