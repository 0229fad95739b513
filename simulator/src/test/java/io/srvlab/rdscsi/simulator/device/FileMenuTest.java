package io.srvlab.rdscsi.simulator.device;

import static io.srvlab.rdscsi.simulator.device.Bench.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Value;
import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileMenuTest {
    @TempDir
    Path state;

    private Bench bench;

    @BeforeEach
    void start() throws IOException {
        bench = new Bench(state);
    }

    @Test
    void aNewApplianceHasThePoolAndTheBaseDirectory() {
        assertThat(bench.fileNames()).containsExactly("storage-pool", "storage-pool/rds-csi");
    }

    @Test
    void aBackingFileShowsItsTypeAndRoundedSize() throws Exception {
        bench.add("v1", "file-size=1G");
        var row = Bench.row(bench.file, "name", "storage-pool/rds-csi/v1.img");
        assertThat(row)
                .containsEntry("type", new Value.Text(".img file"))
                .containsEntry("size", new Value.Text("1024.0MiB"));
        assertThat(row.get("last-modified"))
                .isInstanceOfSatisfying(
                        Value.Text.class,
                        t -> assertThat(t.text()).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d"));
    }

    @Test
    void aDirectoryIsMadeInADirectory() throws Exception {
        bench.file.add(given("type=directory", "name=storage-pool/rds-csi/a"));
        bench.add("v1", "file-path=/storage-pool/rds-csi/a/disk.img");
        assertThat(bench.fileNames()).contains("storage-pool/rds-csi/a", "storage-pool/rds-csi/a/disk.img");
        assertThat(Bench.row(bench.file, "name", "storage-pool/rds-csi/a")).doesNotContainKey("size");
    }

    @ParameterizedTest
    @CsvSource({
        "directory, storage-pool/x/y, failure: no such directory",
        "directory, elsewhere, failure: no such directory",
        "directory, /storage-pool/x, invalid value for argument name",
        "directory, storage-pool/../x, invalid value for argument name",
        "directory, storage-pool/rds-csi, failure: already have such entry",
        "file, storage-pool/x, input does not match any value of type"
    })
    void nothingElseIsMade(String type, String name, String refusal) {
        refused(() -> bench.file.add(given("type=" + type, "name=" + name)), refusal);
    }

    @Test
    void namesWithADotInFrontAreHiddenAndCountAllTheSame() throws Exception {
        bench.file.add(given("type=directory", "name=storage-pool/.trash"));
        bench.add("v1", "file-path=/storage-pool/.trash/v1.img");
        assertThat(bench.fileNames()).containsExactly("storage-pool", "storage-pool/rds-csi");
        assertThat(bench.free()).isEqualTo(Bench.POOL_BYTES - (1 << 20));
    }

    @Test
    void aFileInUseStays() throws Exception {
        var id = bench.add("v1");
        var file = bench.fileId("storage-pool/rds-csi/v1.img");
        refused(() -> bench.file.remove(file), Refusal.FILE_IN_USE);
        bench.disk.remove(id);
        bench.file.remove(file);
        assertThat(bench.backing("v1")).doesNotExist();
        refused(() -> bench.file.remove(file), Refusal.NO_SUCH_ITEM);
    }

    @Test
    void aDirectoryThatIsNotEmptyStays() throws Exception {
        bench.file.add(given("type=directory", "name=storage-pool/a"));
        bench.file.add(given("type=directory", "name=storage-pool/a/b"));
        // A neighbour whose name begins alike is not inside.
        bench.file.add(given("type=directory", "name=storage-pool/a/bc"));
        refused(() -> bench.file.remove(bench.fileId("storage-pool/a")), Refusal.NOT_EMPTY);
        bench.file.remove(bench.fileId("storage-pool/a/b"));
        assertThat(bench.fileNames()).contains("storage-pool/a", "storage-pool/a/bc");
        refused(() -> bench.file.remove(bench.fileId("storage-pool")), Refusal.NOT_REMOVABLE);
    }

    private static void refused(ThrowingCallable call, String text) {
        assertThatThrownBy(call).isInstanceOf(ConsoleError.class).hasMessage(text);
    }
}
