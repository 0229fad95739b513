package io.srvlab.rdscsi.node;

import io.grpc.Deadline;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.NodeProblem;
import io.srvlab.rdscsi.volume.VolumeId;
import io.srvlab.rdscsi.volume.VolumeLocks;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what may hang in the kernel: each operation on a platform thread that it has to itself, at most so many at once,
 * one at a time per volume. A call that the kernel does not answer is given up at the deadline but not forgotten: the
 * volume stays locked until its thread comes back, so that no later call races with it.
 */
final class Operations {
    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
    /** How long after its deadline an operation is waited for, so that it can say itself what kept it. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final String IDLE = "volume: none";
    /** Kubelet asks about its volumes one after the other: the next call finds the thread of the last one. */
    private static final long IDLE_SECONDS = 10;

    private final NodeName node;
    private final int most;
    private final Semaphore running;
    private final VolumeLocks locks = new VolumeLocks();
    // Neither bounded nor queued by itself: what `running` lets begin has its thread at once.
    private final ExecutorService threads = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name(IDLE).factory());

    Operations(NodeName node, int most) {
        this.node = node;
        this.most = most;
        this.running = new Semaphore(most);
    }

    /** Work that asks the kernel; what it refuses is turned into a problem that names the step. */
    interface Work<T> {
        T on(Operation operation) throws IOException;
    }

    /** Work without an answer of its own. */
    interface Deed {
        void on(Operation operation) throws IOException;
    }

    void perform(VolumeId volume, Deadline deadline, Deed deed) {
        var _ = ask(volume, deadline, operation -> {
            deed.on(operation);
            return true;
        });
    }

    <T> T ask(VolumeId volume, Deadline deadline, Work<T> work) {
        var operation = new Operation(node, volume, deadline);
        var result = new CompletableFuture<T>();
        var hold = locks.hold(volume, deadline);
        if (!begins(operation)) {
            hold.close();
            throw new Failed(new NodeProblem.TooManyStuck(volume, node, most));
        }
        try {
            threads.execute(() -> {
                Thread.currentThread().setName("volume " + volume); // for whoever looks what a thread hangs in
                try {
                    result.complete(work.on(operation));
                } catch (IOException e) {
                    result.completeExceptionally(operation.refused(e));
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                } finally {
                    running.release();
                    hold.close();
                    Thread.currentThread().setName(IDLE);
                }
            });
        } catch (OutOfMemoryError e) { // the system has no thread for it
            running.release();
            hold.close();
            throw e;
        }
        return await(result, operation);
    }

    private boolean begins(Operation operation) {
        try {
            return running.tryAcquire(operation.left().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static <T> T await(CompletableFuture<T> result, Operation operation) {
        try {
            return result.get(operation.left().toNanos() + GRACE_NANOS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Failed failed -> throw failed;
                case RuntimeException unforeseen -> throw unforeseen;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (TimeoutException e) {
            LOG.warn("volume={} left alone while {}: the kernel does not answer", operation.volume(), operation.step());
            throw operation.outOfTime();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw operation.outOfTime();
        }
    }
}
