package io.srvlab.rdscsi.routeros;

import java.security.SecureRandom;
import java.util.HexFormat;

/** What a script prints last, and nobody else can have meant. */
final class Mark {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Mark() {}

    static String fresh() {
        return "rds-csi-end-" + HexFormat.of().toHexDigits(RANDOM.nextLong());
    }
}
