package io.srvlab.rdscsi.volume;

/** An exact number of bytes, never negative. RouterOS reads "50G" as binary for a file and as decimal for a partition, so sizes travel as plain digits. */
public record Bytes(long count) implements Comparable<Bytes> {
    public static final Bytes ZERO = new Bytes(0);

    public Bytes {
        if (count < 0) throw new IllegalArgumentException("a size cannot be negative: " + count);
    }

    public static Bytes mib(long n) {
        return new Bytes(Math.multiplyExact(n, 1L << 20));
    }

    public static Bytes gib(long n) {
        return new Bytes(Math.multiplyExact(n, 1L << 30));
    }

    /** Whether this is at least {@code asked}; RouterOS may give slightly more than was asked. */
    public boolean covers(Bytes asked) {
        return count >= asked.count;
    }

    /** The smallest multiple of {@code unit} that covers this. */
    public Bytes roundedUpTo(Bytes unit) {
        return new Bytes(Math.multiplyExact(Math.ceilDivExact(count, unit.count), unit.count));
    }

    @Override
    public int compareTo(Bytes other) {
        return Long.compare(count, other.count);
    }

    @Override
    public String toString() {
        return count + " bytes";
    }
}
