package io.srvlab.rdscsi.bench;

import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Ten callers at once, as the attacher's workers are: each publishes and unpublishes volumes that only it asks for. */
record Crowd(Bench bench, int rounds) {
    private static final int CALLERS = 10;
    private static final int VOLUMES_EACH = 6;

    void run() throws Exception {
        var volumes = Placement.of("crowd", CALLERS * VOLUMES_EACH);
        try (var rds = bench.rds("crowd", Table.ROUND_TRIP, 0)) {
            bench.create(rds, volumes);
            try (var controller = bench.warmController(rds)) {
                measure("10 callers, each volume for the first time", "", controller, volumes, VOLUMES_EACH);
                measure("10 callers", "≥ 30 publishes/s, 0 failures", controller, volumes, rounds);
            }
        }
    }

    private void measure(String what, String aim, Controller controller, List<Placement> volumes, int turns)
            throws Exception {
        var publishes = new Times();
        var failures = new AtomicInteger();
        var why = ConcurrentHashMap.<String>newKeySet();
        long began = System.nanoTime();
        Bench.each(CALLERS, caller -> {
            for (int turn = 0; turn < turns; turn++) {
                var placement = volumes.get(caller + CALLERS * (turn % VOLUMES_EACH));
                try {
                    publishes.of(() -> controller.publish(placement));
                    controller.unpublish(placement);
                } catch (StatusRuntimeException e) {
                    failures.incrementAndGet();
                    why.add(e.getStatus().toString());
                }
            }
        });
        double seconds = (System.nanoTime() - began) / 1e9;
        why.forEach(System.err::println);
        bench.table()
                .add(
                        what,
                        "%.1f publishes/s (and unpublishes), %d failures of %d; publish p50 %.0f ms, p95 %.0f ms"
                                .formatted(
                                        publishes.count() / seconds,
                                        failures.get(),
                                        CALLERS * turns,
                                        publishes.p50(),
                                        publishes.p95()),
                        aim);
    }
}
