package io.srvlab.rdscsi.appliance;

import io.srvlab.rdscsi.volume.ShortHash;

/**
 * Which cluster this is: in Kubernetes the UID of the namespace kube-system, else what {@code --cluster-id} says.
 *
 * @param text 1 to 128 printable ASCII characters without space
 */
public record ClusterId(String text) {
    public ClusterId {
        if (!text.matches("[!-~]{1,128}")) {
            throw new IllegalArgumentException(
                    "a cluster id has 1 to 128 printable characters without space: '" + text + "'");
        }
    }

    /** The cluster as the ledger names it: 8 characters of base32. */
    public String mark() {
        return ShortHash.of(8, "cluster", text);
    }
}
