package io.srvlab.rdscsi.routeros;

/** Foreign text made fit for a message: short, and free of control characters. */
final class ForeignText {
    private static final int LENGTH_MAX = 500;

    private ForeignText() {}

    static String bounded(String text) {
        var plain = text.strip().replaceAll("\\R", " ").replaceAll("\\p{Cc}", "\uFFFD");
        return plain.length() <= LENGTH_MAX ? plain : plain.substring(0, LENGTH_MAX) + "…";
    }
}
