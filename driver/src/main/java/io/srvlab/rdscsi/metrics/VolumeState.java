package io.srvlab.rdscsi.metrics;

import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.appliance.Comment;
import java.util.Optional;

/** In which of its states a volume is counted. */
public enum VolumeState {
    FREE,
    HELD,
    CUT,
    LOCKED,
    UNREADABLE,
    NEWER;

    /** The state that {@code comment} records; nothing if the item is another cluster's, or no volume of this driver. */
    static Optional<VolumeState> of(Comment comment, ClusterId cluster) {
        return switch (comment) {
            case Comment.Recorded(var _, var ledger) when !ledger.cluster().equals(cluster.mark()) -> Optional.empty();
            case Comment.Recorded(var _, var ledger) ->
                Optional.of(
                        switch (ledger.state()) {
                            case FREE -> FREE;
                            case HELD -> HELD;
                            case CUT -> CUT;
                            case LOCKED -> LOCKED;
                        });
            // Whose a record is that cannot be read, nobody can say: each cluster on the appliance counts it.
            case Comment.Unreadable _ -> Optional.of(UNREADABLE);
            case Comment.Newer _ -> Optional.of(NEWER);
            case Comment.Unset _, Comment.Foreign _ -> Optional.empty();
        };
    }
}
