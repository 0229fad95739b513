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

/** The contract, over REST with four users. */
class RestContractTest extends WayInContract {
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Override
    Simulator start(SimulatorConfig config) throws Exception {
        var simulator = Simulator.start(config);
        simulator.serveRest(address, Duration.ofSeconds(60));
        address = simulator.rest().orElseThrow().address();
        return simulator;
    }

    @Override
    RouterOs open(Simulator simulator) {
        return open(simulator, simulator.rest().orElseThrow().fingerprint());
    }

    @Override
    RouterOs openToAnother(Simulator simulator) {
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
    void changeCredentials(Simulator simulator) throws Exception {
        var next = "quite another one: \u00fc \" \\";
        for (var user : simulator.restUsers()) simulator.users().put(user, next, EnumSet.allOf(Policy.class));
        Files.writeString(simulator.passwordFile(), next + "\n");
    }

    @Override
    void forgetCredentials(Simulator simulator) throws Exception {
        for (var user : simulator.restUsers())
            simulator.users().put(user, "quite-a-different-one", EnumSet.allOf(Policy.class));
    }

    @Override
    String grant() {
        return "/user/group/set [/user/get [find where name=\"rds-csi-2\"] group] policy=rest-api,api,read,write,test";
    }

    @Override
    List<String> secrets(Simulator simulator) throws Exception {
        return List.of(Files.readString(simulator.passwordFile()).strip(), "quite-a-different-one");
    }
}
