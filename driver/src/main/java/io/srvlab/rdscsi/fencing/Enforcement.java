package io.srvlab.rdscsi.fencing;

/** Whether an answer rests on what the appliance shows of its doors, or on its books alone. */
public enum Enforcement {
    /** OK is said only of a door that was read back. */
    ENFORCED,
    /**
     * For appliances on which neither exports nor names behave: the record alone counts, an unpublish always succeeds, and
     * nothing keeps a second writer out. Every use says so.
     */
    ADVISORY
}
