package io.srvlab.rdscsi.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.srvlab.rdscsi.cluster.Event;
import io.srvlab.rdscsi.cluster.Event.Reason;
import io.srvlab.rdscsi.cluster.kubernetes.FakeApiServer.Answer;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the recorder sends, and what it does where the API server will not have it. */
class EventRecorderTest {
    private static final String DRIVER = "rds.csi.srvlab.io";
    private static final VolumeId VOLUME = new VolumeId("rds-vol");
    private static final Volumes.Subject CLAIM = new Volumes.Subject.Claim("shop", "orders", "claim-uid");
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final AtomicReference<Optional<Volumes.Subject>> subject = new AtomicReference<>(Optional.of(CLAIM));
    private FakeApiServer server;
    private ExecutorService threads;
    private HttpClient http;
    private ApiServer api;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        server = new FakeApiServer().answers(accepting());
        threads = Executors.newVirtualThreadPerTaskExecutor();
        http = new Transport(threads)
                .newBuilder(
                        Access.kubeconfig(server.kubeconfig(directory, "http")).config())
                .build();
        api = new ApiServer(http, URI.create("http://127.0.0.1:" + server.port()), threads);
    }

    @AfterEach
    void stop() throws IOException {
        http.close();
        threads.shutdownNow();
        server.close();
    }

    @Test
    void anEventIsAboutTheClaimInItsNamespaceWithItsUid() throws IOException {
        try (var recorder = recorder(LONG)) {
            recorder.post(conflict("a is held by n1", "n1 n2"));
            Wait.until("it is there", () -> created().size() == 1);
        }
        assertThat(server.requests("POST", "").getFirst().target()).isEqualTo("/api/v1/namespaces/shop/events");
        var event = created().getFirst();
        assertThat(event.at("/metadata/namespace").asText()).isEqualTo("shop");
        assertThat(event.at("/metadata/name").asText()).startsWith("orders.");
        assertThat(event.at("/involvedObject"))
                .isEqualTo(json("{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"namespace\":\"shop\","
                        + "\"name\":\"orders\",\"uid\":\"claim-uid\"}"));
        assertThat(event.path("reason").asText()).isEqualTo("AttachmentConflict");
        assertThat(event.path("type").asText()).isEqualTo("Warning");
        assertThat(event.path("message").asText()).isEqualTo("a is held by n1");
        assertThat(event.at("/source/component").asText()).isEqualTo(DRIVER);
        assertThat(event.path("count").asInt()).isEqualTo(1);
        assertThat(event.path("firstTimestamp").asText()).matches("[0-9-]{10}T[0-9:]{8}Z");
    }

    @Test
    void aVolumeThatNobodyClaimsHasItsEventsOnTheVolumeItself() {
        subject.set(Optional.of(new Volumes.Subject.Unclaimed("pv-1", "pv-uid")));
        try (var recorder = recorder(LONG)) {
            recorder.post(conflict("m", ""));
            Wait.until("it is there", () -> created().size() == 1);
        }
        var event = created().getFirst();
        assertThat(event.at("/metadata/namespace").asText()).isEqualTo("default");
        assertThat(event.at("/involvedObject/kind").asText()).isEqualTo("PersistentVolume");
        assertThat(event.at("/involvedObject").has("namespace")).isFalse();
    }

    @Test
    void theSameEventAgainIsCountedInOneObject() {
        try (var recorder = recorder(SHORT)) {
            recorder.post(conflict("first", "n1 n2"));
            Wait.until("it is there", () -> created().size() == 1);
            for (int i = 0; i < 41; i++) recorder.post(conflict("last", "n1 n2"));
            Wait.until(
                    "it is there",
                    () -> patched().stream()
                            .anyMatch(patch -> patch.path("count").asInt() == 42));
        }
        assertThat(created()).hasSize(1);
        assertThat(patched().getLast().path("message").asText()).isEqualTo("last");
        assertThat(server.requests("PATCH", "").getFirst().target())
                .isEqualTo("/api/v1/namespaces/shop/events/"
                        + created().getFirst().at("/metadata/name").asText());
        assertThat(server.requests("PATCH", "").getFirst().headers())
                .containsEntry("content-type", "application/merge-patch+json");
    }

    @Test
    void aCountIsNotWrittenBeforeTheQuietTimeIsOver() {
        try (var recorder = recorder(LONG)) {
            for (int i = 0; i < 50; i++) recorder.post(conflict("m", "n1 n2"));
            // A later event passes the queue, so the worker has been at those before it.
            recorder.post(conflict("m", "n1 n3"));
            Wait.until("it is there", () -> created().size() == 2);
        }
        assertThat(patched()).isEmpty();
    }

    @Test
    void otherNodesAnotherReasonOrAnotherVolumeAreAnotherEvent() {
        try (var recorder = recorder(LONG)) {
            recorder.post(new Event(VOLUME, Reason.ATTACHMENT_CONFLICT, "m", "n1 n2"));
            recorder.post(new Event(VOLUME, Reason.ATTACHMENT_CONFLICT, "m", "n1 n3"));
            recorder.post(new Event(VOLUME, Reason.MIGRATION_FAILED, "m", "n1 n2"));
            recorder.post(new Event(new VolumeId("rds-other"), Reason.ATTACHMENT_CONFLICT, "m", "n1 n2"));
            Wait.until("it is there", () -> created().size() == 4);
        }
    }

    /** The API server forgets events after an hour. */
    @Test
    void anEventThatTheServerHasForgottenIsMadeAgain() {
        try (var recorder = recorder(SHORT)) {
            recorder.post(conflict("m", ""));
            Wait.until("it is there", () -> created().size() == 1);
            server.answers((request, socket) -> {
                if (request.method().equals("PATCH")) {
                    var name = request.target().substring(request.target().lastIndexOf('/') + 1);
                    FakeApiServer.json(
                                    404,
                                    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"reason\":\"NotFound\",\"details\":"
                                            + "{\"name\":\"" + name + "\",\"kind\":\"events\"}}")
                            .to(request, socket);
                } else {
                    accepting().to(request, socket);
                }
            });
            recorder.post(conflict("m", ""));
            Wait.until("it is there", () -> created().size() == 2);
        }
        assertThat(created().getLast().path("count").asInt()).isEqualTo(2);
    }

    @Test
    void anEventWaitsForItsVolumeToBeKnown() {
        var looks = new AtomicInteger();
        try (var recorder = recorder(LONG, _ -> looks.getAndIncrement() < 2 ? Optional.empty() : Optional.of(CLAIM))) {
            recorder.post(conflict("m", ""));
            Wait.until("it is there", () -> created().size() == 1);
            assertThat(recorder.dropped()).isZero();
        }
    }

    @Test
    void anEventOfAVolumeThatStaysUnknownIsDroppedAndCounted() {
        subject.set(Optional.empty());
        try (var recorder = recorder(LONG)) {
            recorder.post(conflict("m", ""));
            Wait.until("it is there", () -> recorder.dropped() == 1);
        }
        assertThat(server.requests("POST", "")).isEmpty();
    }

    @Test
    void whatPassesIsTriedAgain() {
        var posts = new AtomicInteger();
        server.answers((request, socket) ->
                (posts.getAndIncrement() < 2 ? FakeApiServer.json(503, "{}") : accepting()).to(request, socket));
        try (var recorder = recorder(LONG)) {
            recorder.post(conflict("m", ""));
            Wait.until("the third is accepted", () -> posts.get() == 3);
            recorder.post(conflict("m", "another"));
            Wait.until("the worker went on", () -> posts.get() == 4);

            assertThat(recorder.dropped()).isZero();
        }
    }

    @Test
    void aRefusalIsNotAskedForAgain() {
        server.answers(FakeApiServer.json(403, "{\"message\":\"namespace shop is being terminated\"}"));
        try (var recorder = recorder(LONG)) {
            recorder.post(conflict("m", "1"));
            recorder.post(conflict("m", "2"));
            Wait.until("both are dropped", () -> recorder.dropped() == 2);
        }
        assertThat(server.requests("POST", "")).hasSize(2);
    }

    /** Each call is a post and nothing else: an API server that hangs holds up nobody, and what waits stays bounded. */
    @Test
    void aServerThatHangsHoldsUpNobody() {
        server.answers((_, _) -> Thread.sleep(Duration.ofMinutes(1)));
        try (var recorder = recorder(LONG)) {
            for (int i = 0; i < 5000; i++) recorder.post(conflict("m", "n" + i));

            assertThat(recorder.dropped()).isBetween(3900L, 4000L);
        }
    }

    @Test
    void aLongMessageIsCutAtAWordAndALongNameFits() throws IOException {
        subject.set(Optional.of(new Volumes.Subject.Claim("shop", "c".repeat(182) + "." + "d".repeat(70), "uid")));
        try (var recorder = recorder(LONG)) {
            recorder.post(conflict("word ".repeat(500), ""));
            Wait.until("it is there", () -> created().size() == 1);
        }
        var event = created().getFirst();
        assertThat(event.path("message").asText()).hasSizeBetween(1000, 1024).endsWith("word …");
        assertThat(event.at("/metadata/name").asText())
                .hasSizeLessThanOrEqualTo(253)
                .matches("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");
        assertThat(EventObject.cut("x".repeat(2000))).hasSize(1024);
        assertThat(EventObject.cut("x".repeat(1021) + "😀".repeat(10)))
                .hasSizeLessThanOrEqualTo(1024)
                .doesNotContain("\ud83d ");
        assertThat(EventObject.cut("x".repeat(1024))).isEqualTo("x".repeat(1024));
    }

    private EventRecorder recorder(Duration quiet) {
        return recorder(quiet, _ -> subject.get());
    }

    private EventRecorder recorder(Duration quiet, Function<VolumeId, Optional<Volumes.Subject>> subjects) {
        var pace = new EventRecorder.Pace(quiet, LONG, Duration.ofMillis(1), SHORT);
        var recorder = new EventRecorder(api, subjects, DRIVER, pace);
        recorder.start();
        return recorder;
    }

    private static Event conflict(String message, String about) {
        return new Event(VOLUME, Reason.ATTACHMENT_CONFLICT, message, about);
    }

    /** Says yes to every write, with the object's name. */
    private static Answer accepting() {
        return (request, socket) -> {
            var name = request.method().equals("POST")
                    ? json(request.body()).at("/metadata/name").asText()
                    : request.target().substring(request.target().lastIndexOf('/') + 1);
            FakeApiServer.json(
                            request.method().equals("POST") ? 201 : 200,
                            "{\"kind\":\"Event\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"" + name + "\"}}")
                    .to(request, socket);
        };
    }

    private List<JsonNode> created() {
        return bodies("POST");
    }

    private List<JsonNode> patched() {
        return bodies("PATCH");
    }

    private List<JsonNode> bodies(String method) {
        return server.requests(method, "/events").stream()
                .map(request -> json(request.body()))
                .toList();
    }

    private static JsonNode json(String text) {
        try {
            return new JsonMapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }
}
