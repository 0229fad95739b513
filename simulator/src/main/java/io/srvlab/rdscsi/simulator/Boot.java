package io.srvlab.rdscsi.simulator;

import io.srvlab.rdscsi.simulator.datapath.DataPath;
import io.srvlab.rdscsi.simulator.device.Device;
import io.srvlab.rdscsi.simulator.device.Network;
import io.srvlab.rdscsi.simulator.device.Portal;
import io.srvlab.rdscsi.simulator.kernel.KernelTarget;
import io.srvlab.rdscsi.simulator.personality.Personality;
import io.srvlab.rdscsi.simulator.personality.Personality.ListensEarly;
import io.srvlab.rdscsi.simulator.personality.Rules;
import io.srvlab.rdscsi.simulator.personality.Site;
import io.srvlab.rdscsi.simulator.ssh.SshFront;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The appliance from power on to power off: all that a reboot makes anew. */
record Boot(Device device, @Nullable Portal portal, Execs execs, SshFront ssh) implements AutoCloseable {
    /**
     * Powers it on; it serves when this returns.
     *
     * @param execs makes what runs command lines on the device
     */
    static Boot from(
            SimulatorConfig config,
            SshFront.Access access,
            Rules<Personality> personalities,
            Function<Device, Execs> execs)
            throws IOException {
        Portal portal = null;
        try {
            portal = portal(config, personalities);
            var early = personalities.take(ListensEarly.class, Site.APPLIANCE);
            if (portal instanceof DataPath path && early.isPresent())
                path.startEarly(early.get().before());
            var make = new Device.Make(config.pool(), config.poolBytes(), config.preVolumes(), config.version());
            var device = new Device(config.state(), make, portal == null ? Network.NONE : portal, personalities);
            // Every door is as the state says: nobody is told that one is gone.
            if (portal != null && !(portal instanceof DataPath && early.isPresent())) portal.start();
            var running = execs.apply(device);
            return new Boot(device, portal, running, SshFront.start(config.listen(), access, running::answer));
        } catch (IOException | RuntimeException e) {
            if (portal != null) portal.close();
            throw e;
        }
    }

    private static @Nullable Portal portal(SimulatorConfig config, Rules<Personality> personalities)
            throws IOException {
        return switch (config.nvme()) {
            case null -> null;
            case Nvme.UserSpace(var address) -> DataPath.bind(address, config.state(), personalities);
            case Nvme.Kernel(var address) -> KernelTarget.bind(address, config.state());
        };
    }

    /** Powers it off, in the middle of whatever runs. */
    @Override
    public void close() throws IOException {
        try (portal;
                execs) {
            ssh.close();
        }
    }
}
