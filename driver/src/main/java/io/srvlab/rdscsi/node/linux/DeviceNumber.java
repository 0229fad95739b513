package io.srvlab.rdscsi.node.linux;

import java.util.regex.Pattern;

/** The number by which the kernel knows a device, whatever its node is called: {@code major:minor}. */
public record DeviceNumber(int major, int minor) {
    private static final Pattern SHAPE = Pattern.compile("([0-9]{1,9}):([0-9]{1,9})");

    /** Reads {@code 259:3}, as mountinfo and sysfs write it. */
    public static DeviceNumber parse(String text) {
        var matcher = SHAPE.matcher(text);
        if (!matcher.matches()) throw new IllegalArgumentException("not a device number: '" + text + "'");
        return new DeviceNumber(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
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
