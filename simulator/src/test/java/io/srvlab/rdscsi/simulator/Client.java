package io.srvlab.rdscsi.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/** A real SSH client with one connection. Every wait has an end; a test that runs into it has failed. */
public final class Client implements AutoCloseable {
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    /** What came back; the status is -1 if none came. */
    public record Reply(String out, int status) {}

    private final SshClient client;
    private final ClientSession session;
    private final List<PublicKey> hostKeys = new ArrayList<>();

    public Client(InetSocketAddress address, String user, KeyPair key) throws IOException {
        client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier((_, _, hostKey) -> hostKeys.add(hostKey));
        // Else each exec waits for a delayed acknowledgement.
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        client.start();
        try {
            session = client.connect(user, address).verify(PATIENCE).getSession();
            session.addPublicKeyIdentity(key);
            session.auth().verify(PATIENCE);
        } catch (IOException e) {
            client.stop();
            throw e;
        }
    }

    public ClientSession session() {
        return session;
    }

    public List<PublicKey> hostKeys() {
        return hostKeys;
    }

    /** Waits until the channel is closed from the other side, or the connection is. */
    public Reply run(String exec) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var channel = open(exec, out)) {
            var seen = channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), PATIENCE);
            if (seen.contains(ClientChannelEvent.TIMEOUT)) throw new IOException("no end of: " + exec);
            var status = channel.getExitStatus();
            return new Reply(out.toString(StandardCharsets.UTF_8), status == null ? -1 : status);
        }
    }

    /** Sends it; when this returns, the service has it. */
    public ChannelExec begin(String exec) throws IOException {
        var channel = open(exec, new ByteArrayOutputStream());
        keepAlive();
        return channel;
    }

    private ChannelExec open(String exec, ByteArrayOutputStream out) throws IOException {
        var channel = session.createExecChannel(exec);
        channel.setOut(out);
        channel.setErr(out);
        channel.open().verify(PATIENCE);
        return channel;
    }

    /** What came back on the request that OpenSSH keeps connections alive with; null if it was refused. Answered after all that was sent before. */
    public @Nullable Buffer keepAlive() throws IOException {
        var request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
        request.putString("keepalive@openssh.com");
        request.putBoolean(true);
        return session.request("keepalive@openssh.com", request, PATIENCE);
    }

    @Override
    public void close() {
        client.stop();
    }
}
