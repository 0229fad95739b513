package io.srvlab.rdscsi.nvme.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent is what is read, and what is malformed is a {@link ProtocolError} and nothing else. */
class PduTest {
    private static final int ROUNDS = 300;

    private interface Property {
        void holds(Random random) throws IOException;
    }

    /** Many times with random input; a failure names the seed that shows it again. */
    private static void always(Property property) throws IOException {
        long start = System.nanoTime();
        for (long seed = start; seed < start + ROUNDS; seed++) {
            try {
                property.holds(new Random(seed));
            } catch (AssertionError | RuntimeException | IOException e) {
                throw new AssertionError("with seed " + seed, e);
            }
        }
    }

    private static PduReader reader(byte[] bytes, Side sender, Digests agreed) {
        var reader = new PduReader(new ByteArrayInputStream(bytes), sender, Samples.LIMITS);
        reader.agree(agreed);
        return reader;
    }

    @Test
    void whatIsSentIsWhatIsRead() throws IOException {
        always(random -> {
            var samples = new Samples(random);
            var digests = samples.digests();
            for (var pdu : samples.ofEveryType()) {
                var bytes = PduWriter.bytes(pdu, digests);
                var reader = reader(bytes, Samples.sender(pdu), digests);
                assertThat(reader.next()).isEqualTo(pdu);
                assertThat(reader.next()).isNull();
                assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(4))
                        .isEqualTo(bytes.length);
            }
        });
    }

    @Test
    void aStreamThatEndsWithinAPduIsNoPdu() throws IOException {
        always(random -> {
            var samples = new Samples(random);
            var digests = samples.digests();
            for (var pdu : samples.ofEveryType()) {
                var bytes = PduWriter.bytes(pdu, digests);
                var cut = Arrays.copyOf(bytes, random.nextInt(1, bytes.length));
                assertThatThrownBy(
                                () -> reader(cut, Samples.sender(pdu), digests).next())
                        .isInstanceOf(EOFException.class);
            }
        });
    }

    @Test
    void anyChangeOfAByteGivesAPduOrAProtocolError() throws IOException {
        always(random -> {
            var samples = new Samples(random);
            var digests = samples.digests();
            for (var pdu : samples.ofEveryType()) {
                var bytes = PduWriter.bytes(pdu, digests);
                for (int changes = random.nextInt(1, 5); changes > 0; changes--) {
                    bytes[random.nextInt(Math.min(bytes.length, 80))] = (byte) random.nextInt();
                }
                readAll(reader(bytes, Samples.sender(pdu), digests));
            }
        });
    }

    @Test
    void noiseGivesAPduOrAProtocolError() throws IOException {
        always(random -> {
            var bytes = new byte[random.nextInt(400)];
            random.nextBytes(bytes);
            if (bytes.length > 8 && random.nextBoolean()) {
                // So that some of it gets past the header.
                var types = List.copyOf(EnumSet.allOf(PduType.class));
                var type = types.get(random.nextInt(types.size()));
                bytes[0] = (byte) type.number;
                bytes[1] = 0;
                bytes[2] = (byte) type.headerBytes;
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(4, bytes.length);
            }
            readAll(reader(bytes, random.nextBoolean() ? Side.HOST : Side.CONTROLLER, Digests.NONE));
        });
    }

    private static void readAll(PduReader reader) throws IOException {
        try {
            while (reader.next() != null) {}
        } catch (ProtocolError | EOFException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }

    @Test
    void aDigestShowsEveryFlippedBit() throws IOException {
        always(random -> {
            var samples = new Samples(random);
            var digests = new Digests(true, true);
            for (var pdu : samples.ofEveryType()) {
                if (pdu instanceof Pdu.IcReq || pdu instanceof Pdu.IcResp) continue;
                if (pdu instanceof Pdu.H2cTermReq || pdu instanceof Pdu.C2hTermReq) continue;
                var bytes = PduWriter.bytes(pdu, digests);
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                // A longer length makes the stream end too early.
                assertThatThrownBy(() ->
                                reader(bytes, Samples.sender(pdu), digests).next())
                        .isInstanceOfAny(ProtocolError.class, EOFException.class);
            }
        });
    }

    /** Castagnoli's polynomial, as the specification has it. */
    @Test
    void theDigestIsCrc32c() {
        var digits = "123456789".getBytes(StandardCharsets.US_ASCII);
        assertThat(Digests.crc(digits, 0, digits.length)).isEqualTo(0xe3069283);
    }

    /** No stream could hold what these announce: reading on, or taking memory for it, would be the fault. */
    @ParameterizedTest
    @CsvSource({
        // type, flags, header, data at, length
        "04, 00, 48, 48, ffffffff", // 4 GiB with a command
        "04, 00, 48, 48, 00002049", // a byte over 8192
        "06, 00, 18, 18, 00004019", // a byte over 16384
        "06, 00, 18, 18, 80000018",
        "04, 00, 48, 47, 00000049", // data within the header
        "04, 00, 48, ff, 00000100", // data far behind it
        "04, 00, 48, 48, 00000047", // shorter than its header
        "04, 00, 48, 48, 00000000",
        "04, 00, 47, 48, 00000048", // another header's length
        "04, 01, 48, 00, 00000048", // a digest that was not agreed
        "04, 02, 48, 48, 00000058",
        "00, 00, 80, 00, 00000081", // an ICReq with something behind it
        "00, 00, 80, 00, 000000c8",
        "02, 00, 18, 00, 00000099", // a termination longer than any header
        "02, 00, 18, 00, 00000017",
        "05, 00, 18, 00, 00000018", // what only a controller sends
        "44, 00, 18, 00, 00000018",
        "ff, ff, ff, ff, ffffffff"
    })
    void aBadHeaderIsRefusedBeforeAnythingElseIsRead(
            String type, String flags, String header, String dataAt, String length) {
        var bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        for (var field : new String[] {type, flags, header, dataAt}) bytes.put((byte) HexFormat.fromHexDigits(field));
        bytes.putInt((int) HexFormat.fromHexDigitsToLong(length));
        var onlyTheHeader = new ByteArrayInputStream(bytes.array()) {
            @Override
            public synchronized int read(byte[] into, int offset, int wanted) {
                if (wanted > 0 && available() == 0) throw new AssertionError("read beyond the header");
                return super.read(into, offset, wanted);
            }
        };
        assertThatThrownBy(() -> new PduReader(onlyTheHeader, Side.HOST, Samples.LIMITS).next())
                .isInstanceOf(ProtocolError.class);
    }

    @Test
    void aTransferCarriesAsManyBytesAsItSays() {
        var pdu = new Pdu.H2cData(1, 2, 0, true, ByteBuffer.allocate(512));
        var bytes = PduWriter.bytes(pdu, Digests.NONE);
        bytes[16]++;
        assertThatThrownBy(() -> reader(bytes, Side.HOST, Digests.NONE).next()).isInstanceOf(ProtocolError.class);
    }

    /** Else a peer could go on for ever and move nothing. */
    @ParameterizedTest
    @EnumSource(Side.class)
    void aTransferOfNothingIsNone(Side sender) {
        var data = ByteBuffer.allocate(512);
        var pdu = sender == Side.HOST ? new Pdu.H2cData(1, 2, 0, true, data) : new Pdu.C2hData(1, 0, true, false, data);
        var bytes = Arrays.copyOf(PduWriter.bytes(pdu, Digests.NONE), 24);
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(4, bytes.length)
                .putInt(16, 0);
        assertThatThrownBy(() -> reader(bytes, sender, Digests.NONE).next()).isInstanceOf(ProtocolError.class);
    }

    /** A slow network gives a PDU byte by byte. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPduMayComeInPieces(boolean digested) throws IOException {
        var digests = new Digests(digested, digested);
        var samples = new Samples(new Random(1));
        for (var pdu : samples.ofEveryType()) {
            var whole = new ByteArrayInputStream(PduWriter.bytes(pdu, digests));
            var slow = new InputStream() {
                @Override
                public int read() {
                    return whole.read();
                }

                @Override
                public int read(byte[] into, int offset, int length) {
                    return whole.read(into, offset, Math.min(length, 1));
                }
            };
            var reader = new PduReader(slow, Samples.sender(pdu), Samples.LIMITS);
            reader.agree(digests);
            assertThat(reader.next()).isEqualTo(pdu);
        }
    }

    /** Sample bytes from the specification's tables: Connect on an admin queue, as Linux sends it. */
    @Test
    void connectIsLaidOutAsTheSpecificationSays() {
        var command = Commands.connect(0, 32, 5000).withCommandId(0x1234);
        var bytes = PduWriter.bytes(new Pdu.CapsuleCmd(command, ByteBuffer.allocate(1024)), Digests.NONE);
        assertThat(HexFormat.of().formatHex(bytes, 0, 72))
                .isEqualTo("04004848" + "48040000" // header: type, flags, HLEN, PDO, PLEN 1096
                        + "7f403412" + "01000000" + "00000000000000000000000000000000"
                        + "0000000000000000" + "00040000" + "00000001" // SGL: 1024 bytes in the capsule
                        + "00000000" + "1f000000" + "88130000" + "000000000000000000000000");
    }
}
