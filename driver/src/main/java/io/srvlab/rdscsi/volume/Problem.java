package io.srvlab.rdscsi.volume;

/**
 * Everything that an RPC can refuse or fail with. Each sentence names volume and node where there is one, says what
 * happened, and what to do next. The server gives each its gRPC code, in one place.
 */
public sealed interface Problem
        permits Problem.Malformed,
                Problem.BadToken,
                Problem.OutOfRange,
                Problem.NoSuchVolume,
                Problem.NoSuchNode,
                Problem.NodeLeaving,
                Problem.NameTaken,
                Problem.SlotTaken,
                Problem.NotOurs,
                Problem.OtherCluster,
                Problem.Unreadable,
                Problem.Newer,
                Problem.Locked,
                Problem.HeldElsewhere,
                Problem.HeldOtherwise,
                Problem.SharerNotReady,
                Problem.Barred,
                Problem.StillWanted,
                Problem.OldRecord,
                Problem.StillPublished,
                Problem.NewerClaim,
                Problem.TooManyVolumes,
                Problem.NoRoom,
                Problem.NoBasePath,
                Problem.Busy,
                Problem.NoTimeLeft,
                Problem.NotDrained,
                Problem.NotShown,
                Problem.DoorOpen,
                Problem.ApplianceSilent,
                Problem.ApplianceRefused,
                Problem.ApplianceBusy,
                Problem.NotAllowed,
                Problem.NoRoseStorage,
                Problem.OldRouterOs,
                Problem.ClusterSilent,
                NodeProblem {

    /** What happened and what to do, in whole sentences. */
    String sentence();

    /** The request itself is wrong; {@code field} is its CSI name. */
    record Malformed(String field, String why) implements Problem {
        @Override
        public String sentence() {
            return field + ": " + why;
        }
    }

    /** The list is to go on from a place that this driver never named. */
    record BadToken(String token) implements Problem {
        @Override
        public String sentence() {
            return "starting_token: '" + token + "' is none of this driver's; list from the beginning.";
        }
    }

    /** No volume of that size can be made here. */
    record OutOfRange(String why) implements Problem {
        @Override
        public String sentence() {
            return "capacity_range: " + why;
        }
    }

    /** The appliance was asked and has no such volume. */
    record NoSuchVolume(String volume) implements Problem {
        @Override
        public String sentence() {
            return "Volume '" + volume + "' does not exist on the appliance.";
        }
    }

    /** The cluster was asked and has no such node. */
    record NoSuchNode(VolumeId volume, String node) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + " cannot be attached to '" + node + "': the cluster has no such node.";
        }
    }

    /** The node is there, and about to go: nothing is attached to it any more. */
    record NodeLeaving(VolumeId volume, NodeName node, String why) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + " cannot be attached to " + node + ": " + why
                    + ". Let the pod run on another node, or bring this one back into service.";
        }
    }

    /** The name belongs to a volume that was asked for differently. */
    record NameTaken(String name, VolumeId volume, String difference) implements Problem {
        @Override
        public String sentence() {
            return "The name '" + name + "' belongs to volume " + volume + ", which differs: " + difference
                    + ". Ask with the same size, parameters and source, or use another name.";
        }
    }

    /** The slot that this name maps to holds a disk item that is not this volume. It is left as it is. */
    record SlotTaken(String name, String slot, String what) implements Problem {
        @Override
        public String sentence() {
            return "Volume '" + name + "' would need slot " + slot + ", but the appliance has another disk item there: "
                    + what + ". It was left untouched. Rename or remove that item by hand if nobody needs it.";
        }
    }

    /** The disk item carries no record of this driver. It is left as it is. */
    record NotOurs(VolumeId volume, String what) implements Problem {
        @Override
        public String sentence() {
            return "Disk item " + volume + " was not made by this driver (" + what
                    + "). It was left untouched; use a volume that this driver made.";
        }
    }

    /** The volume belongs to another cluster, which may be using it. */
    record OtherCluster(VolumeId volume, String holder) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + " belongs to another cluster"
                    + (holder.isEmpty() ? "" : ", attached to " + holder)
                    + ". Detach it there first; nothing was changed.";
        }
    }

    /** The record on the disk item cannot be read, so nobody is let in. */
    record Unreadable(VolumeId volume, String why) implements Problem {
        @Override
        public String sentence() {
            return "The attachment record of volume " + volume + " on the appliance is unreadable: " + why
                    + ". Nobody is let in until it is mended: rds-csi volume repair " + volume;
        }
    }

    /** The record is whole, and of a later version: what it allows is not known here. */
    record Newer(VolumeId volume, String why) implements Problem {
        @Override
        public String sentence() {
            return "The attachment record of volume " + volume + " was written by a later version of this driver ("
                    + why + "). Nothing was changed; run that version.";
        }
    }

    /** The operator, or this driver after it found an old record, has locked the volume. */
    record Locked(VolumeId volume) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume
                    + " is locked, and nobody is let in. When its data is in order: rds-csi volume unlock " + volume;
        }
    }

    /** Another node holds the volume and still exists. */
    record HeldElsewhere(VolumeId volume, String holder, NodeName asking) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + " is attached to " + holder + ", cannot attach to " + asking
                    + ". Stop the pod on " + holder + " and let it detach; if that node is dead, delete its Node object"
                    + " or taint it node.kubernetes.io/out-of-service, and the volume is taken over.";
        }
    }

    /** The asking node holds the volume already, but in another way. */
    record HeldOtherwise(VolumeId volume, NodeName node, String held, String asked) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + " is attached to " + node + " as " + held + ", but " + asked
                    + " is asked for. Detach it first.";
        }
    }

    /** A second node joins a shared volume only while the first is well: a migration needs both. */
    record SharerNotReady(VolumeId volume, NodeName holder, NodeName asking) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + " is attached to " + holder + ", which is not Ready, so " + asking
                    + " cannot join it. Wait until " + holder
                    + " is Ready; if it is dead, delete its Node object or taint"
                    + " it node.kubernetes.io/out-of-service, and the volume is taken over.";
        }
    }

    /** The node was put out of this attachment without having left it. */
    record Barred(VolumeId volume, NodeName node, String holders) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + " was taken from " + node + " while it may still have used it, and " + holders
                    + " goes on with it: " + node + " cannot come back before " + holders + " has let go of it.";
        }
    }

    /** Unpublish of an attachment that the cluster still wants: a call that comes late. */
    record StillWanted(VolumeId volume, NodeName node) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + " stays attached to " + node + ": its VolumeAttachment exists and is not being"
                    + " deleted, so this call is an old one. Delete the VolumeAttachment if it is to end.";
        }
    }

    /** The record on the appliance is older than what the cluster was told. */
    record OldRecord(VolumeId volume, String found, String known) implements Problem {
        @Override
        public String sentence() {
            return "The attachment record of volume " + volume + " on the appliance was set back: it says claim "
                    + found
                    + ", but claim " + known
                    + " has been given since (a restored backup, or changes lost with the power)."
                    + " The volume was cut and locked. Look at its data, then: rds-csi volume unlock " + volume;
        }
    }

    /** Deleting was asked for while somebody holds the volume. */
    record StillPublished(VolumeId volume, String holder) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + " is attached to " + holder
                    + " and was not deleted. Detach it first (ControllerUnpublishVolume).";
        }
    }

    /** The attachment that the call meant has ended, and the node holds a newer one, which stays. */
    record NewerClaim(VolumeId volume, NodeName node, String found) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + " was attached to " + node + " anew (claim " + found
                    + ") while this call ran; that attachment was left alone. Call again if it is to end.";
        }
    }

    /** The node holds as many volumes as it may. */
    record TooManyVolumes(VolumeId volume, NodeName node, long attached, int limit) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + " cannot be attached to " + node + ": it holds " + attached
                    + " volumes and may hold " + limit + " (--max-volumes-per-node).";
        }
    }

    /** The pool has no room for the volume. */
    record NoRoom(String name, String why) implements Problem {
        @Override
        public String sentence() {
            return "No room for volume '" + name + "': " + why + ". Free space on the pool or ask for less.";
        }
    }

    /** The directory for volumes is not there, and the appliance would not make it. */
    record NoBasePath(String path, String answer) implements Problem {
        @Override
        public String sentence() {
            return "The directory " + path + " does not exist on the appliance and could not be made (" + answer
                    + "). Make it with: /file/add type=directory name=\"" + path.substring(1) + "\"";
        }
    }

    /** Another operation on the same volume did not end before this call's deadline. */
    record Busy(VolumeId volume) implements Problem {
        @Override
        public String sentence() {
            return "Another operation on volume " + volume + " is still running; call again.";
        }
    }

    /** Too little of the call's deadline is left to change something and read it back. */
    record NoTimeLeft(VolumeId volume, String before) implements Problem {
        @Override
        public String sentence() {
            return "Too little of the call's deadline was left before " + before + " for volume " + volume
                    + "; nothing more was changed. Call again.";
        }
    }

    /** The volume was cut, and what the appliance had accepted before that has not shown to be finished. */
    record NotDrained(VolumeId volume, String why) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + " was taken from its last node, but the appliance may still be writing for it: "
                    + why + ". Nobody else is let in before that has ended; call again.";
        }
    }

    /** A change was sent and the read-back does not show it. */
    record NotShown(VolumeId volume, String wanted, String seen) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + ": the appliance was told to " + wanted + ", but shows " + seen
                    + ". Nothing is answered OK that was not read back; call again, and look at the item with"
                    + " /disk/print detail where slot=\"" + volume + "\" if it stays so.";
        }
    }

    /** The appliance shows the export off, and lets a host in all the same. */
    record DoorOpen(VolumeId volume, String subsystem, String host) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + ": the appliance shows the export off, but still lets " + host + " in as "
                    + subsystem + ", so nobody else can have the volume. Look at /disk/print detail where slot=\""
                    + volume
                    + "\" and at the appliance's log; if this RouterOS never cuts, --fencing=advisory keeps the books only.";
        }
    }

    /** The appliance gave no answer: what it holds is unknown, never "absent". */
    record ApplianceSilent(String question, String tried, String why) implements Problem {
        @Override
        public String sentence() {
            return "The appliance did not answer when asked to " + question + " (" + tried + "): " + why;
        }
    }

    /** The appliance answered, and refused. */
    record ApplianceRefused(String question, String answer) implements Problem {
        @Override
        public String sentence() {
            return "The appliance refused to " + question + ": " + answer;
        }
    }

    /** The appliance has something else to do with what was asked; nothing is wrong, and later it may go. */
    record ApplianceBusy(String question, String answer) implements Problem {
        @Override
        public String sentence() {
            return "The appliance is too busy to " + question + " (" + answer + "). Call again.";
        }
    }

    /** The appliance's user may not do what was asked. */
    record NotAllowed(String question, String answer, String policies, String grant) implements Problem {
        @Override
        public String sentence() {
            return "The appliance does not allow its user to " + question + " (" + answer
                    + "): the user's group lacks one of the policies " + policies
                    + ". This gives it all that is needed: "
                    + grant;
        }
    }

    /** The appliance knows disks, and not what its package rose-storage adds to them. */
    record NoRoseStorage(String question, String answer, String found) implements Problem {
        @Override
        public String sentence() {
            return "The appliance cannot " + question + " (" + answer + "), for its package rose-storage is " + found
                    + ". Enable it: /system/package/update/check-for-updates, then /system/package/enable rose-storage,"
                    + " then /system/package/apply-changes, which restarts the appliance; then call again.";
        }
    }

    /** The appliance runs a RouterOS that has not what this driver needs. */
    record OldRouterOs(String found, String needed) implements Problem {
        @Override
        public String sentence() {
            return "The appliance runs RouterOS " + found + ", and this driver needs " + needed
                    + " or later. Upgrade it (/system/package/update/check-for-updates, then"
                    + " /system/package/update/install, which restarts it), then call again.";
        }
    }

    /** The cluster gave no answer, so nothing was decided and nothing was changed. */
    record ClusterSilent(VolumeId volume, String question, String why) implements Problem {
        @Override
        public String sentence() {
            return "Volume " + volume + ": could not find out " + question + " (" + why
                    + "). Nothing was changed; call again.";
        }
    }
}
