package io.srvlab.rdscsi.simulator.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an {@code Authorization} header claims. */
record Login(String user, String password) {
    private static final String BASIC = "Basic ";

    static Optional<Login> of(@Nullable String header) {
        if (header == null || !header.startsWith(BASIC)) return Optional.empty();
        try {
            var text = new String(Base64.getDecoder().decode(header.substring(BASIC.length())), UTF_8);
            int colon = text.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(new Login(text.substring(0, colon), text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
