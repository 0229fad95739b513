package io.srvlab.rdscsi.controller;

import io.srvlab.rdscsi.appliance.Comment;
import io.srvlab.rdscsi.appliance.Disk;
import io.srvlab.rdscsi.appliance.Holder;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.proto.csi.v1.ListVolumesRequest;
import io.srvlab.rdscsi.proto.csi.v1.ListVolumesResponse;
import io.srvlab.rdscsi.proto.csi.v1.ListVolumesResponse.Entry;
import io.srvlab.rdscsi.proto.csi.v1.ListVolumesResponse.VolumeStatus;
import io.srvlab.rdscsi.proto.csi.v1.Volume;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCondition;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What ListVolumes answers of the disk items that carry a record. A caller takes a volume that is left out, or that names no
 * node, for "not published": so an item whose record cannot be read is listed with the nodes that the cluster knows of and
 * an abnormal condition, and one whose door is not as its record says names nobody, which makes the attacher publish it
 * again. The same is done with a holder that another machine has taken the name of: the attacher, which knows names only, then
 * has the volume attached to that machine anew.
 *
 * @param known the nodes that the cluster takes a volume to be attached to
 * @param replaced the holders whose node name another machine has now
 */
record Listing(String clusterMark, Function<VolumeId, List<NodeName>> known, Set<Holder> replaced) {
    private static final String TOKEN = "from:";

    /**
     * A page of {@code disks}.
     *
     * @throws Failed with {@link Problem.BadToken} if the token is none that this method gave
     */
    ListVolumesResponse page(List<Disk> disks, ListVolumesRequest request) {
        var from = from(request.getStartingToken());
        var rest = disks.stream()
                .filter(this::concernsUs)
                .sorted(Comparator.comparing(disk -> disk.volume().slot()))
                .dropWhile(disk -> disk.volume().slot().compareTo(from) < 0)
                .toList();
        int size = request.getMaxEntries() == 0 ? rest.size() : Math.min(rest.size(), request.getMaxEntries());
        var page = ListVolumesResponse.newBuilder();
        rest.subList(0, size).forEach(disk -> page.addEntries(entry(disk)));
        if (size < rest.size())
            page.setNextToken(TOKEN + rest.get(size).volume().slot());
        return page.build();
    }

    private static String from(String token) {
        if (token.isEmpty()) return "";
        if (!token.startsWith(TOKEN)) throw new Failed(new Problem.BadToken(token));
        return token.substring(TOKEN.length());
    }

    /** Another cluster's volumes are its own affair; whose an unreadable record is, nobody knows. */
    private boolean concernsUs(Disk disk) {
        return !(disk.comment() instanceof Comment.Recorded(var _, var ledger))
                || ledger.cluster().equals(clusterMark);
    }

    private Entry entry(Disk disk) {
        var volume = Volume.newBuilder()
                .setVolumeId(disk.volume().slot())
                .setCapacityBytes(disk.size().count());
        return Entry.newBuilder().setVolume(volume).setStatus(status(disk)).build();
    }

    private VolumeStatus status(Disk disk) {
        return switch (disk.comment()) {
            case Comment.Recorded(var _, var ledger) -> ofRecorded(disk, ledger);
            case Comment.Unreadable(var _, var why) ->
                asKnown(disk, "its record on the appliance is unreadable: " + why);
            case Comment.Newer(var _, var why) ->
                asKnown(disk, "a later version of this driver wrote its record: " + why);
            case Comment.Foreign _, Comment.Unset _ -> asKnown(disk, "it has no record of this driver");
        };
    }

    private VolumeStatus ofRecorded(Disk disk, Ledger ledger) {
        var status = VolumeStatus.newBuilder();
        return switch (ledger.state()) {
            case HELD -> {
                if (!disk.exported() || !disk.fits(ledger)) {
                    yield abnormal(
                            status, "it is held by " + ledger.holderNames() + ", but its door is " + disk.door());
                }
                yield ofHolders(status, ledger.holders());
            }
            case LOCKED -> abnormal(status, "it is locked: rds-csi volume unlock " + disk.volume());
            case FREE, CUT ->
                disk.exported() ? abnormal(status, "nobody holds it, but its door is " + disk.door()) : status.build();
        };
    }

    private VolumeStatus ofHolders(VolumeStatus.Builder status, List<Holder> holders) {
        holders.stream()
                .filter(holder -> !replaced.contains(holder))
                .forEach(holder -> status.addPublishedNodeIds(holder.node().text()));
        return holders.stream()
                .filter(replaced::contains)
                .findFirst()
                .map(holder -> abnormal(
                        status,
                        "it was given to " + holder + ", and another machine has the name " + holder.node()
                                + " now: it has to be attached anew"))
                .orElseGet(status::build);
    }

    private VolumeStatus asKnown(Disk disk, String what) {
        var status = VolumeStatus.newBuilder();
        known.apply(disk.volume()).forEach(node -> status.addPublishedNodeIds(node.text()));
        return abnormal(status, what);
    }

    private static VolumeStatus abnormal(VolumeStatus.Builder status, String what) {
        return status.setVolumeCondition(
                        VolumeCondition.newBuilder().setAbnormal(true).setMessage(what))
                .build();
    }
}
