package io.srvlab.rdscsi.simulator.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.srvlab.rdscsi.simulator.console.Syntax.Expression;
import io.srvlab.rdscsi.simulator.console.Syntax.Literal;
import io.srvlab.rdscsi.simulator.console.Syntax.Template;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;

/** A quoted string: its escapes, and what is filled in by {@code $}. */
final class StringParser {
    private static final String ESCAPES = "\"\\$?nrt_";
    private static final String MEANINGS = "\"\\$?\n\r\t ";
    private static final String HEX = "0123456789ABCDEF";

    private final Lexer in;
    private final ExpressionParser expressions;
    private final List<Expression> parts = new ArrayList<>();
    private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
    private int start;

    StringParser(Lexer in, ExpressionParser expressions) {
        this.in = in;
        this.expressions = expressions;
    }

    Expression quoted() {
        start = in.position();
        in.next();
        while (!in.take("\"")) {
            switch (in.peek()) {
                case '\\' -> plain.write(escape());
                case '$' -> parts.add(filledIn());
                // A question mark asks for help, and a control character is a key.
                case '?', '\0', '\t', '\r', '\n' -> throw in.error("syntax error");
                default -> plain.write(in.next());
            }
        }
        if (parts.isEmpty()) return plain();
        parts.add(plain());
        return new Template(List.copyOf(parts));
    }

    private int escape() {
        int at = in.position();
        in.next();
        char letter = in.next();
        int known = ESCAPES.indexOf(letter);
        if (known >= 0) return MEANINGS.charAt(known);
        int high = HEX.indexOf(letter);
        int low = HEX.indexOf(in.next());
        if (high < 0 || low < 0) throw in.error("syntax error", at);
        return high * 16 + low;
    }

    private Expression filledIn() {
        parts.add(plain());
        int at = in.position();
        in.next();
        if (in.peek() == '[') return expressions.substitution();
        if (in.peek() == '(') return expressions.parenthesised();
        if (Lexer.isWord(in.peek()) && in.peek() != '-') return expressions.variableInText();
        throw in.error("syntax error", at);
    }

    /** The bytes written since the last part, which must be UTF-8. */
    private Literal plain() {
        try {
            String text = UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(plain.toByteArray()))
                    .toString();
            plain.reset();
            return new Literal(new Value.Text(text));
        } catch (CharacterCodingException _) {
            throw in.error("syntax error", start);
        }
    }
}
