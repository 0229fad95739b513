package io.srvlab.rdscsi.simulator.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Text that is quoted by the rules arrives as it was. */
final class QuotingTest {
    private static final int ROUNDS = 5_000;

    @Test
    @DisplayName("any text, quoted by the documented escapes, comes back the same")
    void roundTrip() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String text = random.ints(random.nextInt(40), 0, 0x180)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            var shelf = Appliance.disks().with("slot", new Value.Text("a"));
            String script = "/disk/set [find where slot=\"a\"] comment=" + quoted(text, random)
                    + "; :put [:len [/disk/find where comment=" + quoted(text, random) + "]]";
            var output = new Console(Map.of("disk", shelf)).run(script);
            assertThat(output.text()).as("seed %d: %s", seed, script).isEqualTo("1\r\n");
            assertThat(shelf.items().getFirst().values().get("comment"))
                    .as("seed %d: %s", seed, script)
                    .isEqualTo(new Value.Text(text));
        }
    }

    /** What may stand for itself sometimes does, sometimes is escaped. */
    private static String quoted(String text, Random random) {
        var quoted = new StringBuilder("\"");
        for (byte each : text.getBytes(UTF_8)) {
            char c = (char) (each & 0xFF);
            int known = "\"\\$?\n\r\t ".indexOf(c);
            boolean plain = c >= ' ' && c <= '~' && (known < 0 || c == ' ');
            if (plain && random.nextInt(4) > 0) quoted.append(c);
            else if (known >= 0 && random.nextBoolean()) quoted.append('\\').append("\"\\$?nrt_".charAt(known));
            else quoted.append(String.format(Locale.ROOT, "\\%02X", (int) c));
        }
        return quoted.append('"').toString();
    }
}
