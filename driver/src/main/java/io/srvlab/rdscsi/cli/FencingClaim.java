package io.srvlab.rdscsi.cli;

import io.srvlab.rdscsi.fencing.Enforcement;
import io.srvlab.rdscsi.probe.Evidence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log what is claimed of fencing: when that is first known, and when it changes. */
final class FencingClaim {
    private static final Logger log = LoggerFactory.getLogger(FencingClaim.class);

    private final Enforcement enforcement;
    private final Evidence evidence;
    private String said = "";

    FencingClaim(Enforcement enforcement, Evidence evidence) {
        this.enforcement = enforcement;
        this.evidence = evidence;
    }

    synchronized void say() {
        var standing = evidence.standing();
        var words = enforcement == Enforcement.ADVISORY
                ? "advisory: the books only, nothing keeps a second writer out"
                : standing.words();
        if (words.equals(said)) return;
        said = words;
        if (enforcement == Enforcement.ENFORCED && standing instanceof Evidence.Standing.Shown) {
            log.info("fencing is {}", words);
        } else {
            log.warn("fencing is {}", words);
        }
    }
}
