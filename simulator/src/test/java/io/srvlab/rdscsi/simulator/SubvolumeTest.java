package io.srvlab.rdscsi.simulator;

import static io.srvlab.rdscsi.simulator.Storage.HOST;
import static io.srvlab.rdscsi.simulator.Storage.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A subvolume for each volume: snapshots, the way back, clones. */
@Timeout(60)
class SubvolumeTest {
    private static final String ADD = "/disk/btrfs/subvolume/add fs=storage-pool name=\"%s\"";
    private static final String NQN = "nqn.2000-02.com.mikrotik:";

    @TempDir
    Path state;

    private Storage storage;
    private Shop shop;

    @BeforeEach
    void start() throws IOException {
        storage = new Storage(state);
        shop = storage.shop;
        shop.ask(ADD.formatted("rds-csi/vol"));
        add("vol", "rds-csi/vol");
    }

    @AfterEach
    void stop() throws IOException {
        storage.close();
    }

    private void add(String slot, String subvolume) throws IOException {
        shop.ask(
                "/disk/add type=file slot=\"%s\" file-path=\"/storage-pool/%s/disk.img\" file-size=1048576 nvme-tcp-export=yes"
                        .formatted(slot, subvolume));
    }

    private byte firstByte(String slot) throws IOException {
        try (var session = storage.connect(NQN + slot, HOST)) {
            return session.read(session.namespace(1, LONG), 0, 4096, LONG).get(0);
        }
    }

    private void write(String slot, int first) throws IOException {
        try (var session = storage.connect(NQN + slot, HOST)) {
            var block = ByteBuffer.allocate(4096).put(0, (byte) first);
            session.write(session.namespace(1, LONG), 0, block, LONG);
        }
    }

    private String free() throws IOException {
        return shop.ask(":put [/disk/get [find where mount-point=\"storage-pool\"] free]");
    }

    @Test
    void aSnapshotKeepsWhatWasThereAndAClonOfItIsWrittenByItself() throws Exception {
        write("vol", 1);
        var free = free();
        shop.ask(ADD.formatted("rds-csi/snap") + " parent=\"rds-csi/vol\" read-only=yes");
        assertThat(free()).as("it takes no room").isEqualTo(free);
        write("vol", 2);
        shop.ask(ADD.formatted("rds-csi/clone") + " parent=\"rds-csi/snap\"");
        add("clone", "rds-csi/clone");
        assertThat(firstByte("clone")).isEqualTo((byte) 1);
        write("clone", 3);
        assertThat(firstByte("vol")).isEqualTo((byte) 2);
    }

    @Test
    void aReadOnlySnapshotTakesNoDiskAndItsFilesStay() throws Exception {
        shop.ask(ADD.formatted("rds-csi/snap") + " parent=\"rds-csi/vol\" read-only=yes");
        assertThat(shop.run("/disk/add type=file slot=s file-path=\"/storage-pool/rds-csi/snap/disk.img\"")
                        .out())
                .startsWith("failure: read-only filesystem");
        assertThat(shop.run("/file/remove [find where name=\"storage-pool/rds-csi/snap/disk.img\"]")
                        .out())
                .startsWith("failure: read-only filesystem");
    }

    @Test
    void whatASubvolumeIsPrintSaysAndItOutlivesARestart() throws Exception {
        shop.ask(ADD.formatted("rds-csi/snap") + " parent=\"rds-csi/vol\" read-only=yes");
        var print = ":put [:serialize to=json options=json.no-string-conversion"
                + " value=[/disk/btrfs/subvolume/print as-value where name=\"rds-csi/snap\"]]";
        var before = shop.ask(print);
        assertThat(before)
                .contains("\"fullname\":\"/storage-pool/rds-csi/snap\"")
                .contains("\"parent\":\"rds-csi/vol\"", "\"read-only\":true", "\"snapshot\":true", "\"dead\":false");
        storage.shop.simulator.reboot();
        try (var client = shop.another()) {
            assertThat(client.run(print).out().strip()).isEqualTo(before);
        }
    }

    @Test
    void aSubvolumeInUseStaysAndOneThatIsRemovedIsGoneWithItsFiles() throws Exception {
        var remove = "/disk/btrfs/subvolume/remove [find where name=\"rds-csi/vol\"]";
        assertThat(shop.run(remove).out()).startsWith("failure: file is in use by a disk");
        shop.ask("/disk/remove vol");
        shop.ask(remove);
        assertThat(shop.ask(":put [:len [/file/find where name~\"rds-csi/vol\"]]"))
                .isEqualTo("0");
    }

    @Test
    void aNameThatIsTakenAPlaceThatIsNotThereAndAnotherPoolAreRefused() throws Exception {
        assertThat(shop.run(ADD.formatted("rds-csi/vol")).out()).startsWith("failure: already have such entry");
        assertThat(shop.run(ADD.formatted("nowhere/vol")).out()).startsWith("failure: no such directory");
        assertThat(shop.run("/disk/btrfs/subvolume/add fs=other name=x").out())
                .startsWith("input does not match any value of fs");
        assertThat(shop.run(ADD.formatted("x") + " parent=nobody").out())
                .startsWith("input does not match any value of parent");
    }
}
