package io.srvlab.rdscsi.routeros;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private static final String AS_PRINTED = """
                              slot:    storage-pool
                          read-ops:         243 401
                   write-bytes: 515 659 673 600
                     in-flight-ops:           1 203
                       active-time:             0ms
            """;

    @Test
    void operations_in_flight_are_read_from_what_an_appliance_prints() {
        assertThat(Traffic.inFlight(AS_PRINTED.lines().toList())).hasValue(1_203);
        assertThat(Traffic.inFlight(List.of("         in-flight-ops:               0")))
                .hasValue(0);
    }

    @Test
    void an_appliance_that_does_not_count_them_is_told_from_one_that_counts_none() {
        assertThat(Traffic.inFlight(List.of("slot: x", "read-ops: 5"))).isEmpty();
    }

    @Test
    void a_count_that_cannot_be_read_is_an_error() {
        assertThatThrownBy(() -> Traffic.inFlight(List.of("in-flight-ops: many")))
                .isInstanceOf(UnreadableReply.class);
    }
}
