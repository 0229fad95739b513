package io.srvlab.rdscsi.nvme;

import java.nio.file.Path;

/**
 * A controller of this host: one session with a subsystem.
 *
 * @param name as in {@code /sys/class/nvme}, of use for one look only: the kernel gives names out again
 * @param subsystem the NQN of the subsystem that it is connected to
 * @param state as the kernel calls it: {@code live}, {@code connecting}, {@code resetting}, {@code deleting}, …
 * @param directory in sysfs
 */
public record Controller(String name, String subsystem, String state, Path directory) {
    public boolean live() {
        return state.equals("live");
    }

    /** Whether it is on its way out and no I/O will come of it any more. */
    public boolean dying() {
        return state.startsWith("deleting") || state.equals("dead");
    }

    @Override
    public String toString() {
        return name + " (" + subsystem + ", " + state + ")";
    }
}
