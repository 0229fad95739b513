package io.srvlab.rdscsi.simulator.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.srvlab.rdscsi.simulator.Client;
import io.srvlab.rdscsi.simulator.Client.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SshFrontTest {
    private static final int SESSIONS_MAX = 3;

    @TempDir
    Path state;

    @TempDir
    static Path keyDirectory;

    private static KeyPair hostKey;
    private static KeyPair userKey;
    private AuthorizedKeys keys;
    private SshFront front;
    private volatile Executor executor = (_, exec) -> new Answer.Say("ran " + exec + "\r\n", 0);

    @BeforeAll
    static void makeKeys() throws IOException {
        hostKey = KeyFiles.rsa(keyDirectory.resolve("host_key"));
        userKey = KeyFiles.ed25519(keyDirectory.resolve("user_key"));
    }

    @BeforeEach
    void start() throws IOException {
        keys = new AuthorizedKeys(state.resolve("authorized_keys"));
        keys.add(userKey.getPublic());
        front = SshFront.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new SshFront.Access(hostKey, "rds"::equals, keys, SESSIONS_MAX),
                (caller, exec) -> executor.run(caller, exec));
    }

    @AfterEach
    void stop() throws IOException {
        front.close();
    }

    @Test
    void anExecIsAnsweredOnStdoutAsItIs() throws Exception {
        try (var client = connect(userKey)) {
            assertThat(client.run(":put \"a  b\"")).isEqualTo(new Reply("ran :put \"a  b\"\r\n", 0));
        }
    }

    @Test
    void aFailureHasStatusOne() throws Exception {
        executor = (_, _) -> new Answer.Say("failure: no\n", 1);
        try (var client = connect(userKey)) {
            assertThat(client.run("x")).isEqualTo(new Reply("failure: no\n", 1));
        }
    }

    @Test
    void anAnswerLargerThanTheWindowArrivesWhole() throws Exception {
        var large = "0123456789abcde\n".repeat(1 << 19);
        executor = (_, _) -> new Answer.Say(large, 0);
        try (var client = connect(userKey)) {
            assertThat(client.run("x").out()).isEqualTo(large);
        }
    }

    @Test
    void theOnlyHostKeyIsRsaOf2048Bits() throws Exception {
        try (var client = connect(userKey)) {
            assertThat(client.hostKeys()).hasSize(1).allSatisfy(key -> {
                assertThat(key).isEqualTo(hostKey.getPublic());
                assertThat(KeyUtils.getKeyType(key)).isEqualTo("ssh-rsa");
                assertThat(KeyUtils.getKeySize(key)).isEqualTo(2048);
            });
        }
    }

    @Test
    void keyFilesAreForTheOwnerAloneAndStayTheSame() throws Exception {
        for (var name : new String[] {"host_key", "user_key"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyDirectory.resolve(name))))
                    .isEqualTo("rw-------");
        }
        assertThat(KeyFiles.rsa(keyDirectory.resolve("host_key")).getPublic()).isEqualTo(hostKey.getPublic());
    }

    @ParameterizedTest
    @CsvSource({"ssh-rsa, 2048", "ssh-ed25519, 256"})
    void aKeyAddedGetsIn(String type, int bits) throws Exception {
        var another = KeyUtils.generateKeyPair(type, bits);
        assertThatThrownBy(() -> connect(another)).isInstanceOf(IOException.class);
        keys.add(another.getPublic());
        try (var client = connect(another)) {
            assertThat(client.run("x").status()).isZero();
        }
    }

    @Test
    void anEcdsaKeyIsRefusedEvenIfItIsListed() throws Exception {
        var ecdsa = KeyUtils.generateKeyPair("ecdsa-sha2-nistp256", 256);
        keys.add(ecdsa.getPublic());
        assertThatThrownBy(() -> connect(ecdsa)).isInstanceOf(IOException.class);
    }

    @Test
    void anotherUserIsRefused() {
        assertThatThrownBy(() -> new Client(front.address(), "admin", userKey).close())
                .isInstanceOf(IOException.class);
    }

    @Test
    void aPasswordIsRefused() throws Exception {
        try (var client = SshClient.setUpDefaultClient()) {
            client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
            client.start();
            var session = client.connect("rds", front.address())
                    .verify(Client.PATIENCE)
                    .getSession();
            session.addPasswordIdentity("secret");
            assertThatThrownBy(() -> session.auth().verify(Client.PATIENCE)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aShellIsRefused() throws Exception {
        try (var client = connect(userKey)) {
            CoreModuleProperties.REQUEST_SHELL_REPLY.set(client.session(), true);
            refused(client.session().createShellChannel());
        }
    }

    @Test
    void aSubsystemIsRefused() throws Exception {
        try (var client = connect(userKey)) {
            refused(client.session().createSubsystemChannel("sftp"));
        }
    }

    @Test
    void forwardingIsRefused() throws Exception {
        try (var client = connect(userKey)) {
            var session = client.session();
            var here = new SshdSocketAddress("127.0.0.1", 0);
            var there = new SshdSocketAddress("127.0.0.1", front.address().getPort());
            assertThatThrownBy(() ->
                            session.createDirectTcpipChannel(here, there).open().verify(Client.PATIENCE))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> session.startRemotePortForwarding(here, there))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void keepaliveIsRefusedAndTheConnectionLives() throws Exception {
        try (var client = connect(userKey)) {
            assertThat(client.keepAlive()).isNull();
            assertThat(client.run("x").status()).isZero();
        }
    }

    @Test
    void sessionsBeyondTheMostHangAndTheOthersGoOn() throws Exception {
        var all = new CountDownLatch(SESSIONS_MAX);
        var go = new CountDownLatch(1);
        executor = (_, exec) -> {
            all.countDown();
            go.await();
            return new Answer.Say(exec, 0);
        };
        try (var client = connect(userKey)) {
            var running = new ArrayList<ClientChannel>();
            for (int i = 0; i < SESSIONS_MAX; i++) running.add(client.begin("one"));
            assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
            var beyond = client.begin("beyond");
            go.countDown();
            for (var channel : running) assertThat(ended(channel)).isTrue();
            // One that came later is answered: the silence of the one beyond is for good.
            assertThat(client.run("later").out()).isEqualTo("later");
            assertThat(beyond.isOpen()).isTrue();
            assertThat(beyond.getExitStatus()).isNull();
        }
    }

    @Test
    void connectionsDoNotShareTheirPlaces() throws Exception {
        var release = new CountDownLatch(1);
        executor = (_, exec) -> {
            if (exec.equals("wait")) release.await();
            return new Answer.Say(exec, 0);
        };
        try (var full = connect(userKey);
                var other = connect(userKey)) {
            for (int i = 0; i < SESSIONS_MAX; i++) full.begin("wait");
            assertThat(other.run("quick").out()).isEqualTo("quick");
            release.countDown();
        }
    }

    @Test
    void aPlaceIsFreeAgainWhenTheAnswerIsThere() throws Exception {
        try (var client = connect(userKey)) {
            for (int i = 0; i < 20 * SESSIONS_MAX; i++)
                assertThat(client.run("x").status()).isZero();
        }
    }

    @Test
    void hangingUpEndsTheConnectionWithoutAStatus() throws Exception {
        executor = (_, _) -> new Answer.HangUp();
        try (var client = connect(userKey)) {
            assertThat(client.run("x")).isEqualTo(new Reply("", -1));
            assertThat(client.session().isOpen()).isFalse();
        }
    }

    @Test
    void whatAClientBeganGoesOnWhenTheClientIsGone() throws Exception {
        var begun = new CountDownLatch(1);
        var gone = new CountDownLatch(1);
        var done = new CountDownLatch(1);
        executor = (_, exec) -> {
            begun.countDown();
            gone.await();
            done.countDown();
            return new Answer.Say(exec, 0);
        };
        try (var client = connect(userKey)) {
            client.begin("x");
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        }
        gone.countDown();
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private Client connect(KeyPair key) throws IOException {
        return new Client(front.address(), "rds", key);
    }

    private static void refused(ClientChannel channel) throws IOException {
        try (channel) {
            channel.setOut(new ByteArrayOutputStream());
            channel.setErr(new ByteArrayOutputStream());
            channel.open().verify(Client.PATIENCE);
            // The client gives a channel up when its request is refused; one that was let in would wait for input.
            assertThat(ended(channel)).isTrue();
            assertThat(channel.getExitStatus()).isNull();
        }
    }

    private static boolean ended(ClientChannel channel) {
        return !channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), Client.PATIENCE)
                .contains(ClientChannelEvent.TIMEOUT);
    }
}
