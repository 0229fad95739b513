package io.srvlab.rdscsi.node;

import static io.srvlab.rdscsi.node.NodeWorld.problemOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Deadline;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.NodeProblem;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OperationsTest {
    private static final VolumeId VOLUME = new VolumeId("db-0");
    private static final VolumeId OTHER = new VolumeId("db-1");

    private static Deadline in(long millis) {
        return Deadline.after(millis, TimeUnit.MILLISECONDS);
    }

    @Test
    void aCallThatTheKernelDoesNotAnswerIsReportedAndKeepsItsVolumeLocked() {
        var operations = new Operations(new NodeName("a"), 2);
        var kernel = new CountDownLatch(1);
        assertThat(problemOf(() -> operations.perform(VOLUME, in(100), operation -> {
                    operation.step("unmounting /x");
                    awaitUninterrupted(kernel);
                })))
                .isInstanceOf(NodeProblem.OutOfTime.class)
                .extracting(Problem::sentence)
                .asString()
                .contains("db-0", "node a", "unmounting /x");
        assertThat(problemOf(() -> operations.perform(VOLUME, in(50), _ -> {})))
                .as("its thread is in the kernel still")
                .isInstanceOf(Problem.Busy.class);
        operations.perform(OTHER, in(10_000), _ -> {});
        kernel.countDown();
        operations.perform(VOLUME, in(10_000), _ -> {});
    }

    @Test
    void stuckCallsDoNotGrowWithoutLimit() {
        var operations = new Operations(new NodeName("a"), 1);
        var kernel = new CountDownLatch(1);
        assertThat(problemOf(() -> operations.perform(VOLUME, in(50), _ -> awaitUninterrupted(kernel))))
                .isInstanceOf(NodeProblem.OutOfTime.class);
        assertThat(problemOf(() -> operations.perform(OTHER, in(50), _ -> {})))
                .isInstanceOf(NodeProblem.TooManyStuck.class);
        kernel.countDown();
        operations.perform(OTHER, in(10_000), _ -> {});
    }

    @Test
    void noStepBeginsAfterTheDeadline() {
        var operations = new Operations(new NodeName("a"), 1);
        var begun = new CountDownLatch(1);
        assertThat(problemOf(() -> operations.perform(VOLUME, in(50), operation -> {
                    while (operation.mayLookAgain()) {}
                    operation.step("formatting");
                    begun.countDown();
                })))
                .isInstanceOf(NodeProblem.OutOfTime.class);
        assertThat(begun.getCount()).isEqualTo(1);
    }

    @Test
    void nothingIsTriedAgainWhenTheDeadlineComesInThePauseBefore() {
        assertThat(new Operation(new NodeName("a"), VOLUME, in(50)).mayLookAgain(Duration.ofSeconds(10)))
                .isFalse();
    }

    @Test
    void whatTheKernelRefusesNamesTheStepAndAMistakeOfOursStaysOne() {
        var operations = new Operations(new NodeName("a"), 1);
        assertThat(problemOf(() -> operations.perform(VOLUME, in(10_000), operation -> {
                    operation.step("mounting X");
                    throw new IOException("EIO");
                })))
                .isEqualTo(new NodeProblem.KernelRefused(VOLUME, new NodeName("a"), "mounting X", "EIO"));
        assertThatThrownBy(() -> operations.perform(VOLUME, in(10_000), _ -> {
                    throw new IllegalStateException("bug");
                }))
                .isInstanceOf(IllegalStateException.class);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
