package io.srvlab.rdscsi.lab;

import io.srvlab.rdscsi.volume.Nqn;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The appliance's part: the kernel's own NVMe/TCP target, set up in configfs as the driver sets up a disk item. One
 * subsystem per attachment, which admits one host and exports one backing file.
 */
final class Target {
    static final String ADDRESS = "10.9.0.2";
    /** The other end of the link. */
    static final String ADDRESS_HERE = "10.9.0.1";
    static final int PORT = 4420;

    private static final Path CONFIG = Path.of("/sys/kernel/config/nvmet");
    private static final Path LISTENER = CONFIG.resolve("ports/1");

    Target() throws IOException {
        Files.createDirectory(LISTENER);
        set(LISTENER, "addr_trtype", "tcp");
        set(LISTENER, "addr_adrfam", "ipv4");
        set(LISTENER, "addr_traddr", ADDRESS);
        set(LISTENER, "addr_trsvcid", Integer.toString(PORT));
    }

    /** An empty volume of so many bytes. */
    static Path backing(String name, long bytes) throws IOException {
        var file = Path.of("/data", name + ".img"); // not in memory: WRITE ZEROES to a tmpfs is an error there
        try (var made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(bytes);
        }
        return file;
    }

    void export(Nqn subsystem, Nqn host, Path file) throws IOException, InterruptedException {
        var directory = Files.createDirectory(subsystem(subsystem));
        set(directory, "attr_allow_any_host", "0");
        var namespace = Files.createDirectory(directory.resolve("namespaces/1"));
        set(namespace, "device_path", file.toString());
        set(namespace, "enable", "1");
        admit(subsystem, host);
        link(subsystem);
    }

    /** Cuts every session of the subsystem and takes it away. */
    void unexport(Nqn subsystem) throws IOException {
        cut(subsystem);
        var directory = subsystem(subsystem);
        try (var hosts = Files.newDirectoryStream(directory.resolve("allowed_hosts"))) {
            for (var host : hosts) Files.delete(host);
        }
        set(directory.resolve("namespaces/1"), "enable", "0"); // returns when no I/O is under way
        Files.delete(directory.resolve("namespaces/1"));
        Files.delete(directory);
    }

    private void admit(Nqn subsystem, Nqn host) throws IOException {
        var known = CONFIG.resolve("hosts").resolve(host.text());
        try {
            Files.createDirectory(known);
        } catch (FileAlreadyExistsException _) {
            // admitted elsewhere too
        }
        Files.createSymbolicLink(subsystem(subsystem).resolve("allowed_hosts").resolve(host.text()), known);
    }

    /** The port listens in the network namespace of the process that makes its first link. */
    private void link(Nqn subsystem) throws IOException, InterruptedException {
        // nsenter, since "ip netns exec" mounts another /sys, without configfs.
        Guest.run(List.of(
                "nsenter",
                "--net=/run/netns/target",
                "ln",
                "-s",
                subsystem(subsystem).toString(),
                exported(subsystem).toString()));
    }

    /** Cuts every session of the subsystem. The port listens on while another one is exported. */
    void cut(Nqn subsystem) throws IOException {
        Files.delete(exported(subsystem));
    }

    private static Path subsystem(Nqn nqn) {
        return CONFIG.resolve("subsystems").resolve(nqn.text());
    }

    private static Path exported(Nqn nqn) {
        return LISTENER.resolve("subsystems").resolve(nqn.text());
    }

    private static void set(Path directory, String attribute, String value) throws IOException {
        Guest.write(directory.resolve(attribute), value);
    }
}
