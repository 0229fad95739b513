package io.srvlab.rdscsi.nvme.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
                var controller = ControllerIdentity.read(data);
                assertThat(controller.transferBytesMax(1 << 20)).isBetween(1, 1 << 20);
                assertThat(controller.capsuleDataBytesMax()).isBetween(0, 1 << 20);
                assertThat(NamespaceIds.readList(data)).hasSizeLessThanOrEqualTo(1024);
                quietly(() -> NamespaceIds.read(data));
                quietly(() -> NamespaceIdentity.read(data));
                quietly(() -> DiscoveryLog.read(data));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("with seed " + seed + ", round " + round, e);
            }
        }
    }

    /**
     * Descriptors of any type and length, up to where the bytes end, are told to end, or end within one. Random bytes get there
     * too seldom: most lists end by a type of the wrong length, long before.
     */
    @RepeatedTest(300)
    void namespaceDescriptorsAreReadToTheirEndAndNeverBeyond() throws ProtocolError {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var list = ByteBuffer.allocate(8192);
        UUID nguid = null;
        UUID uuid = null;
        int last = 0;
        for (int count = 1 + random.nextInt(12); count > 0; count--) {
            int type = 1 + random.nextInt(4);
            int length = type == 2 || type == 3 ? 16 : 1 + random.nextInt(255);
            var id = new UUID(random.nextLong(), random.nextLong());
            last = list.position();
            list.put((byte) type).put((byte) length).putShort((short) random.nextInt());
            list.putLong(list.position(), id.getMostSignificantBits())
                    .putLong(list.position() + 8, id.getLeastSignificantBits())
                    .position(list.position() + length);
            if (type == 2) nguid = id;
            if (type == 3) uuid = id;
        }
        int end = list.position();
        var read = NamespaceIds.read(list.duplicate().flip());
        assertThat(read).as("seed %d", seed).isEqualTo(new NamespaceIds(uuid, nguid));
        for (int cut = last + 4; cut < end; cut++) {
            var within = list.duplicate().position(0).limit(cut);
            assertThatThrownBy(() -> NamespaceIds.read(within))
                    .as("seed %d, %d of %d bytes", seed, cut, end)
                    .isInstanceOf(ProtocolError.class);
        }
        list.put((byte) 3).put((byte) 0).position(list.position() + 2).put(new NamespaceIds(ID, ID).bytes());
        assertThat(NamespaceIds.read(list.flip()))
                .as("seed %d: a length of 0 is the end, whatever comes behind it", seed)
                .isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource({"2, 15", "2, 17", "3, 8", "3, 255"})
    void anIdOfAnotherLengthIsNone(int type, int length) {
        var list = ByteBuffer.allocate(4096).put((byte) type).put((byte) length).clear();
        assertThatThrownBy(() -> NamespaceIds.read(list)).isInstanceOf(ProtocolError.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, 3, 4096, 4097, 1L << 32, Long.MAX_VALUE})
    void aDiscoveryLogHasAsManyEntriesAsItIsLong(long count) {
        var log = new DiscoveryLog(1, List.of(new DiscoveryLog.Entry("nqn.a", "192.0.2.1", "4420"))).bytes();
        log.order(ByteOrder.LITTLE_ENDIAN).putLong(8, count);
        assertThatThrownBy(() -> DiscoveryLog.read(log)).isInstanceOf(ProtocolError.class);
        if (count < 0 || count > DiscoveryLog.ENTRIES_MAX)
            assertThatThrownBy(() -> DiscoveryLog.count(log)).isInstanceOf(ProtocolError.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 17, 63, 255})
    void aBlockOfNoSizeIsNoNamespace(int shift) {
        var bytes = new NamespaceIdentity(8, 12, ID).bytes().put(130, (byte) shift);
        assertThatThrownBy(() -> NamespaceIdentity.read(bytes)).isInstanceOf(ProtocolError.class);
    }

    @Test
    void aNamespaceOfLessThanNoBlocksIsNone() {
        var bytes = new NamespaceIdentity(8, 12, ID).bytes().putLong(0, -1);
        assertThatThrownBy(() -> NamespaceIdentity.read(bytes)).isInstanceOf(ProtocolError.class);
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
