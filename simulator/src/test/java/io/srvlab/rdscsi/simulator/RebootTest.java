package io.srvlab.rdscsi.simulator;

import static io.srvlab.rdscsi.simulator.Storage.HOST;
import static io.srvlab.rdscsi.simulator.Storage.LONG;
import static io.srvlab.rdscsi.simulator.Storage.NQN;
import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.nvme.host.Knock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import org.apache.sshd.client.session.ClientSession.ClientSessionEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The appliance goes off and comes back: what clients and hosts see of it. */
@Timeout(120)
class RebootTest {
    private static final String UPTIME = ":put [/system/resource/get uptime]";

    @TempDir
    Path state;

    private Storage storage;

    @BeforeEach
    void start() throws IOException {
        storage = new Storage(state);
    }

    @AfterEach
    void stop() throws IOException {
        storage.close();
    }

    private String ask(String exec) throws IOException {
        try (var client = storage.shop.another()) {
            return client.run(exec).out().strip();
        }
    }

    @Test
    void afterARebootUptimeIsBackAtZeroAndWhatWasAnsweredIsThere() throws Exception {
        storage.export(NQN, HOST);
        storage.set("comment=\"kept\"");
        while (storage.shop.ask(UPTIME).equals("00:00:00")) Thread.sleep(50);
        var ssh = storage.shop.simulator.sshAddress();
        try (var session = storage.connect(NQN, HOST)) {
            storage.shop.simulator.reboot();
            assertThat(session.awaitEnd(LONG)).isNotNull();
        }
        assertThat(storage.shop.simulator.sshAddress()).isEqualTo(ssh);
        assertThat(ask(UPTIME)).isEqualTo("00:00:00");
        assertThat(ask(":put [/disk/get [find where slot=\"v1\"] comment]")).isEqualTo("kept");
        assertThat(storage.knock(NQN, HOST)).isInstanceOf(Knock.Admitted.class);
    }

    @Test
    void whileItIsOffNobodyIsThere() throws Exception {
        storage.export(NQN, HOST);
        storage.become("reboot-takes 2s");
        try (var client = storage.shop.another()) {
            client.run("/system/reboot"); // answered or not
            assertThat(client.session().waitFor(EnumSet.of(ClientSessionEvent.CLOSED), Client.PATIENCE))
                    .contains(ClientSessionEvent.CLOSED);
        }
        while (!(storage.knock(NQN, HOST) instanceof Knock.CouldNotKnock)) Thread.onSpinWait();
        while (!(storage.knock(NQN, HOST) instanceof Knock.Admitted)) Thread.sleep(20);
    }

    @Test
    void theLastChangesMayBeLostAndNoOthers() throws Exception {
        storage.set("comment=\"first\"");
        storage.set("comment=\"second\"");
        storage.shop.add("v2");
        storage.become("reboot-loses 2");
        storage.shop.simulator.reboot();
        assertThat(ask(":put [/disk/get [find where slot=\"v1\"] comment]")).isEqualTo("first");
        assertThat(ask(":put [:len [/disk/find where slot=\"v2\"]]")).isEqualTo("0");
        assertThat(ask(":put [:len [/file/find where name=\"storage-pool/rds-csi/v2.img\"]]"))
                .as("files stay")
                .isEqualTo("1");
    }

    @Test
    void aLineMayTakeEffectAndNeverBeAnsweredForTheReboot() throws Exception {
        storage.become("reboot-after-applying command=/disk/set item=v1", "reboot-loses 1 from=2");
        for (var comment : new String[] {"kept", "lost"}) {
            try (var client = storage.shop.another()) {
                assertThat(client.run("/disk/set [find where slot=\"v1\"] comment=\"" + comment + "\"")
                                .status())
                        .isEqualTo(-1);
            }
            awaitService();
            assertThat(ask(":put [/disk/get [find where slot=\"v1\"] comment]")).isEqualTo("kept");
            storage.become("reboot-after-applying command=/disk/set item=v1");
        }
    }

    /** It is away at first, or still there from before. */
    private void awaitService() throws IOException {
        while (true) {
            try {
                if (ask(":put up").equals("up")) return;
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void theFirstAnswerAfterABootMayBeSlowAndOnlyThat() throws Exception {
        storage.become("slow-start 700ms");
        storage.shop.simulator.reboot();
        assertThat(time(":put a")).isGreaterThanOrEqualTo(Duration.ofMillis(700));
        assertThat(time(":put a")).isLessThan(Duration.ofMillis(700));
    }

    private Duration time(String exec) throws IOException {
        try (var client = storage.shop.another()) {
            long began = System.nanoTime();
            client.run(exec);
            return Duration.ofNanos(System.nanoTime() - began);
        }
    }
}
