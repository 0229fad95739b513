package io.srvlab.rdscsi.routeros;

import java.io.IOException;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import jdk.net.ExtendedSocketOptions;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/**
 * The SSH library, set up for one appliance: it reads no files of its own (no known_hosts, no config, no keys), knows no
 * agent and no password, and offers a short list of sound algorithms.
 */
final class SshClients {
    /** Not an attribute of the session: closing clears those, and why a login failed is asked afterwards. */
    private static final Map<ClientSession, String> PRESENTED = Collections.synchronizedMap(new WeakHashMap<>());

    private SshClients() {}

    static SshClient start(String pinned) {
        var client = ClientBuilder.builder()
                .keyExchangeFactories(NamedFactory.setUpTransformedFactories(
                        true,
                        List.of(
                                BuiltinDHFactories.curve25519,
                                BuiltinDHFactories.curve25519_libssh,
                                BuiltinDHFactories.ecdhp256,
                                BuiltinDHFactories.dhg16_512,
                                BuiltinDHFactories.dhg14_256),
                        ClientBuilder.DH2KEX))
                // RouterOS has an RSA host key unless told otherwise; without SHA-1.
                .signatureFactories(
                        List.of(BuiltinSignatures.ed25519, BuiltinSignatures.rsaSHA512, BuiltinSignatures.rsaSHA256))
                .cipherFactories(List.of(
                        BuiltinCiphers.aes128gcm,
                        BuiltinCiphers.aes256gcm,
                        BuiltinCiphers.aes128ctr,
                        BuiltinCiphers.aes256ctr,
                        BuiltinCiphers.cc20p1305_openssh))
                .macFactories(List.of(
                        BuiltinMacs.hmacsha256,
                        BuiltinMacs.hmacsha512,
                        BuiltinMacs.hmacsha256etm,
                        BuiltinMacs.hmacsha512etm))
                .compressionFactories(List.of(BuiltinCompressions.none))
                .serverKeyVerifier((session, _, key) -> isPinned(session, key, pinned))
                .hostConfigEntryResolver(HostConfigEntryResolver.EMPTY)
                .filePasswordProvider(FilePasswordProvider.EMPTY)
                .build();
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        CoreModuleProperties.SOCKET_KEEPALIVE.set(client, true);
        // A refused exec is to be said at once.
        CoreModuleProperties.REQUEST_EXEC_REPLY.set(client, true);
        // RouterOS refuses keepalive@openssh.com; the kernel's probes do it (watch).
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, Duration.ZERO);
        // New keys in the middle would hold back a command that then goes out late.
        CoreModuleProperties.REKEY_TIME_LIMIT.set(client, Duration.ZERO);
        CoreModuleProperties.NIO_WORKERS.set(client, 2);
        client.start();
        return client;
    }

    /** The fingerprint of the host key that the other side showed; null before the handshake has come that far. */
    static @Nullable String presented(ClientSession session) {
        return PRESENTED.get(session);
    }

    /**
     * Has the kernel ask the peer's kernel whether it is still there once nothing has come for 15 s, three times in 15 s. So
     * what lies in between does not forget an idle connection, and one that is dead is lost, and made anew, half a minute
     * after its last sign of life. This costs the appliance no session and no command.
     */
    static void watch(Session session) throws IOException {
        if (session.getIoSession() instanceof Nio2Session connected) {
            var socket = connected.getSocket();
            if (!socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) return;
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 15);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 5);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
        }
    }

    /**
     * Acknowledges what comes next without delay. A server that holds back small packets until the one before is
     * acknowledged costs 40 ms on each script otherwise: the kernel forgets this setting, so it is made each time.
     */
    static void acknowledgeAtOnce(Session session) throws IOException {
        if (session.getIoSession() instanceof Nio2Session connected) {
            var socket = connected.getSocket();
            if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK)) {
                socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
            }
        }
    }

    private static boolean isPinned(ClientSession session, PublicKey key, String pinned) {
        var fingerprint = KeyUtils.getFingerPrint(BuiltinDigests.sha256, key);
        PRESENTED.put(session, fingerprint);
        return fingerprint.equals(pinned);
    }
}
