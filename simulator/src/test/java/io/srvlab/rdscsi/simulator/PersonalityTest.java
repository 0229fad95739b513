package io.srvlab.rdscsi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.simulator.Client.Reply;
import io.srvlab.rdscsi.simulator.personality.Personality;
import io.srvlab.rdscsi.simulator.personality.Personality.FindThenSet;
import io.srvlab.rdscsi.simulator.personality.Place;
import io.srvlab.rdscsi.simulator.personality.When;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ways of an appliance that a client sees on the console. */
@Timeout(120)
class PersonalityTest {
    private static final String SET = "/disk/set [find where slot=\"v1\"] ";

    @TempDir
    Path state;

    private Storage storage;
    private Simulator simulator;

    @BeforeEach
    void start() throws IOException {
        storage = new Storage(state);
        simulator = storage.shop.simulator;
    }

    @AfterEach
    void stop() throws IOException {
        storage.close();
    }

    @Test
    void anNqnThatIsFixedIsRefusedAndStays() throws Exception {
        var before = storage.get("nvme-tcp-server-nqn");
        storage.become("nqn-fixed");
        assertThat(storage.shop
                        .run(SET + "nvme-tcp-server-nqn=\"nqn.x:2\" comment=\"c\"")
                        .out())
                .startsWith("failure: ");
        assertThat(storage.get("nvme-tcp-server-nqn")).isEqualTo(before);
        assertThat(storage.get("comment")).as("all or nothing").isEmpty();
        storage.set("nvme-tcp-server-nqn=\"" + before + "\"");
    }

    @Test
    void anNqnThatIsFixedMaySilentlyStay() throws Exception {
        var before = storage.get("nvme-tcp-server-nqn");
        storage.become("nqn-fixed silently");
        storage.set("nvme-tcp-server-nqn=\"nqn.x:2\" comment=\"c\"");
        assertThat(storage.get("nvme-tcp-server-nqn")).isEqualTo(before);
        assertThat(storage.get("comment")).isEqualTo("c");
    }

    @Test
    void aCommentIsCutAtItsLength() throws Exception {
        storage.become("comment-truncated 5");
        storage.set("comment=\"rc1:abc\"");
        assertThat(storage.get("comment")).isEqualTo("rc1:a");
        storage.set("comment=\"rc1:\"");
        assertThat(storage.get("comment")).isEqualTo("rc1:");
    }

    /** The guard holds when it is looked at and not when the set takes effect: both of two win. */
    @Test
    void whereFindAndSetAreTwoStepsAGuardIsNoGuard() throws Exception {
        var guarded = "/disk/set [find where slot=\"v1\" !comment] comment=\"%s\"";
        simulator.become(new FindThenSet(Duration.ofSeconds(1)), Place.item("v1"), When.ONCE);
        try (var client = storage.shop.another();
                var slow = client.begin(guarded.formatted("slow"))) {
            while (!simulator.personalities().isEmpty()) Thread.onSpinWait(); // it has found, and waits
            storage.shop.ask(guarded.formatted("quick"));
            assertThat(storage.get("comment")).isEqualTo("quick");
            assertThat(slow.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), Client.PATIENCE))
                    .doesNotContain(ClientChannelEvent.TIMEOUT);
        }
        assertThat(storage.get("comment")).isEqualTo("slow");
        storage.shop.ask(guarded.formatted("late"));
        assertThat(storage.get("comment")).as("once, and then no more").isEqualTo("slow");
    }

    @Test
    void sizesAreRoundedUpOrDownWhenMadeAndWhenGrown() throws Exception {
        storage.become("size-rounded-down 4096");
        storage.set("file-size=2000000");
        assertThat(storage.get("size")).isEqualTo("1998848");
        simulator.forgetPersonalities();
        storage.become("size-rounded-up 1048576");
        storage.set("file-size=2000001");
        assertThat(storage.get("size")).isEqualTo("2097152");
        storage.shop.ask(
                "/disk/add type=file slot=\"v2\" file-path=\"%s/v2.img\" file-size=1".formatted(simulator.basePath()));
        assertThat(storage.shop.ask(":put [/disk/get [find where slot=\"v2\"] size]"))
                .isEqualTo("1048576");
    }

    @Test
    void aFullPoolHasNoRoomAndTakesNothing() throws Exception {
        storage.become("pool-full");
        assertThat(storage.shop.ask(":put [/disk/get [find where mount-point=\"storage-pool\"] free]"))
                .isEqualTo("0");
        assertThat(storage.shop.run(SET + "file-size=2097152").out()).startsWith("failure: not enough space");
        assertThat(storage.get("size")).isEqualTo("1048576");
        storage.set("comment=\"still\"");
    }

    @Test
    void aFailedLineMayHaveTheStatusOfASuccess() throws Exception {
        assertThat(storage.shop.run(":error \"no\"").status()).isEqualTo(1);
        storage.become("status-zero times=1");
        assertThat(storage.shop.run(":error \"no\"")).isEqualTo(new Reply("no (:error; line 1)\n", 0));
        assertThat(storage.shop.run(":error \"no\"").status()).isEqualTo(1);
    }

    @Test
    void moreLinesAtOnceThanItBearsHangTheBoxUntilItReboots() throws Exception {
        storage.become("sessions-hang 2");
        assertThat(storage.shop.ask(":put fine")).isEqualTo("fine");
        try (var client = storage.shop.another()) {
            try (var _ = client.begin(":delay 20s");
                    var _ = client.begin(":delay 20s");
                    var third = client.begin(":put third")) {
                while (simulator.commands().stream().noneMatch(e -> e.text().equals(":put third"))) Thread.onSpinWait();
                try (var other = storage.shop.another();
                        var later = other.begin(":put later")) {
                    var any = EnumSet.of(ClientChannelEvent.CLOSED);
                    assertThat(later.waitFor(any, Duration.ofMillis(300))).contains(ClientChannelEvent.TIMEOUT);
                    assertThat(third.getExitStatus()).isNull();
                }
            }
        }
        simulator.reboot();
        try (var client = storage.shop.another()) {
            assertThat(client.run(":put back").out()).isEqualTo("back\r\n");
        }
    }

    @Test
    void whatHoldsIsToldAndForgotten() {
        storage.become(
                "# a comment",
                "",
                "comment-truncated 64 command=/disk/set item=\"pvc-.*\" from=3 until=1m",
                "pool-full");
        assertThat(simulator.personalities())
                .containsExactly(new Personality.CommentTruncated(64), new Personality.PoolFull());
        simulator.forgetPersonalities();
        assertThat(simulator.personalities()).isEmpty();
    }
}
