package io.srvlab.rdscsi.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.cluster.Attached;
import io.srvlab.rdscsi.cluster.kubernetes.FakeApiServer.Answer;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the informers know where lists and watches go wrong. */
class VolumesTest {
    private static final VolumeId OLD = new VolumeId("rds-old");
    private static final VolumeId NEW = new VolumeId("rds-new");
    /** As a real API server writes it; one without the empty metadata goes another way through the library. */
    private static final String GONE = """
            {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version: 239 \
            (262)","reason":"Expired","code":410}""";

    private FakeApiServer server;
    private KubernetesCluster cluster;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        server = new FakeApiServer().answers(FakeApiServer.json(503, "{}"));
        cluster = KubernetesCluster.open(Access.kubeconfig(server.kubeconfig(directory, "http")), "rds.csi.srvlab.io");
    }

    @AfterEach
    void stop() throws IOException {
        cluster.close();
        server.close();
    }

    /** Opened while the server says 503: nothing is known, nobody waited, and it is tried again. */
    @Test
    void aServerThatIsNotReadyAtTheStartIsAskedAgain() {
        Wait.until("it was asked", () -> !lists().isEmpty());
        assertThat(cluster.attachments(OLD)).isEmpty();

        server.answers(serving(OLD, FakeApiServer.json(410, GONE)));
        Wait.until("the volume is known", () -> !cluster.attachments(OLD).isEmpty());

        assertThat(cluster.attachments(OLD))
                .isEqualTo(List.of(new Attached(new NodeName("n1"), Optional.of("17-abc"))));
    }

    /** The API server says it in the answer, or in an event, which is what it does after a restart. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWatchThatIsTooOldListsAnewAndForgetsWhatIsGone(boolean inAnEvent) {
        var tooOld = inAnEvent
                ? FakeApiServer.watch("{\"type\":\"ERROR\",\"object\":" + GONE + "}")
                : FakeApiServer.json(410, GONE);
        server.answers(serving(OLD, tooOld));
        Wait.until("the old one is known", () -> !cluster.attachments(OLD).isEmpty());

        server.answers(serving(NEW, tooOld));
        Wait.until("the new one is known", () -> !cluster.attachments(NEW).isEmpty());
        Wait.until("the old one is forgotten", () -> cluster.attachments(OLD).isEmpty());
    }

    @Test
    void aWatchBringsWhatChanges() {
        var moved = attachment("a", "rds.csi.srvlab.io", "n7", "pv-" + OLD, true)
                .replace("\"1\"", "\"9\"")
                .replace(
                        "{\"metadata\"",
                        "{\"kind\":\"VolumeAttachment\",\"apiVersion\":\"storage.k8s.io/v1\",\"metadata\"");
        server.answers(serving(OLD, (request, socket) -> {
            var attachments = request.target().contains("volumeattachments");
            FakeApiServer.watch(
                            attachments
                                    ? new String[] {"{\"type\":\"MODIFIED\",\"object\":" + moved + "}"}
                                    : new String[0])
                    .to(request, socket);
        }));

        Wait.until(
                "it is on another node",
                () -> cluster.attachments(OLD).stream()
                        .anyMatch(one -> one.node().text().equals("n7")));
    }

    @Test
    void aWatchThatBreaksIsBegunAgain() {
        server.answers(serving(OLD, (_, socket) -> socket.setSoLinger(true, 0)));
        Wait.until("it is known", () -> !cluster.attachments(OLD).isEmpty());
        int before = server.requests("GET", "watch=true").size();
        Wait.until(
                "it watches again", () -> server.requests("GET", "watch=true").size() > before + 2);

        assertThat(cluster.attachments(OLD)).hasSize(1);
    }

    /** Lists come in pages, so that ten thousand volumes are never in memory whole. */
    @Test
    void listsComeInPages() {
        Wait.until("both were asked", () -> lists().size() >= 2);

        assertThat(lists()).allSatisfy(request -> assertThat(request.target()).contains("limit=100"));
    }

    private List<FakeApiServer.Request> lists() {
        return server.requests("GET", "limit=");
    }

    /** One volume of ours, bound and attached, beside others' of the same handle. */
    private static Answer serving(VolumeId volume, Answer watch) {
        var volumes = list("PersistentVolumeList", "v1", """
                {"metadata":{"name":"theirs","uid":"t","resourceVersion":"1"},"spec":{"csi":{"driver":"other",\
                "volumeHandle":"%1$s"}}},{"metadata":{"name":"nfs","uid":"n","resourceVersion":"1"},"spec":{"nfs":\
                {"server":"s","path":"/"}}},{"metadata":{"name":"pv-%1$s","uid":"p","resourceVersion":"1"},"spec":{"csi":\
                {"driver":"rds.csi.srvlab.io","volumeHandle":"%1$s"},"claimRef":{"namespace":"shop","name":"orders",\
                "uid":"c"}}}""".formatted(volume));
        var attachments = list(
                "VolumeAttachmentList",
                "storage.k8s.io/v1",
                attachment("a", "rds.csi.srvlab.io", "n1", "pv-" + volume, true)
                        + "," + attachment("b", "rds.csi.srvlab.io", "n2", "pv-" + volume, false)
                        + "," + attachment("c", "other", "n3", "pv-" + volume, true)
                        + "," + attachment("d", "other", "n4", "theirs", true)
                        + "," + attachment("e", "rds.csi.srvlab.io", "n5", "theirs", true));
        return (request, socket) -> {
            if (request.target().contains("watch=true")) {
                watch.to(request, socket);
            } else if (request.target().startsWith("/api/v1/persistentvolumes")) {
                FakeApiServer.json(200, volumes).to(request, socket);
            } else {
                FakeApiServer.json(200, attachments).to(request, socket);
            }
        };
    }

    private static String list(String kind, String version, String items) {
        return "{\"kind\":\"" + kind + "\",\"apiVersion\":\"" + version + "\",\"metadata\":{\"resourceVersion\":\"5\"},"
                + "\"items\":[" + items + "]}";
    }

    private static String attachment(String name, String attacher, String node, String volume, boolean attached) {
        return """
                {"metadata":{"name":"%s","resourceVersion":"1"},"spec":{"attacher":"%s","nodeName":"%s","source":\
                {"persistentVolumeName":"%s"}},"status":{"attached":%s,"attachmentMetadata":{"claim":"17-abc","nvme_port":\
                "4420"}}}""".formatted(name, attacher, node, volume, attached);
    }
}
