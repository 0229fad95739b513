package io.srvlab.rdscsi.simulator.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Who may come in over REST: a few users with one password, which lies in a file and is read at each request. */
final class Users {
    private static final String BASIC = "Basic ";

    private final List<String> names;
    private final Path file;

    /** These users; the password is made if the file is not there. */
    Users(List<String> names, Path file) throws IOException {
        this.names = List.copyOf(names);
        this.file = file;
        if (Files.exists(file)) return;
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        var bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        Files.writeString(file, HexFormat.of().formatHex(bytes) + "\n");
    }

    /** The user that an {@code Authorization} header proves to be. */
    Optional<String> of(String authorization) throws IOException {
        if (!authorization.startsWith(BASIC)) return Optional.empty();
        String[] parts;
        try {
            parts = new String(Base64.getDecoder().decode(authorization.substring(BASIC.length())), UTF_8)
                    .split(":", 2);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        var password = Files.readString(file).strip();
        return names.contains(parts[0])
                        && parts.length == 2
                        && MessageDigest.isEqual(password.getBytes(UTF_8), parts[1].getBytes(UTF_8))
                ? Optional.of(parts[0])
                : Optional.empty();
    }
}
