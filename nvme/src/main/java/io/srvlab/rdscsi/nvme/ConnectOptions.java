package io.srvlab.rdscsi.nvme;

import java.net.InetAddress;
import java.util.OptionalInt;
import java.util.StringJoiner;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What to connect to, and as whom. The option string separates with commas, so nothing that could hold one gets in:
 * addresses and ids are typed, names are checked.
 *
 * @param host the name to knock under; null: the kernel's own
 * @param queues I/O queues to ask for
 * @param lossSeconds how long to try to reconnect before the disk is given up; -1 for ever; empty: the kernel's default
 */
public record ConnectOptions(
        InetAddress address,
        int port,
        String subsystem,
        @Nullable Host host,
        int queues,
        OptionalInt lossSeconds,
        OptionalInt reconnectSeconds,
        OptionalInt keepAliveSeconds) {

    /** A host's name and id; the kernel wants the two to go together always. */
    public record Host(String nqn, UUID id) {
        public Host {
            plain(nqn);
        }
    }

    public ConnectOptions {
        plain(subsystem);
    }

    /** One line, as {@code /dev/nvme-fabrics} takes it. */
    String text() {
        var options = new StringJoiner(",");
        options.add("transport=tcp");
        options.add("traddr=" + address.getHostAddress());
        options.add("trsvcid=" + port);
        options.add("nqn=" + subsystem);
        if (host != null) {
            options.add("hostnqn=" + host.nqn);
            options.add("hostid=" + host.id);
        }
        options.add("nr_io_queues=" + queues);
        lossSeconds.ifPresent(seconds -> options.add("ctrl_loss_tmo=" + seconds));
        reconnectSeconds.ifPresent(seconds -> options.add("reconnect_delay=" + seconds));
        keepAliveSeconds.ifPresent(seconds -> options.add("keep_alive_tmo=" + seconds));
        return options.toString();
    }

    private static void plain(String nqn) {
        if (!nqn.matches("[A-Za-z0-9.:_-]{1,223}"))
            throw new IllegalArgumentException("not a plain NQN: '" + nqn + "'");
    }
}
