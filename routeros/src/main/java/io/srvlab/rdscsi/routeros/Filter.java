package io.srvlab.rdscsi.routeros;

/**
 * Which items a command is about: what stands behind {@code where}. Values are always literals, since a variable there
 * is hidden by a property of the same name, and {@code slot=$slot} would match every item.
 */
public final class Filter {
    private final String text;

    private Filter(String text) {
        this.text = text;
    }

    /** The property is set, and is exactly this text. An unset property is not equal to {@code ""}: see {@link #unset}. */
    public static Filter is(String property, String value) {
        return new Filter(Quoting.property(property) + "=" + Quoting.quote(value));
    }

    /** The property is this number, for properties that RouterOS keeps as numbers: those do not equal a quoted text. */
    public static Filter isNumber(String property, long value) {
        return new Filter(Quoting.property(property) + "=" + value);
    }

    /** The property was never set, or was unset. */
    public static Filter unset(String property) {
        return new Filter("!" + Quoting.property(property));
    }

    /** The property matches a regular expression somewhere; anchor it with {@code ^} and {@code $} to match as a whole. */
    public static Filter matches(String property, String regex) {
        return new Filter(Quoting.property(property) + "~" + Quoting.quote(regex));
    }

    public Filter and(Filter other) {
        return new Filter("(" + text + " && " + other.text + ")");
    }

    public Filter or(Filter other) {
        return new Filter("(" + text + " || " + other.text + ")");
    }

    /** As RouterOS reads it; what was joined is in parentheses, so that it can stand anywhere. */
    public String text() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Filter filter && filter.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
