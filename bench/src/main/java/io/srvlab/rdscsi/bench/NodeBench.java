package io.srvlab.rdscsi.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeGrpc;
import io.srvlab.rdscsi.proto.csi.v1.NodePublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeStageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnpublishVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeUnstageVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.server.CsiChannel;
import io.srvlab.rdscsi.server.Endpoint;
import io.srvlab.rdscsi.volume.Nqn;
import io.srvlab.rdscsi.volume.PublishContext;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The node's memory over many volumes that come and go, and how long its statistics take where there are many: over loop
 * devices, with real filesystems.
 *
 * <p>Arguments: the launcher, a directory, how often a volume comes and goes, how many there are for the statistics.
 */
final class NodeBench implements AutoCloseable {
    private static final int VOLUME_BYTES = 32 << 20;
    private static final int STATISTICS_ROUNDS = 40;
    private static final VolumeCapability EXT4 = VolumeCapability.newBuilder()
            .setMount(VolumeCapability.MountVolume.newBuilder().setFsType("ext4"))
            .setAccessMode(VolumeCapability.AccessMode.newBuilder()
                    .setMode(VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER))
            .build();

    private final Path directory;
    private final Program program;
    private final CsiChannel channel;

    private NodeBench(Path launcher, Path directory) throws IOException {
        this.directory = directory;
        var endpoint = "unix://" + directory.resolve("n.sock");
        Files.createDirectories(directory.resolve("doors"));
        program = new Program(
                launcher,
                directory.resolve("log"),
                List.of(
                        "node",
                        "--endpoint",
                        endpoint,
                        "--node-id",
                        "bench",
                        "--transport",
                        "loop",
                        "--loop-dir",
                        directory.resolve("doors").toString()));
        channel = new CsiChannel(Endpoint.parse(endpoint));
    }

    public static void main(String[] arguments) throws Exception {
        try (var bench = new NodeBench(Path.of(arguments[0]), Path.of(arguments[1]))) {
            bench.lives(Integer.parseInt(arguments[2]));
            bench.statistics(Integer.parseInt(arguments[3]));
        }
    }

    private void lives(int count) throws IOException {
        var stage = new Times();
        var unstage = new Times();
        make(0);
        for (int i = 1; i <= count; i++) {
            stage.of(() -> stage(0));
            unstage.of(() -> unstage(0));
            if (i == count / 10 || i == count / 2 || i == count) {
                System.out.printf("RSS after %d stages and unstages: %.0f MiB%n", i, program.rss());
            }
        }
        System.out.printf(
                "stage p50 %.1f ms p95 %.1f ms, unstage p50 %.1f ms p95 %.1f ms%n",
                stage.p50(), stage.p95(), unstage.p50(), unstage.p95());
    }

    private void statistics(int volumes) throws IOException {
        for (int i = 1; i <= volumes; i++) {
            make(i);
            stage(i);
            publish(i);
        }
        var one = new Times();
        var inTurn = new Times();
        var atOnce = new Times();
        var first = new Times();
        first.of(() -> allStats(volumes));
        for (int round = 0; round < STATISTICS_ROUNDS; round++) {
            inTurn.of(() -> IntStream.rangeClosed(1, volumes).forEach(i -> one.of(() -> stats(i))));
            atOnce.of(() -> allStats(volumes));
        }
        System.out.printf(
                "statistics with %d volumes: one p50 %.1f ms p95 %.1f ms; all in turn p50 %.0f ms; all at once p50 %.0f ms, the first time %.0f ms%n",
                volumes, one.p50(), one.p95(), inTurn.p50(), atOnce.p50(), first.p50());
        System.out.printf("RSS with %d volumes: %.0f MiB%n", volumes, program.rss());
        for (int i = 1; i <= volumes; i++) {
            unpublish(i);
            unstage(i);
        }
    }

    private void allStats(int volumes) {
        var threads = IntStream.rangeClosed(1, volumes)
                .mapToObj(i -> Thread.startVirtualThread(() -> stats(i)))
                .toList();
        for (var thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void make(int number) throws IOException {
        var file = directory.resolve(slot(number) + ".img");
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(VOLUME_BYTES);
        }
        Files.createSymbolicLink(directory.resolve("doors").resolve(nqn(number)), file);
    }

    private static String slot(int number) {
        return "bench-" + number;
    }

    private static String nqn(int number) {
        return "nqn.2000-02.com.mikrotik:" + slot(number) + ".100-aaaaaaaa";
    }

    private static Map<String, String> context(int number) {
        var host = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
        return new PublishContext(
                        "127.0.0.1",
                        4420,
                        new Nqn(nqn(number)),
                        "",
                        new Nqn("nqn.2014-08.org.nvmexpress:uuid:" + host),
                        host,
                        "100-aaaaaaaa")
                .asMap();
    }

    private String staging(int number) {
        return directory.resolve("staging").resolve(slot(number)).toString();
    }

    private String target(int number) {
        return directory.resolve("pods").resolve(slot(number)).toString();
    }

    private NodeGrpc.NodeBlockingStub node() {
        return NodeGrpc.newBlockingStub(channel.channel()).withDeadlineAfter(60, SECONDS);
    }

    private void stage(int number) {
        var _ = node().nodeStageVolume(NodeStageVolumeRequest.newBuilder()
                .setVolumeId(slot(number))
                .setStagingTargetPath(staging(number))
                .setVolumeCapability(EXT4)
                .putAllPublishContext(context(number))
                .build());
    }

    private void publish(int number) {
        var _ = node().nodePublishVolume(NodePublishVolumeRequest.newBuilder()
                .setVolumeId(slot(number))
                .setStagingTargetPath(staging(number))
                .setTargetPath(target(number))
                .setVolumeCapability(EXT4)
                .putAllPublishContext(context(number))
                .build());
    }

    private void stats(int number) {
        var answer = node().nodeGetVolumeStats(NodeGetVolumeStatsRequest.newBuilder()
                .setVolumeId(slot(number))
                .setVolumePath(target(number))
                .build());
        if (answer.getUsageCount() != 2) throw new IllegalStateException("no statistics: " + answer);
    }

    private void unpublish(int number) {
        var _ = node().nodeUnpublishVolume(NodeUnpublishVolumeRequest.newBuilder()
                .setVolumeId(slot(number))
                .setTargetPath(target(number))
                .build());
    }

    private void unstage(int number) {
        var _ = node().nodeUnstageVolume(NodeUnstageVolumeRequest.newBuilder()
                .setVolumeId(slot(number))
                .setStagingTargetPath(staging(number))
                .build());
    }

    @Override
    public void close() {
        channel.close();
        program.close();
    }
}
