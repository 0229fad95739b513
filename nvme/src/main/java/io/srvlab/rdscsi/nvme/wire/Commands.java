package io.srvlab.rdscsi.nvme.wire;

/** The commands that a host sends, without ids; and the numbers by which a target tells them apart. */
public final class Commands {
    // Fabrics command types.
    public static final int PROPERTY_SET = 0x00;
    public static final int CONNECT = 0x01;
    public static final int PROPERTY_GET = 0x04;

    // Admin opcodes.
    public static final int GET_LOG_PAGE = 0x02;
    public static final int IDENTIFY = 0x06;
    public static final int ABORT = 0x08;
    public static final int SET_FEATURES = 0x09;
    public static final int GET_FEATURES = 0x0a;
    public static final int ASYNC_EVENT_REQUEST = 0x0c;
    public static final int KEEP_ALIVE = 0x18;

    // I/O opcodes.
    public static final int FLUSH = 0x00;
    public static final int WRITE = 0x01;
    public static final int READ = 0x02;
    public static final int WRITE_ZEROES = 0x08;

    // What Identify asks for.
    public static final int IDENTIFY_NAMESPACE = 0x00;
    public static final int IDENTIFY_CONTROLLER = 0x01;
    public static final int IDENTIFY_ACTIVE_NAMESPACES = 0x02;
    public static final int IDENTIFY_DESCRIPTORS = 0x03;
    public static final int IDENTIFY_COMMAND_SET = 0x06;
    public static final int IDENTIFY_BYTES = 4096;

    // Features and log pages.
    public static final int NUMBER_OF_QUEUES = 0x07;
    public static final int ASYNC_EVENT_CONFIGURATION = 0x0b;
    public static final int KEEP_ALIVE_TIMER = 0x0f;
    public static final int LOG_ERRORS = 0x01;
    public static final int LOG_HEALTH = 0x02;
    public static final int LOG_CHANGED_NAMESPACES = 0x04;
    public static final int LOG_DISCOVERY = 0x70;

    /** Forced unit access, in dword 12 of a read or a write. */
    public static final int FUA = 1 << 30;

    /** The most blocks that one command can name. */
    public static final int BLOCKS_MAX = 1 << 16;

    private Commands() {}

    /** The first command on a queue; its data is {@link ConnectData}. {@code depth}: entries of the queue. */
    public static SubmissionEntry connect(int queueId, int depth, long keepAliveMillis) {
        return SubmissionEntry.of(
                SubmissionEntry.FABRICS,
                CONNECT,
                Sgl.inCapsule(ConnectData.BYTES),
                queueId << 16,
                depth - 1,
                (int) keepAliveMillis,
                0);
    }

    public static SubmissionEntry propertyGet(Property property) {
        return SubmissionEntry.of(
                SubmissionEntry.FABRICS, PROPERTY_GET, Sgl.NONE, property.attribute(), property.offset(), 0, 0);
    }

    public static SubmissionEntry propertySet(Property property, int value) {
        return SubmissionEntry.of(
                SubmissionEntry.FABRICS, PROPERTY_SET, Sgl.NONE, property.attribute(), property.offset(), value, 0);
    }

    public static SubmissionEntry identify(int structure, int namespace) {
        return SubmissionEntry.of(IDENTIFY, namespace, Sgl.transport(IDENTIFY_BYTES), structure, 0, 0, 0);
    }

    /**
     * A part of a log.
     *
     * @param retainEvent whether the event that announced this log stays unread
     * @param length in bytes, a multiple of 4
     */
    public static SubmissionEntry getLogPage(int page, boolean retainEvent, long offset, int length) {
        int dwords = length / 4 - 1;
        return SubmissionEntry.of(
                GET_LOG_PAGE,
                0,
                Sgl.transport(length),
                page | (retainEvent ? 1 << 15 : 0) | (dwords & 0xffff) << 16,
                dwords >>> 16,
                (int) offset,
                (int) (offset >>> 32));
    }

    public static SubmissionEntry setFeatures(int feature, int value) {
        return SubmissionEntry.of(SET_FEATURES, 0, Sgl.NONE, feature, value, 0, 0);
    }

    public static SubmissionEntry keepAlive() {
        return SubmissionEntry.of(KEEP_ALIVE, 0, Sgl.NONE, 0, 0, 0, 0);
    }

    public static SubmissionEntry asyncEventRequest() {
        return SubmissionEntry.of(ASYNC_EVENT_REQUEST, 0, Sgl.NONE, 0, 0, 0, 0);
    }

    public static SubmissionEntry read(int namespace, long block, int blocks, int length) {
        return transfer(READ, namespace, Sgl.transport(length), block, blocks);
    }

    /** {@code sgl} says where the data is: in the capsule, or to be asked for. */
    public static SubmissionEntry write(int namespace, long block, int blocks, Sgl sgl) {
        return transfer(WRITE, namespace, sgl, block, blocks);
    }

    public static SubmissionEntry writeZeroes(int namespace, long block, int blocks) {
        return transfer(WRITE_ZEROES, namespace, Sgl.NONE, block, blocks);
    }

    public static SubmissionEntry flush(int namespace) {
        return SubmissionEntry.of(FLUSH, namespace, Sgl.NONE, 0, 0, 0, 0);
    }

    private static SubmissionEntry transfer(int opcode, int namespace, Sgl sgl, long block, int blocks) {
        return SubmissionEntry.of(opcode, namespace, sgl, (int) block, (int) (block >>> 32), blocks - 1, 0);
    }
}
