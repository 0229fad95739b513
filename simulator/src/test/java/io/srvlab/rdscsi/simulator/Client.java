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
import org.apache.sshd.core.CoreModuleProperties;

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
        try (var channel = begin(exec, out)) {
            var seen = channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), PATIENCE);
            if (seen.contains(ClientChannelEvent.TIMEOUT)) throw new IOException("no end of: " + exec);
            var status = channel.getExitStatus();
            return new Reply(out.toString(StandardCharsets.UTF_8), status == null ? -1 : status);
        }
    }

    /** Sends it, and waits for nothing but the service's word that it begins. */
    public ChannelExec begin(String exec, ByteArrayOutputStream out) throws IOException {
        var channel = session.createExecChannel(exec);
        channel.setOut(out);
        channel.setErr(out);
        channel.open().verify(PATIENCE);
        return channel;
    }

    @Override
    public void close() {
        client.stop();
    }
}
