package io.srvlab.rdscsi.simulator.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One exec, on a virtual thread of its own. One that finds its connection's places taken hangs, as devices do. */
final class ExecCommand implements Command {
    private static final Logger log = LoggerFactory.getLogger(ExecCommand.class);

    private final String exec;
    private final Executor executor;
    private final ExecutorService threads;
    private final Places places;
    private final AtomicBoolean hasPlace = new AtomicBoolean();
    private @Nullable OutputStream out;
    private @Nullable ExitCallback exit;

    /**
     * Not started.
     *
     * @param places what this connection may have at a time
     */
    ExecCommand(String exec, Executor executor, ExecutorService threads, Places places) {
        this.exec = exec;
        this.executor = executor;
        this.threads = threads;
        this.places = places;
    }

    @Override
    public void start(ChannelSession channel, Environment env) {
        if (!places.free().tryAcquire()) {
            log.info("too many sessions on one connection: this one hangs");
            return;
        }
        hasPlace.set(true);
        threads.execute(() -> run(channel));
    }

    /** The client's going does not stop what it began: a command may land later. */
    @Override
    public void destroy(ChannelSession channel) {
        leave();
    }

    private void run(ChannelSession channel) {
        try {
            switch (executor.run(caller(channel), exec)) {
                case Answer.Say(var text, int status) -> say(text, status);
                case Answer.HangUp() -> channel.getSession().close(true);
                case Answer.Silence() -> log.debug("left without an answer: {}", exec);
            }
        } catch (InterruptedException e) {
            log.debug("stopped with the service: {}", exec);
        } catch (IOException e) {
            log.debug("the client is gone: {}", exec, e);
        } catch (RuntimeException e) {
            // The model is at fault: no answer is better than a made-up one.
            log.error("failed on: {}", exec, e);
            channel.getSession().close(true);
        }
    }

    private Caller caller(ChannelSession channel) {
        return new Caller(channel.getSession().getUsername(), places.used().compareAndSet(false, true));
    }

    private void say(String text, int status) throws IOException {
        if (out == null || exit == null) throw new IllegalStateException("started without streams");
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
        // Before the client can see the end, else its next exec may find no place.
        leave();
        exit.onExit(status);
    }

    private void leave() {
        if (hasPlace.compareAndSet(true, false)) places.free().release();
    }

    @Override
    public void setOutputStream(OutputStream out) {
        this.out = out;
    }

    @Override
    public void setExitCallback(ExitCallback exit) {
        this.exit = exit;
    }

    @Override
    public void setInputStream(InputStream in) {
        // A command line reads nothing.
    }

    @Override
    public void setErrorStream(OutputStream err) {
        // Errors come on stdout.
    }
}
