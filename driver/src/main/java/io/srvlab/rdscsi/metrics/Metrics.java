package io.srvlab.rdscsi.metrics;

import io.grpc.Status;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.srvlab.rdscsi.appliance.Pool;
import io.srvlab.rdscsi.fencing.DoorCheck;
import io.srvlab.rdscsi.fencing.Happening;
import io.srvlab.rdscsi.routeros.Reply;
import io.srvlab.rdscsi.volume.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All metrics: those of every process, and in {@link Controller} those of a controller. docs/reference/metrics.md lists
 * them. A counter has a 0 from the start for each label value that is known beforehand, so that its first step counts in a
 * rate; a gauge whose value is not known is absent.
 */
public class Metrics {
    /** Of {@link #text}. */
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    /** In seconds; 15 is the attacher's usual deadline, 60 that of a call without one. */
    private static final double[] LATENCIES = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60
    };

    private final PrometheusTextFormatWriter writer =
            PrometheusTextFormatWriter.builder().build();
    private final PrometheusRegistry registry;
    private final Histogram rpcs;

    /** @param version of this driver */
    public Metrics(String version) {
        this(version, new PrometheusRegistry());
    }

    Metrics(String version, PrometheusRegistry registry) {
        this.registry = registry;
        Info.builder()
                .name("rds_csi_build_info")
                .help("The version of the driver that runs.")
                .labelNames("version")
                .register(registry)
                .setLabelValues(version);
        rpcs = histogram("rds_csi_rpc_duration_seconds", "CSI calls, by method and gRPC code.", "method", "code");
        process();
    }

    private void process() {
        ifKnown(
                "process_start_time_seconds",
                "When the process began, in seconds since 1970.",
                () -> ProcessStatus.started().map(Metrics::seconds));
        CounterWithCallback.builder()
                .name("process_cpu_seconds_total")
                .help("CPU time of the process, user and system.")
                .callback(out -> ProcessStatus.cpu().ifPresent(cpu -> out.call(seconds(cpu))))
                .register(registry);
        ifKnown(
                "process_resident_memory_bytes",
                "Memory that the process holds (VmRSS).",
                () -> ProcessStatus.residentMemory().map(Long::doubleValue));
        ifKnown(
                "process_open_fds",
                "Open file descriptors.",
                () -> ProcessStatus.openFiles().map(Long::doubleValue));
        ifKnown(
                "process_threads",
                "Threads of the operating system; virtual threads are not among them.",
                () -> ProcessStatus.threads().map(Long::doubleValue));
        gauge(
                "jvm_memory_used_bytes",
                "The JVM's heap in use, garbage included.",
                out -> out.call((double) ProcessStatus.heap(), "heap"),
                "area");
    }

    /** A CSI call was answered. */
    public final void rpcEnded(String method, Status.Code code, Duration took) {
        rpcs.labelValues(method, code.name()).observe(seconds(took));
    }

    /** All metrics as they stand, in the format that {@link #CONTENT_TYPE} names. */
    final synchronized byte[] text() {
        beginScrape();
        var out = new ByteArrayOutputStream();
        try {
            writer.write(out, registry.scrape());
        } catch (IOException e) {
            throw new IllegalStateException("memory takes what is written to it", e);
        }
        return out.toByteArray();
    }

    /** Takes over what must be the same in all of one scrape. */
    void beginScrape() {}

    /** What a controller has beside: the appliance, the volumes on it, and what was done to them. */
    public static final class Controller extends Metrics {
        private static final String COMPLETED = "completed";
        private static final String FAILED = "failed";

        private final Histogram scripts;
        private final Gauge scriptsInFlight;
        private final Counter grants;
        private final Counter cuts;
        private final Counter takeovers;
        private final Counter conflicts;
        private final Counter drains;
        private final Counter migrationsStarted;
        private final Counter migrationsEnded;
        private final Counter doorChecks;
        private final Counter unenforced;

        private volatile @Nullable Instant lastAnswer;
        private volatile Reading reading = new Reading(Optional.empty(), Optional.empty());
        private Reading shown = reading;
        private volatile @Nullable BooleanSupplier lease;
        private volatile @Nullable Boolean fencingEnforced;
        private volatile Supplier<Map<String, Boolean>> fencingShown = Map::of;

        /** Whether the last reading succeeded, and the last one that did. */
        private record Reading(Optional<Boolean> up, Optional<Inventory> last) {
            Optional<Inventory> current() {
                return up.orElse(false) ? last : Optional.empty();
            }
        }

        /** @param version of this driver */
        public Controller(String version) {
            this(version, new PrometheusRegistry());
        }

        Controller(String version, PrometheusRegistry registry) {
            super(version, registry);
            scripts = histogram(
                    "rds_csi_appliance_script_duration_seconds",
                    "Scripts run on the appliance, by outcome; each is one round trip and the wait for a session.",
                    "outcome");
            for (var each : ScriptOutcome.values()) scripts.initLabelValues(label(each));
            scriptsInFlight = Gauge.builder()
                    .name("rds_csi_appliance_scripts_in_flight")
                    .help("Scripts that wait for a session or for their answer.")
                    .register(registry);
            grants = counter("rds_csi_grants_total", "Hosts let in to a volume, as read back.");
            cuts = counter("rds_csi_cuts_total", "Hosts cut from a volume, as read back, by reason.", "reason");
            for (var each : Happening.Reason.values()) cuts.initLabelValues(label(each));
            takeovers = counter("rds_csi_takeovers_total", "Volumes taken over from a node that is gone.");
            conflicts = counter(
                    "rds_csi_attachment_conflicts_total", "Publishes refused because another node holds the volume.");
            drains = counter("rds_csi_drains_total", "Drains of cut volumes, by what ended them.", "end");
            for (var each : Happening.How.values()) drains.initLabelValues(label(each));
            migrationsStarted = counter("rds_csi_migrations_started_total", "Live migrations begun.");
            migrationsEnded =
                    counter("rds_csi_migrations_ended_total", "Live migrations ended, by outcome.", "outcome");
            migrationsEnded.initLabelValues(COMPLETED);
            migrationsEnded.initLabelValues(FAILED);
            doorChecks = counter(
                    "rds_csi_door_checks_total", "Knocks at cut doors over NVMe/TCP, by what they showed.", "seen");
            for (var each : DoorCheck.Seen.values()) doorChecks.initLabelValues(label(each));
            unenforced = counter(
                    "rds_csi_unenforced_detaches_total",
                    "Detaches answered OK without having been shown (--fencing=advisory).");
            states();
            inventories();
        }

        private void states() {
            ifKnown(
                    "rds_csi_appliance_last_answer_timestamp_seconds",
                    "When the appliance last answered a script, be it with a refusal; absent before the first.",
                    () -> Optional.ofNullable(lastAnswer).map(Metrics::seconds));
            ifKnown(
                    "rds_csi_lease_held",
                    "1 while this replica holds the lease, 0 while it does not; absent without leader election.",
                    () -> Optional.ofNullable(lease)
                            .map(BooleanSupplier::getAsBoolean)
                            .map(Metrics::oneIf));
            ifKnown(
                    "rds_csi_fencing_enforced",
                    "1 if the appliance is made to keep other hosts out, 0 if only the books are kept.",
                    () -> Optional.ofNullable(fencingEnforced).map(Metrics::oneIf));
            gauge(
                    "rds_csi_fencing_shown",
                    "1 if a probe has shown this belief, on which fencing rests, on the RouterOS that runs; else 0.",
                    out -> fencingShown.get().forEach((belief, shown) -> out.call(oneIf(shown), belief)),
                    "belief");
        }

        private void inventories() {
            ifKnown(
                    "rds_csi_inventory_up",
                    "1 if the last reading of volumes and pool was answered whole, 0 if not; absent before the first.",
                    () -> shown.up().map(Metrics::oneIf));
            ifKnown(
                    "rds_csi_inventory_last_read_timestamp_seconds",
                    "When volumes and pool were last read whole; absent before the first time.",
                    () -> shown.last().map(Inventory::read).map(Metrics::seconds));
            gauge(
                    "rds_csi_volumes",
                    "Volumes by recorded state, as last read; absent if the last reading failed.",
                    out -> shown.current()
                            .ifPresent(now ->
                                    now.volumes().forEach((state, count) -> out.call((double) count, label(state)))),
                    "state");
            gauge(
                    "rds_csi_pool_size_bytes",
                    "Size of the pool, as last read; absent if the last reading failed.",
                    out -> pool(out, Pool::size),
                    "pool");
            gauge(
                    "rds_csi_pool_free_bytes",
                    "Free space of the pool, as last read; absent if the last reading failed.",
                    out -> pool(out, Pool::free),
                    "pool");
        }

        @Override
        void beginScrape() {
            shown = reading;
        }

        private void pool(GaugeWithCallback.Callback out, Function<Pool, Bytes> figure) {
            shown.current()
                    .ifPresent(now -> now.pool()
                            .ifPresent(
                                    pool -> out.call((double) figure.apply(pool).count(), now.mountPoint())));
        }

        void scriptBegan() {
            scriptsInFlight.inc();
        }

        void scriptEnded() {
            scriptsInFlight.dec();
        }

        /** A script came back with {@code reply}, after {@code took}. */
        void scriptReplied(Reply reply, Duration took) {
            var outcome = ScriptOutcome.of(reply);
            scripts.labelValues(label(outcome)).observe(seconds(took));
            if (outcome.answered()) lastAnswer = Instant.now();
        }

        /** The appliance was read whole. */
        void inventoryRead(Inventory inventory) {
            reading = new Reading(Optional.of(true), Optional.of(inventory));
        }

        /** The appliance could not be read whole: what it holds now is not known. */
        void inventoryFailed() {
            reading = new Reading(Optional.of(false), reading.last());
        }

        /** Counts what fencing did. */
        public void happened(Happening happening) {
            switch (happening) {
                case Happening.Attached _ -> grants.inc();
                case Happening.Cut(var _, var why) ->
                    cuts.labelValues(label(why)).inc();
                case Happening.TakenOver _ -> takeovers.inc();
                case Happening.Conflict _ -> conflicts.inc();
                case Happening.Drained(var _, var how) ->
                    drains.labelValues(label(how)).inc();
                case Happening.MigrationStarted _ -> migrationsStarted.inc();
                case Happening.MigrationCompleted _ ->
                    migrationsEnded.labelValues(COMPLETED).inc();
                case Happening.MigrationFailed _ ->
                    migrationsEnded.labelValues(FAILED).inc();
                case Happening.Checked(var _, var seen) ->
                    doorChecks.labelValues(label(seen)).inc();
                case Happening.NotEnforced _ -> unenforced.inc();
                case Happening.Detached _, Happening.OldRecord _ -> {}
            }
        }

        /** Shows from now on whether this replica holds the lease. */
        public void lease(BooleanSupplier held) {
            lease = held;
        }

        /** Whether the appliance keeps other hosts out ({@code --fencing=enforced}), or only books are kept. */
        public void fencingEnforced(boolean enforced) {
            fencingEnforced = enforced;
        }

        /** What fencing rests on by name, and whether a probe has shown it; asked at each scrape. */
        public void fencingShown(Supplier<Map<String, Boolean>> beliefs) {
            fencingShown = beliefs;
        }
    }

    final Histogram histogram(String name, String help, String... labels) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .classicOnly()
                .classicUpperBounds(LATENCIES)
                .withoutExemplars()
                .register(registry);
    }

    final Counter counter(String name, String help, String... labels) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    /** A gauge that is read when somebody scrapes, and has what {@code values} gives out then. */
    final void gauge(String name, String help, Consumer<GaugeWithCallback.Callback> values, String... labels) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .callback(values)
                .register(registry);
    }

    /** A gauge without labels, absent while {@code value} is not known. */
    final void ifKnown(String name, String help, Supplier<Optional<Double>> value) {
        gauge(name, help, out -> value.get().ifPresent(out::call));
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /** Since 1970. */
    private static double seconds(Instant instant) {
        return instant.toEpochMilli() / 1e3;
    }

    private static double oneIf(boolean condition) {
        return condition ? 1 : 0;
    }
}
