package io.srvlab.rdscsi.simulator.personality;

/** What happens, where and when. */
public record Rule<T>(T what, Place where, When when) {
    @Override
    public String toString() {
        return what + " " + where + " " + when;
    }
}
