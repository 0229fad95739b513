package io.srvlab.rdscsi.bench;

import java.time.Duration;
import java.util.List;

/** How long one caller waits for an answer. */
record Latencies(Bench bench, int samples) {
    /** So that two looks one after the other would show. */
    private static final Duration SLOW_LOOK = Duration.ofMillis(20);

    void run() throws Exception {
        var volumes = Placement.of("one", samples);
        try (var rds = bench.rds("latencies", Table.ROUND_TRIP, 0)) {
            bench.create(rds, volumes);
            ofOneProcess(rds, volumes);
            afterARestart(rds, volumes);
            ofACut(rds, volumes);
        }
    }

    private void ofOneProcess(Rds rds, List<Placement> volumes) throws Exception {
        try (var controller = bench.warmController(rds)) {
            bench.measure("publish, nothing known", "≤ 2.2 round trips", rds, volumes, controller, Controller::publish);
            slowly(() -> bench.measure(
                    "conflict, API looks of 20 ms",
                    "≤ 1 round trip + 2 looks at once",
                    rds,
                    volumes,
                    controller,
                    Controller::conflict));
            bench.measure(
                    "unpublish, ledger as last seen",
                    "≤ 1 round trip",
                    rds,
                    volumes,
                    controller,
                    Controller::unpublish);
            bench.measure(
                    "publish, ledger as last seen", "1 round trip", rds, volumes, controller, Controller::publish);
        }
    }

    private void afterARestart(Rds rds, List<Placement> volumes) throws Exception {
        try (var controller = bench.warmController(rds)) {
            slowly(() -> bench.measure(
                    "conflict, nothing known, API looks of 20 ms",
                    "≤ 1 round trip + 2 looks at once",
                    rds,
                    volumes,
                    controller,
                    Controller::conflict));
        }
        try (var controller = bench.warmController(rds)) {
            bench.measure("unpublish, nothing known", "", rds, volumes, controller, Controller::unpublish);
        }
    }

    /** Nodes that still use their volumes: each is cut, and its door knocked at before the answer. */
    private void ofACut(Rds rds, List<Placement> volumes) throws Exception {
        try (var controller = bench.warmController(rds)) {
            for (var each : volumes) controller.publish(each);
            bench.api().inUse(true);
            bench.measure(
                    "unpublish of a volume in use: cut, and its door seen shut (lines: with drains behind)",
                    "≤ 1 round trip",
                    rds,
                    volumes,
                    controller,
                    Controller::unpublish);
        } finally {
            bench.api().inUse(false);
        }
    }

    private interface Measurement {
        void run() throws Exception;
    }

    private void slowly(Measurement measurement) throws Exception {
        bench.api().delay(SLOW_LOOK);
        try {
            measurement.run();
        } finally {
            bench.api().delay(Duration.ZERO);
        }
    }
}
