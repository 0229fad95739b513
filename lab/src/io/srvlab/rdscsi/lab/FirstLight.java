package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Kubelet.EXT4;
import static io.srvlab.rdscsi.lab.Kubelet.EXT4_READERS;
import static io.srvlab.rdscsi.lab.Kubelet.RAW;
import static io.srvlab.rdscsi.lab.Promises.expect;
import static io.srvlab.rdscsi.lab.Promises.same;

import io.srvlab.rdscsi.nvme.ConnectOptions;
import io.srvlab.rdscsi.nvme.Fabrics;
import io.srvlab.rdscsi.volume.Nqn;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;

/** One volume's life on a node with a real kernel, from NVMe/TCP connect to disconnect, and what must hold meanwhile. */
final class FirstLight {
    private static final String SLOT = "db-0";
    private static final String NEIGHBOUR = SLOT + "0";
    private static final Nqn ELSEWHERE = new Nqn("nqn.2024-01.lab.example:boot");
    private static final long SIZE = 256L << 20;
    private static final byte[] BYTES = new byte[8 << 20];

    static {
        new Random(1).nextBytes(BYTES);
    }

    private final Node node = new Node(SLOT);
    private final Promises promises;
    private final Plugin plugin;
    private final Kubelet kubelet;
    private final Target target = new Target();
    private final Path file = Target.backing(SLOT, SIZE);

    private FirstLight(Promises promises, Plugin plugin) throws IOException {
        this.promises = promises;
        this.plugin = plugin;
        this.kubelet = new Kubelet(plugin, SLOT, Map.of());
    }

    public static void main(String[] args) throws Exception {
        var promises = new Promises();
        try (var plugin = new Plugin()) {
            new FirstLight(promises, plugin).play();
        }
        System.exit(promises.status());
    }

    private void play() throws Exception {
        stageNeighbour(Claim.make(NEIGHBOUR, 1));
        connectElsewhere();
        var others = others();
        firstAttachment(Claim.make(SLOT, 1));
        nextAttachment(Claim.make(SLOT, 2));
        wrongHost(Claim.make(SLOT, 3));
        olderAttachment(Claim.make(SLOT, 4), Claim.make(SLOT, 5));
        readersAndRaw(Claim.make(SLOT, 6));
        promises.hold("another volume's session, and somebody else's, were left alone through all of this", () -> {
            expect(others.size() == 2, "there were " + others);
            same(others, others());
        });
    }

    private void firstAttachment(Claim claim) throws Exception {
        target.export(claim.subsystem(), claim.hostNqn(), file);
        promises.hold("stage connects as the host that it was told, formats and mounts", () -> {
            kubelet.stage(claim, EXT4);
            var session = node.only(claim);
            expect(session.live(), session.toString());
            same(claim.hostNqn().text(), Node.attribute(session, "hostnqn"));
            expect(Node.mounted(kubelet.staging()).endsWith("ext4"), Node.mounted(kubelet.staging()));
        });
        promises.hold("stage again changes nothing: it is still the one session", () -> {
            var before = node.only(claim) + " " + Node.attribute(node.only(claim), "cntlid");
            kubelet.stage(claim, EXT4);
            same(before, node.only(claim) + " " + Node.attribute(node.only(claim), "cntlid"));
        });
        promises.hold("a plugin that was killed (-9) goes on where it was: publish", () -> {
            plugin.killAndStart();
            kubelet.publish(claim, EXT4);
            var _ = node.only(claim);
        });
        promises.hold("a pod writes", () -> Files.write(kubelet.target().resolve("bytes"), BYTES));
        promises.hold("what is published is not unstaged", () -> {
            var answer = Kubelet.refusal(kubelet::unstage);
            expect(answer.contains(kubelet.target().toString()), answer);
            expect(node.only(claim).live(), "the session is not live");
        });
        promises.hold("unpublish and unstage leave no mount, no session and no disk", this::takeAway);
        promises.hold("unstage again is OK", kubelet::unstage);
        target.unexport(claim.subsystem());
    }

    private void nextAttachment(Claim claim) throws Exception {
        target.export(claim.subsystem(), claim.hostNqn(), file);
        promises.hold("under the next claim the same bytes are there", () -> {
            Guest.dropCaches();
            kubelet.stage(claim, EXT4);
            kubelet.publish(claim, EXT4);
            sameBytes();
            takeAway();
        });
        target.unexport(claim.subsystem());
    }

    private void wrongHost(Claim claim) throws Exception {
        target.export(claim.subsystem(), claim.hostNqn(), file);
        promises.hold("another host is refused, and the answer says at which door, and what the kernel said", () -> {
            var answer = Kubelet.refusal(() -> kubelet.stage(claim.fromElsewhere(), EXT4, 8));
            expect(answer.contains(claim.subsystem().text()), answer);
            expect(answer.contains("Input/output error"), answer);
            node.nothingLeft(kubelet);
        });
        target.unexport(claim.subsystem());
    }

    private void olderAttachment(Claim older, Claim claim) throws Exception {
        target.export(older.subsystem(), older.hostNqn(), file);
        promises.hold("an older attachment that is mounted is not torn away", () -> {
            kubelet.stage(older, EXT4);
            var answer = Kubelet.refusal(() -> kubelet.stage(claim, EXT4, 8));
            expect(answer.contains(kubelet.staging().toString()), answer);
            expect(node.only(older).live(), "the session is not live");
        });
        target.export(claim.subsystem(), claim.hostNqn(), file);
        promises.hold("an older claim's session is removed before the new one is used", () -> {
            Guest.run(List.of("umount", kubelet.staging().toString()));
            kubelet.stage(claim, EXT4);
            same(List.of(node.only(claim)), node.sessions());
            kubelet.publish(claim, EXT4);
            sameBytes();
            takeAway();
        });
        target.unexport(older.subsystem());
        target.unexport(claim.subsystem());
    }

    private void readersAndRaw(Claim claim) throws Exception {
        target.export(claim.subsystem(), claim.hostNqn(), file);
        promises.hold("for readers the kernel refuses writes to the device; they see the bytes", () -> {
            kubelet.stage(claim, EXT4_READERS);
            kubelet.publish(claim, EXT4_READERS);
            var disk = node.disks().getFirst();
            same(
                    "1",
                    Files.readString(Path.of("/sys/dev/block", disk.number(), "ro"))
                            .strip());
            sameBytes();
            takeAway();
        });
        promises.hold("as a raw block volume it can be written again", () -> {
            kubelet.stage(claim, RAW);
            kubelet.publish(claim, RAW);
            Guest.write(kubelet.target(), "x".repeat(4096));
            takeAway();
            try (var in = Files.newInputStream(file)) {
                same("x".repeat(4096), new String(in.readNBytes(4096), StandardCharsets.ISO_8859_1));
            }
        });
        target.unexport(claim.subsystem());
    }

    private void takeAway() throws IOException {
        kubelet.unpublish();
        kubelet.unstage();
        node.nothingLeft(kubelet);
    }

    private void sameBytes() throws IOException {
        expect(Arrays.equals(BYTES, Files.readAllBytes(kubelet.target().resolve("bytes"))), "they are other bytes");
    }

    /** A volume whose name begins as ours does. */
    private void stageNeighbour(Claim claim) throws Exception {
        target.export(claim.subsystem(), claim.hostNqn(), Target.backing(NEIGHBOUR, 16 << 20));
        new Kubelet(plugin, NEIGHBOUR, Map.of()).stage(claim, RAW);
    }

    /** A session that has nothing to do with this driver, as of a machine that boots from NVMe. */
    private void connectElsewhere() throws Exception {
        var id = UUID.randomUUID();
        var host = new Nqn("nqn.2014-08.org.nvmexpress:uuid:" + id);
        target.export(ELSEWHERE, host, Target.backing("elsewhere", 16 << 20));
        new Fabrics(Path.of("/dev"))
                .connect(new ConnectOptions(
                        InetAddress.getByName(Target.ADDRESS),
                        Target.PORT,
                        ELSEWHERE.text(),
                        new ConnectOptions.Host(host.text(), id),
                        1,
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty()));
    }

    /** Each live session that is not this volume's, and which one it is. */
    private List<String> others() throws IOException {
        var found = new ArrayList<String>();
        for (var name : List.of(Claim.make(NEIGHBOUR, 1).subsystem(), ELSEWHERE)) {
            for (var session : node.sessions(name.text())) found.add(session + " " + Node.attribute(session, "cntlid"));
        }
        return found;
    }
}
