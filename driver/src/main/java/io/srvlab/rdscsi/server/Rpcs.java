package io.srvlab.rdscsi.server;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.srvlab.rdscsi.volume.Failed;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every RPC has: a deadline ({@link Context#getDeadline}), a problem's code in place of an exception, and one line in
 * the log: request without secrets, code, milliseconds. The listener hears code and time too.
 */
final class Rpcs implements ServerInterceptor {
    private static final Logger log = LoggerFactory.getLogger("rpc");
    private static final Deadline.Ticker CLOCK = Deadline.getSystemTicker();
    private static final long WITHOUT_DEADLINE_SECONDS = 60;

    private final ScheduledExecutorService timer;
    private final RpcListener listener;

    /** @param timer ends contexts at their deadline; belongs to the caller */
    Rpcs(ScheduledExecutorService timer, RpcListener listener) {
        this.timer = timer;
        this.listener = listener;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var logged = new LoggedCall<>(call, listener);
        var context = Context.current().withDeadline(deadline(Context.current().getDeadline()), timer);
        var inner = Contexts.interceptCall(context, logged, headers, next);
        return new SimpleForwardingServerCallListener<>(inner) {
            @Override
            public void onMessage(Q request) {
                logged.request.set(request);
                super.onMessage(request);
            }

            @Override
            public void onHalfClose() {
                try {
                    super.onHalfClose();
                } catch (Failed e) {
                    logged.close(Statuses.of(e.problem()), new Metadata());
                } catch (RuntimeException e) {
                    // A mistake of ours: the call ends, and nothing else does.
                    log.error("{} failed on a mistake of the driver", logged.name(), e);
                    logged.close(
                            Status.INTERNAL.withDescription("a mistake of the driver, see its log: " + e),
                            new Metadata());
                } finally {
                    context.close();
                }
            }
        };
    }

    /** A little before the caller's, so that the caller hears what happened instead of nothing. */
    static Deadline deadline(@Nullable Deadline callers) {
        if (callers == null) return Deadline.after(WITHOUT_DEADLINE_SECONDS, SECONDS, CLOCK);
        long left = callers.timeRemaining(NANOSECONDS);
        long margin = Math.min(MILLISECONDS.toNanos(500), left / 10);
        return Deadline.after(Math.max(0, left - margin), NANOSECONDS, CLOCK);
    }

    /** Keeps what the log line needs. */
    private static final class LoggedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final long began = System.nanoTime();
        private final AtomicReference<Q> request = new AtomicReference<>();
        private final RpcListener listener;

        LoggedCall(ServerCall<Q, A> call, RpcListener listener) {
            super(call);
            this.listener = listener;
        }

        String name() {
            return String.valueOf(getMethodDescriptor().getBareMethodName());
        }

        @Override
        public void close(Status status, Metadata trailers) {
            var took = Duration.ofNanos(System.nanoTime() - began);
            long milliseconds = took.toMillis();
            var asked = RequestText.of(request.get());
            if (status.isOk()) {
                log.info("{} {} OK {} ms", name(), asked, milliseconds);
            } else {
                log.warn("{} {} {} {} ms: {}", name(), asked, status.getCode(), milliseconds, status.getDescription());
            }
            listener.ended(name(), status.getCode(), took);
            super.close(status, trailers);
        }
    }
}
