package io.srvlab.rdscsi.node.linux;

import java.io.IOException;

/** A system call that the kernel refused: which, on what, and with which error number. */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int number;

    public ErrnoException(String call, String subject, Errno errno) {
        super(call + " " + subject + ": " + errno);
        number = errno.number();
    }

    public Errno errno() {
        return new Errno(number);
    }

    public boolean is(Errno errno) {
        return number == errno.number();
    }
}
