package io.srvlab.rdscsi.simulator.device;

import static io.srvlab.rdscsi.simulator.device.Bench.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.simulator.console.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is closed in these tests: a device that goes on after a kill has only what was answered. */
class RestartTest {
    @TempDir
    Path state;

    @Test
    void disksFilesAndDoorsComeBack() throws Exception {
        var before = new Bench(state);
        before.add("v1", "nvme-tcp-export=yes", "nvme-tcp-server-nqn=nqn.x:1", "comment=rc1:a", "swap=yes");
        before.add("v2", "mount-filesystem=no");
        before.disk.remove(before.add("v3"));
        before.file.add(given("type=directory", "name=storage-pool/a"));
        var doors = before.doors();

        var after = new Bench(state);
        assertThat(after.disk.items()).isEqualTo(before.disk.items());
        assertThat(after.fileNames()).containsExactlyInAnyOrderElementsOf(before.fileNames());
        assertThat(after.free()).isEqualTo(before.free());
        assertThat(after.doors()).isEqualTo(doors).containsExactly("nqn.x:1");
    }

    @Test
    void anIdNeverComesBack() throws Exception {
        var before = new Bench(state);
        before.add("v1");
        var gone = before.add("v2");
        before.disk.remove(gone);
        var goneFile = before.fileId("storage-pool/rds-csi/v2.img");
        before.file.remove(goneFile);

        var after = new Bench(state);
        assertThat(after.add("v3").number()).isGreaterThan(gone.number());
        assertThat(after.file.items()).extracting(i -> i.id().number()).allMatch(n -> n > goneFile.number());
    }

    @Test
    void doorsThatAKillLeftAreClosed() throws Exception {
        var before = new Bench(state);
        before.add("v1");
        Files.createSymbolicLink(before.device.exports().resolve("nqn.x:stale"), before.backing("v1"));
        assertThat(new Bench(state).doors()).isEmpty();
    }

    @Test
    void aStateThatWasHalfWrittenIsNotRead() throws Exception {
        new Bench(state).add("v1");
        Files.writeString(state.resolve("state.json.next"), "{\"nextDisk\":");
        var after = new Bench(state);
        assertThat(after.shown("v1").get("type")).isEqualTo(new Value.Text("file"));
        after.add("v2");
    }

    @Test
    void aChangeThatWasHalfWrittenIsNotRead() throws Exception {
        var before = new Bench(state);
        before.add("v1");
        before.disk.remove(before.add("v2"));
        var changes = state.resolve("state.json.changes");
        assertThat(Files.readString(changes)).endsWith("\n");
        Files.writeString(changes, "{\"nextDisk\":", StandardOpenOption.APPEND);
        var after = new Bench(state);
        assertThat(after.disk.items()).isEqualTo(before.disk.items());
        after.add("v3");
        assertThat(new Bench(state).shown("v3").get("type")).isEqualTo(new Value.Text("file"));
    }

    /** A kill between the new whole state and the end of the changes that led to it: both are there. */
    @Test
    void changesThatTheStateHasAlreadyChangeNothing() throws Exception {
        var before = new Bench(state);
        var v1 = before.add("v1");
        before.disk.remove(before.add("v2"));
        before.add("v3");
        before.disk.set(v1, given("comment=last"));
        var changes = Files.readString(state.resolve("state.json.changes"));
        var after = new Bench(state); // begins with a whole state
        Files.writeString(state.resolve("state.json.changes"), changes);
        assertThat(new Bench(state).disk.items()).isEqualTo(after.disk.items()).isEqualTo(before.disk.items());
    }

    @Test
    void changesDoNotGrowForEver() throws Exception {
        var before = new Bench(state);
        var v1 = before.add("v1");
        for (int i = 0; i < 5000; i++) before.disk.set(v1, given("comment=n" + i));
        assertThat(Files.size(state.resolve("state.json.changes"))).isLessThan(3 << 19);
        assertThat(new Bench(state).shown("v1").get("comment")).isEqualTo(new Value.Text("n4999"));
    }

    @Test
    void aFileOfAnAddThatWasKilledIsThereWithoutADisk() throws Exception {
        new Bench(state);
        Files.write(new Bench(state).backing("orphan"), new byte[4096]);
        var after = new Bench(state);
        assertThat(after.fileNames()).contains("storage-pool/rds-csi/orphan.img");
        assertThat(after.free()).isEqualTo(Bench.POOL_BYTES - 4096);
    }
}
