package io.srvlab.rdscsi.volume;

import java.util.regex.Pattern;

/**
 * An NVMe qualified name, of a subsystem or of a host: 1 to 223 printable ASCII characters beginning with
 * {@code nqn.yyyy-mm.} (NVMe Base Specification, "NVMe Qualified Names"). The characters are narrowed to those that
 * no console and no option string takes for its own.
 */
public record Nqn(String text) {
    private static final Pattern SHAPE = Pattern.compile("nqn\\.[0-9]{4}-[0-9]{2}\\.[A-Za-z0-9.:_-]{1,210}");

    public Nqn {
        if (!SHAPE.matcher(text).matches() || text.length() > 223) {
            throw new IllegalArgumentException("not an NVMe qualified name: '" + text + "'");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
