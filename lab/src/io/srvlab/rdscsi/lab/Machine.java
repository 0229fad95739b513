package io.srvlab.rdscsi.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.srvlab.rdscsi.proto.csi.v1.NodeGrpc;
import io.srvlab.rdscsi.proto.csi.v1.NodeGrpc.NodeBlockingStub;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Another guest, with a node plugin. It is called over a network of its own, which stays when that to the appliance is cut:
 * one port leads to the plugin's socket, another to a shell (guest/init).
 */
final class Machine implements Csi, AutoCloseable {
    private static final int CSI_PORT = 7000;
    private static final int SHELL_PORT = 7001;
    private static final int CONNECT_MILLIS = 2000;
    private static final int ANSWER_MILLIS = 120_000;
    private static final long BOOT_SECONDS = 180;
    private static final long STOP_SECONDS = 60;

    private final String name;
    private final InetAddress address;
    private final ManagedChannel channel;

    Machine(String name, int number) throws IOException {
        this.name = name;
        this.address = InetAddress.getByName("10.9.2." + number);
        channel = OkHttpChannelBuilder.forAddress(address.getHostAddress(), CSI_PORT)
                .usePlaintext()
                .build();
    }

    String name() {
        return name;
    }

    /** Waits until it is up, and its plugin serves. */
    void awaitPlugin() throws Exception {
        Promises.until(name + " does not come up", BOOT_SECONDS, () -> {
            try {
                return run("test -S /run/csi/csi.sock && echo up").equals("up");
            } catch (IOException _) {
                return false;
            }
        });
    }

    /**
     * What a script prints, without blanks around it. It ends with a NUL of its own: that the shell has ended does not always
     * reach us through socat.
     */
    String run(String script) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, SHELL_PORT), CONNECT_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write((script + "\nprintf '\\0'\n").getBytes(UTF_8));
            var printed = new ByteArrayOutputStream();
            var in = new BufferedInputStream(socket.getInputStream());
            for (int next = in.read(); next != 0; next = in.read()) {
                if (next < 0) throw new IOException(name + "'s shell has ended in the middle of " + script);
                printed.write(next);
            }
            return printed.toString(UTF_8).strip();
        }
    }

    /** Runs a script behind this call; {@link Job} tells how it went. One that goes on and on ends when {@code $STOP} is there. */
    Job start(String label, String script) throws IOException {
        var at = "/tmp/job-" + label;
        var _ = run("rm -f " + at + ".*; cat >" + at + ".sh <<'END'\n" + script + "\nEND\n"
                + "STOP=" + at + ".stop bash -c 'bash " + at + ".sh >" + at + ".out 2>&1; echo $? >" + at
                + ".status' </dev/null >/dev/null 2>&1 &");
        return new Job(at);
    }

    /** Something that runs on this machine, and ends one day. */
    final class Job {
        private final String at;

        private Job(String at) {
            this.at = at;
        }

        boolean done() throws IOException {
            return run("test -s " + at + ".status && echo yes").equals("yes");
        }

        /** Has it end, and returns what it printed; it must not have failed. */
        String stop() throws Exception {
            run("touch " + at + ".stop");
            Promises.until("it goes on", STOP_SECONDS, this::done);
            var outcome = outcome();
            Promises.expect(outcome.startsWith("0"), outcome);
            return outcome.substring(1).strip();
        }

        /** How many writes it has said to be done so far; a script tells by {@code $STOP.written}. */
        int written() throws IOException {
            var said = run("cat " + at + ".stop.written 2>/dev/null");
            return said.isEmpty() ? 0 : Integer.parseInt(said);
        }

        /** Its exit status and what it printed, in one line. */
        String outcome() throws IOException {
            return run("echo $(cat " + at + ".status " + at + ".out)");
        }
    }

    /** Loses every packet to the appliance, or no more; to this machine it looks as if the appliance were gone. */
    void lose(boolean packets) throws IOException {
        lose(packets ? "100%" : "0%");
    }

    /** Loses that share of the packets to the appliance. */
    void lose(String share) throws IOException {
        var said = run("tc qdisc replace dev eth0 root netem loss " + share + " 2>&1");
        if (!said.isEmpty()) throw new IOException(name + ": " + said);
    }

    @Override
    public NodeBlockingStub node() {
        return NodeGrpc.newBlockingStub(channel);
    }

    /** How the sessions of a volume are, such as {@code live}; nothing if it has none. */
    String sessions(String volume) throws IOException {
        return run("for c in /sys/class/nvme/nvme*; do grep -q '[:]" + volume
                + "[.]' $c/subsysnqn 2>/dev/null && cat $c/state; done | xargs");
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
