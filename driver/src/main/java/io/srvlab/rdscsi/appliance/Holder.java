package io.srvlab.rdscsi.appliance;

import io.srvlab.rdscsi.volume.NodeName;

/**
 * Who holds a volume, within its cluster: {@code node@uid8}. The same name with another UID is another machine.
 *
 * @param uid8 the first 8 hexadecimal digits of the Node's UID
 */
public record Holder(NodeName node, String uid8) {
    public Holder {
        if (!uid8.matches("[0-9a-f]{8}"))
            throw new IllegalArgumentException("not the beginning of a UID: '" + uid8 + "'");
    }

    static Holder parse(String text) {
        int at = text.indexOf('@');
        if (at < 0) throw new IllegalArgumentException("not a holder: '" + text + "'");
        return new Holder(new NodeName(text.substring(0, at)), text.substring(at + 1));
    }

    @Override
    public String toString() {
        return node + "@" + uid8;
    }
}
