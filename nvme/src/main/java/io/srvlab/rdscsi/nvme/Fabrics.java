package io.srvlab.rdscsi.nvme;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code /dev/nvme-fabrics}: one write of an option string makes one controller, or fails with its reason. */
public final class Fabrics {
    private final Path device;

    /** @param dev usually {@code /dev} */
    public Fabrics(Path dev) {
        this.device = dev.resolve("nvme-fabrics");
    }

    /**
     * Fails where the kernel's part of it is not loaded.
     *
     * @throws FileNotFoundException with what to load
     */
    public void refuseAbsent() throws FileNotFoundException {
        if (Files.exists(device)) return;
        throw new FileNotFoundException(device + " is not there: load the kernel modules nvme-fabrics and nvme-tcp");
    }

    /**
     * Connects; returns when the controller is live, its disks may follow a moment later. The first connect is never
     * tried again by the kernel. Refused by the target, whatever the reason, is an input/output error here: only the
     * kernel's log tells more.
     */
    public void connect(ConnectOptions options) throws IOException {
        refuseAbsent();
        try (var file = new RandomAccessFile(device.toFile(), "rw")) {
            file.write(options.text().getBytes(StandardCharsets.US_ASCII));
        }
    }
}
