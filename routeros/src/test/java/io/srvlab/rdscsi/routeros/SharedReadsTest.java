package io.srvlab.rdscsi.routeros;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Reply.Done;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reads that wait are shared, and never older than the question. */
@Timeout(60)
class SharedReadsTest {
    private static final Script READ = Script.of(Command.get("/system/resource", "version"));
    private static final Script OTHER = Script.of(Command.get("/system/resource", "uptime"));
    private static final Script CHANGE =
            Script.of(Command.set("/disk", Filter.is("slot", "a"), Map.of("comment", "x")));

    /** Answers each run with its number, when it is told to. */
    private static final class Appliance implements RouterOs {
        private final AtomicInteger runs = new AtomicInteger();
        final LinkedBlockingQueue<CompletableFuture<Void>> begun = new LinkedBlockingQueue<>();

        @Override
        public Reply run(Script script, Deadline deadline) {
            var number = runs.incrementAndGet();
            var answered = new CompletableFuture<Void>();
            begun.add(answered);
            answered.join();
            return new Done(List.of("run " + number));
        }

        CompletableFuture<Void> awaitRun() throws InterruptedException {
            var run = begun.poll(20, SECONDS);
            assertThat(run).as("a run has begun").isNotNull();
            return run;
        }

        @Override
        public RouterOs fencing() {
            return this;
        }

        @Override
        public void close() {}
    }

    private final Appliance appliance = new Appliance();
    /** Whose callers wait for as long as they have. */
    private final SharedReads shared = new SharedReads(appliance, 30_000);

    @Test
    void aThousandCallersCostTwoCommandLinesAndNobodyGetsAnAnswerOlderThanTheQuestion() throws Exception {
        var first = ask(READ);
        var firstRun = appliance.awaitRun();
        var others = IntStream.range(0, 1000).mapToObj(_ -> ask(READ)).toList();
        awaitWaiting(1000);
        firstRun.complete(null);
        assertThat(first.get(20, SECONDS)).isEqualTo(new Done(List.of("run 1")));
        appliance.awaitRun().complete(null);
        for (var other : others) assertThat(other.get(20, SECONDS)).isEqualTo(new Done(List.of("run 2")));
        assertThat(appliance.runs).hasValue(2);
        var _ = ask(READ);
        appliance.awaitRun().complete(null);
    }

    @Test
    void changesAndWhatGoesFirstAndOtherReadsAreAskedForEachCaller() throws Exception {
        var calls = List.of(ask(CHANGE), ask(CHANGE), ask(READ), ask(OTHER), fence(READ), fence(READ));
        for (var _ : calls) appliance.awaitRun().complete(null);
        for (var call : calls) assertThat(call.get(20, SECONDS)).isInstanceOf(Done.class);
    }

    @Test
    void aReadThatHangsHoldsUpNobodyElseForLong() throws Exception {
        var impatient = new SharedReads(appliance, 50);
        var hung = CompletableFuture.supplyAsync(() -> impatient.run(READ, later()), Runnables::start);
        var _ = appliance.awaitRun(); // and is never answered
        var other = CompletableFuture.supplyAsync(() -> impatient.run(READ, later()), Runnables::start);
        appliance.awaitRun().complete(null);
        assertThat(other.get(20, SECONDS)).isEqualTo(new Done(List.of("run 2")));
        assertThat(hung).isNotDone();
    }

    private static Deadline later() {
        return Deadline.after(30, SECONDS);
    }

    private static final class Runnables {
        static void start(Runnable task) {
            Thread.ofVirtual().name("caller").start(task);
        }
    }

    private CompletableFuture<Reply> ask(Script script) {
        return CompletableFuture.supplyAsync(() -> shared.run(script, later()), Runnables::start);
    }

    private CompletableFuture<Reply> fence(Script script) {
        return CompletableFuture.supplyAsync(() -> shared.fencing().run(script, later()), Runnables::start);
    }

    /** Until so many callers wait for the next time. */
    private void awaitWaiting(int callers) throws InterruptedException {
        while (shared.waiting(READ) < callers) Thread.sleep(1);
    }
}
