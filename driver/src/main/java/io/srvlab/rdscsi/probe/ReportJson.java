package io.srvlab.rdscsi.probe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Locale;

/** A report as the driver and other programs read it. */
public final class ReportJson {
    private static final int FORMAT = 1;
    private static final int LENGTH_MAX = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private ReportJson() {}

    public static String write(Report report) {
        var root = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("at", report.at().toString())
                .put("driver", report.driver())
                .put("routeros", report.routerOs())
                .put("board", report.board())
                .put("verdict", report.verdict().words());
        var findings = root.putArray("findings");
        for (var finding : report.findings()) write(finding, findings.addObject());
        var left = root.putArray("left-behind");
        report.leftBehind().forEach(left::add);
        return root.toPrettyString() + "\n";
    }

    private static void write(Finding finding, ObjectNode to) {
        to.put("id", finding.id())
                .put("weight", finding.weight().name().toLowerCase(Locale.ROOT))
                .put("belief", finding.belief())
                .put("how", finding.how())
                .put("answer", word(finding.answer()))
                .put("text", finding.answer().text())
                .put("then", finding.then());
    }

    private static String word(Answer answer) {
        return switch (answer) {
            case Answer.Shown _ -> "shown";
            case Answer.Refuted _ -> "refuted";
            case Answer.NotAsked _ -> "not-asked";
            case Answer.CouldNotAsk _ -> "could-not-ask";
        };
    }

    /**
     * The report in a file. Its verdict is drawn anew from the findings.
     *
     * @throws IOException it cannot be read, or is no report of a format known here
     */
    public static Report read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return parse(new String(in.readNBytes(LENGTH_MAX), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is no report of rds-csi probe: " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException it is no report of a format known here */
    static Report parse(String text) {
        try {
            var root = JSON.readTree(text);
            if (root.path("format").asInt() != FORMAT)
                throw new IllegalArgumentException("its format is not " + FORMAT);
            var findings = new ArrayList<Finding>();
            for (var each : root.path("findings")) findings.add(finding(each));
            var left = new ArrayList<String>();
            root.path("left-behind").forEach(line -> left.add(line.asText()));
            return new Report(
                    Instant.parse(text(root, "at")),
                    text(root, "driver"),
                    text(root, "routeros"),
                    text(root, "board"),
                    findings,
                    left);
        } catch (JsonProcessingException | DateTimeException e) {
            throw new IllegalArgumentException("it cannot be read", e);
        }
    }

    private static Finding finding(JsonNode from) {
        return new Finding(
                text(from, "id"),
                Weight.valueOf(text(from, "weight").toUpperCase(Locale.ROOT)),
                text(from, "belief"),
                text(from, "how"),
                answer(text(from, "answer"), text(from, "text")),
                text(from, "then"));
    }

    private static Answer answer(String word, String text) {
        return switch (word) {
            case "shown" -> new Answer.Shown(text);
            case "refuted" -> new Answer.Refuted(text);
            case "not-asked" -> new Answer.NotAsked(text);
            case "could-not-ask" -> new Answer.CouldNotAsk(text);
            default -> throw new IllegalArgumentException("no such answer: " + word);
        };
    }

    private static String text(JsonNode from, String name) {
        var value = from.get(name);
        if (value == null || !value.isTextual()) throw new IllegalArgumentException("it has no " + name);
        return value.textValue();
    }
}
