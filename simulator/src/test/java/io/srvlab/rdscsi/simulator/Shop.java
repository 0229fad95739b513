package io.srvlab.rdscsi.simulator;

import io.srvlab.rdscsi.simulator.ssh.KeyFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/** A simulator and a client in its own right, for command lines from one end to the other. */
final class Shop implements AutoCloseable {
    final Simulator simulator;
    private final Client client;

    /** An RSA key takes a second to make: one for all tests. */
    private static final class HostKey {
        static final byte[] FILE = make();

        private static byte[] make() {
            try {
                var directory = Files.createTempDirectory("host-key");
                var file = directory.resolve("host_key");
                KeyFiles.rsa(file);
                var bytes = Files.readAllBytes(file);
                Files.delete(file);
                Files.delete(directory);
                return bytes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    Shop(SimulatorConfig config) throws IOException {
        var keyFile = config.state().resolve("host_key");
        if (!Files.exists(keyFile)) Files.write(keyFile, HostKey.FILE);
        simulator = Simulator.start(config);
        client = another();
    }

    Shop(Path state) throws IOException {
        this(SimulatorConfig.in(state));
    }

    /** One more connection. */
    Client another() throws IOException {
        return new Client(simulator.sshAddress(), simulator.user(), KeyFiles.ed25519(simulator.clientKey()));
    }

    Client.Reply run(String exec) throws IOException {
        return client.run(exec);
    }

    /** What a line prints that must not fail, without the line ends at its end. */
    String ask(String exec) throws IOException {
        var reply = run(exec);
        if (reply.status() != 0) throw new AssertionError(exec + ": " + reply);
        return reply.out().stripTrailing();
    }

    void add(String slot) throws IOException {
        ask("/disk/add type=file slot=\"%s\" file-path=\"%s/%s.img\" file-size=1048576 mount-filesystem=no"
                .formatted(slot, simulator.basePath(), slot));
    }

    List<String> doors() throws IOException {
        try (var links = Files.list(simulator.exports())) {
            return List.copyOf(
                    new TreeSet<>(links.map(l -> l.getFileName().toString()).toList()));
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
        simulator.close();
    }
}
