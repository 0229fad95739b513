package io.srvlab.rdscsi.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.grpc.Status;
import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.cluster.StaticCluster;
import io.srvlab.rdscsi.fencing.DoorCheck;
import io.srvlab.rdscsi.fencing.Enforcement;
import io.srvlab.rdscsi.metrics.Exposition;
import io.srvlab.rdscsi.metrics.InventoryPoller;
import io.srvlab.rdscsi.metrics.InventoryPoller.Rhythm;
import io.srvlab.rdscsi.metrics.MeasuredRouterOs;
import io.srvlab.rdscsi.metrics.Metrics;
import io.srvlab.rdscsi.metrics.MetricsServer;
import io.srvlab.rdscsi.proto.csi.v1.ProbeRequest;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.routeros.Ssh;
import io.srvlab.rdscsi.server.CsiChannel;
import io.srvlab.rdscsi.server.Endpoint;
import io.srvlab.rdscsi.simulator.Fault;
import io.srvlab.rdscsi.volume.NodeName;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Prometheus sees of running servers: scraped over HTTP, read strictly. */
class MetricsTest {
    private static final List<String> STATES = List.of("free", "held", "cut", "locked", "unreadable", "newer");
    private final HttpClient client = HttpClient.newHttpClient();
    private World world;

    @BeforeEach
    void start() throws Exception {
        world = World.start();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        world.close();
    }

    @Test
    void aControllersCallsAndScriptsAreCountedByTheirOutcome() throws Exception {
        try (var children = new Children(world.directory().resolve("log"))) {
            var ready = children.start("controller", controllerLine());
            var address = Children.value(ready, "metrics");
            var fresh = scrape(address);
            assertThat(fresh.value("rds_csi_cuts_total", "reason=holder_gone")).isZero();
            assertThat(fresh.value("rds_csi_fencing_enforced")).isEqualTo(1);
            assertThat(fresh.value("rds_csi_fencing_shown", "belief=cut-felt"))
                    .as("nobody gave it a probe's report")
                    .isZero();
            assertThat(fresh.find("rds_csi_lease_held")).isEmpty();
            var endpoint = Endpoint.parse(Children.value(ready, "endpoint"));
            try (var channel = new CsiChannel(endpoint)) {
                var caller = new World.Caller(channel);
                caller.create("db-0");
                caller.publish("db-0", "a");
                assertThat(World.statusOf(() -> caller.publish("db-0", "b")).getCode())
                        .isEqualTo(Status.Code.FAILED_PRECONDITION);
                caller.unpublish("db-0", "a");
            }
            var after = scrape(address);
            assertThat(after.value("rds_csi_grants_total")).isEqualTo(1);
            assertThat(after.value("rds_csi_attachment_conflicts_total")).isEqualTo(1);
            assertThat(after.value("rds_csi_cuts_total", "reason=unpublish")).isEqualTo(1);
            assertThat(calls(after, "CreateVolume", "OK")).isEqualTo(1);
            assertThat(calls(after, "ControllerPublishVolume", "OK")).isEqualTo(1);
            assertThat(calls(after, "ControllerPublishVolume", "FAILED_PRECONDITION"))
                    .isEqualTo(1);
            var script = "rds_csi_appliance_script_duration_seconds_";
            assertThat(after.value(script + "count", "outcome=done")).isGreaterThanOrEqualTo(5);
            assertThat(after.value(script + "count", "outcome=could_not_ask_unknown"))
                    .isZero();
            assertThat(after.value(script + "sum", "outcome=done")).isPositive();
            assertThat(after.value("rds_csi_appliance_last_answer_timestamp_seconds"))
                    .isBetween(fresh.value("process_start_time_seconds"), System.currentTimeMillis() / 1e3);
            // The controller's own poller, at its usual rhythm: the first reading is made at once.
            var read = await(address, seen -> seen.find("rds_csi_inventory_up").isPresent());
            assertThat(read.value("rds_csi_inventory_up")).isEqualTo(1);
        }
    }

    @Test
    void aNodeTellsOfItsCallsAndNothingOfAnAppliance() throws Exception {
        try (var children = new Children(world.directory().resolve("log"))) {
            var ready = children.start(
                    "node",
                    List.of(
                            ("node --node-id a --transport loop --loop-dir /nowhere --metrics 127.0.0.1:0 --endpoint unix://"
                                            + world.directory().resolve("n.sock"))
                                    .split(" ", -1)));
            try (var channel = new CsiChannel(Endpoint.parse(Children.value(ready, "endpoint")))) {
                var _ = new World.Caller(channel).identity().probe(ProbeRequest.getDefaultInstance());
            }
            var seen = scrape(Children.value(ready, "metrics"));
            assertThat(calls(seen, "Probe", "OK")).isEqualTo(1);
            assertThat(seen.names())
                    .contains("rds_csi_build_info")
                    .noneMatch(name -> name.matches("rds_csi_(?!build|rpc).*"));
        }
    }

    @Test
    void volumesAreCountedByTheirRecordedStateAndOtherClustersVolumesAreNot() throws Exception {
        world.controller().create("free-0");
        world.controller().create("held-0");
        world.controller().create("held-1");
        world.controller().create("torn-0");
        world.controller().publish("held-0", "a");
        world.controller().publish("held-1", "b");
        world.controller("another-cluster", 64, "a").create("theirs-0");
        world.byHand(Command.set(
                "/disk", Filter.is("slot", "torn-0"), new LinkedHashMap<>(Map.of("comment", "rc1:cut short"))));
        try (var watched = new Watched(Rhythm.USUAL)) {
            var seen = await(
                    watched.address(), now -> now.find("rds_csi_inventory_up").isPresent());
            assertThat(seen.value("rds_csi_volumes", "state=free")).isEqualTo(1);
            assertThat(seen.value("rds_csi_volumes", "state=held")).isEqualTo(2);
            assertThat(seen.value("rds_csi_volumes", "state=unreadable")).isEqualTo(1);
            assertThat(seen.value("rds_csi_volumes", "state=cut"))
                    .as("asked, and none")
                    .isZero();
            var pool = "pool=" + new BasePath(world.rds().basePath()).mountPoint();
            assertThat(seen.value("rds_csi_pool_free_bytes", pool))
                    .isPositive()
                    .isLessThan(seen.value("rds_csi_pool_size_bytes", pool));
        }
    }

    /** Nobody asked for this cut, and no record tells of it afterwards: so it must show here. */
    @Test
    void aCutOfADoorThatSomebodyOpenedByHandIsCounted() throws Exception {
        var metrics = new Metrics.Controller("test");
        try (var server = MetricsServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), metrics)) {
            var controller = world.controller(
                    world.wayIn(),
                    new StaticCluster(Set.of(new NodeName("a"))),
                    DoorCheck.none(),
                    World.fencing(World.CLUSTER, Enforcement.ENFORCED, 64),
                    Optional.empty(),
                    metrics);
            var volume = controller.create("opened-0");
            world.byHand(Command.set("/disk", Filter.is("slot", volume), Map.of("nvme-tcp-export", "yes")));
            controller.publish(volume, "a");
            assertThat(scrape(server.address()).value("rds_csi_cuts_total", "reason=torn"))
                    .isEqualTo(1);
        }
    }

    @Test
    void whileTheApplianceIsSilentAScrapeIsAnsweredAndItsFiguresAreAbsentNotZero() throws Exception {
        world.controller().create("db-0");
        try (var watched = new Watched(new Rhythm(Duration.ofMillis(100), Duration.ofSeconds(2)))) {
            var before = await(
                    watched.address(),
                    now -> now.find("rds_csi_volumes", "state=free").isPresent());
            for (int i = 0; i < 3; i++) {
                world.rds().onNext(line -> line.contains("\"^rc1:\""), new Fault.Stall(false));
            }
            var hung = await(
                    watched.address(),
                    now -> now.value("rds_csi_appliance_scripts_in_flight") > 0
                            && now.value("rds_csi_inventory_up") < 1);
            for (var state : STATES)
                assertThat(hung.find("rds_csi_volumes", "state=" + state)).isEmpty();
            assertThat(hung.names()).doesNotContain("rds_csi_pool_size_bytes", "rds_csi_pool_free_bytes");
            var lastRead = hung.value("rds_csi_inventory_last_read_timestamp_seconds");
            assertThat(lastRead).isGreaterThanOrEqualTo(before.value("rds_csi_inventory_last_read_timestamp_seconds"));
            assertThat(hung.value("rds_csi_appliance_script_duration_seconds_count", "outcome=could_not_ask_unknown"))
                    .isPositive();
            var again = await(watched.address(), now -> now.value("rds_csi_inventory_up") > 0);
            assertThat(again.value("rds_csi_volumes", "state=free")).isEqualTo(1);
            assertThat(again.value("rds_csi_inventory_last_read_timestamp_seconds"))
                    .isGreaterThan(lastRead);
        }
    }

    @Test
    void anAddressThatIsTakenIsExitStatus3AndNothingIsServed() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var socket = world.directory().resolve("n.sock");
            var err = new StringWriter();
            var line = "node --node-id a --endpoint unix://" + socket + " --metrics 127.0.0.1:" + taken.getLocalPort();
            int status =
                    RdsCsi.run(line.split(" ", -1), new PrintWriter(new StringWriter()), new PrintWriter(err, true));
            assertThat(status).isEqualTo(3);
            assertThat(err.toString()).contains("127.0.0.1:" + taken.getLocalPort(), "--metrics");
            assertThat(socket).doesNotExist();
        }
    }

    /** A poller of its own on the world's appliance, and the server that shows what it reads. */
    private final class Watched implements AutoCloseable {
        private final MeasuredRouterOs routerOs;
        private final InventoryPoller poller;
        private final MetricsServer server;

        Watched(Rhythm rhythm) throws Exception {
            var metrics = new Metrics.Controller("test");
            server = MetricsServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), metrics);
            routerOs = new MeasuredRouterOs(Ssh.open(world.ssh()), metrics);
            poller = InventoryPoller.start(
                    new Appliance(routerOs),
                    new ClusterId(World.CLUSTER),
                    new BasePath(world.rds().basePath()),
                    rhythm,
                    metrics);
        }

        String address() {
            return server.address();
        }

        @Override
        public void close() {
            poller.close();
            routerOs.close();
            server.close();
        }
    }

    private List<String> controllerLine() {
        var ssh = world.ssh();
        var line = new ArrayList<>(List.of("controller", "--metrics", "127.0.0.1:0"));
        line.addAll(List.of("--endpoint", "unix://" + world.directory().resolve("c.sock")));
        line.addAll(List.of("--appliance", "ssh://" + ssh.user() + "@" + ssh.host() + ":" + ssh.port()));
        line.addAll(List.of("--identity", ssh.identity().toString(), "--host-key", ssh.hostKey()));
        line.addAll(List.of("--base-path", world.rds().basePath(), "--nvme-address", "192.0.2.1"));
        line.addAll(List.of("--cluster", "static", "--nodes", "a,b"));
        return line;
    }

    private static double calls(Exposition seen, String method, String code) {
        return seen.value("rds_csi_rpc_duration_seconds_count", "method=" + method, "code=" + code);
    }

    /** A scrape, which must be answered whatever the appliance does. */
    private Exposition scrape(String address) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://" + address + "/metrics"))
                .timeout(Duration.ofSeconds(15))
                .build();
        var answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return Exposition.parse(answer.body());
    }

    /** The first scrape that fits. */
    private Exposition await(String address, Predicate<Exposition> fits) throws Exception {
        var deadline = Deadline.after(20, SECONDS);
        while (true) {
            var seen = scrape(address);
            if (fits.test(seen)) return seen;
            assertThat(deadline.isExpired())
                    .as("it never came; last seen: " + seen.names())
                    .isFalse();
        }
    }
}
