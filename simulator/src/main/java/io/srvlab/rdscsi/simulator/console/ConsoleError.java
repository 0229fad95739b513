package io.srvlab.rdscsi.simulator.console;

/** An error of the appliance in RouterOS' own words, without the place, which the evaluator adds. */
public final class ConsoleError extends Exception {
    private static final long serialVersionUID = 1L;

    public ConsoleError(String text) {
        super(text);
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
