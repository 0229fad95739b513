package io.srvlab.rdscsi.metrics;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.volume.Failed;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the appliance's volumes and pool again and again, so that no scrape has to. A reading that fails takes the last
 * one's figures away: they are absent until the next whole reading, never zero and never old.
 */
public final class InventoryPoller implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(InventoryPoller.class);

    private final Thread thread;

    private InventoryPoller(Thread thread) {
        this.thread = thread;
    }

    /**
     * How often to read, and how long to wait for an answer.
     *
     * @param every pause between the end of a reading and the next one
     * @param patience deadline of one reading
     */
    public record Rhythm(Duration every, Duration patience) {
        /** One listing a minute is little to an appliance, and as fresh as most scrapes are frequent. */
        public static final Rhythm USUAL = new Rhythm(Duration.ofMinutes(1), Duration.ofSeconds(20));
    }

    /** Reads from now on until closed. */
    public static InventoryPoller start(
            Appliance appliance, ClusterId cluster, BasePath base, Rhythm rhythm, Metrics.Controller metrics) {
        return new InventoryPoller(Thread.ofVirtual().name("inventory").start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                poll(appliance, cluster, base, rhythm.patience(), metrics);
                pause(rhythm.every());
            }
        }));
    }

    private static void poll(
            Appliance appliance, ClusterId cluster, BasePath base, Duration patience, Metrics.Controller metrics) {
        try {
            var deadline = Deadline.after(patience.toNanos(), NANOSECONDS);
            metrics.inventoryRead(Inventory.read(appliance, cluster, base, deadline));
        } catch (Failed e) {
            metrics.inventoryFailed();
            log.warn("no figures of volumes and pool: {}", e.getMessage());
        } catch (RuntimeException e) {
            metrics.inventoryFailed();
            log.error("no figures of volumes and pool, on a mistake of the driver", e);
        }
    }

    private static void pause(Duration length) {
        try {
            Thread.sleep(length);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops reading; one that is running is given up. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
