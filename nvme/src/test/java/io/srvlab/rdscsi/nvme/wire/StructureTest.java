package io.srvlab.rdscsi.nvme.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The structures that travel as data. */
class StructureTest {
    private static final UUID ID = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

    @Test
    void statusKeepsAllItsBits() {
        for (int bits = 0; bits < 0x8000; bits++)
            assertThat(Status.of(bits).bits()).isEqualTo(bits);
        assertThat(Status.of(0x4184)).isEqualTo(Status.CONNECT_INVALID_HOST);
        assertThat(Status.of(0x6081).is(Status.of(0x0081))).isTrue();
    }

    @Test
    void namesAndIdsAreTheSameAfterwards() throws ProtocolError {
        var connect =
                new ConnectData(ID, 0xffff, "nqn.2000-02.com.mikrotik:a.1-x", "nqn.2014-08.org.nvmexpress:uuid:" + ID);
        assertThat(ConnectData.read(connect.bytes())).isEqualTo(connect);
        assertThat(connect.bytes().get(0))
                .as("ids are in the order of their text")
                .isEqualTo((byte) 0x6b);
        assertThatThrownBy(() -> ConnectData.read(ByteBuffer.allocate(1023))).isInstanceOf(ProtocolError.class);

        var namespace = new NamespaceIdentity(1L << 40, 12, ID);
        assertThat(NamespaceIdentity.read(namespace.bytes())).isEqualTo(namespace);
        var ids = new NamespaceIds(ID, new UUID(1, 2));
        assertThat(NamespaceIds.read(ids.bytes())).isEqualTo(ids);
        assertThat(NamespaceIds.readList(NamespaceIds.listBytes(List.of(1, 7)))).containsExactly(1, 7);

        var entries = List.of(
                new DiscoveryLog.Entry("nqn.a", "192.0.2.1", "4420"),
                new DiscoveryLog.Entry("nqn.b", "2001:db8::1", "1"));
        var log = new DiscoveryLog(3, entries);
        assertThat(DiscoveryLog.read(log.bytes())).isEqualTo(log);
    }

    /** A name that only looks alike after its blanks are gone, or beyond its NUL, must not pass for another. */
    @Test
    void aNameIsReadExactly() throws ProtocolError {
        var connect = new ConnectData(ID, 0xffff, " nqn.a ", "nqn.\u00e9");
        var read = ConnectData.read(connect.bytes());
        assertThat(read.subsystem()).isEqualTo(" nqn.a ");
        assertThat(read.host()).isEqualTo("nqn.?");
    }

    @Test
    void anyStructureReadsOrIsAProtocolError() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            var bytes = new byte[4096];
            random.nextBytes(bytes);
            var data = ByteBuffer.wrap(bytes);
            try {
                assertThat(ControllerIdentity.read(data).transferBytesMax(1 << 20))
                        .isBetween(1, 1 << 20);
                assertThat(NamespaceIds.readList(data)).hasSizeLessThanOrEqualTo(1024);
                quietly(() -> NamespaceIds.read(data));
                quietly(() -> NamespaceIdentity.read(data));
                quietly(() -> DiscoveryLog.read(data));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("with seed " + seed + ", round " + round, e);
            }
        }
    }

    private interface Reading {
        Object read() throws ProtocolError;
    }

    private static void quietly(Reading reading) {
        try {
            assertThat(reading.read()).isNotNull();
        } catch (ProtocolError e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }

    @Test
    void blocksWithMetadataAreNotTaken() {
        var bytes = new NamespaceIdentity(8, 12, ID).bytes().putShort(128, (short) 8);
        assertThatThrownBy(() -> NamespaceIdentity.read(bytes)).isInstanceOf(ProtocolError.class);
    }
}
