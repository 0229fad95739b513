package io.srvlab.rdscsi.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an appliance says of itself, how long it takes, and how many it serves. */
@Timeout(60)
class ApplianceTest {
    @TempDir
    Path state;

    @Test
    void withoutItsPackageThereAreNoFileDisksAndThePackageSaysSo() throws Exception {
        try (var shop = new Shop(state)) {
            var disabled = ":put [/system/package/get [find where name=\"rose-storage\"] disabled]";
            assertThat(shop.ask(disabled)).isEqualTo("false");
            shop.simulator.become(Behaviour.parse("rose-storage-missing"));
            assertThat(shop.ask(disabled)).isEqualTo("true");
            assertThat(shop.run("/disk/add type=file slot=a").out())
                    .startsWith("input does not match any value of type");
            assertThat(shop.run("/disk/set storage-pool nvme-tcp-export=no").out())
                    .startsWith("expected end of command");
        }
    }

    @Test
    void theServicesSayWhereTheyAreAndHowManyTheyTake() throws Exception {
        try (var shop = new Shop(state)) {
            assertThat(shop.ask(":put [/ip/service/get ssh port]"))
                    .isEqualTo(Integer.toString(shop.simulator.sshAddress().getPort()));
            int most = Integer.parseInt(shop.ask(":put [/ip/service/get ssh max-sessions]"));
            var clients = new ArrayList<Client>();
            try {
                while (clients.size() < most - 1) clients.add(shop.another()); // and the shop's own
                assertThatThrownBy(shop::another).isInstanceOf(IOException.class);
                clients.removeLast().close();
                awaitPlace(shop, clients);
            } finally {
                clients.forEach(Client::close);
            }
        }
    }

    private static void awaitPlace(Shop shop, List<Client> clients) {
        while (true) {
            try {
                clients.add(shop.another());
                return;
            } catch (IOException e) {
                Thread.onSpinWait(); // the place is free when the other side has seen the end
            }
        }
    }

    @Test
    void publishedTimesGoByCommandAndSize() {
        var times = Latency.PUBLISHED;
        assertThat(times.of(":put 1", false)).isEqualTo(Duration.ofMillis(75));
        assertThat(times.of(":put 1", true)).isBetween(Duration.ofMillis(200), Duration.ofMillis(500));
        assertThat(times.of("/disk/add slot=a file-size=1G", false))
                .isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
        assertThat(times.of("/disk add slot=a file-size=\"107374182400\"", false))
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(5));
        assertThat(times.of("/disk/remove [find where slot=\"a\"]", false))
                .isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
        assertThat(times.of("/file/print", false)).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
        assertThat(times.of("/disk/set a comment=b; /disk/set a comment=c", false))
                .isEqualTo(Duration.ofMillis(175));
    }

    @Test
    void aConnectionsFirstLineTakesTheHandshakeTooAndNoOther() throws Exception {
        var none = Duration.ZERO;
        var latency = new Latency(Duration.ofMillis(600), none, none, none, none, none, none);
        try (var shop = new Shop(SimulatorConfig.in(state).withLatency(latency))) {
            long began = System.nanoTime();
            shop.ask(":put 1");
            long first = System.nanoTime() - began;
            shop.ask(":put 2");
            long second = System.nanoTime() - began - first;
            assertThat(Duration.ofNanos(first)).isGreaterThanOrEqualTo(Duration.ofMillis(600));
            assertThat(second).isLessThan(first);
        }
    }
}
