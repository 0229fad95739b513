package io.srvlab.rdscsi.cluster.kubernetes;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A real etcd and API server, from the kit in {@code e2e/kube}: built once by its {@code build.sh --minimal}, found below
 * {@code RDS_CSI_KUBE_DIR} or in the user's cache folder.
 */
final class ControlPlane implements AutoCloseable {
    private static final Path KIT =
            Path.of("..", "e2e", "kube").toAbsolutePath().normalize();
    private static final long START_SECONDS = 120;

    private final Path data;
    private final int port;

    private ControlPlane(Path data, int port) {
        this.data = data;
        this.port = port;
    }

    /** What is missing to start one; nothing if all is there. */
    static Optional<String> missing() {
        for (var name : List.of("etcd", "kube-apiserver", "kubectl")) {
            if (!Files.isExecutable(built().resolve("bin").resolve(name))) {
                return Optional.of(name + " is not in " + built() + "/bin: e2e/kube/build.sh --minimal makes it");
            }
        }
        return Optional.empty();
    }

    private static Path built() {
        var named = System.getenv("RDS_CSI_KUBE_DIR");
        if (named != null) return Path.of(named);
        var cache = System.getenv("XDG_CACHE_HOME");
        return (cache == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache))
                .resolve("rds-csi-kube");
    }

    static ControlPlane start() throws IOException, InterruptedException {
        var plane = new ControlPlane(Files.createTempDirectory("rds-kube"), freePorts());
        var _ = plane.script("up.sh", "--control-only");
        return plane;
    }

    Path kubeconfig() {
        return data.resolve("admin.kubeconfig");
    }

    /** What kubectl prints, as the cluster's admin. */
    String kubectl(String... arguments) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of("kubectl"));
        all.addAll(List.of(arguments));
        return kit(all.toArray(String[]::new));
    }

    String kit(String... arguments) throws IOException, InterruptedException {
        return script("kit.sh", arguments);
    }

    void apply(String yaml) throws IOException, InterruptedException {
        var file = Files.writeString(Files.createTempFile(data, "apply", ".yaml"), yaml);
        var _ = kubectl("apply", "-f", file.toString());
    }

    /** As for an object's status, which {@link #apply} does not write. */
    void patchStatus(String resource, String name, String json) throws IOException, InterruptedException {
        var _ = kubectl("patch", resource, name, "--subresource=status", "--type=merge", "-p", json);
    }

    /** The API server accepts connections and answers nothing, until {@link #thaw}. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** The API server ends; its connections break. */
    void stop() throws IOException, InterruptedException {
        var _ = script("kit.sh", "stop", "kube-apiserver");
    }

    /** Starts it again over the same data. */
    void startAgain() throws IOException, InterruptedException {
        var _ = script("kit.sh", "stop", "etcd");
        var _ = script("up.sh", "--control-only");
    }

    private void signal(String name) throws IOException, InterruptedException {
        var pid =
                Files.readString(data.resolve("pids").resolve("kube-apiserver")).split(" ", -1)[0];
        var _ = run(List.of("kill", "-" + name, pid));
    }

    private String script(String name, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("bash", KIT.resolve(name).toString()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        var output = Files.createTempFile("rds-kube", ".out");
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().put("RDS_CSI_KUBE_DATA", data.toString());
            builder.environment().put("RDS_CSI_KUBE_PORT", String.valueOf(port));
            var process = builder.start();
            if (!process.waitFor(START_SECONDS, SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command + " took too long: " + Files.readString(output));
            }
            var text = Files.readString(output);
            if (process.exitValue() != 0) throw new IOException(command + ": " + text);
            return text;
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /** The first of three that nobody listens on now. */
    private static int freePorts() throws IOException {
        for (int attempt = 0; attempt < 50; attempt++) {
            int first;
            try (var any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                first = any.getLocalPort();
            }
            if (free(first + 1) && free(first + 2)) return first;
        }
        throw new IOException("no three free ports in a row");
    }

    private static boolean free(int port) {
        try (var one = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return one.isBound();
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            thaw();
            var _ = script("down.sh");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("taking the control plane down was interrupted", e);
        }
    }
}
