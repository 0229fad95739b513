package io.srvlab.rdscsi.cluster.kubernetes;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.srvlab.rdscsi.cluster.Presence;
import io.srvlab.rdscsi.cluster.Wish;
import io.srvlab.rdscsi.cluster.kubernetes.FakeApiServer.Answer;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is answered where a life hangs on it: "absent" only of an API server's own word, and in time. Against a server that
 * answers byte for byte what the test wants.
 */
class LiveLookTest {
    private static final NodeName NODE = new NodeName("worker-1");
    private static final VolumeId VOLUME = new VolumeId("rds-vol");
    private static final String DRIVER = "rds.csi.srvlab.io";
    private static final String UID = "a2a63f3b-1c5c-4f7b-9f0e-5f3c9c1d2e3f";
    /** Longer than any test's deadline, so that only a deadline ends the wait. */
    private static final Duration AGES = Duration.ofSeconds(60);

    private FakeApiServer server;
    private KubernetesCluster cluster;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        server = new FakeApiServer();
        cluster = KubernetesCluster.open(Access.kubeconfig(server.kubeconfig(directory, "http")), DRIVER);
    }

    @AfterEach
    void stop() throws IOException {
        cluster.close();
        server.close();
    }

    static Stream<Arguments> notAnswered() {
        return Stream.of(
                Arguments.of("401", FakeApiServer.json(401, status(401, "Unauthorized", "nodes", "worker-1"))),
                Arguments.of("403", FakeApiServer.json(403, status(403, "Forbidden", "nodes", "worker-1"))),
                Arguments.of(
                        "429 that asks for an hour",
                        FakeApiServer.json(429, status(429, "TooManyRequests", "", ""), "Retry-After: 3600")),
                Arguments.of("429 without end", FakeApiServer.json(429, "{}", "Retry-After: 0")),
                Arguments.of("500", FakeApiServer.json(500, status(500, "InternalError", "", ""))),
                Arguments.of("503 in plain text", FakeApiServer.raw(503, "text/plain", "no healthy upstream")),
                Arguments.of("200 and garbage", FakeApiServer.json(200, "hello")),
                Arguments.of("200 and nothing", FakeApiServer.json(200, "")),
                Arguments.of("204", FakeApiServer.json(204, "")),
                Arguments.of("JSON that breaks off", FakeApiServer.json(200, node("").substring(0, 80))),
                Arguments.of("a body shorter than announced", shortBody(node(""))),
                Arguments.of("JSON with something behind it", FakeApiServer.json(200, node("") + "{}")),
                Arguments.of(
                        "a name that is there twice",
                        FakeApiServer.json(200, node("").replace("{\"kind\"", "{\"kind\":\"Node\",\"kind\""))),
                Arguments.of("a proxy's 404", FakeApiServer.raw(404, "text/html", "<html>404 Not Found</html>")),
                Arguments.of("a 404 of nothing", FakeApiServer.json(404, "")),
                Arguments.of("a 404 in JSON of somebody else's", FakeApiServer.json(404, "{\"error\":\"not found\"}")),
                Arguments.of(
                        "404 of another name", FakeApiServer.json(404, status(404, "NotFound", "nodes", "worker-2"))),
                Arguments.of(
                        "404 of another kind", FakeApiServer.json(404, status(404, "NotFound", "pods", "worker-1"))),
                Arguments.of(
                        "404 of an unknown path",
                        FakeApiServer.json(
                                404,
                                "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"reason\":\"NotFound\","
                                        + "\"details\":{},\"code\":404}")),
                Arguments.of("NotFound with status 200", FakeApiServer.json(200, gone())),
                Arguments.of("NotFound with status 410", FakeApiServer.json(410, gone())),
                Arguments.of("another node", FakeApiServer.json(200, node("").replace("worker-1", "worker-2"))),
                Arguments.of("a list of nodes", FakeApiServer.json(200, node("").replace("\"Node\"", "\"NodeList\""))),
                Arguments.of("a node without UID", FakeApiServer.json(200, node("").replace("uid", "udi"))),
                Arguments.of("a UID that is none", FakeApiServer.json(200, node("").replace(UID, "0815"))),
                Arguments.of("more than any object has", FakeApiServer.json(200, " ".repeat(5 << 20) + node(""))),
                Arguments.of("a redirect to a 404", redirect()),
                Arguments.of("a connection that is reset", reset()),
                Arguments.of("a connection that is closed", (Answer) (_, _) -> {}),
                Arguments.of("no answer at all", (Answer) (_, _) -> Thread.sleep(AGES)),
                Arguments.of("a head and no body", headOnly()),
                Arguments.of("a byte now and then", drip(gone())));
    }

    /** A test that passes because nobody was asked shows nothing, so each answer must have been fetched. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("notAnswered")
    void whatIsNotTheApiServersOwnWordIsNoAnswerAndComesInTime(String what, Answer answer) {
        server.answers(answer);
        var began = Instant.now();

        var presence = cluster.presence(NODE, Deadline.after(1200, MILLISECONDS));
        var wish = cluster.wish(VOLUME, NODE, Deadline.after(1200, MILLISECONDS));

        assertThat(presence).as(what).isInstanceOf(Presence.Unanswered.class);
        assertThat(wish).as(what).isInstanceOf(Wish.Unanswered.class);
        assertThat(((Presence.Unanswered) presence).why()).isNotBlank();
        assertThat(server.requests("GET", "/api/v1/nodes/worker-1")).isNotEmpty();
        // Far below the minute that some of these answers take; how far, a busy machine decides.
        assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(20));
    }

    /** The server writes on until the client has closed, which it does when nobody waits any more. */
    @Test
    void nothingIsReadOnBehindADeadline() {
        server.answers((request, socket) -> {
            if (request.target().contains("/nodes/")) endless().to(request, socket);
        });

        assertThat(cluster.presence(NODE, Deadline.after(300, MILLISECONDS))).isInstanceOf(Presence.Unanswered.class);

        assertThat(server.requests("GET", "/nodes/")).isNotEmpty();
        Wait.until("the client has closed", () -> server.open() == 0);
    }

    @Test
    void aServerThatIsNotThereIsNoAnswer(@TempDir Path directory) throws IOException {
        var address = server.kubeconfig(directory, "http");
        server.close();
        try (var nobody = KubernetesCluster.open(Access.kubeconfig(address), DRIVER)) {
            assertThat(nobody.presence(NODE, Deadline.after(5, SECONDS))).isInstanceOf(Presence.Unanswered.class);
        }
    }

    @Test
    void aServerThatDoesNotSpeakTlsIsNoAnswer(@TempDir Path directory) throws IOException {
        try (var tls = KubernetesCluster.open(Access.kubeconfig(server.kubeconfig(directory, "https")), DRIVER)) {
            assertThat(tls.presence(NODE, Deadline.after(5, SECONDS))).isInstanceOf(Presence.Unanswered.class);
        }
    }

    @Test
    void noTimeLeftIsNoAnswer() {
        server.answers(FakeApiServer.json(404, gone()));

        assertThat(cluster.presence(NODE, Deadline.after(-1, SECONDS))).isInstanceOf(Presence.Unanswered.class);
    }

    @Test
    void absentIsTheApiServersWordForThisVeryNode() {
        server.answers(FakeApiServer.json(404, gone()));

        assertThat(look()).isEqualTo(new Presence.Absent());
    }

    @Test
    void everyLookAsksAnewAndForTheNewest() {
        server.answers(FakeApiServer.json(200, node("")));
        look();
        server.answers(FakeApiServer.json(404, gone()));

        assertThat(look()).isEqualTo(new Presence.Absent());
        assertThat(server.requests("GET", "/api/v1/nodes/"))
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.target()).isEqualTo("/api/v1/nodes/worker-1"));
    }

    @Test
    void aNodeIsDescribedAsItIs() {
        server.answers(FakeApiServer.json(200, node("")));

        assertThat(look())
                .isEqualTo(new Presence.Exists(
                        UUID.fromString(UID), true, false, Optional.of(Set.of(VOLUME, new VolumeId("other")))));
    }

    @Test
    void anOutOfServiceTaintOfAnyEffectCounts() {
        for (var effect : List.of("NoExecute", "NoSchedule", "")) {
            server.answers(FakeApiServer.json(
                    200,
                    node("\"taints\":[{\"key\":\"x\"},{\"key\":\"node.kubernetes.io/out-of-service\",\"effect\":\""
                            + effect + "\"}]")));

            assertThat(look()).isEqualTo(new Presence.OutOfService(UUID.fromString(UID)));
        }
    }

    @Test
    void aNodeThatIsBeingDeletedOrNotReadyIsStillThere() {
        server.answers(FakeApiServer.json(
                200,
                node("").replace("\"uid\"", "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"uid\"")
                        .replace("\"True\"", "\"Unknown\"")));

        assertThat(look()).isInstanceOfSatisfying(Presence.Exists.class, there -> {
            assertThat(there.deleting()).isTrue();
            assertThat(there.ready()).isFalse();
        });
    }

    /** A kubelet that attaches by itself lists nothing, which must not look like "uses nothing". */
    @Test
    void aNodeThatDoesNotTellWhatItUsesIsNotTakenToUseNothing() {
        server.answers(FakeApiServer.json(200, node("").replace("\"true\"", "\"false\"")));

        assertThat(look())
                .isInstanceOfSatisfying(
                        Presence.Exists.class,
                        there -> assertThat(there.inUse()).isEmpty());
    }

    @Test
    void whatPassesIsTriedAgainWithinTheDeadline() {
        for (var passing : List.of(
                reset(), FakeApiServer.json(503, "{}"), FakeApiServer.json(429, "{}", "Retry-After: 1"), (Answer)
                        (_, _) -> Thread.sleep(AGES))) {
            var first = new AtomicInteger();
            var there = FakeApiServer.json(200, node(""));
            server.answers((request, socket) -> {
                if (!request.target().contains("/nodes/")) return;
                (first.getAndIncrement() == 0 ? passing : there).to(request, socket);
            });

            assertThat(cluster.presence(NODE, Deadline.after(10, SECONDS))).isInstanceOf(Presence.Exists.class);
            assertThat(first).hasValue(2);
        }
    }

    @Test
    void aRefusalIsNotAskedForAgain() {
        server.answers(FakeApiServer.json(403, status(403, "Forbidden", "nodes", "worker-1")));
        look();

        assertThat(server.requests("GET", "/api/v1/nodes/")).hasSize(1);
    }

    /** The server answers nobody until all 64 have asked: one that is made to wait its turn would never be answered. */
    @Test
    void sixtyFourLooksAreAskedAtOnce() throws Exception {
        var asked = new CountDownLatch(64);
        var there = FakeApiServer.json(200, node(""));
        server.answers((request, socket) -> {
            if (!request.target().contains("/nodes/")) return;
            asked.countDown();
            if (asked.await(30, SECONDS)) there.to(request, socket);
        });
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var looks = new ArrayList<Future<Presence>>();
            for (int i = 0; i < 64; i++) {
                looks.add(callers.submit(() -> cluster.presence(NODE, Deadline.after(60, SECONDS))));
            }
            for (var one : looks) assertThat(one.get()).isInstanceOf(Presence.Exists.class);
        }
        assertThat(server.requests("GET", "/api/v1/nodes/")).hasSize(64);
    }

    @Test
    void aWishIsTheAttachmentThatNobodyDeletes() {
        server.answers(FakeApiServer.json(200, attachment("")));
        assertThat(wish()).isEqualTo(new Wish.Wanted());

        server.answers(FakeApiServer.json(200, attachment(",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"")));
        assertThat(wish()).isEqualTo(new Wish.NotWanted());

        server.answers(FakeApiServer.json(
                404,
                status(404, "NotFound", "volumeattachments", name())
                        .replace("\"details\":{", "\"details\":{\"group\":\"storage.k8s.io\",")));
        assertThat(wish()).isEqualTo(new Wish.NotWanted());
    }

    @Test
    void anAttachmentOfAnotherDriverOrNodeUnderThisNameSaysNothing() {
        server.answers(FakeApiServer.json(200, attachment("").replace(DRIVER, "other.driver")));
        assertThat(wish()).isInstanceOf(Wish.Unanswered.class);

        server.answers(FakeApiServer.json(200, attachment("").replace("worker-1", "worker-2")));
        assertThat(wish()).isInstanceOf(Wish.Unanswered.class);
    }

    private Presence look() {
        return cluster.presence(NODE, Deadline.after(20, SECONDS));
    }

    private Wish wish() {
        return cluster.wish(VOLUME, NODE, Deadline.after(20, SECONDS));
    }

    private static String gone() {
        return status(404, "NotFound", "nodes", "worker-1");
    }

    private static String status(int code, String reason, String kind, String name) {
        return """
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"as \\"said\\"",\
                "reason":"%s","details":{"name":"%s","kind":"%s"},"code":%d}""".formatted(reason, name, kind, code);
    }

    private static String node(String spec) {
        return """
                {"kind":"Node","apiVersion":"v1","metadata":{"name":"worker-1","uid":"%s","annotations":\
                {"volumes.kubernetes.io/controller-managed-attach-detach":"true"}},"spec":{%s},"status":{"conditions":\
                [{"type":"MemoryPressure","status":"False"},{"type":"Ready","status":"True"}],"volumesInUse":\
                ["kubernetes.io/csi/%s^rds-vol","kubernetes.io/csi/other.driver^theirs","kubernetes.io/csi/%s^other"]}}""".formatted(UID, spec, DRIVER, DRIVER);
    }

    private static String name() {
        // printf '%s%s%s' rds-vol rds.csi.srvlab.io worker-1 | sha256sum
        return "csi-1b59fb38a72340b0d6481fde862d845ef421a3fec2868e9a43d04d6d81350ee4";
    }

    private static String attachment(String metadata) {
        return """
                {"kind":"VolumeAttachment","apiVersion":"storage.k8s.io/v1","metadata":{"name":"%s"%s},"spec":\
                {"attacher":"%s","nodeName":"worker-1","source":{"persistentVolumeName":"pv"}}}""".formatted(name(), metadata, DRIVER);
    }

    private static Answer reset() {
        return (_, socket) -> socket.setSoLinger(true, 0);
    }

    private static Answer shortBody(String json) {
        return (_, socket) -> FakeApiServer.write(
                socket, "HTTP/1.1 200 OK\r\nContent-Length: " + (json.length() + 10) + "\r\n\r\n" + json);
    }

    private static Answer headOnly() {
        return (_, socket) -> {
            FakeApiServer.write(socket, "HTTP/1.1 404 Not Found\r\nContent-Length: 500\r\n\r\n");
            Thread.sleep(AGES);
        };
    }

    private static Answer drip(String json) {
        return (_, socket) -> {
            FakeApiServer.write(socket, "HTTP/1.1 404 Not Found\r\nContent-Length: " + json.length() + "\r\n\r\n");
            for (int i = 0; i < json.length(); i++) {
                FakeApiServer.write(socket, json.substring(i, i + 1));
                Thread.sleep(AGES.dividedBy(json.length()));
            }
        };
    }

    private static Answer endless() {
        return (_, socket) -> {
            FakeApiServer.write(socket, "HTTP/1.1 200 OK\r\n\r\n");
            while (true) {
                FakeApiServer.write(socket, " ");
                Thread.sleep(5);
            }
        };
    }

    private static Answer redirect() {
        return (request, socket) -> {
            if (request.target().startsWith("/elsewhere")) {
                FakeApiServer.json(404, gone()).to(request, socket);
            } else {
                FakeApiServer.json(302, "", "Location: /elsewhere").to(request, socket);
            }
        };
    }
}
