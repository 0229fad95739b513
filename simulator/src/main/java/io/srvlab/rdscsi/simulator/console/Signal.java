package io.srvlab.rdscsi.simulator.console;

/** What ends a statement before its time. Control flow of the language, so without a Java stack trace. */
abstract sealed class Signal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Signal(String text) {
        super(text, null, false, false);
    }

    /** What the appliance says about it. */
    final String text() {
        return String.valueOf(getMessage());
    }

    /** A line that is no RouterOS: nothing of it runs, and no {@code on-error} sees it. */
    static final class Unparsable extends Signal {
        private static final long serialVersionUID = 1L;

        Unparsable(String text, Syntax.Place place) {
            super(text + " (" + place + ")");
        }
    }

    /** An error at run time, its place included. */
    static final class Raised extends Signal {
        private static final long serialVersionUID = 1L;

        Raised(String text) {
            super(text);
        }
    }

    /** The script used up what one run may use; {@code on-error} must not keep it alive. */
    static final class Exhausted extends Signal {
        private static final long serialVersionUID = 1L;

        Exhausted(String text) {
            super(text);
        }
    }

    /** {@code :return}. */
    static final class Returned extends Signal {
        private static final long serialVersionUID = 1L;
        private final transient Value value;

        Returned(Value value) {
            super("return");
            this.value = value;
        }

        Value value() {
            return value;
        }
    }
}
