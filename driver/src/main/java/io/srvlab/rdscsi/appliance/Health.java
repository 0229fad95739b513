package io.srvlab.rdscsi.appliance;

import java.time.Duration;
import java.util.Optional;

/** What the last look at the appliance itself showed. */
public sealed interface Health {
    /**
     * It answers.
     *
     * @param version of RouterOS, as the appliance shows it
     * @param uptime nothing if it cannot be read
     * @param restarted whether it has started anew since the look before
     */
    record Answers(String version, Optional<Duration> uptime, boolean restarted) implements Health {}

    /** It could not be asked. */
    record Silent(String why) implements Health {}
}
