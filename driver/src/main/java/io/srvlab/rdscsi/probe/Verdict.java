package io.srvlab.rdscsi.probe;

/** What a report comes to. */
public enum Verdict {
    /** All that the driver rests on was shown. */
    ALL_WELL(0, "all well"),
    /** What its promise rests on was shown; something else is not as believed, or could not be asked. */
    LIMITS(1, "works with limits"),
    /** Something that its promise rests on is not so, or was not shown. */
    NOT_SAFE(2, "not safe");

    private final int exitStatus;
    private final String words;

    Verdict(int exitStatus, String words) {
        this.exitStatus = exitStatus;
        this.words = words;
    }

    /** Of the command {@code rds-csi probe}. */
    public int exitStatus() {
        return exitStatus;
    }

    public String words() {
        return words;
    }
}
