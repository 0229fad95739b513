package io.srvlab.rdscsi.simulator;

import io.srvlab.rdscsi.simulator.console.Console;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.datapath.DataPath;
import io.srvlab.rdscsi.simulator.datapath.Gate;
import io.srvlab.rdscsi.simulator.device.Device;
import io.srvlab.rdscsi.simulator.device.Network;
import io.srvlab.rdscsi.simulator.rest.RestFront;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
    private final @Nullable DataPath dataPath;
    private final Device device;
    private final Map<String, Menu> menus;
    private final Console console;
    private final Faults faults = new Faults();
    private final AuthorizedKeys keys;
    private final Path clientKey;
    private final String hostKeyFingerprint;
    private final SshFront ssh;
    private volatile @Nullable RestFront rest;

    private Simulator(SimulatorConfig config, FileChannel lock, @Nullable DataPath dataPath) throws IOException {
        this.config = config;
        this.lock = lock;
        var state = config.state();
        this.dataPath = dataPath;
        device = new Device(
                state,
                new Device.Make(config.pool(), config.poolBytes(), config.preVolumes(), config.version()),
                dataPath == null ? Network.NONE : dataPath);
        if (dataPath != null) dataPath.start(); // every door is as the state says: nobody is told that one is gone
        menus = device.menus();
        console = new Console(menus);
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
        DataPath dataPath = null;
        try {
            if (config.nvme() != null) dataPath = DataPath.bind(config.nvme(), config.state());
            return new Simulator(config, lock, dataPath);
        } catch (IOException | RuntimeException e) {
            if (dataPath != null) dataPath.close();
            lock.close();
            throw e;
        }
    }

    /** Where SSH listens. */
    public InetSocketAddress sshAddress() {
        return ssh.address();
    }

    /** {@code SHA256:…} as OpenSSH prints it. */
    public String hostKeyFingerprint() {
        return hostKeyFingerprint;
    }

    /** The only user over SSH, and the first of {@link #restUsers}. */
    public String user() {
        return USER;
    }

    /**
     * Serves REST too, from now until this is closed.
     *
     * @param listen port 0 takes any
     * @param cutAfter how long a request may take before it is ended, while what it began goes on; 60 s for an appliance
     * @throws IOException the address is taken, or the state directory cannot be used
     */
    public void serveRest(InetSocketAddress listen, Duration cutAfter) throws IOException {
        rest = RestFront.start(
                listen,
                new RestFront.Access(config.state(), restUsers(), cutAfter),
                new RestFront.Served(this::answer, menus));
    }

    /** Where REST is served; empty if it is not. */
    public Optional<RestFront> rest() {
        return Optional.ofNullable(rest);
    }

    /** Who gets in over REST, each with the password of {@link #passwordFile}; each has one request answered at a time. */
    public List<String> restUsers() {
        return List.of(USER, USER + "-2", USER + "-3", USER + "-4");
    }

    /** The file of the password that gets in over REST. */
    public Path passwordFile() {
        return config.state().resolve("password");
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
        return Optional.ofNullable(dataPath).map(DataPath::address);
    }

    /**
     * Holds back the disk's writes until the hold is closed: they have begun, and not taken effect.
     *
     * @throws IllegalArgumentException there is no such disk, or it is on no network
     */
    public Gate.Hold holdWrites(String slot) {
        var disk = device.disk(slot);
        if (dataPath == null || disk.isEmpty()) throw new IllegalArgumentException("no data path to " + slot);
        return dataPath.holdWrites(disk.getAsLong());
    }

    /** Sets what {@code monitor-traffic} shows as in flight on this slot, beside the operations that really are; 0 at first. */
    public void inFlight(String slot, long operations) {
        device.inFlight(slot, operations);
    }

    /** What a server prints when it serves: {@code READY key=value …}. */
    public String readyLine() {
        var address = sshAddress();
        return "READY ssh=%s:%d%s%s host-key=%s user=%s key=%s base-path=%s exports=%s"
                .formatted(
                        address.getHostString(),
                        address.getPort(),
                        rest().map(this::restReady).orElse(""),
                        nvmeAddress()
                                .map(at -> " nvme=%s:%d".formatted(at.getHostString(), at.getPort()))
                                .orElse(""),
                        hostKeyFingerprint,
                        USER,
                        clientKey,
                        basePath(),
                        exports());
    }

    private String restReady(RestFront front) {
        return " rest=%s:%d rest-sha256=%s rest-users=%s password-file=%s"
                .formatted(
                        front.address().getHostString(),
                        front.address().getPort(),
                        front.fingerprint(),
                        String.join(",", restUsers()),
                        passwordFile());
    }

    /** Stops serving, in the middle of whatever runs. */
    @Override
    public void close() throws IOException {
        try (lock;
                log;
                dataPath;
                var _ = rest) {
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
