package io.srvlab.rdscsi.simulator.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.srvlab.rdscsi.simulator.console.ConsoleError;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The words of {@code .query}: each puts a question on a stack, {@code #!}, {@code #&} and {@code #|} join what lies there; all
 * that is left must hold (API manual, "Queries").
 */
final class Query {
    private final Deque<Predicate<Map<String, String>>> stack = new ArrayDeque<>();

    private Query() {}

    static Predicate<Map<String, String>> of(JsonNode words) throws ConsoleError {
        var query = new Query();
        for (var word : words) query.take(word.asText());
        Predicate<Map<String, String>> all = _ -> true;
        for (var each : query.stack) all = all.and(each);
        return all;
    }

    private void take(String word) throws ConsoleError {
        if (word.startsWith("#")) {
            for (char operation : word.substring(1).toCharArray()) join(operation);
            return;
        }
        int equals = word.indexOf('=', 1);
        var name = equals < 0 ? word : word.substring(0, equals);
        var value = equals < 0 ? "" : word.substring(equals + 1);
        if (equals < 0 && name.startsWith("-")) stack.push(row -> !row.containsKey(name.substring(1)));
        else if (equals < 0) stack.push(row -> row.containsKey(name));
        else stack.push(row -> value.equals(row.get(name)));
    }

    private void join(char operation) throws ConsoleError {
        var last = pop();
        switch (operation) {
            case '!' -> stack.push(last.negate());
            case '&' -> stack.push(pop().and(last));
            case '|' -> stack.push(pop().or(last));
            default -> throw new ConsoleError("unknown query operation " + operation);
        }
    }

    private Predicate<Map<String, String>> pop() throws ConsoleError {
        if (stack.isEmpty()) throw new ConsoleError("query stack is empty");
        return stack.pop();
    }
}
