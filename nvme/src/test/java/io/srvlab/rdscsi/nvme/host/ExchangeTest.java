package io.srvlab.rdscsi.nvme.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.srvlab.rdscsi.nvme.wire.Completion;
import io.srvlab.rdscsi.nvme.wire.Pdu;
import io.srvlab.rdscsi.nvme.wire.ProtocolError;
import io.srvlab.rdscsi.nvme.wire.Status;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A target that moves less than it says, or elsewhere, is not believed: the caller would see bytes that nobody sent. */
class ExchangeTest {
    private static final Completion SUCCESS = new Completion(0, 0, 1, 7, Status.SUCCESS);

    private static Pdu.C2hData data(long offset, int length) {
        return new Pdu.C2hData(7, offset, false, false, ByteBuffer.wrap(new byte[length]));
    }

    private static Exchange reading(int length) {
        return new Exchange(Pdu.NO_DATA, ByteBuffer.allocate(length));
    }

    private static Exchange writing(int length) {
        return new Exchange(ByteBuffer.allocate(length), Pdu.NO_DATA);
    }

    @Test
    void dataMayComeInPieces() throws ProtocolError {
        var into = ByteBuffer.allocate(8);
        var exchange = new Exchange(Pdu.NO_DATA, into);
        exchange.take(new Pdu.C2hData(7, 0, false, false, ByteBuffer.wrap(new byte[] {1, 2, 3})));
        exchange.take(new Pdu.C2hData(7, 3, true, false, ByteBuffer.wrap(new byte[] {4, 5, 6, 7, 8})));
        exchange.finish(SUCCESS);
        assertThat(exchange.done).isCompletedWithValue(SUCCESS);
        assertThat(into).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
    }

    @Test
    void successWithoutAllTheDataIsNone() throws ProtocolError {
        var exchange = reading(4096);
        exchange.take(data(0, 2048));
        assertThatThrownBy(() -> exchange.finish(SUCCESS)).isInstanceOf(ProtocolError.class);
        assertThat(exchange.done).isNotDone();
        assertThatThrownBy(() -> writing(4096).finish(SUCCESS)).isInstanceOf(ProtocolError.class);
    }

    @Test
    void anErrorNeedsNoData() throws ProtocolError {
        var error = new Completion(0, 0, 1, 7, Status.READ_ERROR);
        var exchange = reading(4096);
        exchange.finish(error);
        assertThat(exchange.done).isCompletedWithValue(error);
    }

    @ParameterizedTest
    @CsvSource({"2048, 2048", "0, 4097", "4294967295, 1", "2147483648, 4096"})
    void dataThatIsNotNextIsNotTaken(long offset, int length) {
        assertThatThrownBy(() -> reading(4096).take(data(offset, length))).isInstanceOf(ProtocolError.class);
    }

    @ParameterizedTest
    @CsvSource({"2048, 2048", "0, 4097", "0, 4294967295", "4294967295, 1", "0, 0"})
    void nothingIsGivenBeyondTheCommandsData(long offset, long length) {
        assertThatThrownBy(() -> writing(4096).give(new Pdu.R2t(7, 1, offset, length)))
                .isInstanceOf(ProtocolError.class);
    }

    @Test
    void noByteIsGivenTwice() throws ProtocolError {
        var exchange = writing(4096);
        assertThat(exchange.give(new Pdu.R2t(7, 1, 0, 1024)).remaining()).isEqualTo(1024);
        assertThatThrownBy(() -> exchange.give(new Pdu.R2t(7, 2, 0, 1024))).isInstanceOf(ProtocolError.class);
        assertThat(exchange.give(new Pdu.R2t(7, 2, 1024, 3072)).remaining()).isEqualTo(3072);
        exchange.finish(SUCCESS);
        assertThat(exchange.done).isDone();
    }
}
