package io.srvlab.rdscsi.volume;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a node, which is the CSI node_id: a DNS subdomain (RFC 1123) of at most 128 characters, as Kubernetes
 * names its Node objects. The ledger holds it as it is, so nothing else may pass.
 */
public record NodeName(String text) {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,126}[a-z0-9])?");

    public NodeName {
        if (!SHAPE.matcher(text).matches()) throw new IllegalArgumentException("not a node name: '" + text + "'");
    }

    /** The name in {@code text}, or nothing if no node can be called that. */
    public static Optional<NodeName> parse(String text) {
        return SHAPE.matcher(text).matches() ? Optional.of(new NodeName(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return text;
    }
}
