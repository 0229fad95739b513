package io.srvlab.rdscsi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real appliances printed of their disks and files, printed by these menus over SSH. */
class PrintTest {
    @TempDir
    Path state;

    private Shop shop;

    @BeforeEach
    void start() throws IOException {
        shop = new Shop(state);
        shop.ask("/disk/add type=file slot=\"pvc-test-123\" file-path=\"/storage-pool/test.img\" file-size=50G "
                + "nvme-tcp-export=yes");
    }

    @AfterEach
    void stop() throws IOException {
        shop.close();
    }

    @Test
    void aDiskHasTheWordsOfACapturedOneInTheirOrder() throws Exception {
        var printed = shop.ask("/disk print detail where slot=\"pvc-test-123\"");
        assertThat(printed).startsWith("Flags: X - disabled\r\n 0  type=file");
        assertThat(words(printed.substring(printed.indexOf("type="))))
                .isEqualTo(words(sample("disk-print-detail-one.txt")));
    }

    @Test
    void noDiskIsTheTitleAlone() throws Exception {
        assertThat(shop.run("/disk print detail where slot=\"none\""))
                .isEqualTo(new Client.Reply("Flags: X - disabled\r\n", 0));
        assertThat(sample("disk-print-detail-none.txt")).isEqualTo("Flags: X - disabled\n");
    }

    @Test
    void thePoolShowsItsRoomInGroupsOfThree() throws Exception {
        assertThat(words(shop.ask("/disk print detail where mount-point=\"storage-pool\"")))
                .containsSubsequence(
                        "type=raid",
                        "slot=\"storage-pool\"",
                        "fs=btrfs",
                        "size=1",
                        "099",
                        "511",
                        "627",
                        "776",
                        "free=1",
                        "045",
                        "824",
                        "536",
                        "576",
                        "raid-type=6",
                        "raid-device-count=20",
                        "raid-max-component-size=none",
                        "raid-chunk-size=1M",
                        "raid-master=none",
                        "raid-state=\"clean\"",
                        "nvme-tcp-export=no",
                        "media-interface=none");
    }

    @Test
    void filesLookAsCaptured() throws Exception {
        shop.ask("/file/add type=directory name=\"storage-pool/metal-csi\"");
        for (var file : List.of(
                "pvc-ccdecfad-a8bf-572e-9120-464c4d99f12f 10G", "pvc-0f923194-922a-5dd8-b376-c2c6ccb56dd8 1G")) {
            var slotAndSize = file.split(" ", -1);
            shop.ask("/disk/add type=file slot=\"%s\" file-path=\"/storage-pool/metal-csi/%s.img\" file-size=%s"
                    .formatted(slotAndSize[0], slotAndSize[0], slotAndSize[1]));
        }
        var printed = shop.run("/file print detail where name~\"metal-csi\"").out();
        assertThat(withoutTimes(printed.replace("\r\n", "\n")))
                .isEqualTo(withoutTimes(sample("file-print-detail.txt")));
    }

    @Test
    void trafficLooksAsCaptured() throws Exception {
        shop.simulator.inFlight("storage-pool", 515_659_673_600L);
        var printed = shop.run("/disk monitor-traffic storage-pool once").out();
        assertThat(printed).endsWith("\r\n").contains("         in-flight-ops: 515 659 673 600\r\n");
        assertThat(names(printed)).isEqualTo(names(sample("disk-monitor-traffic-once.txt")));
        assertThat(printed.lines().toList()).first().isEqualTo("                  slot:    storage-pool");
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s+", -1));
    }

    private static String withoutTimes(String text) {
        return text.replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", "T");
    }

    /** Each line up to its colon, with the blanks before it. */
    private static List<String> names(String text) {
        return text.lines().map(l -> l.substring(0, l.indexOf(':'))).toList();
    }

    private static String sample(String name) throws IOException {
        try (InputStream in = PrintTest.class.getResourceAsStream("/routeros-samples/" + name)) {
            if (in == null) throw new IOException("no sample " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
