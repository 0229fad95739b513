package io.srvlab.rdscsi.node;

import static io.srvlab.rdscsi.node.NodeWorld.BLOCK;
import static io.srvlab.rdscsi.node.NodeWorld.EXT4;
import static io.srvlab.rdscsi.node.NodeWorld.mount;
import static io.srvlab.rdscsi.node.NodeWorld.problemOf;
import static io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode.Mode.SINGLE_NODE_WRITER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.Deadline;
import io.srvlab.rdscsi.node.linux.LoopDevices;
import io.srvlab.rdscsi.node.linux.Programs;
import io.srvlab.rdscsi.node.linux.Usage;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsRequest;
import io.srvlab.rdscsi.proto.csi.v1.NodeGetVolumeStatsResponse;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.NodeProblem;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** NodeGetVolumeStats says how a volume fares, and makes no number up. */
class ConditionTest {
    private static final VolumeId VOLUME = new VolumeId("db-0");
    private static final NodeName NODE = new NodeName("a");

    private NodeWorld world;
    private NodeWorld.Node node;

    @BeforeEach
    void open() throws IOException {
        world = new NodeWorld();
        world.create("db-0", 64);
        node = world.node("a");
    }

    @AfterEach
    void close() throws Exception {
        if (world != null) world.close();
    }

    private NodeGetVolumeStatsResponse stats() {
        return stats("db-0");
    }

    private NodeGetVolumeStatsResponse stats(String slot) {
        return node.call(
                node.service::nodeGetVolumeStats,
                NodeGetVolumeStatsRequest.newBuilder()
                        .setVolumeId(slot)
                        .setVolumePath(node.target(slot, "pod").toString())
                        .build());
    }

    private String path() {
        return node.target("db-0", "pod").toString();
    }

    private void publish() throws IOException {
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", EXT4, context);
        node.publish("db-0", "pod", EXT4, context);
    }

    @Test
    void aVolumeThatIsWellIsCalledSo() throws IOException {
        publish();
        assertThat(stats().getVolumeCondition().getAbnormal()).isFalse();
        assertThat(stats().getUsageCount()).isEqualTo(2);
    }

    /** The note is asked for being there only: where the volume is shown to be, the kernel says what is there. */
    @Test
    void aNoteThatCannotBeReadKeepsNobodyFromAsking() throws IOException {
        publish();
        Files.writeString(node.notes().resolve("db-0"), "");
        assertThat(stats().getVolumeCondition().getAbnormal()).isFalse();
        assertThat(stats().getUsageCount()).isEqualTo(2);
    }

    /** An error that the kernel finds: ext4 counts it, and by its default makes the filesystem read-only. */
    @Test
    void aFilesystemThatTheKernelMadeReadOnlyIsAbnormal() throws Exception {
        publishWithAnError();
        var condition = stats().getVolumeCondition();
        assertThat(condition.getAbnormal()).isTrue();
        assertThat(condition.getMessage()).contains("read-only after an error", "errors in it");
    }

    private void publishWithAnError() throws IOException {
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", mount("ext4", SINGLE_NODE_WRITER, "errors=remount-ro"), context);
        node.publish("db-0", "pod", EXT4, context);
        var device = world.attached("db-0").getFirst().device();
        var name = device.path().getFileName().toString();
        Files.writeString(Path.of("/sys/fs/ext4", name, "trigger_fs_error"), "made by a test");
    }

    /** The damage is done beneath the filesystem, to a block whose checksum it has: it finds out when it reads. */
    @Test
    void aBtrfsThatFoundDamageIsAbnormal() throws Exception {
        assumeTrue(Programs.OF_THE_SYSTEM.find("mkfs.btrfs").isPresent(), "needs mkfs.btrfs");
        world.create("db-1", 256);
        var capability = mount("btrfs", SINGLE_NODE_WRITER);
        var context = world.export("db-1", "100-bbbbbbbb");
        node.stage("db-1", capability, context);
        node.publish("db-1", "pod", capability, context);
        assertThat(stats("db-1").getVolumeCondition().getAbnormal()).isFalse();
        var word = "found nowhere else;".repeat(1000).getBytes(StandardCharsets.US_ASCII);
        Files.write(node.target("db-1", "pod").resolve("file"), word);
        node.unpublish("db-1", "pod");
        node.unstage("db-1");
        try (var below = FileChannel.open(world.file("db-1"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var bytes = below.map(FileChannel.MapMode.READ_WRITE, 0, below.size());
            var damaged = 0;
            for (var at = 0; at + 4096 <= bytes.limit(); at += 4096) {
                if (bytes.get(at) == word[0] && bytes.slice(at, 100).equals(ByteBuffer.wrap(word, 0, 100))) {
                    bytes.put(at, (byte) '!');
                    damaged++;
                }
            }
            bytes.force();
            assertThat(damaged).isEqualTo(1);
        }
        node.stage("db-1", capability, context);
        node.publish("db-1", "pod", capability, context);
        assertThatThrownBy(() -> Files.readAllBytes(node.target("db-1", "pod").resolve("file")))
                .isInstanceOf(IOException.class);
        var condition = stats("db-1").getVolumeCondition();
        assertThat(condition.getAbnormal()).isTrue();
        assertThat(condition.getMessage()).contains("btrfs has noted corruption_errs");
    }

    @Test
    void aVolumeWhoseDeviceIsGoneIsAbnormalAndHasNoNumbers() throws IOException {
        var context = world.export("db-0", "100-aaaaaaaa");
        node.stage("db-0", BLOCK, context);
        node.publish("db-0", "pod", BLOCK, context);
        LoopDevices.clear(world.attached("db-0").getFirst().device());
        assertThat(stats().getUsageList()).isEmpty();
        assertThat(stats().getVolumeCondition().getAbnormal()).isTrue();
        assertThat(stats().getVolumeCondition().getMessage()).contains("given up", "Delete the pods");
    }

    @Test
    void ofAFilesystemThatDoesNotAnswerThatIsSaidAndWhatWasFoundBeforeAndNoNumbers() throws IOException {
        publishWithAnError();
        var kernel = new CountDownLatch(1);
        var statistics = node.statistics(new Operations(NODE, 16), _ -> {
            awaitUninterrupted(kernel);
            throw new IOException("too late");
        });
        var answer = StatisticsAnswer.of(statistics.ask(VOLUME, path(), in(500)));
        assertThat(answer.getUsageList()).isEmpty();
        assertThat(answer.getVolumeCondition().getAbnormal()).isTrue();
        assertThat(answer.getVolumeCondition().getMessage())
                .contains("errors in it", "the filesystem does not answer", VOLUME.slot(), path());
        assertThat(problemOf(() -> statistics.ask(VOLUME, path(), in(100))))
                .as("asked for again while the first one hangs")
                .isInstanceOf(Problem.Busy.class);
        kernel.countDown();
    }

    @Test
    void whatAFilesystemRefusesWithIsPartOfItsCondition() throws IOException {
        publish();
        var statistics = node.statistics(new Operations(NODE, 16), _ -> {
            throw new IOException("EIO");
        });
        var known = statistics.ask(VOLUME, path(), in(10_000));
        assertThat(known.usage()).isEmpty();
        assertThat(known.complaints()).singleElement().asString().contains("the filesystem does not answer", "EIO");
    }

    /** Whenever the deadline comes: it is set to come at the first look at the clock, at the second and so on. */
    @Test
    void aFilesystemThatWasNotEvenAskedIsNotCalledAbnormal() throws IOException {
        publish();
        var late = 0;
        var inTime = 0;
        for (var looks = 1; looks <= 20; looks++) {
            var operations = new Operations(NODE, 16);
            var asked = new AtomicBoolean();
            var statistics = node.statistics(operations, place -> {
                asked.set(true);
                return Usage.of(place);
            });
            try {
                var known = statistics.ask(VOLUME, path(), Deadline.after(60, TimeUnit.SECONDS, runningOutAt(looks)));
                operations.perform(VOLUME, in(10_000), _ -> {}); // the one before is over then
                assertThat(asked).as("what is known of it: %s", known).isTrue();
                inTime++;
            } catch (Failed e) {
                assertThat(e.problem())
                        .isInstanceOfAny(
                                NodeProblem.OutOfTime.class, NodeProblem.TooManyStuck.class, Problem.Busy.class);
                late++;
            }
        }
        assertThat(late).isPositive();
        assertThat(inTime).isPositive();
    }

    private static Deadline.Ticker runningOutAt(int looks) {
        var left = new AtomicInteger(looks);
        return new Deadline.Ticker() {
            @Override
            public long nanoTime() {
                return left.getAndDecrement() > 0 ? 0 : TimeUnit.HOURS.toNanos(1);
            }
        };
    }

    @Test
    void aVolumeIsNotCalledAbnormalBecauseOthersHang() throws IOException {
        publish();
        var operations = new Operations(NODE, 1);
        var kernel = new CountDownLatch(1);
        assertThat(problemOf(() -> operations.perform(new VolumeId("db-1"), in(50), _ -> awaitUninterrupted(kernel))))
                .isInstanceOf(NodeProblem.OutOfTime.class);
        var statistics = node.statistics(operations, Usage::of);
        assertThat(problemOf(() -> statistics.ask(VOLUME, path(), in(50))))
                .isInstanceOf(NodeProblem.TooManyStuck.class);
        kernel.countDown();
        assertThat(statistics.ask(VOLUME, path(), in(10_000)).complaints()).isEmpty();
    }

    private static Deadline in(long millis) {
        return Deadline.after(millis, TimeUnit.MILLISECONDS);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
