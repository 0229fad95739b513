package io.srvlab.rdscsi.routeros;

import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import io.srvlab.rdscsi.simulator.console.Policy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;

/** REST, with four users and one password. */
final class ServedRest implements ServedWay {
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Override
    public Simulator start(SimulatorConfig config) throws Exception {
        var simulator = Simulator.start(config);
        simulator.serveRest(address, Duration.ofSeconds(60));
        address = simulator.rest().orElseThrow().address();
        return simulator;
    }

    @Override
    public RouterOs open(Simulator simulator) {
        return open(simulator, simulator.rest().orElseThrow().fingerprint());
    }

    @Override
    public RouterOs openToAnother(Simulator simulator) {
        return open(simulator, "0".repeat(64));
    }

    private RouterOs open(Simulator simulator, String fingerprint) {
        return Rest.open(new RestConfig(
                simulator.restUsers(),
                address.getAddress().getHostAddress(),
                address.getPort(),
                simulator.passwordFile(),
                Fingerprint.parse(fingerprint)));
    }

    @Override
    public void changeCredentials(Simulator simulator) throws Exception {
        var next = "quite another one: \u00fc \" \\";
        for (var user : simulator.restUsers()) simulator.users().put(user, next, EnumSet.allOf(Policy.class));
        Files.writeString(simulator.passwordFile(), next + "\n");
    }

    @Override
    public void forgetCredentials(Simulator simulator) throws Exception {
        for (var user : simulator.restUsers())
            simulator.users().put(user, "quite-a-different-one", EnumSet.allOf(Policy.class));
    }

    @Override
    public String grant() {
        return "/user/group/set [/user/get [find where name=\"rds-csi-2\"] group] policy=rest-api,api,read,write,test";
    }

    @Override
    public List<String> secrets(Simulator simulator) throws Exception {
        return List.of(Files.readString(simulator.passwordFile()).strip(), "quite-a-different-one");
    }
}
