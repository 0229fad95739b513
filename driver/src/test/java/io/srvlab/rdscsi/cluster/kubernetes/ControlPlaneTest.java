package io.srvlab.rdscsi.cluster.kubernetes;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.client.http.HttpClient;
import io.grpc.Deadline;
import io.srvlab.rdscsi.cluster.Attached;
import io.srvlab.rdscsi.cluster.Event;
import io.srvlab.rdscsi.cluster.Presence;
import io.srvlab.rdscsi.cluster.Wish;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same questions, put to a real API server. Skipped, and says why, where the kit has not been built. */
class ControlPlaneTest {
    private static final String DRIVER = "rds.csi.srvlab.io";
    private static final LeaderLease.Timing QUICK =
            new LeaderLease.Timing(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(100));

    private static ControlPlane plane;
    private static ExecutorService threads;
    private static KubernetesCluster cluster;
    private static HttpClient http;
    private static ApiServer api;

    @BeforeAll
    static void start() throws Exception {
        var missing = ControlPlane.missing();
        assumeTrue(missing.isEmpty(), () -> "no control plane: " + missing.orElseThrow());
        plane = ControlPlane.start();
        threads = Executors.newVirtualThreadPerTaskExecutor();
        var access = Access.kubeconfig(plane.kubeconfig());
        cluster = KubernetesCluster.open(access, DRIVER);
        http = new Transport(threads).newBuilder(access.config()).build();
        api = new ApiServer(http, URI.create(access.config().getMasterUrl()), threads);
    }

    @AfterAll
    static void stop() throws Exception {
        if (plane == null) return;
        if (cluster != null) cluster.close();
        if (http != null) http.close();
        if (threads != null) threads.shutdownNow();
        plane.close();
    }

    @Test
    void aNodeMadeAgainUnderTheSameNameIsAnother() throws Exception {
        assertThat(look("again")).isEqualTo(new Presence.Absent());

        plane.apply(node("again", ""));
        var first = look("again");
        var _ = plane.kubectl("delete", "node", "again");
        var between = look("again");
        plane.apply(node("again", ""));
        var second = look("again");

        assertThat(first)
                .isInstanceOfSatisfying(
                        Presence.Exists.class,
                        there -> assertThat(there.deleting()).isFalse());
        assertThat(between).isEqualTo(new Presence.Absent());
        assertThat(second)
                .isInstanceOfSatisfying(
                        Presence.Exists.class,
                        there -> assertThat(there.uid()).isNotEqualTo(((Presence.Exists) first).uid()));
    }

    @Test
    void whatTheKubeletSaysIsSeenAtOnce() throws Exception {
        plane.apply(node("busy", ""));
        assertThat(look("busy")).isInstanceOfSatisfying(Presence.Exists.class, there -> {
            assertThat(there.ready()).isFalse();
            assertThat(there.inUse()).contains(Set.of());
        });

        plane.patchStatus("node", "busy", """
                {"status":{"conditions":[{"type":"Ready","status":"True"}],
                "volumesInUse":["kubernetes.io/csi/rds.csi.srvlab.io^rds-1","kubernetes.io/csi/other^rds-2"]}}""");

        assertThat(look("busy")).isInstanceOfSatisfying(Presence.Exists.class, there -> {
            assertThat(there.ready()).isTrue();
            assertThat(there.inUse()).contains(Set.of(new VolumeId("rds-1")));
        });
    }

    @Test
    void aNodeOutOfServiceOrOnItsWayOutIsToldApart() throws Exception {
        plane.apply(node(
                "lost", "spec: {taints: [{key: node.kubernetes.io/out-of-service, value: x, effect: NoExecute}]}"));
        plane.apply(node("leaving", "").replace("metadata: {", "metadata: {finalizers: [example.com/held], "));
        var _ = plane.kubectl("delete", "node", "leaving", "--wait=false");

        assertThat(look("lost")).isInstanceOf(Presence.OutOfService.class);
        assertThat(look("leaving"))
                .isInstanceOfSatisfying(
                        Presence.Exists.class,
                        there -> assertThat(there.deleting()).isTrue());
    }

    @Test
    void theClusterSaysWhichOneItIs() throws Exception {
        var uid = plane.kubectl("get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}");

        assertThat(cluster.identity(Deadline.after(20, SECONDS))).isEqualTo(new KubernetesCluster.Identity.Known(uid));
    }

    @Test
    void anAttachmentIsWantedUntilItIsDeleted() throws Exception {
        plane.apply(volume("pv-wish", "rds-wish", "wish", UUID.randomUUID().toString()));
        var name = new VolumeAttachments(api, DRIVER).name(new VolumeId("rds-wish"), new NodeName("n1"));
        assertThat(wish("rds-wish", "n1")).isEqualTo(new Wish.NotWanted());

        plane.apply(attachment(name, "pv-wish", "n1")
                .replace("metadata: {", "metadata: {finalizers: [example.com/held], "));
        assertThat(wish("rds-wish", "n1")).isEqualTo(new Wish.Wanted());
        assertThat(wish("rds-wish", "n2")).isEqualTo(new Wish.NotWanted());

        var _ = plane.kubectl("delete", "volumeattachment", name, "--wait=false");
        assertThat(wish("rds-wish", "n1")).isEqualTo(new Wish.NotWanted());
    }

    @Test
    void attachmentsAreKnownAsLongAsTheyAreThere() throws Exception {
        attach("rds-att", "att", "17-abc");
        var volume = new VolumeId("rds-att");
        Wait.until(
                "it is known",
                () -> cluster.attachments(volume)
                        .equals(List.of(new Attached(new NodeName("n1"), Optional.of("17-abc")))));

        var _ = plane.kubectl("delete", "volumeattachment", "att");
        Wait.until("it is gone", () -> cluster.attachments(volume).isEmpty());
    }

    @Test
    void kubectlDescribeShowsAnEventOnTheClaimAndHowOften() throws Exception {
        var claim = claim("orders", "rds-orders");
        var subject = new Volumes.Subject.Claim("default", "orders", claim);
        var pace = new EventRecorder.Pace(
                Duration.ofMillis(50), Duration.ofHours(1), Duration.ofMillis(1), Duration.ofMillis(100));
        try (var recorder = new EventRecorder(api, _ -> Optional.of(subject), DRIVER, pace)) {
            recorder.start();
            for (int i = 0; i < 7; i++) {
                recorder.post(new Event(
                        new VolumeId("rds-orders"),
                        Event.Reason.ATTACHMENT_CONFLICT,
                        "Volume rds-orders is attached to n1, cannot attach to n2.",
                        "n1 n2"));
            }
            Wait.until(
                    "it was counted",
                    () -> plane.kubectl("describe", "pvc", "orders").contains("(x7 over"));
        }
        assertThat(plane.kubectl("describe", "pvc", "orders"))
                .containsPattern(
                        "Warning +AttachmentConflict +.* +rds.csi.srvlab.io +Volume rds-orders is attached to n1");
        assertThat(plane.kubectl("get", "events", "--field-selector=involvedObject.name=orders", "-o", "name")
                        .lines())
                .hasSize(1);
    }

    @Test
    void theClaimOfAnEventIsFoundThroughItsVolume() throws Exception {
        var _ = claim("found", "rds-found");
        cluster.post(new Event(new VolumeId("rds-found"), Event.Reason.VOLUME_ATTACHED, "Attached to n1.", "n1"));

        Wait.until(
                "it is shown", () -> plane.kubectl("describe", "pvc", "found").contains("VolumeAttached"));
    }

    /** Whatever a client may be limited to, this many at once must pass. */
    @Test
    void sixtyFourLooksAtOnceAreAllAnswered() throws Exception {
        plane.apply(node("many", ""));
        var looks = new ArrayList<Future<Presence>>();
        for (int i = 0; i < 64; i++) looks.add(threads.submit(() -> look("many")));

        for (var one : looks) assertThat(one.get()).isInstanceOf(Presence.Exists.class);
    }

    @Test
    void whoMayNotAskGetsNoAnswer(@TempDir Path directory) throws Exception {
        plane.apply("{apiVersion: v1, kind: ServiceAccount, metadata: {name: nobody, namespace: default}}");
        var account = Files.writeString(directory.resolve("nobody"), plane.kit("kubeconfig", "default", "nobody"));
        var stranger = Files.writeString(
                directory.resolve("stranger"), Files.readString(account).replaceAll("token: [^}]*", "token: none"));

        assertThat(presence(account))
                .isInstanceOfSatisfying(
                        Presence.Unanswered.class,
                        unanswered -> assertThat(unanswered.why())
                                .contains("403")
                                .contains("system:serviceaccount:default:nobody"));
        assertThat(presence(stranger))
                .isInstanceOfSatisfying(
                        Presence.Unanswered.class,
                        unanswered -> assertThat(unanswered.why()).contains("401"));
    }

    @Test
    void aServerOfAnotherAuthorityIsNotBelieved(@TempDir Path directory) throws Exception {
        var config = Files.readString(plane.kubeconfig()).replaceAll("certificate-authority-data: .*", "");
        var file = Files.writeString(directory.resolve("config"), config);

        assertThat(presence(file)).isInstanceOf(Presence.Unanswered.class);
    }

    @Test
    void aServerThatHangsIsNoAnswerAndIsBelievedAgainAfterwards() throws Exception {
        plane.apply(node("hang", ""));
        plane.freeze();
        try {
            assertThat(cluster.presence(new NodeName("hang"), Deadline.after(2, SECONDS)))
                    .isInstanceOf(Presence.Unanswered.class);
        } finally {
            plane.thaw();
        }
        assertThat(look("hang")).isInstanceOf(Presence.Exists.class);
    }

    @Test
    void aServerThatWasAwayIsAskedAndWatchedAgain() throws Exception {
        plane.apply(node("away", ""));
        plane.stop();
        assertThat(cluster.presence(new NodeName("away"), Deadline.after(2, SECONDS)))
                .isInstanceOf(Presence.Unanswered.class);
        plane.startAgain();

        assertThat(look("away")).isInstanceOf(Presence.Exists.class);
        attach("rds-away", "away", "17-away");
        Wait.until(
                "the watch goes on",
                () -> !cluster.attachments(new VolumeId("rds-away")).isEmpty());
    }

    @Test
    void oneLeadsAndHandsOver() {
        var first = lease("one-leads", "a", _ -> {});
        Wait.until("the first leads", first::leading);
        try (var second = lease("one-leads", "b", _ -> {})) {
            first.close();
            Wait.until("the second leads", second::leading);
            assertThat(first.leading()).isFalse();
        }
    }

    @Test
    void aLeaseThatNobodyRenewsIsTaken() throws Exception {
        plane.apply("""
                {apiVersion: v1, kind: Namespace, metadata: {name: dead-leader}}
                ---
                {apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: rds-csi-controller, namespace: dead-leader},
                 spec: {holderIdentity: dead, leaseDurationSeconds: 1, renewTime: "2099-01-01T00:00:00.000000Z"}}
                """);
        try (var lease = lease("dead-leader", "alive", _ -> {})) {
            Wait.until("it was taken", lease::leading);
        }
    }

    @Test
    void whoSeesAnotherHoldItsLeaseSaysSo() throws Exception {
        var lost = new CompletableFuture<String>();
        try (var lease = lease("stolen", "mine", lost::complete)) {
            Wait.until("it leads", lease::leading);
            var _ = plane.kubectl(
                    "patch",
                    "lease",
                    "-n",
                    "stolen",
                    "rds-csi-controller",
                    "--type=merge",
                    "-p",
                    "{\"spec\":{\"holderIdentity\":\"thief\"}}");

            assertThat(lost.get(60, SECONDS)).isEqualTo("thief");
            assertThat(lease.leading()).isFalse();
        }
    }

    /** A controller must be able to unpublish while the API server is away, so this is no reason to end. */
    @Test
    void aServerThatHangsEndsTheLeadAndNotTheHolder() throws Exception {
        var lost = new CompletableFuture<String>();
        try (var lease = lease("hung", "mine", lost::complete)) {
            Wait.until("it leads", lease::leading);
            plane.freeze();
            try {
                Wait.until("it leads no more", () -> !lease.leading());
            } finally {
                plane.thaw();
            }
            Wait.until("it leads again", lease::leading);
            assertThat(lost).isNotDone();
        }
    }

    private static LeaderLease lease(String namespace, String identity, LeaderLease.Lost lost) {
        try {
            plane.apply("{apiVersion: v1, kind: Namespace, metadata: {name: " + namespace + "}}");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        return LeaderLease.start(api, namespace, identity, QUICK, lost);
    }

    private static Presence look(String node) {
        return cluster.presence(new NodeName(node), Deadline.after(30, SECONDS));
    }

    private static Wish wish(String volume, String node) {
        return cluster.wish(new VolumeId(volume), new NodeName(node), Deadline.after(30, SECONDS));
    }

    private static Presence presence(Path kubeconfig) throws IOException {
        try (var other = KubernetesCluster.open(Access.kubeconfig(kubeconfig), DRIVER)) {
            return other.presence(new NodeName("any"), Deadline.after(20, SECONDS));
        }
    }

    /** A volume and a claim bound to it by hand; gives the claim's UID. */
    private static String claim(String name, String handle) throws IOException, InterruptedException {
        plane.apply("""
                {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: %s, namespace: default}, spec: {accessModes:
                 [ReadWriteOnce], resources: {requests: {storage: 1Mi}}, volumeName: pv-%s, storageClassName: ""}}
                """.formatted(name, name));
        var uid = plane.kubectl("get", "pvc", name, "-o", "jsonpath={.metadata.uid}");
        plane.apply(volume("pv-" + name, handle, name, uid));
        return uid;
    }

    private static void attach(String handle, String name, String claim) throws IOException, InterruptedException {
        plane.apply(volume("pv-" + name, handle, name, UUID.randomUUID().toString()));
        plane.apply(attachment(name, "pv-" + name, "n1"));
        plane.patchStatus(
                "volumeattachment",
                name,
                "{\"status\":{\"attached\":true,\"attachmentMetadata\":{\"claim\":\"" + claim + "\"}}}");
    }

    private static String node(String name, String spec) {
        return """
                apiVersion: v1
                kind: Node
                metadata: {name: %s, annotations: {volumes.kubernetes.io/controller-managed-attach-detach: "true"}}
                %s
                """.formatted(name, spec);
    }

    /** With a name that is not ASCII in it, as people write them. */
    private static String volume(String name, String handle, String claim, String uid) {
        return """
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: %s, annotations: {example.com/owner: "Jürgen Größe, 東京 😀"}}
                spec:
                  accessModes: [ReadWriteOnce]
                  capacity: {storage: 1Mi}
                  claimRef: {apiVersion: v1, kind: PersistentVolumeClaim, namespace: default, name: %s, uid: %s}
                  csi: {driver: rds.csi.srvlab.io, volumeHandle: %s}
                """.formatted(name, claim, uid, handle);
    }

    private static String attachment(String name, String volume, String node) {
        return """
                apiVersion: storage.k8s.io/v1
                kind: VolumeAttachment
                metadata: {name: %s}
                spec: {attacher: rds.csi.srvlab.io, nodeName: %s, source: {persistentVolumeName: %s}}
                """.formatted(name, node, volume);
    }
}
