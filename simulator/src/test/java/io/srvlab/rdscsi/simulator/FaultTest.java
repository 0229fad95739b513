package io.srvlab.rdscsi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.simulator.Client.Reply;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class FaultTest {
    private static final String SET = "/disk/set [find where slot=\"v1\"] comment=\"set\"";
    private static final String GET = ":put [:len [/disk/find where slot=\"v1\" comment=\"set\"]]";

    @TempDir
    Path state;

    private Shop shop;

    @BeforeEach
    void start() throws IOException {
        shop = new Shop(state);
        shop.add("v1");
    }

    @AfterEach
    void stop() throws IOException {
        shop.close();
    }

    @Test
    void aDropBeforeApplyingAppliesNothing() throws Exception {
        shop.simulator.onNext(SET::equals, new Fault.DropBeforeApplying());
        assertThat(shop.run(SET)).isEqualTo(new Reply("", -1));
        assertApplied(false);
    }

    @Test
    void aDropAfterApplyingLosesOnlyTheAnswer() throws Exception {
        shop.simulator.onNext(SET::equals, new Fault.DropAnswerAfterApplying());
        assertThat(shop.run(SET)).isEqualTo(new Reply("", -1));
        assertApplied(true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStallNeverAnswersAndTheConnectionGoesOn(boolean applied) throws Exception {
        shop.simulator.onNext(SET::equals, new Fault.Stall(applied));
        try (var client = shop.another();
                var channel = client.begin(SET)) {
            // Its line is in the log before the next one of this connection is.
            while (shop.simulator.commands().stream().noneMatch(e -> e.text().equals(SET))) Thread.onSpinWait();
            assertThat(client.run(GET).out().strip()).isEqualTo(applied ? "1" : "0");
            assertThat(channel.getExitStatus()).isNull();
            shop.simulator.close();
            assertThat(channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), Client.PATIENCE))
                    .doesNotContain(ClientChannelEvent.TIMEOUT);
            assertThat(channel.getExitStatus()).isNull();
        }
    }

    @Test
    void anErrorMayHaveStatusZero() throws Exception {
        shop.simulator.onNext(SET::equals, new Fault.ErrorWithStatusZero("failure: no\n"));
        assertThat(shop.run(SET)).isEqualTo(new Reply("failure: no\n", 0));
        assertApplied(false);
    }

    @Test
    void aDelayedLineLandsThoughItsClientIsGone() throws Exception {
        shop.simulator.onNext(SET::equals, new Fault.Delay(Duration.ofMillis(100)));
        try (var client = shop.another()) {
            client.begin(SET);
        }
        while (!shop.ask(GET).equals("1")) Thread.onSpinWait();
    }

    @Test
    void aFaultIsUsedOnceAndOnlyOnItsLine() throws Exception {
        shop.simulator.onNext(SET::equals, new Fault.ErrorWithStatusZero("first"));
        shop.simulator.onNext(SET::equals, new Fault.ErrorWithStatusZero("second"));
        assertThat(shop.ask(":put other")).isEqualTo("other");
        assertThat(shop.ask(SET)).isEqualTo("first");
        assertThat(shop.ask(SET)).isEqualTo("second");
        assertThat(shop.ask(SET)).isEmpty();
    }

    private void assertApplied(boolean applied) throws IOException {
        try (var client = shop.another()) {
            assertThat(client.run(GET).out()).isEqualTo(applied ? "1\r\n" : "0\r\n");
        }
    }
}
