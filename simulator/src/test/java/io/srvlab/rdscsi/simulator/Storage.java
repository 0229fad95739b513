package io.srvlab.rdscsi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.host.Connection;
import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.nvme.host.Session;
import io.srvlab.rdscsi.nvme.host.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;

/** A simulator with a data path, and hosts that come to it over NVMe/TCP. */
final class Storage implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(20);
    static final Host HOST = host();
    static final Host OTHER = host();
    static final String NQN = "nqn.2000-02.com.mikrotik:v1.1-aa";

    final Shop shop;

    /** With one disk, {@code v1}, that is not exported, and these ways from its start on. */
    Storage(Path state, String... rules) throws IOException {
        shop = new Shop(SimulatorConfig.in(state)
                .withBehaviour(Behaviour.parse(String.join("\n", rules)))
                .withNvme(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        shop.add("v1");
    }

    private static Host host() {
        var id = UUID.randomUUID();
        return new Host("nqn.2014-08.org.nvmexpress:uuid:" + id, id);
    }

    void become(String... rules) {
        shop.simulator.become(Behaviour.parse(String.join("\n", rules)));
    }

    void set(String settings) throws IOException {
        assertThat(shop.ask("/disk/set [find where slot=\"v1\"] " + settings)).isEmpty();
    }

    String get(String property) throws IOException {
        return shop.ask(":put [/disk/get [find where slot=\"v1\"] " + property + "]");
    }

    /** Two sets, as the driver does. */
    void export(String nqn, Host... hosts) throws IOException {
        var list = String.join(",", Arrays.stream(hosts).map(Host::nqn).toList());
        set("nvme-tcp-server-nqn=\"%s\" nvme-tcp-server-allow-host-name=\"%s\"".formatted(nqn, list));
        set("nvme-tcp-export=yes");
    }

    Knock knock(String nqn, Host host) {
        return Knock.at(shop.simulator.nvmeAddress().orElseThrow(), nqn, host, LONG);
    }

    Session connect(String nqn, Host host) {
        var at = shop.simulator.nvmeAddress().orElseThrow();
        var connection = Connection.to(at, nqn, host, Settings.DEFAULT, LONG);
        assertThat(connection).isInstanceOf(Connection.Open.class);
        return ((Connection.Open) connection).session();
    }

    @Override
    public void close() throws IOException {
        shop.close();
    }
}
