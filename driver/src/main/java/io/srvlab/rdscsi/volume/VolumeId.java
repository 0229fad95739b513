package io.srvlab.rdscsi.volume;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The CSI volume_id, which is also the {@code slot} of the disk item on the appliance: 1 to 40 characters of
 * {@code A-Z a-z 0-9 . _ -}, beginning with a letter or digit. Ours have at most 32; the 40 are those of the older Go
 * driver ({@code pvc-<uuid>}).
 */
public record VolumeId(String slot) {
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,39}");

    public VolumeId {
        if (!SHAPE.matcher(slot).matches()) throw new IllegalArgumentException("not a volume id: '" + slot + "'");
    }

    /** The id in {@code text}, or nothing if no volume of this driver can have that id. */
    public static Optional<VolumeId> parse(String text) {
        return SHAPE.matcher(text).matches() ? Optional.of(new VolumeId(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return slot;
    }
}
