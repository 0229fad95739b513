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
        assertThat(Traffic.parse(AS_PRINTED.lines().toList())).hasValue(new Traffic(1_203, true));
    }

    @Test
    void counters_that_never_moved_are_told_from_counters_at_rest() {
        assertThat(Traffic.parse(List.of("  in-flight-ops:     0", "  write-ops:  17")))
                .hasValue(new Traffic(0, true));
        assertThat(Traffic.parse(List.of("  in-flight-ops:     0", "  write-ops:  0")))
                .hasValue(new Traffic(0, false));
    }

    @Test
    void an_appliance_that_does_not_count_them_is_told_from_one_that_counts_none() {
        assertThat(Traffic.parse(List.of("slot: x", "read-ops: 5"))).isEmpty();
    }

    @Test
    void a_count_that_cannot_be_read_is_an_error() {
        assertThatThrownBy(() -> Traffic.parse(List.of("in-flight-ops: many"))).isInstanceOf(UnreadableReply.class);
    }
}
