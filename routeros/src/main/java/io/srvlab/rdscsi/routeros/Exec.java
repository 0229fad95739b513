package io.srvlab.rdscsi.routeros;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.common.SshException;
import org.jspecify.annotations.Nullable;

/**
 * One command line on its way: a channel that sends it at most once, and never when the time for that is over. The
 * library sends it from its own thread when the server has confirmed the channel, however late that is; so whoever gives
 * up waiting must {@link #forbid} it, and one of the two comes first.
 */
final class Exec extends ChannelExec {
    /** Far beyond any listing: what is longer is not an answer. */
    private static final int ANSWER_MAX = 64 * 1024 * 1024;

    private enum Sending {
        WAITING,
        SENT,
        FORBIDDEN
    }

    private final Patience patience;
    private final AtomicReference<Sending> sending = new AtomicReference<>(Sending.WAITING);
    private final AtomicInteger room = new AtomicInteger(ANSWER_MAX);
    private final Collected stdout = new Collected();
    private final Collected stderr = new Collected();

    /** Down when the line was sent, or never will be. */
    final CountDownLatch decided = new CountDownLatch(1);
    /** Down when nothing more will be printed. */
    final CountDownLatch ended = new CountDownLatch(1);
    /** Down when the channel is closed at both ends, or lost. */
    final CountDownLatch closed = new CountDownLatch(1);

    private volatile boolean refused;

    /** A line that is sent only while {@code patience} lasts. */
    Exec(String line, Patience patience) {
        super(line, StandardCharsets.US_ASCII, null, null);
        this.patience = patience;
        setOut(stdout);
        setErr(stderr);
        addCloseFutureListener(_ -> {
            decided.countDown();
            ended.countDown();
            closed.countDown();
        });
    }

    /** Makes sure that the line is not sent from now on. False: it has been sent. */
    boolean forbid() {
        return sending.compareAndSet(Sending.WAITING, Sending.FORBIDDEN) || sending.get() == Sending.FORBIDDEN;
    }

    /** Called by the library once the server has confirmed the channel. */
    @Override
    protected void doOpen() throws IOException {
        try {
            if (patience.over() || !sending.compareAndSet(Sending.WAITING, Sending.SENT)) {
                throw new SshException("nobody waits for this any more");
            }
            super.doOpen();
            SshClients.acknowledgeAtOnce(getSession());
        } finally {
            decided.countDown();
        }
    }

    /** The server does not run commands for this user: said at once, rather than at the deadline. */
    @Override
    public void handleFailure() {
        refused = true;
        ended.countDown();
        close(false);
    }

    @Override
    public void handleEof() throws IOException {
        super.handleEof();
        ended.countDown();
    }

    /** Why the server opened no channel, in its own words; null if it did not say that. */
    @Nullable
    String refusal() {
        return openFailureMsg;
    }

    /** Whether the server refused to run any command. */
    boolean refused() {
        return refused;
    }

    /** Whether the other side said that this was all: a connection that breaks says nothing. */
    boolean orderly() {
        return isEofSignalled() || getExitStatus() != null;
    }

    boolean tooLong() {
        return room.get() < 0;
    }

    String printed() {
        return stdout.text();
    }

    String complained() {
        return stderr.text();
    }

    /** What came on one stream, up to what there is room for: an exception here would end the whole connection. */
    private final class Collected extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            if (room.addAndGet(-length) < 0) {
                ended.countDown();
            } else {
                bytes.write(from, offset, length);
            }
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
