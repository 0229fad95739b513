package io.srvlab.rdscsi.simulator.console;

import io.srvlab.rdscsi.simulator.console.Signal.Unparsable;
import io.srvlab.rdscsi.simulator.console.Syntax.Place;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The characters of one line and how far they are read. What a character means depends on what the parser expects there. */
final class Lexer {
    /** What ends an unquoted value. A value that holds one of these must be quoted. */
    private static final String NEEDS_QUOTES = " \t\r\n\"\\$?[]{}();=~!&|#";

    private final String text;
    private int at;

    /** A line. Text that is not ASCII is lost on its way into a console, so it is refused before anything is read. */
    Lexer(String text) {
        this.text = text;
        for (at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c > '~' || (c < ' ' && "\t\r\n".indexOf(c) < 0)) throw error("syntax error");
        }
        at = 0;
    }

    Unparsable error(String words) {
        return error(words, at);
    }

    Unparsable error(String words, int position) {
        return new Unparsable(words, place(position));
    }

    int position() {
        return at;
    }

    String between(int start, int end) {
        return text.substring(start, end);
    }

    void back(int position) {
        at = position;
    }

    Place place(int position) {
        String before = text.substring(0, position);
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        return new Place(line, position - before.lastIndexOf('\n'));
    }

    int line() {
        return place(at).line();
    }

    /** The next character, or NUL at the end, which no line holds. */
    char peek() {
        return peek(0);
    }

    char peek(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : '\0';
    }

    char next() {
        char c = peek();
        at++;
        return c;
    }

    /** Takes {@code what} if it comes next. */
    boolean take(String what) {
        if (!text.startsWith(what, at)) return false;
        at += what.length();
        return true;
    }

    /** Takes a word if it comes next and ends there. */
    boolean takeWord(String word) {
        if (!text.startsWith(word, at) || isWord(peek(word.length()))) return false;
        at += word.length();
        return true;
    }

    void skipBlanks() {
        while (atBlank()) at++;
    }

    /** Blanks, line ends and comments: what may stand between statements. */
    void skipToStatement() {
        while (true) {
            skipBlanks();
            if (peek() == '#') while (peek() != '\n' && peek() != '\0') at++;
            else if (peek() == '\n' || peek() == ';') at++;
            else return;
        }
    }

    boolean atBlank() {
        return peek() == ' ' || peek() == '\t' || peek() == '\r';
    }

    /** Takes {@code name=} and what blanks follow it, or nothing. The value after blanks still belongs to the name. */
    @Nullable
    String argumentName() {
        int start = at;
        String name = word();
        if (!name.isEmpty() && take("=")) {
            skipBlanks();
            return name;
        }
        at = start;
        return null;
    }

    /** Passes over what is left of a command that nobody knows. */
    void skipCommand() {
        for (int depth = 0; peek() != '\0' && (depth > 0 || !atCommandEnd()); ) {
            char c = next();
            if ("{[(".indexOf(c) >= 0) depth++;
            else if ("}])".indexOf(c) >= 0) depth--;
            else if (c == '"') skipString();
        }
    }

    private void skipString() {
        while (peek() != '"') {
            if (peek() == '\\') at++;
            if (next() == '\0') throw error("syntax error", text.length());
        }
        at++;
    }

    /** Whether a command ends here. */
    boolean atCommandEnd() {
        return "\0\n;]})".indexOf(peek()) >= 0;
    }

    /** The word of a command or of an argument's name, maybe empty. */
    String word() {
        return run(Lexer::isWord);
    }

    /** A variable's name: letters and digits, others only in quotes. */
    String variableName() {
        return run(c -> isWord(c) && c != '-');
    }

    String run(IntPredicate taken) {
        int start = at;
        while (peek() != '\0' && taken.test(peek())) at++;
        return text.substring(start, at);
    }

    /** An unquoted value of an argument. */
    String bare() {
        return bare("");
    }

    /** An unquoted value, ended also by one of {@code others}. */
    String bare(String others) {
        if (peek() == '/') throw error("syntax error");
        int start = at;
        String value = run(c -> NEEDS_QUOTES.indexOf(c) < 0 && others.indexOf(c) < 0);
        if (value.isEmpty()) throw error("syntax error", start);
        return value;
    }

    static boolean isWord(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    }
}
