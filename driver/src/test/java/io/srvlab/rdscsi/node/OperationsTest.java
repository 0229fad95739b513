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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
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

    @Test
    void howeverManyAskAtOnceNoMoreAreDoneThanMayBe() throws InterruptedException {
        assertThat(mostAtOnce(new Operations(new NodeName("a"), 3), i -> new VolumeId("db-" + i)))
                .isLessThanOrEqualTo(3);
    }

    @Test
    void ofOneVolumeOneOperationIsDoneAtATime() throws InterruptedException {
        assertThat(mostAtOnce(new Operations(new NodeName("a"), 3), _ -> VOLUME))
                .isEqualTo(1);
    }

    /** How many of fifty operations, all asked for at once, are being done at once, at most. */
    private static int mostAtOnce(Operations operations, IntFunction<VolumeId> volumes) throws InterruptedException {
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        var callers = new ArrayList<Thread>();
        for (var i = 0; i < 50; i++) {
            var volume = volumes.apply(i);
            callers.add(Thread.startVirtualThread(() -> operations.perform(volume, in(60_000), operation -> {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                operation.mayLookAgain(Duration.ofMillis(5)); // so that the others come to it
                now.decrementAndGet();
            })));
        }
        for (var caller : callers) caller.join();
        return most.get();
    }

    @Test
    void aThreadThatIsDoneServesTheNextOperation() {
        var operations = new Operations(new NodeName("a"), 1);
        var seen = new HashSet<Thread>();
        // It may be asked for again before the thread has come to wait: then there is a second one.
        while (operations.ask(VOLUME, in(10_000), _ -> seen.add(Thread.currentThread()))) {
            assertThat(seen).hasSizeLessThan(1000);
        }
    }

    @Test
    void aThreadTellsTheVolumeThatItHangsIn() {
        var operations = new Operations(new NodeName("a"), 1);
        var name =
                operations.ask(VOLUME, in(10_000), _ -> Thread.currentThread().getName());
        assertThat(name).contains(VOLUME.slot());
        var next = operations.ask(OTHER, in(10_000), _ -> Thread.currentThread().getName());
        assertThat(next).contains(OTHER.slot()).doesNotContain(VOLUME.slot());
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
