package io.srvlab.rdscsi.controller;

import io.srvlab.rdscsi.proto.csi.v1.CapacityRange;
import io.srvlab.rdscsi.volume.Bytes;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import java.util.Optional;

/**
 * How large a volume is made: at least what is required, in whole blocks of 4 KiB, and never over the limit.
 *
 * @param size what is asked of the appliance
 * @param limit what may be there at most
 */
record Sizes(Bytes size, Optional<Bytes> limit) {
    static final Bytes SMALLEST = Bytes.mib(1);
    private static final Bytes DEFAULT = Bytes.gib(1);
    private static final Bytes BLOCK = new Bytes(4096);
    // An exbibyte: beyond any pool, and far from where a long ends.
    private static final Bytes LARGEST = new Bytes(1L << 60);

    /**
     * Reads {@code range}; a size of 0 is not given.
     *
     * @throws Failed with {@link Problem.Malformed} for what no range can be, {@link Problem.OutOfRange} for one that no
     *     volume fits
     */
    static Sizes parse(CapacityRange range) {
        long required = range.getRequiredBytes();
        long limit = range.getLimitBytes();
        if (required < 0 || limit < 0) throw malformed("a size is negative");
        if (limit > 0 && required > limit) {
            throw malformed("required_bytes " + required + " is over limit_bytes " + limit);
        }
        if (required > LARGEST.count()) throw outOfRange(required + " bytes is more than any pool has");
        var most = limit == 0 ? Optional.<Bytes>empty() : Optional.of(new Bytes(limit));
        var least = required > 0
                ? new Bytes(required)
                : most.filter(DEFAULT::covers).map(Sizes::wholeBlocks).orElse(DEFAULT);
        var size = (SMALLEST.covers(least) ? SMALLEST : least).roundedUpTo(BLOCK);
        if (most.isPresent() && !most.get().covers(size)) {
            throw outOfRange(
                    "a volume of at least " + least + " is made with " + size + ", over the limit of " + most.get());
        }
        return new Sizes(size, most);
    }

    private static Bytes wholeBlocks(Bytes limit) {
        return new Bytes(limit.count() / BLOCK.count() * BLOCK.count());
    }

    private static Failed malformed(String why) {
        return new Failed(new Problem.Malformed("capacity_range", why));
    }

    private static Failed outOfRange(String why) {
        return new Failed(new Problem.OutOfRange(why));
    }
}
