package io.srvlab.rdscsi.nvme.subsystem;

import static io.srvlab.rdscsi.nvme.subsystem.Stage.DISK;
import static io.srvlab.rdscsi.nvme.subsystem.Stage.HOST;
import static io.srvlab.rdscsi.nvme.subsystem.Stage.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.nvme.host.Knock;
import io.srvlab.rdscsi.nvme.wire.Commands;
import io.srvlab.rdscsi.nvme.wire.Completion;
import io.srvlab.rdscsi.nvme.wire.ConnectData;
import io.srvlab.rdscsi.nvme.wire.Digests;
import io.srvlab.rdscsi.nvme.wire.Pdu;
import io.srvlab.rdscsi.nvme.wire.PduReader;
import io.srvlab.rdscsi.nvme.wire.PduWriter;
import io.srvlab.rdscsi.nvme.wire.Property;
import io.srvlab.rdscsi.nvme.wire.Sgl;
import io.srvlab.rdscsi.nvme.wire.Side;
import io.srvlab.rdscsi.nvme.wire.Status;
import io.srvlab.rdscsi.nvme.wire.SubmissionEntry;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a host sends, the target answers as the specification says or hangs up, and serves the others on. */
@Timeout(60)
class HostileHostTest {
    private static final SubmissionEntry WRITE = Commands.write(1, 0, 4, Sgl.transport(16_384));

    private Stage stage;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        stage = new Stage(directory);
        stage.export(DISK, Set.of(HOST.nqn()));
    }

    @AfterEach
    void othersAreServedOn() throws IOException {
        try (var session = stage.connect(DISK, HOST)) {
            var disk = session.namespace(1, LONG);
            assertThat(session.read(disk, 0, 4096, LONG)).isEqualTo(ByteBuffer.allocate(4096));
        } finally {
            stage.close();
        }
    }

    /** One connection, on which anything can be said. */
    private final class Line implements AutoCloseable {
        private final Socket socket;
        private final PduReader reader;

        Line() throws IOException {
            var at = stage.target.address();
            socket = new Socket(at.getAddress(), at.getPort());
            socket.setSoTimeout((int) LONG.toMillis());
            reader = new PduReader(socket.getInputStream(), Side.CONTROLLER, new PduReader.Limits(0, 1 << 20));
        }

        void send(Pdu pdu) throws IOException {
            send(PduWriter.bytes(pdu, Digests.NONE));
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        Line initialized() throws IOException {
            send(new Pdu.IcReq(0, 0, Digests.NONE, 0));
            assertThat(reader.next()).isInstanceOf(Pdu.IcResp.class);
            return this;
        }

        Completion ask(SubmissionEntry command, ByteBuffer data) throws IOException {
            send(new Pdu.CapsuleCmd(command, data));
            return next(Pdu.CapsuleResp.class).completion();
        }

        <T extends Pdu> T next(Class<T> type) throws IOException {
            var pdu = reader.next();
            assertThat(pdu).isInstanceOf(type);
            return type.cast(Objects.requireNonNull(pdu));
        }

        /** Becomes a queue; the controller's id. */
        int connected(int queue, int depth, int controller) throws IOException {
            var data = new ConnectData(HOST.id(), controller, DISK, HOST.nqn()).bytes();
            var answer = initialized().ask(Commands.connect(queue, depth, 0), data);
            assertThat(answer.status()).isEqualTo(Status.SUCCESS);
            return (int) answer.result();
        }

        /** The target says why, or does not; it hangs up in any case. */
        void isHungUpOn() {
            try {
                for (var pdu = reader.next(); pdu != null; pdu = reader.next()) {
                    assertThat(pdu).isInstanceOf(Pdu.C2hTermReq.class);
                }
            } catch (SocketTimeoutException e) {
                throw new AssertionError("it is still open", e);
            } catch (IOException e) {
                // Reset: hung up with something of ours unread.
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** An I/O queue of a session that the admin line keeps up. */
    private Line queue(Line admin, int depth) throws IOException {
        int controller = admin.connected(0, 32, ConnectData.ANY_CONTROLLER);
        assertThat(admin.ask(Commands.propertySet(Property.CONFIGURATION, Property.ENABLED), Pdu.NO_DATA)
                        .status()
                        .ok())
                .isTrue();
        var line = new Line();
        line.connected(1, depth, controller);
        return line;
    }

    @Test
    void noiseIsHungUpOn() throws IOException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            try (var line = new Line()) {
                if (random.nextBoolean()) line.initialized();
                var bytes = new byte[random.nextInt(8, 4096)];
                random.nextBytes(bytes);
                send(line, bytes);
                line.socket.shutdownOutput();
                line.isHungUpOn();
            } catch (IOException | AssertionError e) {
                throw new AssertionError("with seed " + seed + ", round " + round, e);
            }
        }
    }

    private static void send(Line line, byte[] bytes) {
        try {
            line.send(bytes);
        } catch (IOException e) {
            // It hung up before it had all of it.
        }
    }

    /** Whatever is changed in valid commands of a live queue, only that queue suffers. */
    @Test
    void changedCommandsAreAnsweredOrHungUpOn() throws IOException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            try (var admin = new Line();
                    var line = random.nextBoolean() ? queue(admin, 16) : admin) {
                if (line == admin) admin.connected(0, 32, ConnectData.ANY_CONTROLLER);
                for (int i = 0; i < 8; i++) send(line, changed(random));
                line.socket.shutdownOutput();
                while (line.reader.next() != null) {}
            } catch (SocketTimeoutException | AssertionError e) {
                throw new AssertionError("with seed " + seed + ", round " + round, e);
            } catch (IOException e) {
                // Reset.
            }
        }
    }

    private static byte[] changed(Random random) {
        var commands = new SubmissionEntry[] {
            WRITE,
            Commands.read(1, 0, 1, 4096),
            Commands.writeZeroes(1, 0, 1),
            Commands.flush(1),
            Commands.identify(random.nextInt(8), 1),
            Commands.getLogPage(2, false, 0, 512),
            Commands.setFeatures(7, 3),
            Commands.propertyGet(Property.STATUS)
        };
        var command = commands[random.nextInt(commands.length)].withCommandId(random.nextInt(0x10000));
        var data = random.nextBoolean() ? Pdu.NO_DATA : ByteBuffer.allocate(4096 * random.nextInt(1, 3));
        var bytes = PduWriter.bytes(new Pdu.CapsuleCmd(command, data), Digests.NONE);
        // The fields of the command, mostly: the header is tried elsewhere. Nothing is written to where it can be seen.
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            bytes[random.nextInt(9, 72)] = (byte) random.nextInt();
        }
        bytes[8 + 40 + 4] = (byte) 0xf0; // the block's number is beyond the end, whatever else
        return bytes;
    }

    @Test
    void aCommandBeforeConnectIsRefused() throws IOException {
        try (var line = new Line()) {
            var answer = line.initialized().ask(Commands.identify(Commands.IDENTIFY_CONTROLLER, 0), Pdu.NO_DATA);
            assertThat(answer.status()).isEqualTo(Status.SEQUENCE_ERROR);
        }
        try (var line = new Line()) {
            line.send(new Pdu.CapsuleCmd(Commands.keepAlive(), Pdu.NO_DATA));
            line.isHungUpOn();
        }
    }

    /** What nvmet answers: status and DW0. */
    @ParameterizedTest
    @CsvSource({
        // queue, entries, controller, status code, DW0
        "0, 1, 65535, 82, 2c", // SQSIZE 0
        "0, 4096, 65535, 82, 2c",
        "0, 32, 1, 82, 10010", // an admin queue of a controller that is to be made
        "1, 32, 77, 82, 10010", // an I/O queue of one that is not there
    })
    void aWrongConnectIsRefusedWithThePlaceOfTheFault(int queue, int entries, int controller, String code, String at)
            throws IOException {
        try (var line = new Line()) {
            var data = new ConnectData(HOST.id(), controller, DISK, HOST.nqn()).bytes();
            var answer = line.initialized().ask(Commands.connect(queue, entries, 0), data);
            assertThat(answer.status().code()).isEqualTo(Integer.parseInt(code, 16));
            assertThat(answer.status().doNotRetry()).isTrue();
            assertThat(answer.result()).isEqualTo(Long.parseLong(at, 16));
        }
    }

    @Test
    void aQueueIsConnectedOnceAndByItsOwnHost() throws IOException {
        try (var admin = new Line();
                var first = queue(admin, 16);
                var again = new Line();
                var other = new Line()) {
            assertThat(first.socket.isConnected()).isTrue();
            int controller = 1;
            var data = new ConnectData(HOST.id(), controller, DISK, HOST.nqn()).bytes();
            assertThat(again.initialized().ask(Commands.connect(1, 16, 0), data).status())
                    .isEqualTo(Status.SEQUENCE_ERROR);
            stage.target.allow(DISK, Set.of());
            var stranger =
                    new ConnectData(HOST.id(), controller, DISK, Stage.host().nqn()).bytes();
            assertThat(other.initialized()
                            .ask(Commands.connect(2, 16, 0), stranger)
                            .status())
                    .isEqualTo(Status.CONNECT_INVALID_PARAMETERS);
        }
    }

    @Test
    void moreCommandsThanTheQueueHoldsAreHungUpOn() throws IOException {
        try (var admin = new Line();
                var line = queue(admin, 4)) {
            for (int id = 0; id < 8; id++) send(line, command(WRITE.withCommandId(id)));
            assertThat(line.reader.next()).isInstanceOf(Pdu.R2t.class);
            while (line.reader.next() instanceof Pdu.R2t) {} // as many as it holds
            line.isHungUpOn();
        } catch (IOException e) {
            assertThat(e).isNotInstanceOf(SocketTimeoutException.class);
        }
    }

    private static byte[] command(SubmissionEntry entry) {
        return PduWriter.bytes(new Pdu.CapsuleCmd(entry, Pdu.NO_DATA), Digests.NONE);
    }

    /** Each is wrong in one way: the tag, the command, the offset, the length, the mark. */
    @ParameterizedTest
    @CsvSource({
        "1, 0, 0, 16384, true",
        "0, 1, 0, 16384, true",
        "0, 0, 4096, 4096, false",
        "0, 0, 0, 20480, true",
        "0, 0, 0, 4096, true",
        "0, 0, 0, 16384, false",
        "0, 0, 4294963200, 8192, false"
    })
    void dataThatWasNotAskedForIsHungUpOnAndNotWritten(
            int tagOff, int commandOff, long offset, int length, boolean last) throws IOException {
        try (var admin = new Line();
                var line = queue(admin, 16)) {
            line.send(new Pdu.CapsuleCmd(WRITE.withCommandId(5), Pdu.NO_DATA));
            var request = line.next(Pdu.R2t.class);
            line.send(new Pdu.H2cData(
                    request.commandId() + commandOff,
                    request.transferTag() + tagOff,
                    offset,
                    last,
                    Stage.noise(1, length)));
            line.isHungUpOn();
        }
        assertThat(stage.traffic.writes()).isZero();
    }

    @Test
    void dataThatStopsHalfwayIsNotWritten() throws IOException {
        try (var admin = new Line();
                var line = queue(admin, 16)) {
            line.send(new Pdu.CapsuleCmd(WRITE.withCommandId(5), Pdu.NO_DATA));
            var request = line.next(Pdu.R2t.class);
            line.send(new Pdu.H2cData(5, request.transferTag(), 0, false, Stage.noise(1, 4096)));
        }
        assertThat(stage.knock(DISK, HOST)).isEqualTo(new Knock.Admitted(false));
        assertThat(stage.traffic.writes()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 4096", "2, 4096", "4, 12288"}) // blocks, 0 being 65536; the length that is said to go with them
    void aLengthThatDoesNotFitTheBlocksIsRefused(int blocks, int length) throws IOException {
        try (var admin = new Line();
                var line = queue(admin, 16)) {
            var write = Commands.write(1, 0, blocks, Sgl.transport(length));
            assertThat(line.ask(write, Pdu.NO_DATA).status().ok()).isFalse();
            assertThat(line.ask(Commands.read(1, 0, blocks, length), Pdu.NO_DATA)
                            .status()
                            .ok())
                    .isFalse();
            var inCapsule = Commands.write(1, 0, 1, Sgl.inCapsule(4096));
            assertThat(line.ask(inCapsule, ByteBuffer.allocate(8192)).status()).isEqualTo(Status.SGL_LENGTH_INVALID);
            assertThat(line.ask(inCapsule, Pdu.NO_DATA).status()).isEqualTo(Status.SGL_LENGTH_INVALID);
        }
        assertThat(stage.traffic.writes()).isZero();
    }

    @Test
    void whatIsNotKnownIsRefusedAndTheQueueGoesOn() throws IOException {
        try (var admin = new Line();
                var line = queue(admin, 16)) {
            var unknown = new SubmissionEntry(0x55, 0x40, 1, 1, Sgl.NONE, 0, 0, 0, 0, 0, 0);
            var withoutSgl = new SubmissionEntry(0, 0, 2, 1, Sgl.NONE, 0, 0, 0, 0, 0, 0);
            assertThat(line.ask(unknown, Pdu.NO_DATA).status()).isEqualTo(Status.INVALID_OPCODE);
            assertThat(line.ask(withoutSgl, Pdu.NO_DATA).status()).isEqualTo(Status.INVALID_FIELD);
            assertThat(line.ask(Commands.flush(2), Pdu.NO_DATA).status()).isEqualTo(Status.INVALID_NAMESPACE);
            assertThat(line.ask(Commands.flush(1), Pdu.NO_DATA).status()).isEqualTo(Status.SUCCESS);
            assertThat(admin.ask(unknown, Pdu.NO_DATA).status()).isEqualTo(Status.INVALID_OPCODE);
            assertThat(admin.ask(Commands.getLogPage(0xc0, false, 0, 512), Pdu.NO_DATA)
                            .status())
                    .isEqualTo(Status.INVALID_LOG_PAGE);
            assertThat(admin.ask(Commands.setFeatures(0xc0, 0), Pdu.NO_DATA).status())
                    .isEqualTo(Status.INVALID_FIELD);
        }
    }

    @Test
    void aResizeIsAnnouncedOnceAndAgainAfterItsLogWasRead() throws IOException {
        try (var admin = new Line()) {
            admin.connected(0, 32, ConnectData.ANY_CONTROLLER);
            admin.ask(Commands.propertySet(Property.CONFIGURATION, Property.ENABLED), Pdu.NO_DATA);
            admin.send(new Pdu.CapsuleCmd(Commands.asyncEventRequest().withCommandId(9), Pdu.NO_DATA));
            assertThat(admin.ask(Commands.keepAlive().withCommandId(1), Pdu.NO_DATA)
                            .commandId())
                    .isOne();
            stage.target.resized(DISK);
            var event = admin.next(Pdu.CapsuleResp.class);
            assertThat(event.completion().commandId()).isEqualTo(9);
            assertThat(event.completion().result()).isEqualTo(0x00040002);
            admin.send(new Pdu.CapsuleCmd(Commands.asyncEventRequest().withCommandId(10), Pdu.NO_DATA));
            stage.target.resized(DISK);
            assertThat(admin.ask(Commands.keepAlive().withCommandId(2), Pdu.NO_DATA)
                            .commandId())
                    .as("it was told, and has not looked")
                    .isEqualTo(2);
            var log = Commands.getLogPage(Commands.LOG_CHANGED_NAMESPACES, false, 0, 4096);
            admin.send(new Pdu.CapsuleCmd(log.withCommandId(3), Pdu.NO_DATA));
            var changed = admin.next(Pdu.C2hData.class);
            assertThat(changed.data().get(0)).isOne();
            assertThat(admin.reader.next()).isInstanceOf(Pdu.CapsuleResp.class);
            stage.target.resized(DISK);
            var next = admin.next(Pdu.CapsuleResp.class);
            assertThat(next.completion().commandId()).isEqualTo(10);
        }
    }
}
