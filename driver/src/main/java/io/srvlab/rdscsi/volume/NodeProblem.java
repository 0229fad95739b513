package io.srvlab.rdscsi.volume;

/** What can go wrong on a node: devices, filesystems, mounts. Each names the volume and the node. */
public sealed interface NodeProblem extends Problem {
    VolumeId volume();

    NodeName node();

    /** What happened and what to do, without saying again where. */
    String what();

    @Override
    default String sentence() {
        return "Volume " + volume() + " on node " + node() + ": " + what();
    }

    /** NodePublishVolume came before NodeStageVolume. */
    record NotStaged(VolumeId volume, NodeName node, String stagingPath) implements NodeProblem {
        @Override
        public String what() {
            return "it is not staged at " + stagingPath + ". NodeStageVolume must come first.";
        }
    }

    /** The staging path shows another device than the one that carries the volume now. */
    record StagedFromElsewhere(VolumeId volume, NodeName node, String stagingPath, String shows, String carries)
            implements NodeProblem {
        @Override
        public String what() {
            return stagingPath + " shows " + shows + ", but the volume is on " + carries
                    + " now. Nothing was changed: unpublish and unstage it (remove its pods from this node), then stage anew.";
        }
    }

    /** A staging or target path holds something else than what is asked for. */
    record Occupied(VolumeId volume, NodeName node, String path, String found, String asked) implements NodeProblem {
        @Override
        public String what() {
            return path + " holds " + found + ", and " + asked
                    + " is asked for. It was left as it is: unpublish or unstage that path first.";
        }
    }

    /** The door did not open before the call's deadline. */
    record NoDoor(VolumeId volume, NodeName node, String door, String saw) implements NodeProblem {
        @Override
        public String what() {
            return "no device through " + door + " before the deadline: " + saw
                    + ". Check that the appliance exports it to this node, and the network to it; the call may be repeated.";
        }
    }

    /** Another device of this machine holds the volume's backing file. */
    record HeldByDevice(VolumeId volume, NodeName node, String file, String device, String holder)
            implements NodeProblem {
        @Override
        public String what() {
            return file + " is held by " + device + " (" + holder
                    + "). Attaching it twice would corrupt it, so nothing was attached: detach " + device + " first.";
        }
    }

    /** What is left of an earlier attachment of this volume is still in use. */
    record OlderAttachment(VolumeId volume, NodeName node, String device, String use) implements NodeProblem {
        @Override
        public String what() {
            return device + " is of an earlier attachment and cannot be removed: " + use
                    + ". End what uses it (delete the pods, unmount), then repeat.";
        }
    }

    /** Several devices answer to one attachment, so none can be chosen. */
    record Ambiguous(VolumeId volume, NodeName node, String door, String devices) implements NodeProblem {
        @Override
        public String what() {
            return door + " leads to several devices: " + devices
                    + ". One attachment must be one device; export one namespace per volume.";
        }
    }

    /** The device could not be read without error, so nothing is known of what it holds. */
    record DeviceUnreadable(VolumeId volume, NodeName node, String device, String why) implements NodeProblem {
        @Override
        public String what() {
            return device + " could not be read without error (" + why
                    + "), so it was neither formatted nor mounted. Check the appliance and the network; the call may be repeated.";
        }
    }

    /** The device holds another filesystem than the one asked for. */
    record OtherFilesystem(VolumeId volume, NodeName node, String device, String found, String asked)
            implements NodeProblem {
        @Override
        public String what() {
            return device + " holds a filesystem of type " + found + ", and " + asked
                    + " is asked for. It was not touched: ask for " + found + ", or use another volume.";
        }
    }

    /** The device holds something that is no filesystem of ours, and is therefore never formatted. */
    record OtherContent(VolumeId volume, NodeName node, String device, String found, long offset)
            implements NodeProblem {
        @Override
        public String what() {
            return device + " holds " + found + " (at byte " + offset
                    + ") and was not formatted. Use it as a raw block volume; or, if nobody needs what it holds, zero it.";
        }
    }

    /** There is nothing to read, and a reader may not make it. */
    record BlankReadOnly(VolumeId volume, NodeName node, String device) implements NodeProblem {
        @Override
        public String what() {
            return device + " holds no filesystem, and a read-only volume is never formatted. Stage it writable once.";
        }
    }

    /** A copy of something is empty: that is a loss of data somewhere, and no reason to format. */
    record ContentMissing(VolumeId volume, NodeName node, String device, String source) implements NodeProblem {
        @Override
        public String what() {
            return "ALARM: " + device + " is empty, but the volume was made from " + source
                    + " and must hold what that holds. It was not formatted. Do not use it: look at the copy on the appliance, "
                    + "and restore again from " + source + ".";
        }
    }

    /** An interrupted formatting left something that is not whole, or is not this volume's. */
    record HalfMade(VolumeId volume, NodeName node, String device, String why) implements NodeProblem {
        @Override
        public String what() {
            return device + " holds a filesystem that was never finished and never mounted (" + why
                    + "). It was left as it is: delete the volume and make it anew, or zero the device.";
        }
    }

    /** The filesystem says that it is damaged, or the kernel does. */
    record NeedsRepair(VolumeId volume, NodeName node, String type, String why, String command) implements NodeProblem {
        @Override
        public String what() {
            return "its " + type + " filesystem needs repair and was not mounted: " + why
                    + ". Have it attached as a raw block volume (volumeMode: Block), make a snapshot, and run there: "
                    + command;
        }
    }

    /** The device is smaller than the filesystem on it. */
    record Shrunk(VolumeId volume, NodeName node, String device, long size, long needed) implements NodeProblem {
        @Override
        public String what() {
            return device + " has " + size + " bytes, and the filesystem on it needs " + needed
                    + ". It was not mounted, since its end is missing: give its file on the appliance that size again.";
        }
    }

    /** mkfs, or another of its tools, is not installed. */
    record NoProgram(VolumeId volume, NodeName node, String program, String debianPackage) implements NodeProblem {
        @Override
        public String what() {
            return program + " is in none of /usr/sbin, /sbin, /usr/bin. Install it (Debian: " + debianPackage
                    + "), or ask for another fsType.";
        }
    }

    /** mkfs did not make a filesystem. */
    record FormatFailed(VolumeId volume, NodeName node, String device, String program, String output)
            implements NodeProblem {
        @Override
        public String what() {
            return program + " on " + device + " failed: " + output
                    + ". Nobody has used it. A device of 16 MiB or more is marked as half-made and formatted anew by the next call;"
                    + " zero a smaller one, or make its volume anew.";
        }
    }

    /** It cannot be unstaged or unpublished while something uses it. */
    record InUse(VolumeId volume, NodeName node, String what) implements NodeProblem {
        @Override
        public String what() {
            return what + ". It stays attached until that ends; the call may be repeated.";
        }
    }

    /** A detach that did not show in the kernel. */
    record StillAttached(VolumeId volume, NodeName node, String what) implements NodeProblem {
        @Override
        public String what() {
            return "it is still attached: " + what
                    + ". It must not be used elsewhere before that is gone; the call may be repeated.";
        }
    }

    /** The target holds what this driver did not put there. */
    record NotOursToRemove(VolumeId volume, NodeName node, String path, String found) implements NodeProblem {
        @Override
        public String what() {
            return path + " is " + found + " and was left as it is, since removing it could destroy data. "
                    + "It is no longer mounted; look at what is in it and remove it by hand.";
        }
    }

    /** What is mounted at a path of this volume is another's. */
    record NotOursToUnmount(VolumeId volume, NodeName node, String path, String found) implements NodeProblem {
        @Override
        public String what() {
            return path + " shows " + found + ", which does not carry this volume, and was left mounted. "
                    + "Look at who uses it (findmnt " + path + ") before it is unmounted by hand.";
        }
    }

    /** A volume for one writer at one place is published at another place already. */
    record PublishedElsewhere(VolumeId volume, NodeName node, String target, String other) implements NodeProblem {
        @Override
        public String what() {
            return "it is published at " + other + " and, with SINGLE_NODE_SINGLE_WRITER, cannot be at " + target
                    + " too. Unpublish it there first, or use ReadWriteOnce.";
        }
    }

    /** It is not as large as it should be. */
    record NotGrown(VolumeId volume, NodeName node, String what) implements NodeProblem {
        @Override
        public String what() {
            return "it was not grown: " + what + ". The call may be repeated.";
        }
    }

    /** Statistics were asked for where the volume is not. */
    record NotThere(VolumeId volume, NodeName node, String path) implements NodeProblem {
        @Override
        public String what() {
            return "it is not published at '" + path + "'.";
        }
    }

    /** The kernel refused a step. */
    record KernelRefused(VolumeId volume, NodeName node, String step, String why) implements NodeProblem {
        @Override
        public String what() {
            return step + " failed: " + why + ". The node's kernel log (dmesg) says more; the call may be repeated.";
        }
    }

    /** The deadline came first. */
    record OutOfTime(VolumeId volume, NodeName node, String step) implements NodeProblem {
        @Override
        public String what() {
            return "the deadline came while " + step + ". The call may be repeated and goes on from there.";
        }
    }

    /** Too many calls hang in the kernel already. */
    record TooManyStuck(VolumeId volume, NodeName node, int limit) implements NodeProblem {
        @Override
        public String what() {
            return limit + " other operations hang in the kernel of this node, so this one was not begun. "
                    + "Look for a storage outage (dmesg); the call may be repeated.";
        }
    }

    /** A call failed, and what it had done until then could not be undone. */
    record NotUndone(NodeProblem first, String undo) implements NodeProblem {
        @Override
        public VolumeId volume() {
            return first.volume();
        }

        @Override
        public NodeName node() {
            return first.node();
        }

        @Override
        public String what() {
            return first.what() + " Undoing what the call had done failed too: " + undo;
        }
    }
}
