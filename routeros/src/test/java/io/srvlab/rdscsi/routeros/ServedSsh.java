package io.srvlab.rdscsi.routeros;

import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SSH, with a key. */
final class ServedSsh implements ServedWay {
    private @Nullable InetSocketAddress address;

    @Override
    public Simulator start(SimulatorConfig config) throws Exception {
        var simulator = Simulator.start(address == null ? config : config.withListen(address));
        address = simulator.sshAddress();
        return simulator;
    }

    @Override
    public RouterOs open(Simulator simulator) {
        return open(simulator, simulator.hostKeyFingerprint());
    }

    @Override
    public RouterOs openToAnother(Simulator simulator) throws Exception {
        return open(simulator, Keys.fingerprint(Keys.ed25519()));
    }

    private static RouterOs open(Simulator simulator, String hostKey) {
        var address = simulator.sshAddress();
        return Ssh.open(SshConfig.parse(
                "ssh://%s@%s:%d"
                        .formatted(simulator.user(), address.getAddress().getHostAddress(), address.getPort()),
                simulator.clientKey(),
                hostKey));
    }

    @Override
    public void changeCredentials(Simulator simulator) throws Exception {
        forgetCredentials(simulator);
        var next = Keys.ed25519();
        Keys.openSsh(next, simulator.clientKey());
        simulator.authorize(next.getPublic());
    }

    @Override
    public void forgetCredentials(Simulator simulator) throws Exception {
        Files.delete(simulator.clientKey().resolveSibling("authorized_keys"));
    }

    @Override
    public String grant() {
        return "/user/group/set [/user/get [find where name=\"rds-csi\"] group] policy=ssh,read,write,test";
    }

    @Override
    public List<String> secrets(Simulator simulator) throws Exception {
        return lines(simulator.clientKey()).stream()
                .filter(line -> !line.startsWith("-"))
                .toList();
    }

    private static List<String> lines(Path file) throws Exception {
        return Files.readAllLines(file);
    }
}
