package io.srvlab.rdscsi.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A port of the kernel's target that listens and has nothing for anybody. */
final class BarePort implements AutoCloseable {
    private static final Path CONFIG = Path.of("/sys/kernel/config/nvmet");
    private static final Path PORT = CONFIG.resolve("ports/77");
    private static final Path SUBSYSTEM = CONFIG.resolve("subsystems/nqn.2026-01.lab:nothing");
    private static final Path LINK = PORT.resolve("subsystems").resolve(SUBSYSTEM.getFileName());

    BarePort(String address) throws IOException {
        Files.createDirectory(SUBSYSTEM);
        Files.createDirectory(PORT);
        var settings = Map.of("trtype", "tcp", "adrfam", "ipv4", "traddr", address, "trsvcid", "4420");
        for (var setting : settings.entrySet()) Guest.write(PORT.resolve("addr_" + setting.getKey()), setting.getValue());
        Files.createSymbolicLink(LINK, SUBSYSTEM);
    }

    @Override
    public void close() throws IOException {
        Files.delete(LINK);
        Files.delete(PORT);
        Files.delete(SUBSYSTEM);
    }
}
