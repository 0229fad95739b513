package io.srvlab.rdscsi.simulator.console;

import java.util.List;

/** The operators between two values, those that bind loosest first. */
enum Operator {
    JOIN(0, ","),
    OR(1, "||", "or"),
    AND(2, "&&", "and"),
    UNEQUAL(3, "!="),
    AT_MOST(3, "<="),
    AT_LEAST(3, ">="),
    EQUAL(3, "="),
    LESS(3, "<"),
    MORE(3, ">"),
    MATCHES(3, "~"),
    IN(3, "in"),
    CONCATENATE(4, "."),
    ENTRY(7, "->"),
    PLUS(5, "+"),
    MINUS(5, "-"),
    TIMES(6, "*"),
    DIVIDED(6, "/"),
    MODULO(6, "%");

    private final int binding;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> spellings;

    Operator(int binding, String... spellings) {
        this.binding = binding;
        this.spellings = List.of(spellings);
    }

    /** How tightly it binds: what binds tighter is computed first. */
    int binding() {
        return binding;
    }

    /** As it may be written. Declared such that no spelling hides a longer one that begins with it. */
    List<String> spellings() {
        return spellings;
    }

    boolean compares() {
        return binding == EQUAL.binding;
    }

    /** Whether it asks which of two is more. */
    boolean orders() {
        return this == LESS || this == MORE || this == AT_MOST || this == AT_LEAST;
    }
}
