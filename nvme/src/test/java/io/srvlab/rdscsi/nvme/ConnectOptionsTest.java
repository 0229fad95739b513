package io.srvlab.rdscsi.nvme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectOptionsTest {
    private static ConnectOptions options(String nqn, ConnectOptions.Host host, OptionalInt seconds)
            throws IOException {
        return new ConnectOptions(InetAddress.getByName("192.0.2.1"), 4420, nqn, host, 4, seconds, seconds, seconds);
    }

    @Test
    void everyOptionIsSpeltAsTheKernelReadsIt(@TempDir Path dev) throws IOException {
        var device = Files.createFile(dev.resolve("nvme-fabrics"));
        var id = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
        var host = new ConnectOptions.Host("nqn.2014-08.org.nvmexpress:uuid:" + id, id);
        new Fabrics(dev).connect(options("nqn.2000-02.com.mikrotik:db-0.1-a", host, OptionalInt.of(7)));
        assertThat(device)
                .hasContent("transport=tcp,traddr=192.0.2.1,trsvcid=4420,nqn=nqn.2000-02.com.mikrotik:db-0.1-a,"
                        + "hostnqn=nqn.2014-08.org.nvmexpress:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8,"
                        + "hostid=6ba7b810-9dad-11d1-80b4-00c04fd430c8,nr_io_queues=4,"
                        + "ctrl_loss_tmo=7,reconnect_delay=7,keep_alive_tmo=7");
    }

    @Test
    void aNameCannotSmuggleInAnOption() {
        assertThatThrownBy(() -> options(
                        "nqn.x,hostnqn=y", new ConnectOptions.Host("nqn.h", UUID.randomUUID()), OptionalInt.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ConnectOptions.Host("nqn.h,nqn=z", UUID.randomUUID()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void withoutTheKernelsModulesItSaysWhichToLoad(@TempDir Path dev) {
        assertThatThrownBy(() -> new Fabrics(dev)
                        .connect(options(
                                "nqn.x", new ConnectOptions.Host("nqn.h", UUID.randomUUID()), OptionalInt.empty())))
                .hasMessageContaining("nvme-tcp");
    }
}
