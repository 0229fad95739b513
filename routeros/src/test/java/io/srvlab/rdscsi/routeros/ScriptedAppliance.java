package io.srvlab.rdscsi.routeros;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/** An SSH server that does to each exec what a test says: for moments of the protocol that no real appliance can be made to show. */
final class ScriptedAppliance implements AutoCloseable {
    /** One exec as the server sees it. */
    record Asked(String line, OutputStream out, OutputStream err, ExitCallback exit, ChannelSession channel) {
        private static final Pattern MARK = Pattern.compile(":put \"(rds-csi-end-[0-9a-f]{16})\" }$");

        String mark() {
            var found = MARK.matcher(line);
            if (!found.find()) throw new IllegalStateException("no mark in " + line);
            return found.group(1);
        }

        void print(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        void complain(String text) throws IOException {
            err.write(text.getBytes(StandardCharsets.UTF_8));
            err.flush();
        }

        void done() throws IOException {
            print(mark() + "\r\n");
            exit.onExit(0);
        }

        /** The connection goes, without a word on the channel. */
        void breakConnection() {
            channel.getSession().close(true);
        }
    }

    interface Behaviour {
        void answer(Asked asked) throws Exception;
    }

    private static final AttributeKey<Boolean> LOGGED_IN = new AttributeKey<>();

    final List<String> received = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final Set<String> authorized = ConcurrentHashMap.newKeySet();
    final AtomicInteger logins = new AtomicInteger();
    final AtomicInteger running = new AtomicInteger();
    final AtomicInteger runningMost = new AtomicInteger();
    private final KeyPair hostKey;
    private volatile Behaviour behaviour;
    private @Nullable SshServer server;
    private int port;

    ScriptedAppliance(KeyPair hostKey, KeyPair user, Behaviour behaviour) throws IOException {
        this.hostKey = hostKey;
        this.behaviour = behaviour;
        authorize(user);
        start();
    }

    void authorize(KeyPair user) {
        authorized.add(Keys.fingerprint(user));
    }

    void behave(Behaviour next) {
        behaviour = next;
    }

    int port() {
        return port;
    }

    /** Comes back on the port it had. */
    void start() throws IOException {
        var fresh = SshServer.setUpDefaultServer();
        fresh.setHost("127.0.0.1");
        fresh.setPort(port);
        fresh.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        fresh.setPublickeyAuthenticator((_, key, session) -> {
            boolean known = authorized.contains(KeyUtils.getFingerPrint(BuiltinDigests.sha256, key));
            if (known && session.setAttribute(LOGGED_IN, true) == null) logins.incrementAndGet();
            return known;
        });
        fresh.setCommandFactory((channel, line) -> new Running(channel, line));
        fresh.start();
        port = fresh.getPort();
        server = fresh;
    }

    /** All connections go at once, as with the power. */
    void stop() throws IOException {
        var now = server;
        if (now != null) now.stop(true);
        server = null;
    }

    @Override
    public void close() throws IOException {
        stop();
    }

    private final class Running implements Command {
        private final ChannelSession channel;
        private final String line;
        private @Nullable OutputStream out;
        private @Nullable OutputStream err;
        private @Nullable ExitCallback exit;
        private final AtomicBoolean over = new AtomicBoolean();

        Running(ChannelSession channel, String line) {
            this.channel = channel;
            this.line = line;
        }

        @Override
        public void setInputStream(InputStream in) {}

        @Override
        public void setOutputStream(OutputStream out) {
            this.out = out;
        }

        @Override
        public void setErrorStream(OutputStream err) {
            this.err = err;
        }

        @Override
        public void setExitCallback(ExitCallback exit) {
            // Once the client has heard the status, its next line may come before this one is cleared away.
            this.exit = (status, message, closeImmediately) -> {
                end();
                exit.onExit(status, message, closeImmediately);
            };
        }

        private void end() {
            if (over.compareAndSet(false, true)) running.decrementAndGet();
        }

        @Override
        public void start(ChannelSession ignored, Environment environment) {
            received.add(line);
            var asked = new Asked(
                    line,
                    Objects.requireNonNull(out),
                    Objects.requireNonNull(err),
                    Objects.requireNonNull(exit),
                    channel);
            runningMost.accumulateAndGet(running.incrementAndGet(), Math::max);
            Thread.ofVirtual().start(() -> {
                try {
                    behaviour.answer(asked);
                } catch (Exception e) {
                    failures.add(e);
                }
            });
        }

        @Override
        public void destroy(ChannelSession ignored) {
            end();
        }
    }
}
