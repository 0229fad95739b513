package io.srvlab.rdscsi.cli;

import static io.srvlab.rdscsi.cli.World.statusOf;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.grpc.Status;
import io.srvlab.rdscsi.simulator.Exec;
import io.srvlab.rdscsi.simulator.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A volume is taken from a node whatever else the controller has to do. */
class CutsFirstTest {
    private World world;

    @BeforeEach
    void start() throws Exception {
        world = World.start();
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    @Test
    void anUnpublishWaitsForNoneOfAHundredCreatesOfWhichThreeHang() throws Exception {
        var controller = world.controller();
        var volume = controller.create("db-0");
        controller.publish(volume, "a");
        int since = world.rds().commands().size();
        for (int i = 0; i < 3; i++) world.rds().onNext(line -> line.contains("busy-"), new Fault.Stall(false));
        var creates = new ArrayList<Future<Status>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                var request = World.Caller.creation("busy-" + i).build();
                var stub = controller.stub().withDeadlineAfter(8, SECONDS);
                creates.add(threads.submit(() ->
                        statusOf(() -> assertThat(stub.createVolume(request)).isNull())));
            }
            awaitCommands(since + 3);
            controller.unpublish(volume, "a");
            var lines = commandsSince(since);
            assertThat(lines).as("what hangs, and the cut").hasSize(4);
            assertThat(lines.getLast()).contains(":x:w:");
            assertThat(world.exports()).isEmpty();
        }
        for (var create : creates) assertThat(create.get().isOk()).isFalse();
    }

    private List<String> commandsSince(int since) {
        return world.rds().commands().stream().skip(since).map(Exec::text).toList();
    }

    private void awaitCommands(int count) {
        var deadline = Deadline.after(20, SECONDS);
        while (world.rds().commands().size() < count) {
            if (deadline.isExpired()) throw new AssertionError("only " + commandsSince(0));
            LockSupport.parkNanos(1_000_000);
        }
    }
}
