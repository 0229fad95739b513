package io.srvlab.rdscsi.simulator.kernel;

import io.srvlab.rdscsi.simulator.device.ApplianceId;
import io.srvlab.rdscsi.simulator.device.Door;
import io.srvlab.rdscsi.simulator.device.Portal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The device's doors as subsystems of the kernel's target, all on one port. A list that changes is for who comes next; a door
 * that closes cuts every session at once. The kernel goes on serving if this process is killed; the next one on the same
 * state directory begins by taking away what is left.
 */
public final class KernelTarget implements Portal {
    private final Nvmet nvmet;
    private final ApplianceId appliance;
    private final InetSocketAddress address;
    private final Path port;
    /** On the port as long as that is there: nobody may enter, but the port listens, as an appliance's does. */
    private final String keeper;

    private final Map<String, Door> open = new LinkedHashMap<>();
    private boolean started;

    private KernelTarget(Nvmet nvmet, ApplianceId appliance, InetSocketAddress address, Path port, String keeper) {
        this.nvmet = nvmet;
        this.appliance = appliance;
        this.address = address;
        this.port = port;
        this.keeper = keeper;
    }

    /**
     * Takes a port of the kernel's target; nobody is let in before {@link #start}.
     *
     * @param state where is kept what was made in the kernel
     * @throws IOException the kernel has no target, or this process may not set it up
     */
    public static KernelTarget bind(InetSocketAddress address, Path state) throws IOException {
        var boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        return bind(address, state, new LinuxConfigfs(), Path.of("/sys/kernel/config"), boot);
    }

    static KernelTarget bind(InetSocketAddress address, Path state, Configfs configfs, Path mountPoint, String boot)
            throws IOException {
        if (address.getPort() == 0) throw new IOException("the kernel's target takes no port by itself: name one");
        var appliance = ApplianceId.in(state);
        var keeper = "nqn.2000-02.com.mikrotik:simulator." + appliance.uuid();
        var nvmet = new Nvmet(configfs, mountPoint.resolve("nvmet"), new Journal(state.resolve("kernel-target"), boot));
        nvmet.clear();
        try {
            nvmet.makeSubsystem(keeper);
            return new KernelTarget(nvmet, appliance, address, nvmet.makePort(address), keeper);
        } catch (IOException e) {
            nvmet.clear();
            throw e;
        }
    }

    /** The doors' subsystems come first: the port listens from the first on, and a host refused then gives up for good. */
    @Override
    public void start() throws IOException {
        started = true;
        for (var nqn : open.keySet()) nvmet.show(nqn, port);
        nvmet.show(keeper, port);
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void become(List<Door> doors) throws IOException {
        var next = new HashMap<String, Door>();
        for (var door : doors) next.put(door.nqn(), door);
        close(open.values().stream()
                .filter(door -> !isSameDisk(door, next.get(door.nqn())))
                .toList());
        for (var door : doors) {
            var before = open.get(door.nqn());
            if (before == null) open(door);
            else if (!door.equals(before)) change(before, door);
        }
    }

    private static boolean isSameDisk(Door door, @Nullable Door other) {
        return other != null && door.disk() == other.disk() && door.file().equals(other.file());
    }

    private void close(List<Door> doors) throws IOException {
        for (var door : doors) nvmet.hide(door.nqn(), port);
        for (var door : doors) {
            nvmet.removeSubsystem(door.nqn());
            open.remove(door.nqn());
        }
        for (var door : doors) forget(door.hosts());
    }

    private void open(Door door) throws IOException {
        if (!Files.exists(door.file())) return; // somebody took it away: an export without a file serves nobody
        nvmet.makeSubsystem(door.nqn());
        open.put(door.nqn(), door);
        nvmet.addNamespace(door.nqn(), door.file(), appliance.ofDisk(door.disk()));
        nvmet.allow(door.nqn(), door.hosts());
        if (started) nvmet.show(door.nqn(), port);
    }

    private void change(Door before, Door door) throws IOException {
        open.put(door.nqn(), door);
        if (!door.hosts().equals(before.hosts())) {
            nvmet.allow(door.nqn(), door.hosts());
            forget(before.hosts());
        }
        if (door.bytes() != before.bytes()) nvmet.resized(door.nqn());
    }

    private void forget(Set<String> hosts) throws IOException {
        var gone = new HashSet<>(hosts);
        for (var door : open.values()) gone.removeAll(door.hosts());
        for (var host : gone) nvmet.removeHost(host);
    }

    /** The kernel's target counts nothing that could be asked for. */
    @Override
    public Counters traffic(long disk) {
        return Counters.NONE;
    }

    @Override
    public void close() throws IOException {
        nvmet.hide(keeper, port);
        close(List.copyOf(open.values()));
        nvmet.removePort(port);
        nvmet.removeSubsystem(keeper);
    }
}
