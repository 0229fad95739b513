package io.srvlab.rdscsi.simulator.ssh;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;

/** The SSH service: one host key, one user, public keys only, any number of connections. */
public final class SshFront implements AutoCloseable {
    /** How many connections a user may have, as {@code /ip/service} shows it; further ones are refused. */
    public static final int CONNECTIONS_MAX = 20;

    private static final AttributeKey<Places> PLACES = new AttributeKey<>();

    // No ECDSA: an appliance refuses such a user key. SHA-1 signatures are not missed by any client of today.
    private static final List<NamedFactory<Signature>> SIGNATURES =
            List.of(BuiltinSignatures.ed25519, BuiltinSignatures.rsaSHA512, BuiltinSignatures.rsaSHA256);

    /**
     * Who gets in, and how.
     *
     * @param users whether one may log in
     * @param sessionsMax how many execs one connection may have at a time; those beyond hang
     */
    public record Access(KeyPair hostKey, Predicate<String> users, AuthorizedKeys keys, int sessionsMax) {}

    private final SshServer server;

    private final ExecutorService threads;

    private SshFront(SshServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /** Listens from now on; port 0 takes any. */
    public static SshFront start(InetSocketAddress listen, Access access, Executor executor) throws IOException {
        var server = SshServer.setUpDefaultServer();
        server.setHost(listen.getAddress().getHostAddress());
        server.setPort(listen.getPort());
        server.setKeyPairProvider(KeyPairProvider.wrap(access.hostKey()));
        server.setSignatureFactories(SIGNATURES);
        server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        server.setPublickeyAuthenticator(
                (user, key, _) -> access.users().test(user) && access.keys().accepts(key));
        server.setChannelFactories(List.of(ExecChannel.factory()));
        // None: keepalive@openssh.com is refused like every other global request.
        server.setGlobalRequestHandlers(List.of());
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setCommandFactory((channel, exec) ->
                new ExecCommand(exec, executor, threads, places(channel.getSession(), access.sessionsMax())));
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        CoreModuleProperties.MAX_CONCURRENT_SESSIONS.set(server, CONNECTIONS_MAX);
        var front = new SshFront(server, threads);
        try {
            server.start();
        } catch (IOException e) {
            front.close();
            throw e;
        }
        return front;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(server.getHost(), server.getPort());
    }

    /** Stops listening and cuts every connection off. When it returns, nothing runs any more. */
    @Override
    public void close() throws IOException {
        server.stop(true);
        threads.shutdownNow();
        threads.close();
    }

    private static Places places(Session session, int most) {
        return session.computeAttributeIfAbsent(PLACES, _ -> Places.of(most));
    }
}
