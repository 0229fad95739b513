package io.srvlab.rdscsi.nvme.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.nvme.ConnectOptions.Host;
import io.srvlab.rdscsi.nvme.wire.Completion;
import io.srvlab.rdscsi.nvme.wire.ConnectData;
import io.srvlab.rdscsi.nvme.wire.Digests;
import io.srvlab.rdscsi.nvme.wire.Pdu;
import io.srvlab.rdscsi.nvme.wire.PduWriter;
import io.srvlab.rdscsi.nvme.wire.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** "Refused" is said only of what a target said to this host about this subsystem. */
class KnockTest {
    private static final Host HOST =
            new Host("nqn.2014-08.org.nvmexpress:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8", UUID.randomUUID());
    private static final String SUBSYSTEM = "nqn.2000-02.com.mikrotik:a.1-x";
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(200);

    private static Knock knock(Peer peer, Duration timeout) {
        return Knock.at(peer.address(), SUBSYSTEM, HOST, timeout);
    }

    @Test
    void whoIsLetInHasNotLeftASessionBehind() throws IOException {
        try (var peer = new Peer(line -> {
            var connect = line.connect();
            var data = ConnectData.read(connect.data());
            assertThat(data).isEqualTo(new ConnectData(HOST.id(), 0xffff, SUBSYSTEM, HOST.nqn()));
            line.answer(connect, Status.SUCCESS, 7);
            assertThat(line.receive()).as("nothing follows but the end").isNull();
        })) {
            assertThat(knock(peer, LONG)).isEqualTo(new Knock.Admitted(false));
            peer.finish();
        }
    }

    @Test
    void whoeverWouldHaveToAuthenticateIsNotKeptOut() throws IOException {
        try (var peer = new Peer(line -> line.answer(line.connect(), Status.SUCCESS, 7 | 1 << 16))) {
            assertThat(knock(peer, LONG)).isEqualTo(new Knock.Admitted(true));
        }
    }

    @ParameterizedTest
    @CsvSource({
        // status and DW0, as nvmet answers; then as a target that tells less
        "4184, 10200, HOST_NOT_ALLOWED, true",
        "4182, 10100, NO_SUCH_SUBSYSTEM, true",
        "4184, 0, HOST_NOT_ALLOWED, true",
        "0184, 10200, HOST_NOT_ALLOWED, false",
        "6182, 10100, NO_SUCH_SUBSYSTEM, true"
    })
    void aRefusalSaysWhyAndWhetherToComeBack(String status, String dword0, Refusal.Meaning meaning, boolean last)
            throws IOException {
        try (var peer = new Peer(line -> line.answer(line.connect(), status(status), Long.parseLong(dword0, 16)))) {
            assertThat(knock(peer, LONG)).isInstanceOfSatisfying(Knock.Refused.class, refused -> {
                assertThat(refused.refusal().meaning()).isEqualTo(meaning);
                assertThat(refused.doNotRetry()).isEqualTo(last);
            });
        }
    }

    /** Busy, a wrong parameter of ours, a controller id, nothing said, an opcode: none is about who is let in. */
    @ParameterizedTest
    @CsvSource({"0181, 0", "4182, 2c", "4182, 10010", "4182, 0", "4001, 0", "0006, 0", "4180, 0", "4191, 0"})
    void anyOtherErrorIsNoRefusal(String status, String dword0) throws IOException {
        try (var peer = new Peer(line -> line.answer(line.connect(), status(status), Long.parseLong(dword0, 16)))) {
            assertThat(knock(peer, LONG)).isInstanceOf(Knock.CouldNotKnock.class);
        }
    }

    private static Status status(String hex) {
        int bits = Integer.parseInt(hex, 16);
        return new Status(bits >> 8 & 7, bits & 0xff, 0, (bits & 0x2000) != 0, (bits & 0x4000) != 0);
    }

    @Test
    void nobodyThereIsNoRefusal() throws IOException {
        InetSocketAddress free;
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = (InetSocketAddress) server.getLocalSocketAddress();
        }
        assertThat(Knock.at(free, SUBSYSTEM, HOST, LONG))
                .isInstanceOfSatisfying(
                        Knock.CouldNotKnock.class,
                        knock -> assertThat(knock.why()).contains(free.toString()));
        assertThat(Knock.at(InetSocketAddress.createUnresolved("no.such.invalid", 4420), SUBSYSTEM, HOST, LONG))
                .isInstanceOf(Knock.CouldNotKnock.class);
    }

    /** At each step of the way: before ICResp, before the answer to Connect, in the middle of it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void silenceIsNoRefusalAndEndsInTime(int step) throws IOException {
        try (var peer = new Peer(line -> {
            if (step == 2) {
                line.connect();
                line.send(new byte[] {5, 0, 24, 0, 24, 0, 0, 0, 1});
            } else if (step == 1) {
                line.connect();
            }
            line.untilClosed();
        })) {
            long before = System.nanoTime();
            assertThat(knock(peer, SHORT)).isInstanceOf(Knock.CouldNotKnock.class);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
            peer.finish(); // which it does only when the host hangs up
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aClosedConnectionIsNoRefusal(int step) throws IOException {
        try (var peer = new Peer(line -> {
            if (step == 1) line.connect();
        })) {
            assertThat(knock(peer, LONG)).isInstanceOf(Knock.CouldNotKnock.class);
        }
    }

    @Test
    void whatIsNoNvmeIsNoRefusal() throws IOException {
        try (var peer =
                new Peer(line -> line.send("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))) {
            assertThat(knock(peer, LONG)).isInstanceOf(Knock.CouldNotKnock.class);
        }
        try (var peer = new Peer(line -> line.send(new Pdu.C2hTermReq(6, 8)))) {
            assertThat(knock(peer, LONG)).isInstanceOf(Knock.CouldNotKnock.class);
        }
        try (var peer = new Peer(line -> line.send(new Pdu.IcResp(0, 0, new Digests(true, true), 4096)))) {
            assertThat(knock(peer, LONG)).isInstanceOf(Knock.CouldNotKnock.class);
        }
    }

    @Test
    void anAnswerToAnotherCommandIsNoAnswer() throws IOException {
        try (var peer = new Peer(line -> {
            var connect = line.connect();
            line.answer(new Pdu.CapsuleCmd(connect.entry().withCommandId(99), Pdu.NO_DATA), Status.SUCCESS, 7);
        })) {
            assertThat(knock(peer, LONG)).isInstanceOf(Knock.CouldNotKnock.class);
        }
    }

    /** Valid answers with bytes changed, in any order: whatever comes of it, it is an answer, and it comes soon. */
    @Test
    void whateverATargetSendsAKnockEndsWithAnAnswer() throws IOException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 80; round++) {
            var sent = random.ints(random.nextInt(1, 5), 0, 5)
                    .mapToObj(kind -> changed(kind, random))
                    .toList();
            try (var peer = new Peer(line -> {
                if (random.nextBoolean()) line.connect();
                for (var bytes : sent) line.send(bytes);
            })) {
                assertThat(knock(peer, LONG)).isNotNull();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("with seed " + seed + ", round " + round, e);
            }
        }
    }

    private static byte[] changed(int kind, Random random) {
        var pdu = switch (kind) {
            case 0 -> new Pdu.IcResp(0, 0, Digests.NONE, 1 << 17);
            case 1 -> new Pdu.CapsuleResp(new Completion(random.nextLong(), 1, 0, 0, Status.SUCCESS));
            case 2 -> new Pdu.C2hData(0, 0, true, random.nextBoolean(), ByteBuffer.allocate(512));
            case 3 -> new Pdu.R2t(0, 1, 0, 512);
            default -> new Pdu.C2hTermReq(random.nextInt(8), random.nextInt());
        };
        var bytes = PduWriter.bytes(pdu, Digests.NONE);
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            bytes[random.nextInt(Math.min(bytes.length, 32))] = (byte) random.nextInt();
        }
        return bytes;
    }
}
