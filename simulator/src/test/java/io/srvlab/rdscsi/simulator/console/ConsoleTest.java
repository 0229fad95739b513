package io.srvlab.rdscsi.simulator.console;

import static io.srvlab.rdscsi.simulator.console.Appliance.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What holds for a whole exec. */
final class ConsoleTest {
    private final Shelf disks = Appliance.threeDisks();
    private final Console console = Appliance.console(disks);

    @Test
    @DisplayName("a line with a syntax error at its end has done nothing")
    void syntaxErrorRunsNothing() {
        console.run("/disk/remove a; :put (");
        assertThat(Appliance.slots(disks)).contains("a");
    }

    @Test
    @DisplayName("a block with a syntax error on its last line has done nothing")
    void syntaxErrorInABlockRunsNothing() {
        console.run("{\n/disk/remove a\n:put (\n}");
        assertThat(Appliance.slots(disks)).contains("a");
    }

    @Test
    @DisplayName("an unclosed quote takes the lines after it along, so none of them runs by itself")
    void unclosedQuoteRunsNothing() {
        console.run("{ :put \"x\n/disk/remove a\n}");
        assertThat(Appliance.slots(disks)).contains("a");
    }

    @Test
    @DisplayName("only the last line decides whether an exec failed")
    void lastLineDecides() {
        assertThat(console.run(":error \"x\"\n:put a").failed()).isFalse();
        assertThat(console.run(":put a\n:error \"x\"").failed()).isTrue();
        assertThat(console.run(":put a\n:error \"x\"\n\n").failed()).isTrue();
        assertThat(console.run("").failed()).isFalse();
    }

    @Test
    @DisplayName("sessions do not see each other's variables")
    void variablesArePrivate() {
        console.run(":global secret 1");
        assertThat(console.run(":global secret; :put [:typeof $secret]").text()).isEqualTo("nothing\r\n");
    }

    @Test
    @DisplayName("another session may come between find and set")
    void findAndSetAreTwoSteps() {
        var racing = new Shelf("", Shelf.writable("slot"), Shelf.writable("comment")) {
            @Override
            public synchronized void set(Value.Id item, Map<String, Value> given) throws ConsoleError {
                var other = new HashMap<>(given);
                other.put("slot", text("moved"));
                super.set(item, other);
            }

            @Override
            public synchronized List<Item> items() {
                var before = super.items();
                // The other session removes the item right after this one looked.
                before.forEach(item -> {
                    try {
                        remove(item.id());
                    } catch (ConsoleError e) {
                        throw new AssertionError(e);
                    }
                });
                return before;
            }
        }.with("slot", text("a"));
        assertThat(new Console(Map.of("disk", racing))
                        .run("/disk/set [find where slot=\"a\"] comment=\"x\"")
                        .text())
                .isEqualTo("no such item (/disk/set; line 1)\n");
    }

    @Test
    @DisplayName("many sessions at once each get their own answer")
    void manySessions() throws Exception {
        try (ExecutorService sessions = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<String>>();
            for (int i = 0; i < 64; i++) {
                String script = ":local n " + i + "; /disk/add type=file slot=\"s$n\"; :put [/disk/get \"s$n\" slot]";
                answers.add(sessions.submit(() -> console.run(script).text()));
            }
            for (int i = 0; i < 64; i++) assertThat(answers.get(i).get()).isEqualTo("s" + i + "\r\n");
        }
        assertThat(disks.items()).hasSize(67);
    }

    @Test
    @DisplayName("compare, set and read back fit into one line")
    void oneRoundTrip() {
        String script = ":local ids [/disk/find where slot=\"a\" comment=\"held\"]; "
                + ":if ([:len $ids] = 1) do={ /disk/set $ids comment=\"cut\" nvme-tcp-export=no } else={ :error \"changed\" }; "
                + ":put [:serialize to=json options=json.no-string-conversion value=[/disk/print detail as-value where slot=\"a\"]]; "
                + ":put \"done\"";
        assertThat(console.run(script).text())
                .isEqualTo(
                        "[{\".id\":\"*2\",\"comment\":\"cut\",\"nvme-tcp-export\":false,\"size\":1000,\"slot\":\"a\",\"type\":\"file\"}]\r\ndone\r\n");
        assertThat(console.run(script).text()).isEqualTo("changed (:error; line 1)\n");
    }

    @Test
    @DisplayName("a script of 64 KiB runs, a longer one does not")
    void length() {
        String filler = "#".repeat((64 << 10) - 8);
        assertThat(console.run(":put ok\n" + filler).text()).isEqualTo("ok\r\n");
        assertThat(console.run(":put ok\n" + filler + "#").text()).isEqualTo("failure: script is too long\n");
    }

    @Test
    @DisplayName("nesting without end is refused, not run out of stack")
    void nesting() {
        assertThat(console.run(":put " + "(".repeat(20_000)).text()).startsWith("syntax error");
        assertThat(console.run(":put (1" + " + 1".repeat(15_000) + ")").text()).startsWith("syntax error");
        assertThat(console.run("{".repeat(20_000)).text()).startsWith("syntax error");
        assertThat(console.run(":local a 1; :while (true) do={ :set a {$a} }").text())
                .startsWith("array is nested too deep");
    }

    @Test
    @DisplayName("a script that makes text without end is stopped")
    void memory() {
        assertThat(console.run(":local a \"x\"; :while (true) do={ :set a ($a . $a) }")
                        .text())
                .isEqualTo("failure: out of memory\n");
    }

    @Test
    @DisplayName("a regular expression that tries every way is stopped")
    void regularExpressions() {
        String many = ":put (\"" + "a".repeat(50_000) + "b\" ~ \"^(a|aa)*\\$\")";
        assertThat(console.run(many).failed()).isTrue();
        String few = ":put (\"" + "a".repeat(60) + "\" ~ \"^" + "(a|aa)".repeat(40) + "c\")";
        assertThat(console.run(few).text()).isEqualTo("failure: regular expression takes too many steps\n");
    }

    @Test
    @DisplayName("an item's flags stand between its number and its properties")
    void flags() {
        var flagged = new Shelf("Flags: X - disabled", Shelf.writable("slot")) {
            @Override
            public String flags(Item item) {
                return "X";
            }
        }.with("slot", text("a"));
        assertThat(new Console(Map.of("disk", flagged))
                        .run("/disk print detail")
                        .text())
                .isEqualTo("Flags: X - disabled\r\n 0 X slot=\"a\"\r\n");
    }

    @Test
    @DisplayName("a delay takes its time")
    void delay() {
        long start = System.nanoTime();
        console.run(":delay 50ms");
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(50_000_000);
    }

    @Test
    @DisplayName("a command of the menu's own gets its item, its arguments and its flags")
    void verbs() {
        disks.verb(
                "tell", (on, given) -> (on == null ? "-" : Values.text(on.id())) + " " + new TreeMap<>(given) + "\n");
        assertThat(console.run("/disk tell a once").text()).isEqualTo("*2 {once=Bool[flag=true]}\r\n");
        assertThat(console.run("/disk/tell numbers=[find where slot~\"^[ab]\"]").text())
                .isEqualTo("*2 {}\r\n*3 {}\r\n");
        assertThat(console.run("/disk/tell size=\"5\"").text()).isEqualTo("- {size=Text[text=5]}\r\n");
        assertThat(console.run("/disk tell nobody once").text()).isEqualTo("no such item (/disk/tell; line 1)\n");
        assertThat(console.run(":put [/disk tell a as-value]").text())
                .isEqualTo("expected end of command (/disk/tell; line 1)\n");
    }
}
