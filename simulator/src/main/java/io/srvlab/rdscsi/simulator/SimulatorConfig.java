package io.srvlab.rdscsi.simulator;

import io.srvlab.rdscsi.simulator.device.PoolFilesystem;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What to simulate, and where.
 *
 * @param listen where SSH listens; port 0 takes any
 * @param state the directory in which everything is kept, made if it is not there; its path has no spaces
 * @param latency how long answers take
 * @param pool what the pool is formatted with
 * @param poolBytes the pool's size; nothing is really allocated
 * @param preVolumes how many disks of 1 MiB a new appliance has already, for listings at scale; an old one is left as it is
 * @param version of RouterOS, as {@code /system/resource} shows it
 * @param sessionsMax how many execs one connection may have at a time; those beyond hang
 * @param wholeLines whether a command line takes effect as one step; if not, other sessions' commands may come between its
 *     {@code find} and its {@code set}. Which of the two an appliance does is not known
 * @param behaviour how it differs, from its start on
 * @param nvme who serves all disks over NVMe/TCP; null: nobody
 */
public record SimulatorConfig(
        InetSocketAddress listen,
        Path state,
        Latency latency,
        PoolFilesystem pool,
        long poolBytes,
        int preVolumes,
        String version,
        int sessionsMax,
        boolean wholeLines,
        Behaviour behaviour,
        @Nullable Nvme nvme) {

    public SimulatorConfig {
        state = state.toAbsolutePath().normalize();
        if (listen.isUnresolved()) throw new IllegalArgumentException("unknown host: " + listen.getHostString());
        if (state.toString().chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException("the state directory's path has a space in it: " + state);
        }
        if (nvme != null && nvme.address().isUnresolved()) {
            throw new IllegalArgumentException("unknown host: " + nvme.address().getHostString());
        }
        if (poolBytes <= 0) throw new IllegalArgumentException("a pool has a size: " + poolBytes);
        if (preVolumes < 0) throw new IllegalArgumentException("not a number of volumes: " + preVolumes);
        if (sessionsMax < 1) throw new IllegalArgumentException("at least one session is needed: " + sessionsMax);
    }

    /** Any port of the loopback, no latency, an empty btrfs pool of 1 TiB, RouterOS 7.21.2, 18 sessions (19 hung a real one), whole lines, no data path. */
    public static SimulatorConfig in(Path state) {
        return new SimulatorConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                state,
                Latency.NONE,
                PoolFilesystem.BTRFS,
                1L << 40,
                0,
                "7.21.2 (stable)",
                18,
                true,
                Behaviour.STANDARD,
                null);
    }

    public SimulatorConfig withListen(InetSocketAddress listen) {
        return new SimulatorConfig(
                listen, state, latency, pool, poolBytes, preVolumes, version, sessionsMax, wholeLines, behaviour, nvme);
    }

    /** The same time for each command line. */
    public SimulatorConfig withLatency(Duration line) {
        return withLatency(Latency.flat(line));
    }

    public SimulatorConfig withLatency(Latency latency) {
        return new SimulatorConfig(
                listen, state, latency, pool, poolBytes, preVolumes, version, sessionsMax, wholeLines, behaviour, nvme);
    }

    public SimulatorConfig withPool(PoolFilesystem pool, long poolBytes) {
        return new SimulatorConfig(
                listen, state, latency, pool, poolBytes, preVolumes, version, sessionsMax, wholeLines, behaviour, nvme);
    }

    public SimulatorConfig withPreVolumes(int preVolumes) {
        return new SimulatorConfig(
                listen, state, latency, pool, poolBytes, preVolumes, version, sessionsMax, wholeLines, behaviour, nvme);
    }

    public SimulatorConfig withVersion(String version) {
        return new SimulatorConfig(
                listen, state, latency, pool, poolBytes, preVolumes, version, sessionsMax, wholeLines, behaviour, nvme);
    }

    public SimulatorConfig withSessionsMax(int sessionsMax) {
        return new SimulatorConfig(
                listen, state, latency, pool, poolBytes, preVolumes, version, sessionsMax, wholeLines, behaviour, nvme);
    }

    public SimulatorConfig withWholeLines(boolean wholeLines) {
        return new SimulatorConfig(
                listen, state, latency, pool, poolBytes, preVolumes, version, sessionsMax, wholeLines, behaviour, nvme);
    }

    public SimulatorConfig withBehaviour(Behaviour behaviour) {
        return new SimulatorConfig(
                listen, state, latency, pool, poolBytes, preVolumes, version, sessionsMax, wholeLines, behaviour, nvme);
    }

    /** With NVMe/TCP in user space; port 0 takes any. */
    public SimulatorConfig withNvme(InetSocketAddress address) {
        return withNvme(new Nvme.UserSpace(address));
    }

    public SimulatorConfig withNvme(Nvme nvme) {
        return new SimulatorConfig(
                listen, state, latency, pool, poolBytes, preVolumes, version, sessionsMax, wholeLines, behaviour, nvme);
    }
}
