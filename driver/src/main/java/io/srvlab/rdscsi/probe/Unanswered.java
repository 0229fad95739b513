package io.srvlab.rdscsi.probe;

/** A question could not be brought to its end; the message says why, for people. */
final class Unanswered extends Exception {
    private static final long serialVersionUID = 1L;

    Unanswered(String why) {
        super(why);
    }
}
