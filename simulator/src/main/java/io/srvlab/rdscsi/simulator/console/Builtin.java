package io.srvlab.rdscsi.simulator.console;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The commands of the language itself, by what they take. */
enum Builtin {
    PUT(value("message")),
    LOCAL(name("name"), optional("value")),
    GLOBAL(name("name"), optional("value")),
    SET(name("name"), value("value")),
    IF(value("condition"), code("do"), optionalCode("else")),
    FOREACH(name("counter"), named("in"), code("do")),
    FOR(name("counter"), named("from"), named("to"), optionalNamed("step"), code("do")),
    WHILE(value("condition"), code("do")),
    DO(new Parameter("command", Kind.CODE, true, true), optionalCode("on-error")),
    ONERROR(name("error"), code("in"), code("do")),
    ERROR(value("message")),
    RETURN(value("value")),
    LEN(value("value")),
    TOSTR(value("value")),
    TONUM(value("value")),
    TYPEOF(value("value")),
    PICK(value("value"), value("begin"), optional("end")),
    FIND(value("in"), value("arg")),
    SERIALIZE(named("value"), named("to"), optionalNamed("options")),
    DESERIALIZE(value("value"), named("from"), optionalNamed("options")),
    DELAY(value("delay-time")),
    EXECUTE(new Parameter("script", Kind.SCRIPT, true, true), optionalNamed("file"), flag("as-string")),
    NOTHING;

    enum Kind {
        VALUE,
        NAME,
        CODE,
        /** A block, or a value whose text is code. */
        SCRIPT,
        /** A word that is there or not. */
        FLAG
    }

    /** One argument; a positional one may be given without its name. */
    record Parameter(String name, Kind kind, boolean positional, boolean required) {}

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Parameter> parameters;

    Builtin(Parameter... parameters) {
        this.parameters = List.of(parameters);
    }

    static Optional<Builtin> of(String word) {
        return Arrays.stream(values()).filter(b -> b.word().equals(word)).findFirst();
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    List<Parameter> parameters() {
        return parameters;
    }

    /** Whether its name is a variable inside its {@code do} block only. */
    boolean bindsInDo() {
        return this == FOREACH || this == FOR || this == ONERROR;
    }

    private static Parameter value(String name) {
        return new Parameter(name, Kind.VALUE, true, true);
    }

    private static Parameter optional(String name) {
        return new Parameter(name, Kind.VALUE, true, false);
    }

    private static Parameter named(String name) {
        return new Parameter(name, Kind.VALUE, false, true);
    }

    private static Parameter optionalNamed(String name) {
        return new Parameter(name, Kind.VALUE, false, false);
    }

    private static Parameter name(String name) {
        return new Parameter(name, Kind.NAME, true, true);
    }

    private static Parameter flag(String name) {
        return new Parameter(name, Kind.FLAG, false, false);
    }

    private static Parameter code(String name) {
        return new Parameter(name, Kind.CODE, false, true);
    }

    private static Parameter optionalCode(String name) {
        return new Parameter(name, Kind.CODE, false, false);
    }
}
