package io.srvlab.rdscsi.cli;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.appliance.Volumes;
import io.srvlab.rdscsi.cluster.Cluster;
import io.srvlab.rdscsi.controller.ControllerService;
import io.srvlab.rdscsi.controller.Portal;
import io.srvlab.rdscsi.fencing.Announcer;
import io.srvlab.rdscsi.fencing.DoorCheck;
import io.srvlab.rdscsi.fencing.Enforcement;
import io.srvlab.rdscsi.fencing.Fencing;
import io.srvlab.rdscsi.metrics.Metrics;
import io.srvlab.rdscsi.probe.Evidence;
import io.srvlab.rdscsi.probe.Report;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.server.CsiServer;
import io.srvlab.rdscsi.server.Endpoint;
import io.srvlab.rdscsi.server.IdentityService;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.VolumeLocks;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The controller's parts, put together and serving. */
final class ControllerServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControllerServer.class);
    private static final long PROBE_SECONDS = 5;

    private final RouterOs routerOs;
    private final Fencing fencing;
    private final CsiServer csi;

    private ControllerServer(RouterOs routerOs, Fencing fencing, CsiServer csi) {
        this.routerOs = routerOs;
        this.fencing = fencing;
        this.csi = csi;
    }

    /**
     * What a controller is told.
     *
     * @param report of the last probe of its appliance
     */
    record Config(
            Endpoint endpoint,
            String driverName,
            Cluster cluster,
            DoorCheck doorCheck,
            Fencing.Config fencing,
            BasePath basePath,
            Portal portal,
            Optional<Report> report) {}

    /**
     * Serves until closed.
     *
     * @param routerOs is closed with the server
     * @param metrics hears of every RPC
     * @throws IOException if the socket cannot be had
     */
    static ControllerServer start(Config config, RouterOs routerOs, Metrics.Controller metrics) throws IOException {
        metrics.fencingEnforced(config.fencing().enforcement() == Enforcement.ENFORCED);
        var appliance = new Appliance(routerOs);
        var evidence = Evidence.of(config.report(), appliance::lastRelease);
        metrics.fencingShown(evidence::beliefs);
        var announcer = new Announcer(config.cluster(), evidence::caveat);
        var claim = new FencingClaim(config.fencing().enforcement(), evidence);
        var locks = new VolumeLocks();
        var fencing = new Fencing(
                appliance,
                config.cluster(),
                config.doorCheck(),
                config.fencing(),
                locks,
                announcer.andThen(metrics::happened));
        var volumes = new Volumes(appliance, config.fencing().clusterId(), locks);
        var controller = new ControllerService(volumes, fencing, config.basePath(), config.portal());
        var identity = new IdentityService(
                config.driverName(), RdsCsi.Version.text(), deadline -> answers(appliance, claim, deadline));
        var csi = CsiServer.start(config.endpoint(), List.of(identity, controller), metrics::rpcEnded);
        // Nobody waits for it, for the appliance may be away; it also connects what is kept for cuts.
        Thread.ofVirtual()
                .name("first look")
                .start(() -> answers(appliance, claim, Deadline.after(PROBE_SECONDS, SECONDS)));
        return new ControllerServer(routerOs, fencing, csi);
    }

    Endpoint endpoint() {
        return csi.endpoint();
    }

    void awaitEnd() throws InterruptedException {
        csi.awaitEnd();
    }

    /** Running RPCs finish first, then the drains stop, then the way to the appliance is closed. */
    @Override
    public void close() {
        csi.close();
        fencing.close();
        routerOs.close();
    }

    private static boolean answers(Appliance appliance, FencingClaim claim, Deadline deadline) {
        try {
            appliance.checkRelease(deadline.minimum(Deadline.after(PROBE_SECONDS, SECONDS)));
            return true;
        } catch (Failed e) {
            log.warn("not ready: {}", e.getMessage());
            return false;
        } finally {
            claim.say();
        }
    }
}
