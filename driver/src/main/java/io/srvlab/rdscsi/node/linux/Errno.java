package io.srvlab.rdscsi.node.linux;

/** An error number of errno(3). The numbers are those of x86-64 and aarch64, which share them. */
public record Errno(int number) {
    public static final Errno ENOENT = new Errno(2);
    public static final Errno EINTR = new Errno(4);
    public static final Errno ENXIO = new Errno(6);
    public static final Errno EBUSY = new Errno(16);
    public static final Errno ENOTDIR = new Errno(20);
    public static final Errno EINVAL = new Errno(22);
    public static final Errno EBADMSG = new Errno(74);
    public static final Errno EUCLEAN = new Errno(117);

    /** The name and the usual words, of those that devices and mounts answer; else the bare number. */
    @Override
    public String toString() {
        return switch (number) {
            case 1 -> "EPERM, operation not permitted";
            case 2 -> "ENOENT, no such file or directory";
            case 4 -> "EINTR, interrupted";
            case 5 -> "EIO, input/output error";
            case 6 -> "ENXIO, no such device or address";
            case 12 -> "ENOMEM, out of memory";
            case 13 -> "EACCES, permission denied";
            case 16 -> "EBUSY, device or resource busy";
            case 17 -> "EEXIST, file exists";
            case 19 -> "ENODEV, no such device or filesystem type";
            case 20 -> "ENOTDIR, not a directory";
            case 21 -> "EISDIR, is a directory";
            case 22 -> "EINVAL, invalid argument";
            case 28 -> "ENOSPC, no space left on device";
            case 30 -> "EROFS, read-only file system";
            case 38 -> "ENOSYS, not known to this kernel";
            case 40 -> "ELOOP, symbolic link where none may be";
            case 61 -> "ENODATA, no data";
            case 67 -> "ENOLINK, link has been severed";
            case 74 -> "EBADMSG, bad message";
            case 95 -> "EOPNOTSUPP, operation not supported";
            case 117 -> "EUCLEAN, structure needs cleaning";
            case 121 -> "EREMOTEIO, remote I/O error";
            default -> "errno " + number;
        };
    }
}
