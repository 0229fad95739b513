package io.srvlab.rdscsi.cluster;

/** What a live look at the VolumeAttachment of one volume and one node showed. */
public sealed interface Wish {
    /** The VolumeAttachment is there and nobody deletes it: the cluster wants the volume on that node. */
    record Wanted() implements Wish {}

    /** There is none, or it is being deleted. */
    record NotWanted() implements Wish {}

    /** Not answered: it may be there or not. */
    record Unanswered(String why) implements Wish {}
}
