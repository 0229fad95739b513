package io.srvlab.rdscsi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.simulator.ssh.KeyFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class KillTest {
    private static final int ANSWERED_BEFORE_KILL = 10;

    @TempDir
    Path state;

    /** The simulator as a process of its own. */
    static final class Main {
        private Main() {}

        public static void main(String[] args) throws Exception {
            System.out.println(
                    Simulator.start(SimulatorConfig.in(Path.of(args[0]))).readyLine());
            // Its threads keep no process alive.
            Thread.currentThread().join();
        }
    }

    @Test
    void whatWasAnsweredOutlivesAKillInTheMiddleOfWriting() throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        state.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var answered = new ArrayList<String>();
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            try (var client = client(String.valueOf(out.readLine()))) {
                var killer = Thread.ofVirtual().unstarted(process::destroyForcibly);
                for (int i = 0; ; i++) {
                    if (client.run(add("v" + i)).status() != 0) break;
                    answered.add("v" + i);
                    if (i == ANSWERED_BEFORE_KILL) killer.start();
                }
            } catch (IOException e) {
                // Killed between two lines; whether that was too early, the number of answers tells.
                assertThat(answered).as(e.toString()).isNotEmpty();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(answered).hasSizeGreaterThan(ANSWERED_BEFORE_KILL);
        try (var shop = new Shop(state)) {
            for (var slot : answered) {
                assertThat(shop.ask("/disk/print count-only where slot=\"%s\"".formatted(slot)))
                        .isEqualTo("1");
            }
            assertThat(shop.doors())
                    .containsAll(answered.stream()
                            .map(s -> "nqn.2000-02.com.mikrotik:" + s)
                            .toList());
            shop.add("afterwards");
        }
    }

    private Client client(String ready) throws IOException {
        assertThat(ready).startsWith("READY ssh=127.0.0.1:");
        int port = Integer.parseInt(ready.replaceFirst("READY ssh=127.0.0.1:([0-9]+) .*", "$1"));
        return new Client(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                "rds-csi",
                KeyFiles.ed25519(state.resolve("client_key")));
    }

    private static String add(String slot) {
        return "/disk/add type=file slot=\"%s\" file-path=\"/storage-pool/rds-csi/%s.img\" file-size=1M nvme-tcp-export=yes"
                .formatted(slot, slot);
    }
}
