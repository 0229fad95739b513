package io.srvlab.rdscsi.simulator.console;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Duration;

/** Whatever is typed, a console answers it: it ends, it stays small, and it throws nothing. */
public final class ConsoleFuzz {
    /** Waits take no time, and files take anything. */
    private static final Host HASTY = new Host() {
        @Override
        public void pause(Duration time) {}

        @Override
        public void write(String file, String text) {}
    };

    private static final int OUTPUT_MAX = 70 << 20;

    private ConsoleFuzz() {}

    /** Runs these bytes as one exec; throws if a promise is broken. */
    public static void fuzzerTestOneInput(byte[] input) {
        try (var console = Appliance.console(Appliance.threeDisks(), HASTY)) {
            var output = console.run(new String(input, ISO_8859_1));
            if (output.text().length() > OUTPUT_MAX)
                throw new AssertionError("an answer of " + output.text().length());
            if (output.failed() && output.text().isEmpty()) throw new AssertionError("failed, and nobody knows why");
        }
    }
}
