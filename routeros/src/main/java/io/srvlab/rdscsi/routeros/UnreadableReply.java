package io.srvlab.rdscsi.routeros;

/** The appliance answered, and the answer could not be read. It is never to be taken for "nothing there". */
public final class UnreadableReply extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableReply(String message) {
        super(message);
    }

    UnreadableReply(String message, Throwable cause) {
        super(message, cause);
    }
}
