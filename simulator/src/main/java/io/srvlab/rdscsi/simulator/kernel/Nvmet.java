package io.srvlab.rdscsi.simulator.kernel;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;

/** What one simulator makes of the kernel's target, and unmakes. Nothing is touched that is not in its journal. */
final class Nvmet {
    private static final int PORTS_MAX = 65_535;
    private static final Path SUBSYSTEMS = Path.of("subsystems");
    private static final Path HOSTS = Path.of("hosts");
    private static final Path PORTS = Path.of("ports");

    private final Configfs configfs;
    private final Path root;
    private final Journal journal;

    /**
     * What is below {@code root}, the directory {@code nvmet} in configfs.
     *
     * @throws IOException there is none
     */
    Nvmet(Configfs configfs, Path root, Journal journal) throws IOException {
        this.configfs = configfs;
        this.root = root;
        this.journal = journal;
        if (!configfs.exists(root)) {
            throw new IOException(
                    root + " is not there. Load the target: modprobe nvmet-tcp; and have configfs mounted:"
                            + " mount -t configfs configfs /sys/kernel/config");
        }
    }

    /** Takes away all that is left of an earlier run. */
    void clear() throws IOException {
        var left = journal.all();
        for (var path : left) if (path.startsWith(PORTS)) removePort(path);
        for (var path : left)
            if (path.startsWith(SUBSYSTEMS)) removeSubsystem(path.getFileName().toString());
        for (var path : left)
            if (path.startsWith(HOSTS)) removeHost(path.getFileName().toString());
    }

    /** A port that nobody has, listening as soon as it has a subsystem. */
    Path makePort(InetSocketAddress address) throws IOException {
        for (int number = 1; number <= PORTS_MAX; number++) {
            var port = PORTS.resolve(Integer.toString(number));
            if (configfs.exists(root.resolve(port))) continue;
            make(port);
            var directory = root.resolve(port);
            configfs.set(directory.resolve("addr_trtype"), "tcp");
            configfs.set(
                    directory.resolve("addr_adrfam"), address.getAddress() instanceof Inet6Address ? "ipv6" : "ipv4");
            configfs.set(directory.resolve("addr_traddr"), address.getAddress().getHostAddress());
            configfs.set(directory.resolve("addr_trsvcid"), Integer.toString(address.getPort()));
            return port;
        }
        throw new IOException("no port is left in " + root);
    }

    /** Every session of the port's subsystems that are ours is cut; it goes unless somebody else has a subsystem there. */
    void removePort(Path port) throws IOException {
        var subsystems = root.resolve(port).resolve("subsystems");
        if (configfs.exists(subsystems)) {
            for (var nqn : configfs.names(subsystems)) {
                if (journal.has(SUBSYSTEMS.resolve(nqn))) configfs.unlink(subsystems.resolve(nqn));
            }
            if (!configfs.names(subsystems).isEmpty()) return;
            configfs.remove(root.resolve(port));
        }
        journal.remove(port);
    }

    /** A subsystem that is on no port, and lets nobody in. */
    void makeSubsystem(String nqn) throws IOException {
        make(SUBSYSTEMS.resolve(nqn));
        configfs.set(subsystem(nqn).resolve("attr_allow_any_host"), "0");
    }

    void addNamespace(String nqn, Path file, UUID uuid) throws IOException {
        var namespace = subsystem(nqn).resolve("namespaces/1");
        configfs.make(namespace);
        configfs.set(namespace.resolve("device_path"), file.toString());
        configfs.set(namespace.resolve("device_uuid"), uuid.toString());
        configfs.set(namespace.resolve("enable"), "1");
    }

    /** Has the target look at the file's size, and tell the hosts. */
    void resized(String nqn) throws IOException {
        configfs.set(subsystem(nqn).resolve("namespaces/1/revalidate_size"), "1");
    }

    /** These may connect from now on, or anybody if there is none; who is connected stays. */
    void allow(String nqn, Set<String> hosts) throws IOException {
        var list = subsystem(nqn).resolve("allowed_hosts");
        var anybody = subsystem(nqn).resolve("attr_allow_any_host");
        for (var host : configfs.names(list)) if (!hosts.contains(host)) configfs.unlink(list.resolve(host));
        configfs.set(anybody, hosts.isEmpty() ? "1" : "0");
        var listed = configfs.names(list);
        for (var host : hosts) {
            if (listed.contains(host)) continue;
            if (!configfs.exists(root.resolve(HOSTS).resolve(host))) make(HOSTS.resolve(host));
            configfs.link(list.resolve(host), root.resolve(HOSTS).resolve(host));
        }
    }

    void show(String nqn, Path port) throws IOException {
        configfs.link(shown(nqn, port), subsystem(nqn));
    }

    /** Cuts every session at once. */
    void hide(String nqn, Path port) throws IOException {
        if (configfs.exists(shown(nqn, port))) configfs.unlink(shown(nqn, port));
    }

    /** Takes away one that is hidden; waits for the I/O that it has begun. */
    void removeSubsystem(String nqn) throws IOException {
        var path = SUBSYSTEMS.resolve(nqn);
        if (journal.has(path) && configfs.exists(root.resolve(path))) {
            var hosts = subsystem(nqn).resolve("allowed_hosts");
            for (var host : configfs.names(hosts)) configfs.unlink(hosts.resolve(host));
            var namespace = subsystem(nqn).resolve("namespaces/1");
            if (configfs.exists(namespace)) {
                configfs.set(namespace.resolve("enable"), "0");
                configfs.remove(namespace);
            }
            configfs.remove(root.resolve(path));
        }
        journal.remove(path);
    }

    /** Forgets a host that we made known, unless somebody's list still has it. */
    void removeHost(String host) throws IOException {
        var path = HOSTS.resolve(host);
        if (!journal.has(path)) return;
        if (configfs.exists(root.resolve(path))) {
            try {
                configfs.remove(root.resolve(path));
            } catch (IOException inUse) {
                return;
            }
        }
        journal.remove(path);
    }

    private void make(Path path) throws IOException {
        if (configfs.exists(root.resolve(path))) {
            throw new IOException(root.resolve(path) + " is there already, and was not made by this simulator");
        }
        journal.add(path);
        configfs.make(root.resolve(path));
    }

    private Path subsystem(String nqn) {
        return root.resolve(SUBSYSTEMS).resolve(nqn);
    }

    private Path shown(String nqn, Path port) {
        return root.resolve(port).resolve("subsystems").resolve(nqn);
    }
}
