package io.srvlab.rdscsi.volume;

/** What can go wrong on a node: devices, filesystems, mounts. */
public sealed interface NodeProblem extends Problem {

    /** NodePublishVolume came before NodeStageVolume. */
    record NotStaged(VolumeId volume, String stagingPath) implements NodeProblem {
        @Override
        public String sentence() {
            return "Volume " + volume + " is not staged at " + stagingPath + ": NodeStageVolume must come first.";
        }
    }
}
