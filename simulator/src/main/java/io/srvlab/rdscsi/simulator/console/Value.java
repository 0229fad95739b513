package io.srvlab.rdscsi.simulator.console;

import java.util.List;
import java.util.SequencedMap;

/** A value of the RouterOS language. */
public sealed interface Value {
    /** As {@code :put} and REST show it. */
    default String text() {
        return Values.text(this);
    }

    /** {@code "text"}, or a bare word that is nothing else. */
    record Text(String text) implements Value {}

    record Num(long number) implements Value {}

    /** {@code yes} and {@code true} are one value, {@code no} and {@code false} the other. */
    record Bool(boolean flag) implements Value {}

    /** An item's id, {@code *1A}: never a row number. */
    record Id(long number) implements Value {}

    /** An unquoted address or prefix: no text, and equal to none. */
    record Address(String text) implements Value {}

    /** A span of time, as {@code 1w2d3h4m5s}. */
    record Time(java.time.Duration span) implements Value {}

    record Array(List<Value> values) implements Value {
        public Array {
            values = List.copyOf(values);
        }
    }

    /** An array with keys; {@code as-value} gives keys sorted. */
    record Dict(SequencedMap<String, Value> entries) implements Value {}

    /** What {@code get} gives for an unset property, and a variable that was never set. */
    record Nothing() implements Value {}
}
