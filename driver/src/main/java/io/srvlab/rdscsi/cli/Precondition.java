package io.srvlab.rdscsi.cli;

/** Something must be there before a command can run, and is not; the message names it and what to do. Exit status 3. */
final class Precondition extends Exception {
    static final int EXIT_STATUS = 3;
    private static final long serialVersionUID = 1L;

    Precondition(String message) {
        super(message);
    }

    Precondition(String message, Throwable cause) {
        super(message, cause);
    }
}
