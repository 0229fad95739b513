package io.srvlab.rdscsi.routeros;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The users' passwords, as they lie in a file. No message holds any of them. */
final class Passwords {
    private static final int LENGTH_MAX = 16 * 1024;

    private Passwords() {}

    /** The password of the user at this place of {@code users} in all. */
    static String read(Path file, int place, int users) throws NotSent {
        var lines = lines(file);
        if (lines.size() != 1 && lines.size() != users) {
            throw new NotSent("the password file %s has %d lines; it needs one for all, or one for each of the %d users"
                    .formatted(file, lines.size(), users));
        }
        var password = lines.get(lines.size() == 1 ? 0 : place);
        if (password.isEmpty() || password.chars().anyMatch(Character::isISOControl)) {
            throw new NotSent(
                    "the password file %s holds an empty line, or one with a control character".formatted(file));
        }
        return password;
    }

    private static List<String> lines(Path file) throws NotSent {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LENGTH_MAX), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (NoSuchFileException e) {
            throw new NotSent("the password file " + file + " is not there", e);
        } catch (AccessDeniedException e) {
            throw new NotSent("the password file " + file + " may not be read by this process", e);
        } catch (IOException e) {
            throw new NotSent("the password file " + file + " cannot be read", e);
        }
    }
}
