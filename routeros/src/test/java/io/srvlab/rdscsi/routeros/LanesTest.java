package io.srvlab.rdscsi.routeros;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Lanes.Lane;
import io.srvlab.rdscsi.routeros.Lanes.Rank;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LanesTest {
    @Test
    void one_lane_of_several_is_for_fencing_alone() throws Exception {
        var lanes = new Lanes(3);
        assertThat(numbers(held(lanes, Rank.ORDINARY, 2))).containsExactly(1, 2);
        assertThat(atOnce(lanes, Rank.ORDINARY)).isEmpty();
        assertThat(atOnce(lanes, Rank.FENCING))
                .hasValueSatisfying(lane -> assertThat(lane.number).isZero());
        assertThat(lanes.open(Rank.ORDINARY)).isEqualTo(2);
        assertThat(lanes.open(Rank.FENCING)).isEqualTo(3);
    }

    @Test
    void fencing_takes_its_own_lane_before_it_takes_another() throws Exception {
        var lanes = new Lanes(3);
        assertThat(numbers(held(lanes, Rank.FENCING, 3))).containsExactly(0, 1, 2);
    }

    @Test
    void a_single_lane_is_shared() throws Exception {
        var lanes = new Lanes(1);
        try (var _ = atOnce(lanes, Rank.ORDINARY).orElseThrow()) {
            assertThat(atOnce(lanes, Rank.FENCING)).isEmpty();
        }
        assertThat(atOnce(lanes, Rank.FENCING)).isPresent();
        assertThat(lanes.open(Rank.ORDINARY)).isEqualTo(1);
    }

    @Test
    void there_is_no_way_in_without_a_lane() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Lanes(0));
    }

    @Test
    void of_lanes_that_hung_the_one_is_tried_first_of_which_that_is_longest_ago() throws Exception {
        var lanes = new Lanes(4);
        var ordinary = held(lanes, Rank.ORDINARY, 3);
        for (int each : new int[] {2, 0, 1}) {
            ordinary.get(each).hung();
            ordinary.get(each).close();
        }
        assertThat(numbers(held(lanes, Rank.ORDINARY, 3))).containsExactly(3, 1, 2);
    }

    @Test
    void the_lane_for_fencing_stays_free_when_only_others_wait() throws Exception {
        var lanes = new Lanes(2);
        var fencing = held(lanes, Rank.FENCING, 2);
        try (var queue = new Queue(lanes)) {
            queue.joined(Rank.ORDINARY, "ordinary");
            fencing.getFirst().close();
            assertThat(lanes.waiting()).as("still waits beside the free lane").isEqualTo(1);
            fencing.getLast().close();
            assertThat(queue.next()).isEqualTo("ordinary");
        }
    }

    /** Whoever waits, in whatever order they came. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void fencing_goes_before_all_others_and_each_rank_in_the_order_of_its_coming(long seed) throws Exception {
        var random = new Random(seed);
        var lanes = new Lanes(1 + random.nextInt(4));
        var held = held(lanes, Rank.FENCING, lanes.open(Rank.FENCING));
        // One lane that everybody may use is handed on; the others stay busy.
        var shared = held.getLast();
        var expected = new ArrayList<String>();
        try (var queue = new Queue(lanes)) {
            for (int i = 0; i < 20; i++) {
                var rank = random.nextInt(3) == 0 ? Rank.FENCING : Rank.ORDINARY;
                queue.joined(rank, rank + " " + i);
                expected.add(rank + " " + i);
            }
            expected.sort((one, other) -> Boolean.compare(other.startsWith("F"), one.startsWith("F")));
            shared.close();
            for (var name : expected)
                assertThat(queue.next()).as("seed %d", seed).isEqualTo(name);
        }
    }

    @Test
    void who_gives_up_leaves_the_queue_and_takes_nobodys_turn() throws Exception {
        var lanes = new Lanes(1);
        var busy = atOnce(lanes, Rank.ORDINARY).orElseThrow();
        try (var queue = new Queue(lanes)) {
            queue.joined(Rank.ORDINARY, "patient");
            assertThat(lanes.enter(Rank.FENCING, patience(1_000))).isEmpty();
            assertThat(lanes.waiting()).isEqualTo(1);
            busy.close();
            assertThat(queue.next()).isEqualTo("patient");
        }
    }

    @Test
    void who_is_interrupted_leaves_the_queue_too() throws Exception {
        var lanes = new Lanes(1);
        var busy = atOnce(lanes, Rank.ORDINARY).orElseThrow();
        var outcome = new LinkedBlockingQueue<String>();
        var waiter = Thread.ofVirtual().start(() -> {
            try {
                outcome.add(lanes.enter(Rank.FENCING, patience(30_000_000)).toString());
            } catch (InterruptedException e) {
                outcome.add("interrupted");
            }
        });
        awaitWaiting(lanes, 1);
        waiter.interrupt();
        assertThat(outcome.take()).isEqualTo("interrupted");
        assertThat(lanes.waiting()).isZero();
        busy.close();
        assertThat(atOnce(lanes, Rank.ORDINARY)).isPresent();
    }

    /** Scripts of both ranks that come, wait, give up, are interrupted and end, all at once. */
    @ParameterizedTest
    @CsvSource({"1, 11", "2, 12", "3, 13", "4, 14", "4, 15", "7, 16"})
    void no_lane_is_ever_used_twice_at_once_or_lost_and_every_patient_script_gets_one(int count, long seed)
            throws Exception {
        var lanes = new Lanes(count);
        var inUse = ConcurrentHashMap.<Integer>newKeySet();
        var most = new AtomicInteger();
        var wrong = new LinkedBlockingQueue<String>();
        var served = new AtomicInteger();
        var random = new Random(seed);
        var patient = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var toInterrupt = new ArrayList<Future<?>>();
            for (int i = 0; i < 600; i++) {
                var rank = random.nextInt(4) == 0 ? Rank.FENCING : Rank.ORDINARY;
                int kind = random.nextInt(4);
                long micros = kind == 0 ? random.nextInt(2_000) : 50_000_000;
                int use = random.nextInt(200);
                var task = threads.submit(() -> {
                    try {
                        var entered = lanes.enter(rank, patience(micros));
                        if (entered.isEmpty()) return;
                        try (var lane = entered.get()) {
                            if (!inUse.add(lane.number)) wrong.add("lane " + lane.number + " twice");
                            if (rank == Rank.ORDINARY && lane.number == 0 && count > 1) wrong.add("on lane 0");
                            most.accumulateAndGet(inUse.size(), Math::max);
                            LockSupport.parkNanos(use * 1_000L);
                            inUse.remove(lane.number);
                        }
                        if (kind > 1) served.incrementAndGet();
                    } catch (InterruptedException e) {
                        if (kind != 1) wrong.add("interrupted");
                    }
                });
                if (kind == 1) toInterrupt.add(task);
                if (kind > 1) patient++;
                if (random.nextInt(10) == 0) toInterrupt.forEach(it -> it.cancel(true));
            }
            toInterrupt.forEach(it -> it.cancel(true));
        }
        assertThat(wrong).isEmpty();
        assertThat(most).hasValue(count);
        assertThat(served).as("the patient ones").hasValue(patient);
        assertThat(lanes.waiting()).isZero();
        assertThat(numbers(held(lanes, Rank.FENCING, count))).as("none is lost").hasSize(count);
    }

    /** Scripts that wait in a known order, and say when it is their turn; each hands its lane on when the next one is asked for. */
    private static final class Queue implements AutoCloseable {
        private final Lanes lanes;
        private final BlockingQueue<String> turns = new LinkedBlockingQueue<>();
        private final BlockingQueue<Lane> taken = new LinkedBlockingQueue<>();
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

        Queue(Lanes lanes) {
            this.lanes = lanes;
        }

        void joined(Rank rank, String name) {
            int before = lanes.waiting();
            var _ = threads.submit(() -> {
                taken.add(lanes.enter(rank, patience(30_000_000)).orElseThrow());
                turns.add(name);
                return name;
            });
            awaitWaiting(lanes, before + 1);
        }

        String next() throws InterruptedException {
            var name = turns.poll(30, SECONDS);
            taken.take().close();
            return String.valueOf(name);
        }

        @Override
        public void close() {
            threads.close();
        }
    }

    private static void awaitWaiting(Lanes lanes, int count) {
        var deadline = Deadline.after(20, SECONDS);
        while (lanes.waiting() != count) {
            if (deadline.isExpired()) throw new AssertionError(lanes.waiting() + " wait instead of " + count);
            LockSupport.parkNanos(100_000);
        }
    }

    private static List<Lane> held(Lanes lanes, Rank rank, int count) throws InterruptedException {
        var held = new ArrayList<Lane>();
        for (int i = 0; i < count; i++) held.add(atOnce(lanes, rank).orElseThrow());
        return held;
    }

    private static List<Integer> numbers(List<Lane> held) {
        return held.stream().map(lane -> lane.number).toList();
    }

    private static Optional<Lane> atOnce(Lanes lanes, Rank rank) throws InterruptedException {
        return lanes.enter(rank, patience(0));
    }

    private static Patience patience(long micros) {
        return Patience.until(Deadline.after(micros, MICROSECONDS));
    }
}
