package io.srvlab.rdscsi.probe;

/** What came of a question. What was not answered is never taken for either of the first two. */
public sealed interface Answer {
    /** It is as believed. */
    record Shown(String seen) implements Answer {}

    /** It is not as believed. */
    record Refuted(String seen) implements Answer {}

    /** Nobody asked: that would cost more than a probe may. */
    record NotAsked(String why) implements Answer {}

    /** It was asked, and the appliance's answer says neither. */
    record CouldNotAsk(String why) implements Answer {}

    /** {@code seen} shows or refutes the belief. */
    static Answer of(boolean asBelieved, String seen) {
        return asBelieved ? new Shown(seen) : new Refuted(seen);
    }

    /** What was seen, or why nothing was. */
    default String text() {
        return switch (this) {
            case Shown(var seen) -> seen;
            case Refuted(var seen) -> seen;
            case NotAsked(var why) -> why;
            case CouldNotAsk(var why) -> why;
        };
    }
}
