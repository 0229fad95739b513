package io.srvlab.rdscsi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/reference/metrics.md tells of every metric that there is, with its type and its labels, and of no other. */
class ReferencePageTest {
    private static final Path PAGE = Path.of("../docs/reference/metrics.md");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z_]+)(?:\\{([a-z,]+)})?` \\| ([a-z]+) \\|.*");

    @Test
    void thePageTellsOfEveryMetricOfAControllerAndOfNoOther() throws Exception {
        var registered = new Registered();
        var _ = new Metrics.Controller("1", registered);
        assertThat(told(Files.readAllLines(PAGE))).isEqualTo(registered.families);
    }

    @Test
    void whatANodeHasComesUnderThePagesFirstHeading() throws Exception {
        var registered = new Registered();
        var _ = new Metrics("1", registered);
        var lines = Files.readAllLines(PAGE);
        assertThat(told(lines.subList(0, lines.indexOf("## Of the controller"))))
                .isEqualTo(registered.families);
    }

    /** Type and labels by name, from the tables' rows. */
    private static Map<String, String> told(List<String> lines) {
        var told = new TreeMap<String, String>();
        for (var line : lines) {
            var row = ROW.matcher(line);
            if (!row.matches()) continue;
            var labels = new TreeSet<>(
                    row.group(2) == null ? List.of() : List.of(row.group(2).split(",", -1)));
            assertThat(told.put(row.group(1), row.group(3) + " " + labels))
                    .as("twice: " + line)
                    .isNull();
        }
        return told;
    }

    private static final class Registered extends PrometheusRegistry {
        private final Map<String, String> families = new TreeMap<>();

        @Override
        public void register(Collector collector) {
            families.put(name(collector.getMetricFamilyDescriptor()), described(collector.getMetricFamilyDescriptor()));
            super.register(collector);
        }

        private static String name(MetricFamilyDescriptor family) {
            return switch (family.getType()) {
                case COUNTER -> family.getPrometheusName() + "_total";
                case INFO -> family.getPrometheusName() + "_info";
                default -> family.getPrometheusName();
            };
        }

        private static String described(MetricFamilyDescriptor family) {
            var type = switch (family.getType()) {
                case COUNTER -> "counter";
                case HISTOGRAM -> "histogram";
                // Prometheus' text format knows no infos: they are gauges there.
                case GAUGE, INFO -> "gauge";
                default -> throw new AssertionError(family.getType());
            };
            return type + " " + new TreeSet<>(family.getLabelNames());
        }
    }
}
