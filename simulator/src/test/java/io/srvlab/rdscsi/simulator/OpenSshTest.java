package io.srvlab.rdscsi.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same service, asked by the client that operators have. */
class OpenSshTest {
    private record Result(String text, int status) {}

    @TempDir
    Path state;

    private Simulator simulator;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(present("ssh") && present("ssh-keygen"), "OpenSSH's client is not installed here");
        simulator = Simulator.start(SimulatorConfig.in(state));
    }

    @AfterEach
    void stop() throws IOException {
        if (simulator != null) simulator.close();
    }

    @Test
    void aCommandLineIsAnswered() throws Exception {
        assertThat(ssh(simulator.clientKey(), ":put \"hello\"")).isEqualTo(new Result("hello\r\n", 0));
        assertThat(ssh(simulator.clientKey(), "/nowhere/print").status()).isEqualTo(1);
    }

    @Test
    void aKeyOfItsOwnMakingGetsInOnceItIsListed() throws Exception {
        var key = state.resolve("mine");
        run(List.of("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", key.toString()));
        assertThat(ssh(key, ":put 1").status()).isEqualTo(255);
        var line = Files.readString(state.resolve("mine.pub"));
        Files.writeString(state.resolve("authorized_keys"), line, StandardOpenOption.APPEND);
        assertThat(ssh(key, ":put 1")).isEqualTo(new Result("1\r\n", 0));
    }

    @Test
    void itPrintsTheFingerprintThatTheSimulatorTells() throws Exception {
        var printed = run(List.of(
                        "ssh-keygen", "-l", "-f", state.resolve("host_key").toString()))
                .text();
        assertThat(printed)
                .startsWith("2048 " + simulator.hostKeyFingerprint() + " ")
                .contains("(RSA)");
    }

    @Test
    void aTerminalIsRefusedAndSoIsAShell() throws Exception {
        var exec = run(command(simulator.clientKey(), List.of("-tt"), List.of(":put 1")));
        assertThat(exec.text()).contains("PTY allocation request failed");
        var shell = run(command(simulator.clientKey(), List.of("-T"), List.of()));
        assertThat(shell.text()).contains("shell request failed");
        assertThat(shell.status()).isEqualTo(255);
    }

    private Result ssh(Path key, String exec) throws Exception {
        return run(command(key, List.of(), List.of(exec)));
    }

    private List<String> command(Path key, List<String> options, List<String> exec) {
        var command = new ArrayList<>(List.of("ssh", "-F", "none", "-i", key.toString()));
        for (var option : List.of(
                "BatchMode=yes",
                "IdentitiesOnly=yes",
                "IdentityAgent=none",
                "StrictHostKeyChecking=no",
                "UserKnownHostsFile=/dev/null",
                "LogLevel=ERROR",
                "ConnectTimeout=20")) {
            command.addAll(List.of("-o", option));
        }
        command.addAll(options);
        command.addAll(List.of("-p", Integer.toString(simulator.sshAddress().getPort())));
        command.add(simulator.user() + "@" + simulator.sshAddress().getHostString());
        command.addAll(exec);
        return command;
    }

    private static Result run(List<String> command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS)) throw new IOException("no end of " + command);
        return new Result(text, process.exitValue());
    }

    private static boolean present(String program) {
        return List.of(System.getenv().getOrDefault("PATH", "").split(":", -1)).stream()
                .anyMatch(d -> Path.of(d, program).toFile().canExecute());
    }
}
