package io.srvlab.rdscsi.simulator.console;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a user may do: the policies of a group that matter here. */
public enum Policy {
    SSH,
    READ,
    WRITE,
    POLICY,
    REBOOT,
    TEST,
    SENSITIVE,
    API,
    REST_API,
    FTP;

    /** As {@code /user/group} writes it: {@code rest-api}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The policy of this name. */
    public static Optional<Policy> of(String word) {
        return Arrays.stream(values())
                .filter(policy -> policy.word().equals(word))
                .findFirst();
    }
}
