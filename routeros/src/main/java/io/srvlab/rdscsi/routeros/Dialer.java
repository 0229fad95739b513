package io.srvlab.rdscsi.routeros;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.jspecify.annotations.Nullable;

/** Makes connections: reaches the appliance, makes sure that it is the one, and logs in. Each step ends at the deadline. */
final class Dialer {
    /** A handshake takes half a second; an appliance that needs this long is asked anew rather than waited for. */
    private static final Duration ATTEMPT_MAX = Duration.ofSeconds(15);

    private final SshConfig config;
    private final ReentrantLock starting = new ReentrantLock();
    private @Nullable SshClient started;
    private boolean closed;

    Dialer(SshConfig config) {
        this.config = config;
    }

    Connection dial(Patience patience) throws NotSent, InterruptedException {
        // Before anything is sent: without a key there is nothing to say to the appliance.
        var identity = Identity.read(config.identity());
        var session = reach(client(), Host.resolve(config.host(), patience), patience);
        try {
            SshClients.watch(session);
            login(session, identity, patience);
        } catch (IOException e) {
            // It may be gone because another key was shown than the pinned one.
            var why = notLoggedIn(session, e);
            session.close(true);
            throw why;
        } catch (NotSent | InterruptedException | RuntimeException e) {
            session.close(true);
            throw e;
        }
        return new Connection(session);
    }

    void close() {
        starting.lock();
        try {
            closed = true;
            if (started != null) started.close(true);
        } finally {
            starting.unlock();
        }
    }

    private SshClient client() throws NotSent {
        starting.lock();
        try {
            if (closed) throw new NotSent("this way in was closed");
            if (started == null) started = SshClients.start(config.hostKey());
            return started;
        } finally {
            starting.unlock();
        }
    }

    private ClientSession reach(SshClient client, InetAddress address, Patience patience)
            throws NotSent, InterruptedException {
        ConnectFuture connecting;
        try {
            // By the address as digits, so that the library has nothing to resolve.
            connecting = client.connect(config.user(), address.getHostAddress(), config.port());
        } catch (IOException | IllegalStateException e) {
            throw new NotSent("no connection could be begun: " + said(e), e);
        }
        var finished = new CountDownLatch(1);
        connecting.addListener(_ -> finished.countDown());
        boolean came = false;
        try {
            came = Patience.await(finished, patience.left(ATTEMPT_MAX));
        } finally {
            if (!came) abandon(connecting);
        }
        if (!came) {
            throw new NotSent("no answer to a TCP connect within %s: check the address, the network and the firewall"
                    .formatted(patience.spent()));
        }
        if (!connecting.isConnected()) throw new NotSent(unreachable(connecting.getException()));
        return connecting.getSession();
    }

    /** A connection that comes about after all is closed unused. */
    private static void abandon(ConnectFuture connecting) {
        connecting.addListener(late -> {
            if (late.isConnected()) late.getSession().close(true);
        });
        connecting.cancel();
    }

    private void login(ClientSession session, KeyPair identity, Patience patience)
            throws NotSent, InterruptedException {
        session.addPublicKeyIdentity(identity);
        var finished = new CountDownLatch(1);
        var failure = new AtomicReference<@Nullable Throwable>();
        try {
            session.auth().addListener(authenticated -> {
                failure.set(authenticated.getException());
                finished.countDown();
            });
        } catch (IOException e) {
            throw notLoggedIn(session, e);
        }
        if (!Patience.await(finished, patience.left(ATTEMPT_MAX))) {
            throw new NotSent(
                    SshClients.presented(session) == null
                            ? "TCP connected, but no SSH handshake came about within %s: is this the port of /ip/service ssh?"
                                    .formatted(patience.spent())
                            : "the login was not answered within " + patience.spent());
        }
        if (failure.get() != null || !session.isAuthenticated()) throw notLoggedIn(session, failure.get());
    }

    private NotSent notLoggedIn(ClientSession session, @Nullable Throwable cause) {
        var why = whyNotLoggedIn(session, cause);
        return cause == null ? new NotSent(why) : new NotSent(why, cause);
    }

    private String whyNotLoggedIn(ClientSession session, @Nullable Throwable cause) {
        var presented = SshClients.presented(session);
        if (presented == null) {
            return "the SSH handshake failed (%s): is this the port of /ip/service ssh, and a RouterOS of 7.21 or later?"
                    .formatted(said(cause));
        }
        if (!presented.equals(config.hostKey())) {
            return "the appliance's host key is %s, but %s is pinned: if its key was changed on purpose (reset, replaced, /ip/ssh/regenerate-host-key), pin the new one, else somebody stands in between"
                    .formatted(presented, config.hostKey());
        }
        if (cause instanceof SshException refused
                && refused.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE) {
            return "the appliance refused the key in %s for user %s: put its public half there as a file, then /user/ssh-keys/import user=%s public-key-file=…; the user's group needs the policy ssh"
                    .formatted(config.identity(), config.user(), config.user());
        }
        return "the connection was lost during login: " + said(cause);
    }

    private static String unreachable(@Nullable Throwable cause) {
        for (var e = cause; e != null; e = e.getCause()) {
            if (e instanceof NoRouteToHostException || e instanceof UnknownHostException) {
                return "there is no route to it: check the address and the network";
            }
        }
        return "TCP connect failed (%s): check the address, and that /ip/service has ssh enabled on this port and for our address"
                .formatted(said(cause));
    }

    private static String said(@Nullable Throwable cause) {
        if (cause == null) return "no reason given";
        var message = cause.getMessage();
        return ForeignText.bounded(message == null ? cause.getClass().getSimpleName() : message);
    }
}
