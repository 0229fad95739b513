package io.srvlab.rdscsi.simulator.console;

import static io.srvlab.rdscsi.simulator.console.Appliance.flag;
import static io.srvlab.rdscsi.simulator.console.Appliance.number;
import static io.srvlab.rdscsi.simulator.console.Appliance.sample;
import static io.srvlab.rdscsi.simulator.console.Appliance.text;
import static io.srvlab.rdscsi.simulator.console.Shelf.readOnly;
import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.simulator.console.Menu.Layout;
import io.srvlab.rdscsi.simulator.console.Menu.Look;
import io.srvlab.rdscsi.simulator.console.Menu.Property;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What real appliances printed, printed again. */
final class SamplesTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("lineByLine")
    @DisplayName("a captured print comes out the same, line by line")
    void sameLines(String sample, Console console, String typed) {
        assertThat(console.run(typed).text().replace("\r\n", "\n")).isEqualTo(sample(sample));
    }

    /** The captures lack the title, so these menus have none; the empty one is the title. */
    static Stream<Arguments> lineByLine() {
        return Stream.of(
                Arguments.of("disk-print-detail-list.txt", disks(""), "/disk print detail where slot~\"pvc\""),
                Arguments.of(
                        "disk-print-detail-none.txt",
                        disks("Flags: X - disabled"),
                        "/disk print detail where slot~\"nobody\""),
                Arguments.of(
                        "disk-monitor-traffic-once.txt",
                        Appliance.console(Appliance.threeDisks()),
                        "/disk monitor-traffic pool once"),
                Arguments.of("file-print-detail.txt", files(), "/file print detail where name~\"metal\""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wordByWord")
    @DisplayName("a captured print that was cut by hand or had a wider terminal comes out the same, word by word")
    void sameWords(String sample, String title, int numbers) {
        var shelf = shelf(sample(sample));
        String printed =
                new Console(Map.of("disk", shelf)).run("/disk print detail").text();
        assertThat(words(printed.replaceFirst("^Flags.*\r\n", "").replaceAll("(?m)^ [0-9] ", "")))
                .isEqualTo(words(sample(sample).replaceFirst("^21 BM", "")));
        assertThat(shelf.items()).hasSize(numbers);
        assertThat(printed).startsWith(title);
    }

    static Stream<Arguments> wordByWord() {
        return Stream.of(
                Arguments.of("disk-print-detail-one.txt", "Flags", 1),
                Arguments.of("disk-print-detail-pool.txt", "Flags", 2),
                Arguments.of("disk-print-detail-raid.txt", "Flags", 1));
    }

    @Test
    @DisplayName("a value longer than the line is broken in the middle, where the line ends")
    void wrapsInsideAValue() {
        String printed = Printer.wrapped(
                "  ", List.of("file-path=/storage-pool/metal-csi/pvc-xxx-yyy.img"), new Layout(2, 12, 43));
        assertThat(printed.replace("\r\n", "\n")).isEqualTo(sample("disk-print-detail-wrapped.txt"));
    }

    @Test
    @DisplayName("a volume's path of the usual length is broken at column 80")
    void wrapsAtTheEndOfTheLine() {
        String path = "/storage-pool/metal-csi/pvc-0f923194-922a-5dd8-b376-c2c6ccb56dd8.img";
        var disks = Appliance.disks().with("type", text("file"), "slot", text("a"), "file-path", text(path));
        assertThat(Appliance.console(disks).run("/disk print detail").text().lines())
                .containsExactly(
                        "Flags: X - disabled",
                        " 0  type=file slot=\"a\"",
                        "               file-path=/storage-pool/metal-csi/pvc-0f923194-922a-5dd8-b376-c2c",
                        "               6ccb56dd8.img");
    }

    @Test
    @DisplayName("JSON of text is what REST answers")
    void sameJson() {
        var disk = new LinkedHashMap<String, Value>();
        var fields = Pattern.compile("\"([^\"]*)\":\"([^\"]*)\"").matcher(sample("rest-disk.json"));
        while (fields.find()) disk.put(fields.group(1), text(fields.group(2)));
        assertThat(new Json(true).of(new Value.Array(List.of(new Value.Dict(disk)))))
                .isEqualTo(sample("rest-disk.json").strip());
    }

    private static Console disks(String title) {
        var disks = new Shelf(
                        title,
                        readOnly("type"),
                        readOnly("slot"),
                        readOnly("size"),
                        readOnly("file-path"),
                        readOnly("file-size"),
                        readOnly("nvme-tcp-export"),
                        readOnly("nvme-tcp-server-port"),
                        readOnly("nvme-tcp-server-nqn"))
                .look(Look.BARE, "type", "file-path", "file-size")
                .look(Look.GROUPED, "size");
        for (int i = 1; i <= 2; i++) {
            disks.with(
                    "type", text("file"),
                    "slot", text("pvc-test-" + i),
                    "size", number(i * 53_687_091_200L),
                    "file-path", text("/storage-pool/test" + i + ".img"),
                    "file-size", text(50 * i + ".0GiB"),
                    "nvme-tcp-export", flag(true),
                    "nvme-tcp-server-port", number(4420),
                    "nvme-tcp-server-nqn", text("nqn.2000-02.com.mikrotik:pvc-test-" + i));
        }
        return Appliance.console(disks);
    }

    private static Console files() {
        var files = new Shelf("", readOnly("name"), readOnly("type"), readOnly("size"), readOnly("last-modified")) {
            @Override
            public Layout layout() {
                return Layout.NARROW;
            }

            @Override
            public Look look(String property) {
                return Look.BARE;
            }
        };
        String base = "storage-pool/metal-csi";
        files.with("name", text(base), "type", text("directory"), "last-modified", text("2025-11-11 16:47:07"));
        files.with(
                "name", text(base + "/pvc-ccdecfad-a8bf-572e-9120-464c4d99f12f.img"),
                "type", text(".img file"),
                "size", text("10.0GiB"),
                "last-modified", text("2025-11-11 14:32:41"));
        files.with(
                "name", text(base + "/pvc-0f923194-922a-5dd8-b376-c2c6ccb56dd8.img"),
                "type", text(".img file"),
                "size", text("1024.0MiB"),
                "last-modified", text("2025-11-11 16:47:07"));
        return new Console(Map.of("file", files));
    }

    /** A menu that holds what the sample says: quoted text, grouped numbers, all else bare. */
    private static Shelf shelf(String sample) {
        var properties = new LinkedHashMap<String, Look>();
        var rows = new ArrayList<Object[]>();
        for (String row : sample.split("\n\n", -1)) {
            var values = new ArrayList<Object>();
            var found = Pattern.compile("([a-z-]+)=(\"[^\"]*\"|[0-9]+(?: [0-9]{3})+|[^ \n]+(?: [0-9]{2}:[0-9:]+)?)")
                    .matcher(row);
            while (found.find()) {
                String shown = found.group(2);
                values.add(found.group(1));
                if (shown.startsWith("\"")) {
                    properties.put(found.group(1), Look.BY_TYPE);
                    values.add(text(shown.substring(1, shown.length() - 1)));
                } else if (shown.matches("[0-9 ]+")) {
                    properties.put(found.group(1), Look.GROUPED);
                    values.add(number(Long.parseLong(shown.replace(" ", ""))));
                } else {
                    properties.put(found.group(1), Look.BARE);
                    values.add(text(shown));
                }
            }
            rows.add(values.toArray());
        }
        // Ports and sector sizes are numbers that nobody groups.
        var shelf = new Shelf(
                "Flags: X - disabled",
                properties.keySet().stream().map(Shelf::readOnly).toArray(Property[]::new));
        properties.forEach((name, look) -> shelf.look(look, name));
        shelf.look(Look.BARE, "nvme-tcp-server-port", "sector-size");
        for (Object[] row : rows) shelf.with(row);
        return shelf;
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s+", -1));
    }
}
