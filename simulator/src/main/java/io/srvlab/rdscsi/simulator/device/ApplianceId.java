package io.srvlab.rdscsi.simulator.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Tells this appliance from every other: the disks' ids are made of it, and no two appliances share one. */
public record ApplianceId(UUID uuid) {
    /** The one kept in this state directory, made if there is none. */
    public static ApplianceId in(Path state) throws IOException {
        var file = state.resolve("appliance-id");
        if (!Files.exists(file)) Files.writeString(file, UUID.randomUUID().toString());
        return new ApplianceId(UUID.fromString(Files.readString(file).strip()));
    }

    /** A namespace's UUID: the same for a disk as long as it lives, on whatever name it is exported. */
    public UUID ofDisk(long disk) {
        return UUID.nameUUIDFromBytes((uuid + "/" + disk).getBytes(StandardCharsets.UTF_8));
    }
}
