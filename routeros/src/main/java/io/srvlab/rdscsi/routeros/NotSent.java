package io.srvlab.rdscsi.routeros;

/** Nothing of a script was sent, and nothing will be. The message says why and what to do. */
final class NotSent extends Exception {
    private static final long serialVersionUID = 1L;

    NotSent(String why) {
        super(why);
    }

    NotSent(String why, Throwable cause) {
        super(why, cause);
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
