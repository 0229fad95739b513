package io.srvlab.rdscsi.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** What a controller holds in memory over many lifecycles, at no latency. */
record Growth(Bench bench, int lifecycles) {
    private static final int CALLERS = 4;
    private static final int SAMPLES = 20;

    void run() throws Exception {
        var volumes = Placement.of("life", 10 * CALLERS);
        try (var rds = bench.rds("growth", Duration.ZERO, 0)) {
            bench.create(rds, volumes);
            try (var controller = bench.warmController(rds)) {
                var mebibytes = new ArrayList<Double>();
                int events = bench.api().events();
                var turn = new AtomicInteger();
                long began = System.nanoTime();
                for (int sample = 1; sample <= SAMPLES; sample++) {
                    int until = lifecycles * sample / SAMPLES;
                    Bench.each(CALLERS, _ -> {
                        for (int i = turn.getAndIncrement(); i < until; i = turn.getAndIncrement()) {
                            var placement = volumes.get(i % volumes.size());
                            controller.publish(placement);
                            controller.unpublish(placement);
                        }
                    });
                    turn.set(until);
                    mebibytes.add(controller.rss());
                }
                report(mebibytes, (System.nanoTime() - began) / 1e9, bench.api().events() - events);
            }
        }
    }

    private void report(List<Double> mebibytes, double seconds, int events) {
        double first = mebibytes.getFirst();
        double last = mebibytes.getLast();
        var all = mebibytes.stream().map(each -> "%.0f".formatted(each)).collect(Collectors.joining(" "));
        bench.table()
                .add(
                        "RSS of the controller over %d lifecycles, %.0f/s, %d events posted"
                                .formatted(lifecycles, lifecycles / seconds, events),
                        "%.0f → %.0f MiB (%+.1f %%): %s".formatted(first, last, 100 * (last - first) / first, all),
                        "± 10 %");
    }
}
