package io.srvlab.rdscsi.appliance;

import io.srvlab.rdscsi.volume.Nqn;
import io.srvlab.rdscsi.volume.ShortHash;
import io.srvlab.rdscsi.volume.VolumeId;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One attachment's number, never used twice: a sequence number and a nonce. It is part of the subsystem NQN, so that
 * what is left over from an earlier attachment finds no door to come back to.
 *
 * @param seq positive; grows with every claim of a volume and is at least the Unix time in seconds, so that a slot that is
 *     made again repeats no name
 * @param nonce 8 characters of base32; two controllers that count alike still differ
 */
public record Claim(long seq, String nonce) {
    private static final Pattern SHAPE = Pattern.compile("([1-9][0-9]{0,17})-([a-z2-7]{8})");
    private static final long LAST = 999_999_999_999_999_999L;
    private static final SecureRandom RANDOM = new SecureRandom();

    public Claim {
        if (!SHAPE.matcher(seq + "-" + nonce).matches()) {
            throw new IllegalArgumentException("not a claim: " + seq + "-" + nonce);
        }
    }

    /** The first claim of a volume made at {@code now}. */
    public static Claim first(Instant now) {
        return new Claim(Math.max(1, now.getEpochSecond()), freshNonce());
    }

    /** The claim after this one. */
    public Claim next(Instant now) {
        return new Claim(Math.max(seq + 1, now.getEpochSecond()), freshNonce());
    }

    /**
     * Reads {@code <seq>-<nonce>}.
     *
     * @throws IllegalArgumentException if it is anything else, or a number that none can follow
     */
    public static Claim parse(String text) {
        return tryParse(text).orElseThrow(() -> new IllegalArgumentException("not a claim: '" + text + "'"));
    }

    /** As {@link #parse}, or nothing. */
    public static Optional<Claim> tryParse(String text) {
        var shape = SHAPE.matcher(text);
        if (!shape.matches()) return Optional.empty();
        long seq = Long.parseLong(shape.group(1));
        return seq == LAST ? Optional.empty() : Optional.of(new Claim(seq, shape.group(2)));
    }

    /** The name under which {@code volume} is exported for this claim and for no other. */
    public Nqn subsystem(VolumeId volume) {
        return new Nqn("nqn.2000-02.com.mikrotik:" + volume.slot() + "." + this);
    }

    private static String freshNonce() {
        var bytes = new byte[5];
        RANDOM.nextBytes(bytes);
        return ShortHash.base32(bytes);
    }

    @Override
    public String toString() {
        return seq + "-" + nonce;
    }
}
