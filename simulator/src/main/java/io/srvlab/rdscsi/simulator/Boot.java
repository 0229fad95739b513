package io.srvlab.rdscsi.simulator;

import io.srvlab.rdscsi.simulator.datapath.DataPath;
import io.srvlab.rdscsi.simulator.device.Device;
import io.srvlab.rdscsi.simulator.device.Network;
import io.srvlab.rdscsi.simulator.personality.Personality;
import io.srvlab.rdscsi.simulator.personality.Personality.ListensEarly;
import io.srvlab.rdscsi.simulator.personality.Rules;
import io.srvlab.rdscsi.simulator.personality.Site;
import io.srvlab.rdscsi.simulator.ssh.SshFront;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The appliance from power on to power off: all that a reboot makes anew. */
record Boot(Device device, @Nullable DataPath dataPath, Execs execs, SshFront ssh) implements AutoCloseable {
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
        DataPath dataPath = null;
        try {
            if (config.nvme() != null) dataPath = DataPath.bind(config.nvme(), config.state(), personalities);
            var early = personalities.take(ListensEarly.class, Site.APPLIANCE);
            if (dataPath != null && early.isPresent())
                dataPath.startEarly(early.get().before());
            var make = new Device.Make(config.pool(), config.poolBytes(), config.preVolumes(), config.version());
            var device = new Device(config.state(), make, dataPath == null ? Network.NONE : dataPath, personalities);
            // Every door is as the state says: nobody is told that one is gone.
            if (dataPath != null && early.isEmpty()) dataPath.start();
            var running = execs.apply(device);
            return new Boot(device, dataPath, running, SshFront.start(config.listen(), access, running::answer));
        } catch (IOException | RuntimeException e) {
            if (dataPath != null) dataPath.close();
            throw e;
        }
    }

    /** Powers it off, in the middle of whatever runs. */
    @Override
    public void close() throws IOException {
        try (dataPath) {
            ssh.close();
        }
    }
}
