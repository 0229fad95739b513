package io.srvlab.rdscsi.node.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The system calls, through glibc 2.33 or later, as on x86-64 and aarch64. One method each, named as in section 2 of
 * the manual; -1 becomes an {@link ErrnoException}, an interrupted call is made again.
 */
final class Libc {
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_EXCL = 0x80;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    /** The one flag used here whose value depends on the processor. */
    static final int O_DIRECT = System.getProperty("os.arch").equals("aarch64") ? 0x10000 : 0x4000;

    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int AT_STATX_DONT_SYNC = 0x4000;

    private static final long SYS_OPEN_TREE = 428; // the same on every processor since Linux 5.2, as the next two
    private static final long SYS_MOVE_MOUNT = 429;
    private static final long SYS_MOUNT_SETATTR = 442;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle OPEN = variadic("open", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle IOCTL = variadic("ioctl", JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle CLOSE = plain("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle FSYNC = plain("fsync", JAVA_INT, JAVA_INT);
    private static final MethodHandle PREAD = plain("pread", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PWRITE = plain("pwrite", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle MOUNT = plain("mount", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
    private static final MethodHandle UMOUNT2 = plain("umount2", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle MKNOD = plain("mknod", JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG);
    private static final MethodHandle STATX = plain("statx", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle STATVFS = plain("statvfs", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SYSCALL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG),
                    Linker.Option.captureCallState("errno"),
                    Linker.Option.firstVariadicArg(1));

    private Libc() {}

    static int open(String path, int flags) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(path);
            return (int) call("open", path, errno -> (int) OPEN.invokeExact(errno, name, flags, 0));
        }
    }

    /** Never made again when interrupted: the descriptor is gone all the same (close(2), "Dealing with error returns"). */
    static void close(int fd) {
        try (var arena = Arena.ofConfined()) {
            int _ = (int) CLOSE.invokeExact(arena.allocate(STATE), fd);
        } catch (Throwable e) {
            throw new AssertionError("close", e);
        }
    }

    static int ioctl(String what, String subject, int fd, long request, MemorySegment argument) throws ErrnoException {
        return (int) call(what, subject, errno -> (int) IOCTL.invokeExact(errno, fd, request, argument));
    }

    static void fsync(String subject, int fd) throws ErrnoException {
        call("fsync", subject, errno -> (int) FSYNC.invokeExact(errno, fd));
    }

    static long pread(String subject, int fd, MemorySegment into, long offset) throws ErrnoException {
        return call("read", subject + " at byte " + offset, errno ->
                (long) PREAD.invokeExact(errno, fd, into, into.byteSize(), offset));
    }

    static long pwrite(String subject, int fd, MemorySegment from, long offset) throws ErrnoException {
        return call("write", subject + " at byte " + offset, errno ->
                (long) PWRITE.invokeExact(errno, fd, from, from.byteSize(), offset));
    }

    static void mount(String source, String target, String type, long flags, String data) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var from = arena.allocateFrom(source);
            var at = arena.allocateFrom(target);
            var as = arena.allocateFrom(type);
            var with = arena.allocateFrom(data);
            call("mount", source + " at " + target + " as " + type + " with '" + data + "'", errno ->
                    (int) MOUNT.invokeExact(errno, from, at, as, flags, with));
        }
    }

    static void umount2(String target, int flags) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var at = arena.allocateFrom(target);
            call("umount", target, errno -> (int) UMOUNT2.invokeExact(errno, at, flags));
        }
    }

    static void mknod(String path, int mode, long device) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(path);
            call("mknod", path, errno -> (int) MKNOD.invokeExact(errno, name, mode, device));
        }
    }

    static void statx(int directory, String path, int flags, MemorySegment into) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(path);
            var basicStats = 0x7ff;
            call("stat", path, errno -> (int) STATX.invokeExact(errno, directory, name, flags, basicStats, into));
        }
    }

    static void statvfs(String path, MemorySegment into) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(path);
            call("statvfs", path, errno -> (int) STATVFS.invokeExact(errno, name, into));
        }
    }

    /** open_tree(2): a detached copy of the mount at {@code path}, to be altered before anybody can see it. */
    static int openTree(String path, int flags) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(path);
            return (int) call("open_tree", path, errno -> (long) SYSCALL.invokeExact(
                    errno, SYS_OPEN_TREE, (long) AT_FDCWD, name, (long) flags, MemorySegment.NULL, 0L));
        }
    }

    /** mount_setattr(2) on the mount that {@code fd} is. */
    static void mountSetattr(String subject, int fd, MemorySegment attributes) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var empty = arena.allocateFrom("");
            call("mount_setattr", subject, errno -> (long) SYSCALL.invokeExact(
                    errno,
                    SYS_MOUNT_SETATTR,
                    (long) fd,
                    empty,
                    (long) AT_EMPTY_PATH,
                    attributes,
                    attributes.byteSize()));
        }
    }

    /** move_mount(2): puts the detached mount that {@code fd} is at {@code target}. */
    static void moveMount(int fd, String target, int flags) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var empty = arena.allocateFrom("");
            var at = arena.allocateFrom(target);
            call("move_mount", target, errno -> (long)
                    SYSCALL.invokeExact(errno, SYS_MOVE_MOUNT, (long) fd, empty, (long) AT_FDCWD, at, (long) flags));
        }
    }

    private interface Call {
        long make(MemorySegment errno) throws Throwable;
    }

    private static long call(String what, String subject, Call call) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            while (true) {
                var answer = call.make(state);
                if (answer != -1) return answer;
                var errno = new Errno((int) ERRNO.get(state, 0L));
                if (!errno.equals(Errno.EINTR)) throw new ErrnoException(what, subject, errno);
            }
        } catch (ErrnoException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(what, e);
        }
    }

    private static MethodHandle plain(String name, MemoryLayout result, MemoryLayout... arguments) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    /** open(2) and ioctl(2) are declared with two fixed arguments. */
    private static MethodHandle variadic(String name, MemoryLayout result, MemoryLayout... arguments) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(2));
    }
}
