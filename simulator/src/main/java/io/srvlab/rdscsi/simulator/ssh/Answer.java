package io.srvlab.rdscsi.simulator.ssh;

/** What becomes of one exec. */
public sealed interface Answer {
    /** The text goes to stdout, then the status, then the channel closes. */
    record Say(String text, int status) implements Answer {}

    /** The whole connection is cut off, without a word. */
    record HangUp() implements Answer {}

    /** Nothing ever comes; the channel stays open until somebody closes it. */
    record Silence() implements Answer {}
}
