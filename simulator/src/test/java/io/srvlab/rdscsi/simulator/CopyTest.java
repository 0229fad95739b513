package io.srvlab.rdscsi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code /disk/copy}, at once and as a job behind. */
@Timeout(120)
class CopyTest {
    private static final int MEBI = 1 << 20;

    @TempDir
    Path state;

    private Shop shop;

    @BeforeEach
    void start() throws IOException {
        shop = new Shop(state);
        shop.add("v1");
        shop.add("v2");
    }

    @AfterEach
    void stop() throws IOException {
        shop.close();
    }

    private Path file(String slot) {
        return state.resolve("files" + shop.simulator.basePath() + "/" + slot + ".img");
    }

    private byte[] fill(String slot) throws IOException {
        var noise = new byte[MEBI];
        new Random(7).nextBytes(noise);
        Files.write(file(slot), noise);
        return noise;
    }

    @Test
    void aCopyHasTheBytesAndSaysHowFarItIs() throws Exception {
        var noise = fill("v1");
        assertThat(shop.ask("/disk/copy src=v1 dst=\"" + shop.simulator.basePath() + "/v2.img\""))
                .isEqualTo("1 048 576 / 1 048 576 (100%)");
        assertThat(Files.readAllBytes(file("v2"))).isEqualTo(noise);
    }

    @Test
    void aPartGoesWhereItIsTold() throws Exception {
        var noise = fill("v1");
        shop.ask("/disk/copy src=v1 dst=v2 src-offset=4096 dst-offset=8192 size=4096");
        try (var copy = new RandomAccessFile(file("v2").toFile(), "r")) {
            var bytes = new byte[16384];
            copy.readFully(bytes);
            var wanted = new byte[16384];
            System.arraycopy(noise, 4096, wanted, 8192, 4096);
            assertThat(bytes).isEqualTo(wanted);
        }
    }

    @Test
    void aDestinationThatIsTooSmallStaysAsItIs() throws Exception {
        fill("v1");
        shop.ask("/disk/add type=file slot=small file-path=\"%s/small.img\" file-size=1048575"
                .formatted(shop.simulator.basePath()));
        assertThat(shop.run("/disk/copy src=v1 dst=small").out()).startsWith("failure: destination is too small");
        assertThat(Files.readAllBytes(file("small"))).containsOnly(0);
        assertThat(shop.run("/disk/copy src=v1 dst=nobody").out()).startsWith("no such item");
    }

    @Test
    void aSlowCopyIsAJobThatShowsItsProgressAndHoldsUpNobody() throws Exception {
        var noise = fill("v1");
        shop.simulator.become(Behaviour.parse("slow-copy 1000000"));
        var begun = shop.ask(":put [:execute script={/disk/copy src=v1 dst=v2} file=\"storage-pool/copy\"]");
        assertThat(begun).startsWith("*");
        var jobs = ":put [:len [/system/script/job/find where .id=%s]]".formatted(begun);
        assertThat(shop.ask(jobs)).isEqualTo("1");
        var progress = ":put [/file/get [find where name=\"storage-pool/copy.txt\"] contents]";
        while (!shop.run(progress).out().contains("%)")) Thread.onSpinWait(); // bounded by the test's own timeout
        assertThat(shop.ask(progress)).startsWith("100 000 / 1 048 576 (9%)");
        assertThat(Files.readAllBytes(file("v2"))).isNotEqualTo(noise);
        while (!shop.ask(jobs).equals("0")) Thread.onSpinWait();
        assertThat(shop.ask(progress)).endsWith("1 048 576 / 1 048 576 (100%)");
        assertThat(Files.readAllBytes(file("v2"))).isEqualTo(noise);
    }

    @Test
    void aJobThatIsRemovedStopsHalfWay() throws Exception {
        var noise = fill("v1");
        shop.simulator.become(Behaviour.parse("slow-copy 100000"));
        var job = shop.ask(":put [:execute {/disk/copy src=v1 dst=v2}]");
        shop.ask("/system/script/job/remove " + job);
        while (!shop.ask(":put [:len [/system/script/job/find]]").equals("0")) Thread.onSpinWait();
        assertThat(Files.readAllBytes(file("v2"))).isNotEqualTo(noise);
    }

    @Test
    void aJobEndsWithTheAppliance() throws Exception {
        shop.simulator.become(Behaviour.parse("slow-copy 1000"));
        shop.ask(":execute {/disk/copy src=v1 dst=v2}");
        shop.simulator.reboot();
        try (var client = shop.another()) {
            assertThat(client.run(":put [:len [/system/script/job/find]]").out())
                    .isEqualTo("0\r\n");
        }
    }

    @Test
    void executeAsStringGivesWhatAScriptPrintsErrorsIncluded() throws Exception {
        assertThat(shop.ask(":put [:len [:execute \":put 1; :put 22\" as-string]]"))
                .isEqualTo("7");
        assertThat(shop.ask(":put [:execute {:put a; /disk/get nobody size} as-string]"))
                .isEqualTo("a\r\nno such item (/disk/get; line 1)");
    }

    @Test
    void errorsOfAJobReachNobody() throws Exception {
        assertThat(shop.run(":execute {/disk/remove nobody}").status()).isZero();
        assertThat(shop.run(":local v 1; :execute {:put $v}").out())
                .as("no variable of what is around it")
                .startsWith("syntax error");
    }
}
