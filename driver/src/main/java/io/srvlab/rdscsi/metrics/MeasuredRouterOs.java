package io.srvlab.rdscsi.metrics;

import io.grpc.Deadline;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.routeros.RouterOs;
import io.srvlab.rdscsi.routeros.Script;
import java.time.Duration;

/** A way in whose scripts are counted and timed, from the call to the reply: the wait for a session is part of it. */
public final class MeasuredRouterOs implements RouterOs {
    private final RouterOs inner;
    private final Metrics.Controller metrics;

    /** @param inner is closed with this one */
    public MeasuredRouterOs(RouterOs inner, Metrics.Controller metrics) {
        this.inner = inner;
        this.metrics = metrics;
    }

    @Override
    public Reply run(Script script, Deadline deadline) {
        long began = System.nanoTime();
        metrics.scriptBegan();
        try {
            var reply = inner.run(script, deadline);
            metrics.scriptReplied(reply, Duration.ofNanos(System.nanoTime() - began));
            return reply;
        } finally {
            metrics.scriptEnded();
        }
    }

    @Override
    public RouterOs fencing() {
        return new MeasuredRouterOs(inner.fencing(), metrics);
    }

    @Override
    public void close() {
        inner.close();
    }
}
