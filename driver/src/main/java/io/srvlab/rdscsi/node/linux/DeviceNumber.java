package io.srvlab.rdscsi.node.linux;

/** The number by which the kernel knows a device, whatever its node is called: {@code major:minor}. */
public record DeviceNumber(int major, int minor) {
    private static final int DIGITS_MAX = 9;

    /** Reads {@code 259:3}, as mountinfo and sysfs write it. */
    public static DeviceNumber parse(String text) {
        var colon = text.indexOf(':');
        if (colon < 0 || !isNumber(text, 0, colon) || !isNumber(text, colon + 1, text.length())) {
            throw new IllegalArgumentException("not a device number: '" + text + "'");
        }
        return new DeviceNumber(
                Integer.parseInt(text, 0, colon, 10), Integer.parseInt(text, colon + 1, text.length(), 10));
    }

    private static boolean isNumber(String text, int from, int end) {
        for (var i = from; i < end; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') return false;
        }
        return from < end && end - from <= DIGITS_MAX;
    }

    /** From a {@code dev_t} as glibc's makedev(3) packs it, which is also how LOOP_GET_STATUS64 reports one. */
    static DeviceNumber unpack(long packed) {
        var major = ((packed >>> 8) & 0xfff) | ((packed >>> 32) & 0xfffff000L);
        var minor = (packed & 0xff) | ((packed >>> 12) & 0xffffff00L);
        return new DeviceNumber((int) major, (int) minor);
    }

    long packed() {
        var majorBits = ((major & 0xfffL) << 8) | ((major & 0xfffff000L) << 32);
        var minorBits = (minor & 0xffL) | ((minor & 0xffffff00L) << 12);
        return majorBits | minorBits;
    }

    @Override
    public String toString() {
        return major + ":" + minor;
    }
}
