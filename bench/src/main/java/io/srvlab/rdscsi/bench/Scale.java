package io.srvlab.rdscsi.bench;

import java.util.List;

/** The same publish on a small and on a large appliance, by turns, since a machine's noise changes from minute to minute. */
record Scale(Bench bench, int samples, int disks) {
    private static final int FEW = 10;

    void run() throws Exception {
        var volumes = Placement.of("scale", samples);
        try (var small = bench.rds("few", Table.ROUND_TRIP, FEW);
                var large = bench.rds("many", Table.ROUND_TRIP, disks)) {
            bench.create(small, volumes);
            bench.create(large, volumes);
            try (var ofSmall = bench.warmController(small);
                    var ofLarge = bench.warmController(large)) {
                compare("publish, nothing known", volumes, ofSmall, ofLarge);
                for (var volume : volumes) {
                    ofSmall.unpublish(volume);
                    ofLarge.unpublish(volume);
                }
                compare("publish, ledger as last seen", volumes, ofSmall, ofLarge);
            }
        }
    }

    private void compare(String what, List<Placement> volumes, Controller ofSmall, Controller ofLarge) {
        var few = new Times();
        var many = new Times();
        for (var volume : volumes) {
            few.of(() -> ofSmall.publish(volume));
            many.of(() -> ofLarge.publish(volume));
        }
        bench.table()
                .add(
                        "%s: beside %d disks / beside %d".formatted(what, FEW, disks),
                        "%.0f ms / %.0f ms: %.2f ×".formatted(few.p50(), many.p50(), many.p50() / few.p50()),
                        "p50 within 1.1 ×");
    }
}
