package io.srvlab.rdscsi.simulator;

import io.srvlab.rdscsi.simulator.console.Console;
import io.srvlab.rdscsi.simulator.datapath.DataPath;
import io.srvlab.rdscsi.simulator.datapath.Gate;
import io.srvlab.rdscsi.simulator.device.Device;
import io.srvlab.rdscsi.simulator.device.Network;
import io.srvlab.rdscsi.simulator.device.Portal;
import io.srvlab.rdscsi.simulator.kernel.KernelTarget;
import io.srvlab.rdscsi.simulator.ssh.Answer;
import io.srvlab.rdscsi.simulator.ssh.AuthorizedKeys;
import io.srvlab.rdscsi.simulator.ssh.KeyFiles;
import io.srvlab.rdscsi.simulator.ssh.SshFront;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A ROSE Data Server to run against. It serves from {@link #start} until {@link #close}; what it was told outlives both,
 * and a kill, in the state directory. Its threads keep no process alive: whoever starts one waits.
 */
public final class Simulator implements AutoCloseable {
    private static final String USER = "rds-csi";

    private final SimulatorConfig config;
    private final FileChannel lock;
    private final CommandLog log;
    private final @Nullable Portal portal;
    private final Device device;
    private final Console console;
    private final Faults faults = new Faults();
    private final AuthorizedKeys keys;
    private final Path clientKey;
    private final String hostKeyFingerprint;
    private final SshFront ssh;

    private Simulator(SimulatorConfig config, FileChannel lock, @Nullable Portal portal) throws IOException {
        this.config = config;
        this.lock = lock;
        var state = config.state();
        this.portal = portal;
        device = new Device(
                state,
                new Device.Make(config.pool(), config.poolBytes(), config.preVolumes(), config.version()),
                portal == null ? Network.NONE : portal);
        if (portal != null) portal.start(); // every door is as the state says: nobody is told that one is gone
        console = new Console(device.menus());
        log = new CommandLog(state.resolve("commands.log"));
        clientKey = state.resolve("client_key");
        keys = new AuthorizedKeys(state.resolve("authorized_keys"));
        keys.add(KeyFiles.ed25519(clientKey).getPublic());
        var hostKey = KeyFiles.rsa(state.resolve("host_key"));
        hostKeyFingerprint = KeyFiles.fingerprint(hostKey.getPublic());
        ssh = SshFront.start(
                config.listen(), new SshFront.Access(hostKey, USER, keys, config.sessionsMax()), this::answer);
    }

    /**
     * Starts one; it serves when this returns.
     *
     * @throws IOException the address is taken, the state directory cannot be used, or another simulator uses it
     */
    public static Simulator start(SimulatorConfig config) throws IOException {
        Files.createDirectories(config.state());
        var lock = lock(config.state().resolve("lock"));
        Portal portal = null;
        try {
            portal = portal(config);
            return new Simulator(config, lock, portal);
        } catch (IOException | RuntimeException e) {
            if (portal != null) portal.close();
            lock.close();
            throw e;
        }
    }

    private static @Nullable Portal portal(SimulatorConfig config) throws IOException {
        return switch (config.nvme()) {
            case null -> null;
            case Nvme.UserSpace(var address) -> DataPath.bind(address, config.state());
            case Nvme.Kernel(var address) -> KernelTarget.bind(address, config.state());
        };
    }

    /** Where SSH listens. */
    public InetSocketAddress sshAddress() {
        return ssh.address();
    }

    /** {@code SHA256:…} as OpenSSH prints it. */
    public String hostKeyFingerprint() {
        return hostKeyFingerprint;
    }

    /** The only user. */
    public String user() {
        return USER;
    }

    /** The file of a private key that gets in, Ed25519. */
    public Path clientKey() {
        return clientKey;
    }

    /** Lets another key in, Ed25519 or RSA; one of another kind stays refused. It is kept in {@code authorized_keys} of the state directory. */
    public void authorize(PublicKey key) throws IOException {
        keys.add(key);
    }

    /** A directory of the pool for volumes, as {@code /disk} writes paths. */
    public String basePath() {
        return Device.BASE_PATH;
    }

    /** The directory that holds, for each NQN on the network, a link of that name to its backing file. */
    public Path exports() {
        return device.exports();
    }

    /** The execs received, in the order of their effect; the last 20 000. All of them are in {@code commands.log} of the state directory. */
    public List<Exec> commands() {
        return log.all();
    }

    /** Lets this go wrong with the next exec that fits, once. */
    public void onNext(Predicate<String> exec, Fault fault) {
        faults.arm(exec, fault);
    }

    /** The faults whose line has not come yet, in the order in which they were armed. */
    public List<Fault> waitingFaults() {
        return faults.waiting();
    }

    /** Forgets the faults whose line has not come yet. */
    public void forgetFaults() {
        faults.clear();
    }

    /** Where NVMe/TCP listens; empty if the disks are on no network. */
    public Optional<InetSocketAddress> nvmeAddress() {
        return Optional.ofNullable(portal).map(Portal::address);
    }

    /**
     * Holds back the disk's writes until the hold is closed: they have begun, and not taken effect.
     *
     * @throws IllegalArgumentException there is no such disk, or it is not served from user space
     */
    public Gate.Hold holdWrites(String slot) {
        var disk = device.disk(slot);
        if (portal instanceof DataPath path && disk.isPresent()) return path.holdWrites(disk.getAsLong());
        throw new IllegalArgumentException("no writes to " + slot + " can be held");
    }

    /** Sets what {@code monitor-traffic} shows as in flight on this slot, beside the operations that really are; 0 at first. */
    public void inFlight(String slot, long operations) {
        device.inFlight(slot, operations);
    }

    /** What a server prints when it serves: {@code READY key=value …}. */
    public String readyLine() {
        var address = sshAddress();
        return "READY ssh=%s:%d%s host-key=%s user=%s key=%s base-path=%s exports=%s"
                .formatted(
                        address.getHostString(),
                        address.getPort(),
                        nvmeAddress()
                                .map(at -> " nvme=%s:%d".formatted(at.getHostString(), at.getPort()))
                                .orElse(""),
                        hostKeyFingerprint,
                        USER,
                        clientKey,
                        basePath(),
                        exports());
    }

    /** Stops serving, in the middle of whatever runs. */
    @Override
    public void close() throws IOException {
        try (lock;
                log;
                portal) {
            ssh.close();
        }
    }

    private Answer answer(String exec) throws InterruptedException {
        return switch (faults.take(exec)) {
            case null -> apply(exec);
            case Fault.DropBeforeApplying() -> {
                note(exec, "", true);
                yield new Answer.HangUp();
            }
            case Fault.DropAnswerAfterApplying() -> {
                run(exec);
                yield new Answer.HangUp();
            }
            case Fault.Stall(boolean applied) -> {
                if (applied) run(exec);
                else note(exec, "", true);
                yield new Answer.Silence();
            }
            case Fault.ErrorWithStatusZero(var text) -> {
                note(exec, text, true);
                yield new Answer.Say(text, 0);
            }
            case Fault.Delay(var by) -> {
                Thread.sleep(by);
                yield apply(exec);
            }
        };
    }

    /** What this simulation needs for itself is no part of what an appliance would need: it counts into the latency. */
    private Answer apply(String exec) throws InterruptedException {
        long began = System.nanoTime();
        var output = run(exec);
        Thread.sleep(config.latency().minusNanos(System.nanoTime() - began));
        return new Answer.Say(output.text(), output.failed() ? 1 : 0);
    }

    /** A line that waits holds up nobody else, so it is no single step in any case. */
    private Console.Output run(String exec) {
        if (!config.wholeLines() || exec.contains(":delay")) return runNow(exec);
        synchronized (console) {
            return runNow(exec);
        }
    }

    private Console.Output runNow(String exec) {
        var output = console.run(exec);
        note(exec, output.text(), output.failed());
        return output;
    }

    private void note(String exec, String output, boolean failed) {
        log.add(new Exec(Instant.now(), exec, output, failed));
    }

    private static FileChannel lock(Path file) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) return channel;
        } catch (OverlappingFileLockException _) {
            // Another one in this process.
        }
        channel.close();
        throw new IOException("another simulator uses this state directory: " + file.getParent());
    }
}
