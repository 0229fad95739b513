package io.srvlab.rdscsi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where everything is measured: processes are started here, and figures go to the table.
 *
 * @param directory for state, sockets and logs
 */
record Bench(Path launcher, Path directory, ApiServerStandIn api, Table table) {
    static final String DRIVER = "rds.csi.srvlab.io";

    private static final int CREATORS = 10;
    private static final int WARM_UP_ROUNDS = 3;
    /** Volumes of their own, so that a controller that has warmed up knows nothing of those that are measured. */
    private static final List<Placement> WARM_UP = Placement.of("warm", 10);

    Rds rds(String name, Duration latency, int disks) throws IOException {
        return new Rds(launcher, directory.resolve(name), latency, disks);
    }

    /** A controller that was just started. */
    Controller controller(Rds rds) throws IOException {
        var own = Files.createTempDirectory(directory, "c");
        return new Controller(launcher, own, DRIVER, rds, api.kubeconfig(directory));
    }

    /** Makes volumes, and those for warming up, through a controller that ends before anything is measured. */
    void create(Rds rds, List<Placement> placements) throws Exception {
        api.know(Stream.concat(WARM_UP.stream(), placements.stream()).toList());
        try (var maker = controller(rds)) {
            each(CREATORS, caller -> {
                for (int i = caller; i < WARM_UP.size(); i += CREATORS) maker.create(WARM_UP.get(i));
                for (int i = caller; i < placements.size(); i += CREATORS) maker.create(placements.get(i));
            });
        }
    }

    /** A controller whose code has run, and which has seen none of the volumes that {@link #create} was asked for. */
    Controller warmController(Rds rds) throws IOException {
        var controller = controller(rds);
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            for (var placement : WARM_UP) {
                controller.publish(placement);
                controller.unpublish(placement);
            }
        }
        return controller;
    }

    /** Makes the call for each of the placements, one after the other, each behind a Probe to compare with. */
    void measure(String what, String aim, Rds rds, List<Placement> placements, Controller controller, Call call)
            throws IOException {
        var probes = new Times();
        var times = new Times();
        long lines = rds.commandLines();
        int looks = api.looks();
        for (var placement : placements) {
            probes.of(controller::probe);
            times.of(() -> call.accept(controller, placement));
        }
        table.add(what, times, probes, rds.commandLines() - lines - probes.count(), api.looks() - looks, aim);
    }

    /** An RPC about a placement. */
    interface Call extends BiConsumer<Controller, Placement> {}

    /** What one of several callers does, by its number from 0. */
    interface Caller {
        void run(int number) throws Exception;
    }

    /** Runs all callers at once, and returns when the last has ended. */
    static void each(int callers, Caller caller) throws InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = IntStream.range(0, callers)
                    .<Callable<Object>>mapToObj(number -> () -> {
                        caller.run(number);
                        return "done";
                    })
                    .toList();
            for (Future<Object> task : threads.invokeAll(tasks)) {
                var _ = task.get();
            }
        }
    }
}
