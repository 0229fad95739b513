package io.srvlab.rdscsi.simulator.datapath;

import io.srvlab.rdscsi.nvme.subsystem.Export;
import io.srvlab.rdscsi.nvme.subsystem.FileBacking;
import io.srvlab.rdscsi.nvme.subsystem.NvmeTarget;
import io.srvlab.rdscsi.nvme.subsystem.Traffic;
import io.srvlab.rdscsi.simulator.device.ApplianceId;
import io.srvlab.rdscsi.simulator.device.Door;
import io.srvlab.rdscsi.simulator.device.Network;
import io.srvlab.rdscsi.simulator.device.Portal;
import io.srvlab.rdscsi.simulator.personality.Personality;
import io.srvlab.rdscsi.simulator.personality.Personality.ExportOffKeepsSessions;
import io.srvlab.rdscsi.simulator.personality.Personality.NewNamespaceId;
import io.srvlab.rdscsi.simulator.personality.Personality.ResizeNotAnnounced;
import io.srvlab.rdscsi.simulator.personality.Rules;
import io.srvlab.rdscsi.simulator.personality.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A target that exports what the device's doors say. */
public final class DataPath implements Portal {
    private final NvmeTarget target;
    private final ApplianceId appliance;
    private final Map<Long, Lane> lanes = new ConcurrentHashMap<>();
    private final Map<String, Door> open = new HashMap<>();
    private final Rules<Personality> personalities;
    /** What is to be open once the subsystems are back; null when they are. */
    private @Nullable List<Door> waiting;

    private boolean closed;

    /** What stays of a disk from one export to the next: its counters and its gate. */
    private record Lane(Traffic traffic, Gate gate) {
        static Lane make() {
            return new Lane(new Traffic(), new Gate());
        }
    }

    private DataPath(NvmeTarget target, ApplianceId appliance, Rules<Personality> personalities) {
        this.personalities = personalities;
        this.target = target;
        this.appliance = appliance;
    }

    /**
     * Takes the port; nobody is let in before {@link #start}.
     *
     * @param state where the appliance's own id is kept
     * @param personalities its ways
     */
    public static DataPath bind(InetSocketAddress address, Path state, Rules<Personality> personalities)
            throws IOException {
        return new DataPath(NvmeTarget.bind(address), ApplianceId.in(state), personalities);
    }

    @Override
    public void start() {
        target.start();
    }

    /** Lets hosts in at once, who find nothing for so long: as an appliance on which the port is there before the subsystems. */
    public void startEarly(Duration before) {
        waiting = List.of();
        target.start();
        Thread.ofVirtual().name("subsystems").start(() -> {
            try {
                Thread.sleep(before);
                comeBack();
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts this thread", e);
            }
        });
    }

    private synchronized void comeBack() {
        var wanted = waiting;
        waiting = null;
        try {
            if (wanted != null && !closed) become(wanted);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
    public Hold hold(long disk) {
        var hold = holdWrites(disk);
        return hold::close;
    }

    @Override
    public synchronized void become(List<Door> doors) throws IOException {
        if (waiting != null) {
            waiting = List.copyOf(doors);
            return;
        }
        var next = new HashMap<String, Door>();
        for (var door : doors) next.put(door.nqn(), door);
        for (var door : List.copyOf(open.values())) {
            if (isSameDisk(door, next.get(door.nqn()))) continue;
            open.remove(door.nqn());
            if (personalities.holds(ExportOffKeepsSessions.class, Site.door(door.slot()))) target.withdraw(door.nqn());
            else target.unexport(door.nqn());
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
        target.export(
                new Export(door.nqn(), door.hosts(), id(door), new GatedBacking(file, lane.gate()), lane.traffic()));
    }

    private void change(Door before, Door door) {
        if (!door.hosts().equals(before.hosts())) target.allow(door.nqn(), door.hosts());
        if (door.bytes() == before.bytes()) return;
        if (!personalities.holds(ResizeNotAnnounced.class, Site.door(door.slot()))) target.resized(door.nqn());
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

    private UUID id(Door door) {
        boolean another = personalities.holds(NewNamespaceId.class, Site.door(door.slot()));
        return another ? UUID.randomUUID() : appliance.ofDisk(door.disk());
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        target.close();
    }
}
