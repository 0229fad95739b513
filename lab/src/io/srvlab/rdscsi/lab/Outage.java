package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Kubelet.EXT4;
import static io.srvlab.rdscsi.lab.Kubelet.RAW;
import static io.srvlab.rdscsi.lab.Promises.expect;
import static io.srvlab.rdscsi.lab.Promises.same;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.StatusRuntimeException;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetInfoRequest;
import java.io.IOException;
import java.util.HashMap;
import java.net.ServerSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The target is out of reach for a while, or takes the volume away: what the node does then, and how it recovers. */
final class Outage {
    private static final String SLOT = "db-0";
    private static final long LOST_SECONDS = 30;
    private static final long SILENT_SECONDS = 40;
    /** So that the kernel sees soon that nobody answers, and soon that somebody does again. */
    private static final Map<String, String> IMPATIENT = Map.of("keepAliveTmo", "2", "reconnectDelay", "1");

    private final Promises promises;
    private final Plugin plugin;
    private final Kubelet kubelet;
    private final Node node = new Node(SLOT);
    private final Target target = new Target();
    private final Path file = Target.backing(SLOT, 256L << 20);

    private Outage(Promises promises, Plugin plugin) throws IOException {
        this.promises = promises;
        this.plugin = plugin;
        this.kubelet = new Kubelet(plugin, SLOT, IMPATIENT);
    }

    public static void main(String[] args) throws Exception {
        var promises = new Promises();
        try (var plugin = new Plugin()) {
            new Outage(promises, plugin).play();
        }
        System.exit(promises.status());
    }

    private void play() throws Exception {
        // Another volume keeps the port open, as on an appliance: a door that is gone is refused there, not just
        // silent.
        var other = Claim.make("other", 9);
        target.export(other.subsystem(), other.hostNqn(), Target.backing("other", 16 << 20));
        silent(Claim.make("unheard", 1));
        reconnects(Claim.make(SLOT, 1));
        fenced(Claim.make(SLOT, 2), Claim.make(SLOT, 3));
    }

    /** A target that lets connections in and says nothing: the kernel would wait for it, and all others behind it. */
    private void silent(Claim claim) throws Exception {
        var unheard = new Kubelet(plugin, claim.slot(), Map.of());
        var heard = Claim.make("heard", 1);
        target.export(heard.subsystem(), heard.hostNqn(), Target.backing("heard", 16 << 20));
        var kubelet = new Kubelet(plugin, "heard", Map.of());
        kubelet.stage(heard, RAW); // a plugin's first call takes long on an emulated machine
        kubelet.unstage();
        promises.hold("a target that says nothing keeps no other volume from being connected", () -> {
            try (var deaf = new ServerSocket(0, 8, InetAddress.getByName(Target.ADDRESS_HERE))) {
                var context = new HashMap<>(claim.publishContext());
                context.put("nvme_address", Target.ADDRESS_HERE);
                context.put("nvme_port", Integer.toString(deaf.getLocalPort()));
                var stage = CompletableFuture.supplyAsync(
                        () -> Kubelet.refusal(() -> unheard.stage(context, RAW, SILENT_SECONDS)));
                Thread.sleep(1000);
                kubelet.stage(heard, RAW);
                expect(!stage.isDone(), "the silent one did not wait");
                kubelet.unstage();
                var answer = stage.get(2 * SILENT_SECONDS, SECONDS);
                expect(answer.contains("nobody speaks NVMe/TCP"), answer);
            }
        });
        target.unexport(heard.subsystem());
    }

    private void reconnects(Claim claim) throws Exception {
        target.export(claim.subsystem(), claim.hostNqn(), file);
        promises.hold("the volume is staged and published", () -> {
            kubelet.stage(claim, EXT4);
            kubelet.publish(claim, EXT4);
            write("first", true);
        });
        promises.hold("when the target is out of reach, stage waits for the session that there is", () -> {
            var before = Node.attribute(node.only(claim), "hostnqn")
                    + node.only(claim).name();
            Guest.lose(true);
            lost(claim);
            var stage = CompletableFuture.runAsync(() -> kubelet.stage(claim, EXT4));
            Thread.sleep(2000);
            expect(!stage.isDone(), "stage did not wait");
            Guest.lose(false);
            stage.get(LOST_SECONDS, SECONDS);
            same(
                    before,
                    Node.attribute(node.only(claim), "hostnqn")
                            + node.only(claim).name());
        });
        promises.hold("while the target is out of reach, statistics answer in time, and say so", () -> {
            Guest.lose(true);
            lost(claim);
            var condition = kubelet.stats(5).getVolumeCondition();
            expect(condition.getAbnormal(), "it is called normal");
            expect(condition.getMessage().contains("is not live"), condition.getMessage());
            Guest.lose(false);
            Promises.until("the session does not come back", 60, () -> node.only(claim).live());
            expect(!kubelet.condition().getAbnormal(), kubelet.condition().getMessage());
        });
        promises.hold(
                "unstage of a volume with unwritten data, out of reach, ends at its deadline and says why", () -> {
                    write("second", false);
                    Guest.lose(true);
                    lost(claim);
                    kubelet.unpublish();
                    var answer = Kubelet.refusal(() -> kubelet.unstage(6));
                    expect(answer.contains("unmounting " + kubelet.staging()), answer);
                });
        promises.hold("the plugin still answers, and a second unstage ends at its deadline too", () -> {
            same(
                    "lab",
                    plugin.node(10)
                            .nodeGetInfo(NodeGetInfoRequest.getDefaultInstance())
                            .getNodeId());
            var _ = Kubelet.refusal(() -> kubelet.unstage(3));
            var _ = node.only(claim);
        });
        promises.hold(
                "a plugin that is killed (-9) meanwhile leaves its socket to one that knows that the volume is in use",
                () -> {
                    plugin.killAndStart();
                    var answer = Kubelet.refusal(() -> kubelet.unstage(20));
                    expect(answer.contains("is held by"), answer);
                    var _ = node.only(claim);
                });
        promises.hold("when the target is back, unstage is done, and what was unwritten is on it", () -> {
            Guest.lose(false);
            Promises.until("it is never unstaged", 60, this::unstaged); // the killed plugin's unmount has to end first
            node.nothingLeft(kubelet);
            kubelet.stage(claim, EXT4);
            kubelet.publish(claim, EXT4);
            same("first", Files.readString(kubelet.target().resolve("first")));
            same("second", Files.readString(kubelet.target().resolve("second")));
            kubelet.unpublish();
            kubelet.unstage();
            node.nothingLeft(kubelet);
        });
        target.unexport(claim.subsystem());
    }

    private void fenced(Claim claim, Claim next) throws Exception {
        target.export(claim.subsystem(), claim.hostNqn(), file);
        promises.hold("a volume that is taken away while it is mounted is gone for the pod", () -> {
            kubelet.stage(claim, EXT4);
            kubelet.publish(claim, EXT4);
            write("third", true);
            write("lost", false);
            node.patience(claim, 5); // 6.1 tries on as long, whatever it is told
            target.unexport(claim.subsystem());
            Promises.until("the kernel keeps " + node.disks(), 60, () -> node.disks().isEmpty());
        });
        target.export(next.subsystem(), next.hostNqn(), file);
        promises.hold("the dead mount's condition is that its device is gone", () -> {
            var condition = kubelet.condition();
            expect(condition.getAbnormal(), "it is called normal");
            expect(condition.getMessage().contains("given up"), condition.getMessage());
        });
        promises.hold(
                "the dead mount is not taken for the volume that comes back: stage says so, keeps no session", () -> {
                    var answer = Kubelet.refusal(() -> kubelet.stage(next, EXT4));
                    expect(answer.contains(kubelet.staging().toString()), answer);
                    same(List.of(), node.sessions());
                });
        promises.hold("unpublish and unstage clear the dead mount away", () -> {
            kubelet.unpublish();
            kubelet.unstage();
            node.nothingLeft(kubelet);
        });
        promises.hold("under the next claim, what had been synced is there", () -> {
            kubelet.stage(next, EXT4);
            kubelet.publish(next, EXT4);
            same("first", Files.readString(kubelet.target().resolve("first")));
            same("third", Files.readString(kubelet.target().resolve("third")));
            kubelet.unpublish();
            kubelet.unstage();
            node.nothingLeft(kubelet);
        });
        target.unexport(next.subsystem());
    }

    /** Calls once, as kubelet does again and again. */
    private boolean unstaged() {
        try {
            kubelet.unstage();
            return true;
        } catch (StatusRuntimeException _) {
            return false;
        }
    }

    private void write(String name, boolean sync) throws IOException {
        var place = kubelet.target().resolve(name);
        if (sync) {
            Files.writeString(
                    place, name, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
        } else {
            Files.writeString(place, name);
        }
    }

    private void lost(Claim claim) throws Exception {
        Promises.until("the session is not lost", 60, () -> !node.only(claim).live());
    }
}
