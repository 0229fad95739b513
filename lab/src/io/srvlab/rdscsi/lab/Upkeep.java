package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Kubelet.EXT4;
import static io.srvlab.rdscsi.lab.Kubelet.RAW;
import static io.srvlab.rdscsi.lab.Promises.expect;
import static io.srvlab.rdscsi.lab.Promises.same;

import io.srvlab.rdscsi.nvme.ConnectOptions;
import io.srvlab.rdscsi.nvme.Fabrics;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** The plugin goes and comes; sessions that nobody wants; many volumes at once; bad weather. */
final class Upkeep {
    private static final long MIB = 1 << 20;
    private static final int CROWD = 20;

    private final Promises promises;
    private final Plugin plugin;
    private final Target target = new Target();

    private Upkeep(Promises promises, Plugin plugin) throws IOException {
        this.promises = promises;
        this.plugin = plugin;
    }

    public static void main(String[] args) throws Exception {
        var promises = new Promises();
        try (var plugin = new Plugin()) {
            new Upkeep(promises, plugin).play();
        }
        System.exit(promises.status());
    }

    private void play() throws Exception {
        restart();
        new Kills(promises, plugin, target).play();
        crowd();
        weather();
    }

    private void restart() throws Exception {
        var used = Claim.make("used", 1);
        var raw = Claim.make("raw", 1);
        var unwanted = Claim.make("unwanted", 1);
        for (var claim : List.of(used, raw, unwanted)) {
            target.export(claim.subsystem(), claim.hostNqn(), Target.backing(claim.slot(), 64 * MIB));
        }
        var kubelet = new Kubelet(plugin, "used", Map.of("ctrlLossTmo", "900"));
        kubelet.stage(used, EXT4);
        kubelet.publish(used, EXT4);
        var block = new Kubelet(plugin, "raw", Map.of());
        block.stage(raw, RAW);
        connect(unwanted);
        var session = new Node("used").only(used);
        promises.hold("a plugin that is told to end leaves the sessions, but has none wait long", () -> {
            same(0, plugin.stop());
            same("30", Node.attribute(session, "ctrl_loss_tmo"));
            expect(session.live(), session.toString());
        });
        promises.hold("the next one gives them their patience back", () -> {
            plugin.start();
            Promises.until("it stays", 60, () -> Node.attribute(session, "ctrl_loss_tmo").equals("900"));
        });
        promises.hold("it ends the session that nobody staged, and leaves those that somebody did", () -> {
            Promises.until("the unwanted session stays", 60, () -> new Node("unwanted").sessions().isEmpty());
            expect(new Node("used").only(used).live(), "the used one is not live");
            expect(new Node("raw").only(raw).live(), "that of the raw block volume is not live");
            Files.writeString(kubelet.target().resolve("file"), "the pod goes on");
        });
        kubelet.unpublish();
        kubelet.unstage();
        block.unstage();
        for (var claim : List.of(used, raw, unwanted)) target.unexport(claim.subsystem());
    }

    private static void connect(Claim claim) throws IOException {
        new Fabrics(Path.of("/dev"))
                .connect(new ConnectOptions(
                        InetAddress.getByName(Target.ADDRESS),
                        Target.PORT,
                        claim.subsystem().text(),
                        new ConnectOptions.Host(claim.hostNqn().text(), claim.host()),
                        1,
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty()));
    }

    private void crowd() throws Exception {
        var claims = IntStream.range(0, CROWD)
                .mapToObj(i -> Claim.make("crowd-" + i, 1))
                .toList();
        for (var claim : claims) {
            target.export(claim.subsystem(), claim.hostNqn(), Target.backing(claim.slot(), 64 * MIB));
        }
        promises.hold(CROWD + " volumes are staged at once, each with its own device", () -> {
            all(claims, (kubelet, claim) -> {
                kubelet.stage(claim, EXT4);
                kubelet.publish(claim, EXT4);
                Files.writeString(kubelet.target().resolve("whose"), claim.slot());
            });
            for (var claim : claims) {
                var kubelet = new Kubelet(plugin, claim.slot(), Map.of());
                same(claim.slot(), Files.readString(kubelet.target().resolve("whose")));
            }
        });
        promises.hold("and unstaged at once, with nothing left", () -> {
            all(claims, (kubelet, _) -> {
                kubelet.unpublish();
                kubelet.unstage();
            });
            for (var claim : claims) new Node(claim.slot()).nothingLeft(new Kubelet(plugin, claim.slot(), Map.of()));
        });
        for (var claim : claims) target.unexport(claim.subsystem());
    }

    private interface Deed {
        void on(Kubelet kubelet, Claim claim) throws IOException;
    }

    private void all(List<Claim> claims, Deed deed) {
        CompletableFuture.allOf(claims.stream()
                        .map(claim -> CompletableFuture.runAsync(
                                () -> {
                                    try {
                                        deed.on(new Kubelet(plugin, claim.slot(), Map.of()), claim);
                                    } catch (IOException e) {
                                        throw new IllegalStateException(e);
                                    }
                                },
                                run -> Thread.ofVirtual().start(run)))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    private void weather() throws Exception {
        var claim = Claim.make("weather", 1);
        target.export(claim.subsystem(), claim.hostNqn(), Target.backing("weather", 64 * MIB));
        var kubelet = new Kubelet(plugin, "weather", Map.of());
        promises.hold("with every hundredth packet lost, what a pod wrote is what is there", () -> {
            Guest.lose("1%");
            kubelet.stage(claim, EXT4);
            kubelet.publish(claim, EXT4);
            writeAndCompare(kubelet);
            Guest.lose(false);
        });
        promises.hold("a target that is silent for 60 s costs 60 s and no byte", () -> {
            Guest.lose(true);
            var pod = CompletableFuture.runAsync(() -> {
                try {
                    writeAndCompare(kubelet);
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            Thread.sleep(60_000);
            expect(!pod.isDone(), "the pod did not wait");
            Guest.lose(false);
            pod.join();
        });
        kubelet.unpublish();
        kubelet.unstage();
        target.unexport(claim.subsystem());
    }

    private static void writeAndCompare(Kubelet kubelet) throws IOException, InterruptedException {
        var file = kubelet.target().resolve("bytes");
        var bytes = new byte[(int) (8 * MIB)];
        new java.util.Random(2).nextBytes(bytes);
        Files.write(file, bytes);
        Guest.sync(file);
        Guest.dropCaches();
        expect(java.util.Arrays.equals(bytes, Files.readAllBytes(file)), "they are other bytes");
    }
}
