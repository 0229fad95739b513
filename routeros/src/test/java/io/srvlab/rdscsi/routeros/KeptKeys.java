package io.srvlab.rdscsi.routeros;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One host key and certificate for all simulators of a test: making one takes longer than most tests. */
final class KeptKeys {
    private static final List<String> NAMES = List.of("host_key", "rest_certificate");

    private KeptKeys() {}

    static void lend(Path kept, Path state) throws IOException {
        copy(kept, state);
    }

    static void keep(Path state, Path kept) throws IOException {
        copy(state, kept);
    }

    private static void copy(Path from, Path to) throws IOException {
        for (var name : NAMES) {
            if (Files.exists(from.resolve(name)) && Files.notExists(to.resolve(name))) {
                Files.copy(from.resolve(name), to.resolve(name));
            }
        }
    }
}
