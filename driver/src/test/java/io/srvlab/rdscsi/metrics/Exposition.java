package io.srvlab.rdscsi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Prometheus' text format, read strictly: every line is HELP, TYPE or a sample; each family is told once, HELP and TYPE
 * before its samples, and nothing between them; names keep to the conventions; histograms add up.
 */
public final class Exposition {
    private static final Pattern HELP = Pattern.compile("# HELP ([a-z_]+) (\\S.*\\.)");
    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-z_]+) (counter|gauge|histogram)");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z_]+)(?:\\{((?:[a-z_]+=\"[^\"\\\\\n]*\",?)+)})? (-?[0-9.]+(?:E-?[0-9]+)?|\\+Inf)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

    private final Map<String, Family> families = new LinkedHashMap<>();

    private record Sample(String name, Map<String, String> labels, double value) {}

    private record Family(String name, String type, List<Sample> samples) {}

    private Exposition() {}

    /** Reads {@code text}; an AssertionError names the line that is wrong. */
    public static Exposition parse(String text) {
        var read = new Exposition();
        assertThat(text).endsWith("\n");
        String told = "";
        Family family = null;
        for (var line : text.substring(0, text.length() - 1).split("\n", -1)) {
            var help = HELP.matcher(line);
            var type = TYPE.matcher(line);
            if (help.matches()) {
                told = help.group(1);
                assertThat(read.families).as("told twice: " + line).doesNotContainKey(told);
            } else if (type.matches()) {
                assertThat(type.group(1))
                        .as("TYPE without its HELP before it: " + line)
                        .isEqualTo(told);
                family = new Family(told, type.group(2), new ArrayList<>());
                read.families.put(told, family);
            } else {
                read.sample(line, family);
            }
        }
        read.families.values().forEach(Exposition::check);
        return read;
    }

    private void sample(String line, @Nullable Family family) {
        var shape = SAMPLE.matcher(line);
        assertThat(shape.matches())
                .as("neither HELP nor TYPE nor sample: " + line)
                .isTrue();
        if (family == null) throw new AssertionError("a sample of no family: " + line);
        var labels = new TreeMap<String, String>();
        if (shape.group(2) != null) {
            LABEL.matcher(shape.group(2)).results().forEach(label -> labels.put(label.group(1), label.group(2)));
        }
        family.samples().add(new Sample(shape.group(1), labels, number(shape.group(3))));
    }

    private static double number(String text) {
        return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }

    private static void check(Family family) {
        var name = family.name();
        assertThat(name).matches("(rds_csi|process|jvm)_[a-z_]+").doesNotContain("milli", "_ms", "_mib", "_minutes");
        assertThat(family.samples()).as(name + " without a sample").isNotEmpty();
        var seen = new HashSet<String>();
        for (var sample : family.samples()) {
            assertThat(seen.add(sample.name() + sample.labels()))
                    .as("twice: " + sample)
                    .isTrue();
        }
        switch (family.type()) {
            case "histogram" -> checkHistogram(family);
            case "counter" -> {
                assertThat(name).endsWith("_total");
                assertThat(family.samples()).allMatch(sample -> sample.name().equals(name) && sample.value() >= 0);
            }
            default -> {
                assertThat(name).doesNotEndWith("_total");
                assertThat(family.samples()).allMatch(sample -> sample.name().equals(name));
            }
        }
    }

    private static void checkHistogram(Family family) {
        assertThat(family.name()).endsWith("_seconds");
        var buckets = new LinkedHashMap<Map<String, String>, TreeMap<Double, Double>>();
        var counts = new LinkedHashMap<Map<String, String>, Double>();
        var sums = new HashSet<Map<String, String>>();
        for (var sample : family.samples()) {
            var labels = new TreeMap<>(sample.labels());
            var bound = Objects.requireNonNullElse(labels.remove("le"), "none");
            switch (sample.name().substring(family.name().length())) {
                case "_bucket" ->
                    buckets.computeIfAbsent(labels, _ -> new TreeMap<>()).put(number(bound), sample.value());
                case "_count" -> counts.put(labels, sample.value());
                case "_sum" -> sums.add(labels);
                default -> throw new AssertionError("no part of a histogram: " + sample);
            }
        }
        assertThat(counts.keySet()).isEqualTo(buckets.keySet()).isEqualTo(sums);
        buckets.forEach((labels, bounds) -> {
            assertThat(new ArrayList<>(bounds.values()))
                    .as("cumulative: " + labels)
                    .isSorted();
            assertThat(bounds.lastKey()).isInfinite();
            assertThat(bounds.lastEntry().getValue()).isEqualTo(counts.get(labels));
        });
    }

    /** Names of all families. */
    public Set<String> names() {
        return families.keySet();
    }

    /** The value of the sample {@code name} with exactly these labels, written {@code key=value}; nothing if it is absent. */
    public OptionalDouble find(String name, String... labels) {
        var wanted = new TreeMap<String, String>();
        for (var label : labels) wanted.put(label.split("=", 2)[0], label.split("=", 2)[1]);
        return families.values().stream()
                .flatMap(family -> family.samples().stream())
                .filter(sample -> sample.name().equals(name) && sample.labels().equals(wanted))
                .mapToDouble(Sample::value)
                .findFirst();
    }

    /** As {@link #find}, of a sample that must be there. */
    public double value(String name, String... labels) {
        return find(name, labels)
                .orElseThrow(() -> new AssertionError("no " + name + " " + List.of(labels) + " in " + names()));
    }
}
