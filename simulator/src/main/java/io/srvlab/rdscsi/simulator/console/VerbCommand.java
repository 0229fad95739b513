package io.srvlab.rdscsi.simulator.console;

import io.srvlab.rdscsi.simulator.console.Syntax.Expression;
import io.srvlab.rdscsi.simulator.console.Syntax.MenuCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A command of a menu's own, such as {@code monitor-traffic storage-pool once}. */
record VerbCommand(MenuCall call, Menu.Verb verb, Expressions expressions, boolean wanted, Consumer<String> output) {
    private static final Value YES = new Value.Bool(true);

    Value run() throws ConsoleError {
        var words = new ArrayList<Value>();
        for (Expression word : call.unnamed()) words.add(expressions.value(word));
        var given = new LinkedHashMap<String, Value>();
        for (var entry : call.named().entrySet()) given.put(entry.getKey(), expressions.value(entry.getValue()));
        Value named = given.remove("numbers");
        if (named == null && verb.namesItem() && !words.isEmpty()) named = words.removeFirst();
        for (Value word : words) {
            if (!(word instanceof Value.Text(String flag)) || given.putIfAbsent(flag, YES) != null)
                throw new ConsoleError("expected end of command");
        }
        if (named == null) return run(null, given);
        var values = new ArrayList<Value>();
        for (Menu.Item item : new Items(call.menu()).of(named)) values.add(run(item, given));
        return values.size() == 1 ? values.getFirst() : new Value.Array(values);
    }

    private Menu.Running running() {
        var evaluator = expressions.evaluator();
        return new Menu.Running() {
            @Override
            public void print(String text) {
                output.accept(text.replace("\n", "\r\n"));
            }

            @Override
            public void pause(Duration time) throws ConsoleError {
                try {
                    evaluator.budget().pause(evaluator.session().host(), time);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    throw new ConsoleError("interrupted");
                }
            }
        };
    }

    private Value run(Menu.@Nullable Item on, Map<String, Value> given) throws ConsoleError {
        if (wanted && given.containsKey("as-value")) return verb.value(on, Collections.unmodifiableMap(given));
        verb.run(on, Collections.unmodifiableMap(given), running());
        return Values.NOTHING;
    }
}
