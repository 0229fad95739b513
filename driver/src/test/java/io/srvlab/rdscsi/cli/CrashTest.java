package io.srvlab.rdscsi.cli;

import static io.srvlab.rdscsi.cli.World.Caller.SHARED_BLOCK;
import static io.srvlab.rdscsi.cli.World.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.grpc.Status;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.appliance.Ownership;
import io.srvlab.rdscsi.fencing.Enforcement;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Script;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A controller dies between any two commands: every volume is where its record says, and a fresh process that is asked the
 * same, or the opposite, ends in free or held. Dying is tried before and after every command of a call, also within a
 * command line, which is what an appliance leaves that loses its power there.
 */
@ParameterizedClass
@EnumSource(World.Way.class)
class CrashTest {
    @SuppressWarnings("NullAway.Init") // before all else, by start
    private static World world;

    private static int volumes;

    private final World.Way way;
    private TestCluster cluster;
    private World.Caller first;
    private String volume;

    CrashTest(World.Way way) {
        this.way = way;
    }

    @BeforeParameterizedClassInvocation
    static void start(World.Way way) throws Exception {
        world = World.start(way);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        world.close();
    }

    @BeforeEach
    void makeAVolume() throws Exception {
        cluster = TestCluster.of("a", "b", "c");
        first = world.controller(cluster);
        volume = first.create("db-" + (way == World.Way.REST ? "rest-" : "ssh-") + volumes++);
    }

    @AfterEach
    void unpublish() throws Exception {
        first.unpublish(volume, "");
        world.endOtherControllers();
    }

    /** No limit of volumes per node, so that each set is a command of its own. */
    private World.Caller dyingAfter(AtomicInteger commands) throws Exception {
        return world.controller(
                new Mortal(world.wayIn(), commands), cluster, World.fencing(World.CLUSTER, Enforcement.ENFORCED, 0));
    }

    /** How a call finds the volume, and what it asks for. */
    enum Story {
        PUBLISH_OF_A_FREE_VOLUME {
            @Override
            void before(World.Caller controller, TestCluster cluster, String volume) {}

            @Override
            void call(World.Caller controller, String volume) {
                controller.publish(volume, "a");
            }
        },
        TAKEOVER_FROM_A_HOLDER_THAT_IS_GONE {
            @Override
            void before(World.Caller controller, TestCluster cluster, String volume) {
                controller.publish(volume, "b");
                cluster.gone("b");
            }

            @Override
            void call(World.Caller controller, String volume) {
                controller.publish(volume, "a");
            }
        },
        UNPUBLISH_IN_GOOD_ORDER {
            @Override
            void before(World.Caller controller, TestCluster cluster, String volume) {
                controller.publish(volume, "a");
            }

            @Override
            void call(World.Caller controller, String volume) {
                controller.unpublish(volume, "a");
            }
        },
        UNPUBLISH_THAT_CUTS {
            @Override
            void before(World.Caller controller, TestCluster cluster, String volume) {
                controller.publish(volume, "a");
                cluster.notReady("a");
            }

            @Override
            void call(World.Caller controller, String volume) {
                controller.unpublish(volume, "a");
            }
        },
        JOIN_OF_A_SHARED_VOLUME {
            @Override
            void before(World.Caller controller, TestCluster cluster, String volume) {
                controller.publish(volume, "b", SHARED_BLOCK);
            }

            @Override
            void call(World.Caller controller, String volume) {
                controller.publish(volume, "a", SHARED_BLOCK);
            }
        },
        ONE_OF_TWO_PUT_OUT {
            @Override
            void before(World.Caller controller, TestCluster cluster, String volume) {
                controller.publish(volume, "b", SHARED_BLOCK);
                controller.publish(volume, "a", SHARED_BLOCK);
                cluster.uses("a", volume);
            }

            @Override
            void call(World.Caller controller, String volume) {
                controller.unpublish(volume, "a");
            }
        };

        abstract void before(World.Caller controller, TestCluster cluster, String volume);

        abstract void call(World.Caller controller, String volume);
    }

    /**
     * A way in that ends after so many commands.
     *
     * @param commands how many get through, counted over all command lines
     */
    private record Mortal(RouterOs real, AtomicInteger commands) implements RouterOs {
        @Override
        public Reply run(Script script, Deadline deadline) {
            int left = commands.getAndAdd(-script.commands().size());
            if (left >= script.commands().size()) return real.run(script, deadline);
            if (left > 0) {
                var _ = real.run(new Script(script.commands().subList(0, left)), deadline);
            }
            return new Reply.CouldNotAsk("a dead process", "it died here", Reply.Fate.UNKNOWN);
        }

        @Override
        public RouterOs fencing() {
            return this;
        }

        @Override
        public void close() {
            real.close();
        }
    }

    static Stream<Arguments> deaths() {
        // A takeover has as many, besides looking at its drain again and again; all others have fewer.
        return Stream.of(Story.values())
                .flatMap(story -> IntStream.range(0, 12).mapToObj(commands -> Arguments.of(story, commands)));
    }

    @ParameterizedTest
    @MethodSource("deaths")
    void aFreshProcessEndsWhatADeadOneBegan(Story story, int commands) throws Exception {
        story.before(first, cluster, volume);
        var dying = dyingAfter(new AtomicInteger(commands));
        var _ = statusOf(() -> story.call(dying, volume));
        assertThat(admitsWhomTheRecordNames(world.disk(volume).orElseThrow()))
                .as("after the death")
                .isTrue();
        var fresh = world.controller(cluster);
        assertThat(statusOf(() -> story.call(fresh, volume)))
                .as("asked the same")
                .isEqualTo(Status.OK);
        assertThat(admitsWhomTheRecordNames(world.disk(volume).orElseThrow())).isTrue();
        assertThat(statusOf(() -> fresh.unpublish(volume, "")))
                .as("asked the opposite")
                .isEqualTo(Status.OK);
        assertThat(world.disk(volume).orElseThrow().exported()).isFalse();
        assertThat(statusOf(() -> fresh.publish(volume, "c")))
                .as("and the next")
                .isEqualTo(Status.OK);
        assertThat(world.ledger(volume).holderNames()).isEqualTo("c");
    }

    /** Where the export is on, name and list are those of the record, which says held; and a writer is alone. */
    private static boolean admitsWhomTheRecordNames(Disk disk) {
        if (!disk.exported()) return true;
        var ledger = Ownership.recorded(disk).ledger();
        return ledger.state() == Ledger.State.HELD
                && disk.fits(ledger)
                && (ledger.access().accessClass().shared() || ledger.holders().size() == 1);
    }

    /** So that the stories above do not all end before anything was sent, or after everything was. */
    @ParameterizedTest
    @EnumSource(Story.class)
    void theDeathsFallWithinTheCalls(Story story) throws Exception {
        story.before(first, cluster, volume);
        var left = new AtomicInteger(1000);
        story.call(dyingAfter(left), volume);
        assertThat(1000 - left.get()).isGreaterThanOrEqualTo(3);
    }
}
