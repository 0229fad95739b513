package io.srvlab.rdscsi.simulator;

import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Policy;
import io.srvlab.rdscsi.simulator.datapath.DataPath;
import io.srvlab.rdscsi.simulator.datapath.Gate;
import io.srvlab.rdscsi.simulator.device.Device;
import io.srvlab.rdscsi.simulator.device.ServiceMenu;
import io.srvlab.rdscsi.simulator.personality.Personality;
import io.srvlab.rdscsi.simulator.personality.Personality.RebootLoses;
import io.srvlab.rdscsi.simulator.personality.Personality.RebootTakes;
import io.srvlab.rdscsi.simulator.personality.Personality.RestCut;
import io.srvlab.rdscsi.simulator.personality.Place;
import io.srvlab.rdscsi.simulator.personality.Rules;
import io.srvlab.rdscsi.simulator.personality.Site;
import io.srvlab.rdscsi.simulator.personality.When;
import io.srvlab.rdscsi.simulator.rest.RestFront;
import io.srvlab.rdscsi.simulator.ssh.AuthorizedKeys;
import io.srvlab.rdscsi.simulator.ssh.KeyFiles;
import io.srvlab.rdscsi.simulator.ssh.SshFront;
import io.srvlab.rdscsi.simulator.user.Users;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.PublicKey;
import java.time.Duration;
import java.util.EnumSet;
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
    private static final Duration PORT_PATIENCE = Duration.ofSeconds(20);
    private static final Duration PORT_RETRY = Duration.ofMillis(50);

    private final SimulatorConfig config;
    private final FileChannel lock;
    private final CommandLog log;
    private final Rules<Fault> faults = new Rules<>();
    private final Rules<Personality> personalities = new Rules<>();
    private final Users users;
    private final AuthorizedKeys keys;
    private final Path clientKey;
    private final String hostKeyFingerprint;
    private final SshFront.Access access;
    private final Object power = new Object();
    private volatile int sshPort;
    private volatile Boot boot;
    private @Nullable Rest asked;
    private volatile @Nullable RestFront rest;
    private boolean closed;

    private Simulator(SimulatorConfig given, FileChannel lock) throws IOException {
        this.lock = lock;
        var state = given.state();
        given.behaviour().personalities().forEach(personalities::arm);
        given.behaviour().faults().forEach(faults::arm);
        log = new CommandLog(state.resolve("commands.log"));
        clientKey = state.resolve("client_key");
        keys = new AuthorizedKeys(state.resolve("authorized_keys"));
        keys.add(KeyFiles.ed25519(clientKey).getPublic());
        var hostKey = KeyFiles.rsa(state.resolve("host_key"));
        hostKeyFingerprint = KeyFiles.fingerprint(hostKey.getPublic());
        users = new Users(state.resolve("users.json"), USER);
        access = new SshFront.Access(hostKey, name -> users.mayEnter(name, Policy.SSH), keys, given.sessionsMax());
        boot = powerOn(given);
        config = atTheseAddresses(given, boot);
        sshPort = config.listen().getPort();
    }

    /** A reboot comes back where it was. */
    private static SimulatorConfig atTheseAddresses(SimulatorConfig given, Boot boot) {
        var fixed = given.withListen(boot.ssh().address());
        var portal = boot.portal();
        return portal instanceof DataPath ? fixed.withNvme(portal.address()) : fixed;
    }

    private Map<String, Menu> services() {
        return Map.of("ip/service", ServiceMenu.of(() -> sshPort, this::restPort, SshFront.CONNECTIONS_MAX));
    }

    private Boot powerOn(SimulatorConfig config) throws IOException {
        return Boot.from(
                config,
                access,
                personalities,
                device -> new Execs(config, device, users, services(), faults, personalities, log, this::rebootSoon));
    }

    /**
     * Starts one; it serves when this returns.
     *
     * @throws IOException the address is taken, the state directory cannot be used, or another simulator uses it
     */
    public static Simulator start(SimulatorConfig config) throws IOException {
        Files.createDirectories(config.state());
        var lock = lock(config.state().resolve("lock"));
        try {
            return new Simulator(config, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Where SSH listens. */
    public InetSocketAddress sshAddress() {
        return config.listen();
    }

    /** {@code SHA256:…} as OpenSSH prints it. */
    public String hostKeyFingerprint() {
        return hostKeyFingerprint;
    }

    /** The users and their groups; a key that gets in gets each of them in who may use SSH. */
    public Users users() {
        return users;
    }

    /** The first user, who may do everything unless that was changed. */
    public String user() {
        return USER;
    }

    /** The file of a private key that gets in, Ed25519. */
    public Path clientKey() {
        return clientKey;
    }

    private int restPort() {
        return rest().map(front -> front.address().getPort()).orElse(0);
    }

    /** How REST is served. */
    private record Rest(InetSocketAddress listen, Duration cutAfter) {}

    /**
     * Serves REST too, from now until this is closed, for {@link #restUsers} with the password of {@link #passwordFile}.
     *
     * @param listen port 0 takes any
     * @param cutAfter how long a request may take before it is ended, while what it began goes on; 60 s for an appliance
     * @throws IOException the address is taken, or the state directory cannot be used
     */
    public void serveRest(InetSocketAddress listen, Duration cutAfter) throws IOException {
        synchronized (power) {
            var password = PasswordFile.read(passwordFile());
            for (var name : restUsers()) {
                if (!users.hasPassword(name, password)) users.put(name, password, EnumSet.allOf(Policy.class));
            }
            asked = new Rest(listen, cutAfter);
            startRest();
        }
    }

    /** Where REST is served; empty if it is not. */
    public Optional<RestFront> rest() {
        return Optional.ofNullable(rest);
    }

    /** Users that get in over REST from the start; each has one request answered at a time. */
    public List<String> restUsers() {
        return List.of(USER, USER + "-2", USER + "-3", USER + "-4");
    }

    /** The file of the password that gets them in over REST; made with the first service. */
    public Path passwordFile() {
        return config.state().resolve("password");
    }

    private void startRest() throws IOException {
        var how = asked;
        if (how == null) return;
        var now = boot;
        var front = RestFront.start(
                how.listen(),
                config.state(),
                request -> restCut(request, how.cutAfter()),
                new RestFront.Served(
                        now.execs()::answer, now.execs(), now.execs().menus(), users));
        rest = front;
        asked = new Rest(front.address(), how.cutAfter());
    }

    private Duration restCut(String request, Duration otherwise) {
        return personalities
                .take(RestCut.class, new Site.Line(request))
                .map(RestCut::after)
                .orElse(otherwise);
    }

    private void stopRest() {
        var now = rest;
        if (now != null) now.close();
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
        return boot.device().exports();
    }

    /** The execs received, in the order of their effect; the last 20 000. All of them are in {@code commands.log} of the state directory. */
    public List<Exec> commands() {
        return log.all();
    }

    /** Lets this go wrong with the next exec that fits, once. */
    public void onNext(Predicate<String> exec, Fault fault) {
        faults.arm(fault, site -> site instanceof Site.Line(var text) && exec.test(text), When.ONCE);
    }

    /** Lets this go wrong there and then. */
    public void arm(Fault fault, Place where, When when) {
        faults.arm(fault, where, when);
    }

    /** The faults that have not come as often as they are to, in the order in which they were armed. */
    public List<Fault> waitingFaults() {
        return faults.waiting();
    }

    /** Forgets the faults that have not come yet. */
    public void forgetFaults() {
        faults.clear();
    }

    /** Has the appliance be like this from now on, everywhere. */
    public void become(Personality personality) {
        become(personality, Place.ANYWHERE, When.ALWAYS);
    }

    /** Has the appliance be like this there and then. */
    public void become(Personality personality, Place where, When when) {
        personalities.arm(personality, where, when);
        boot.device().reconsider();
    }

    /** Adds what a faults file says. */
    public void become(Behaviour behaviour) {
        behaviour.personalities().forEach(personalities::arm);
        behaviour.faults().forEach(faults::arm);
        boot.device().reconsider();
    }

    /** What the appliance is like beside what it is by itself, in the order in which that was said. */
    public List<Personality> personalities() {
        return personalities.waiting();
    }

    /** Has the appliance be as it is by itself. */
    public void forgetPersonalities() {
        personalities.clear();
        boot.device().reconsider();
    }

    /** Powers it off and on again, in the middle of whatever runs; it serves again when this returns, at the same addresses. */
    public void reboot() {
        synchronized (power) {
            if (closed) return;
            try {
                stopRest();
                boot.close();
                personalities
                        .take(RebootLoses.class, Site.APPLIANCE)
                        .ifPresent(loses -> boot.device().lose(loses.changes()));
                Thread.sleep(personalities
                        .take(RebootTakes.class, Site.APPLIANCE)
                        .map(RebootTakes::time)
                        .orElse(Duration.ZERO));
                patiently(() -> boot = powerOn(config));
                patiently(this::startRest);
            } catch (IOException e) {
                throw new UncheckedIOException("the appliance does not come back", e);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private interface Listening {
        void start() throws IOException;
    }

    /** While it was off, somebody may have got one of its ports for a connection of their own, which ends. */
    private static void patiently(Listening service) throws IOException, InterruptedException {
        for (long end = System.nanoTime() + PORT_PATIENCE.toNanos(); ; Thread.sleep(PORT_RETRY)) {
            try {
                service.start();
                return;
            } catch (BindException e) {
                if (System.nanoTime() - end > 0) throw e;
            }
        }
    }

    private void rebootSoon() {
        Thread.ofVirtual().name("reboot").start(this::reboot);
    }

    /** Where NVMe/TCP listens; empty if the disks are on no network. */
    public Optional<InetSocketAddress> nvmeAddress() {
        return Optional.ofNullable(config.nvme()).map(Nvme::address);
    }

    /**
     * Holds back the disk's writes until the hold is closed: they have begun, and not taken effect.
     *
     * @throws IllegalArgumentException there is no such disk, or it is not served from user space
     */
    public Gate.Hold holdWrites(String slot) {
        var now = boot;
        var disk = now.device().disk(slot);
        if (now.portal() instanceof DataPath path && disk.isPresent()) return path.holdWrites(disk.getAsLong());
        throw new IllegalArgumentException("no writes to " + slot + " can be held");
    }

    /** Sets what {@code monitor-traffic} shows as in flight on this slot, beside the operations that really are; 0 at first. */
    public void inFlight(String slot, long operations) {
        boot.device().inFlight(slot, operations);
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
        synchronized (power) {
            if (closed) return;
            closed = true;
            try (lock;
                    log) {
                stopRest();
                boot.close();
            }
        }
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
