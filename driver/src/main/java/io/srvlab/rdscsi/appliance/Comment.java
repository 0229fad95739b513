package io.srvlab.rdscsi.appliance;

import io.srvlab.rdscsi.volume.VolumeId;
import java.util.Optional;

/** What a disk item's comment tells of whose the item is. */
public sealed interface Comment {
    /** Nothing: an item made by hand, or by the older Go driver. */
    record Unset() implements Comment {}

    /** Somebody's own words. */
    record Foreign(String text) implements Comment {}

    /** A whole record that a later version of this driver wrote. */
    record Newer(String text, String why) implements Comment {}

    /** It claims to be ours and is damaged. */
    record Unreadable(String text, String why) implements Comment {}

    /** Ours. {@code text} is the comment to the letter, which guards every write. */
    record Recorded(String text, Ledger ledger) implements Comment {}

    /** What {@code comment} on the item in {@code volume}'s slot is. */
    static Comment of(Optional<String> comment, VolumeId volume) {
        var text = comment.orElse("");
        if (text.isEmpty()) return new Unset();
        if (!Ledger.claimsToBe(text)) return new Foreign(text);
        try {
            return new Recorded(text, Ledger.parse(text, volume));
        } catch (Ledger.Newer e) {
            return new Newer(text, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            return new Unreadable(text, String.valueOf(e.getMessage()));
        }
    }
}
