package io.srvlab.rdscsi.node;

import io.srvlab.rdscsi.node.linux.BlockDevice;
import io.srvlab.rdscsi.node.linux.DeviceNumber;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * How a volume's door becomes a block device of this node. Keeps nothing: every answer is the kernel's, of this moment.
 * Every method may block; {@link Operations} calls them.
 */
public sealed interface Transport permits LoopTransport, NvmeTransport {

    /** A block device that carries a volume; {@code fresh} if it was not attached before the call. */
    record Attachment(BlockDevice device, boolean fresh) {}

    /**
     * Attaches the volume through {@code door}, or finds that it is. What is left of earlier attachments of the volume
     * is removed first. Waits for the door to open until the deadline.
     *
     * @param readOnly has the kernel refuse every write to the device
     */
    Attachment attach(Door door, boolean readOnly, Operation operation) throws IOException;

    /** The device that carries the volume through exactly this door now. */
    Optional<BlockDevice> find(VolumeId volume, Door door) throws IOException;

    /** Every device that carries this volume on this node, through whichever door. */
    List<BlockDevice> devices(VolumeId volume) throws IOException;

    /** The device of that number, if it carries this volume, through whichever door; asks of no other. */
    Optional<BlockDevice> device(VolumeId volume, DeviceNumber number) throws IOException;

    /** Has the kernel look again how large the volume is; it may do so after this has returned. */
    void rescan(VolumeId volume) throws IOException;

    /** What is wrong with the volume's attachments at the moment, in words; none if all is well. Never hangs. */
    List<String> complaints(VolumeId volume) throws IOException;

    /** The same of the attachment that {@code device} is; asks of no other. */
    List<String> complaints(BlockDevice device) throws IOException;

    /** What {@code device} cannot be trusted with, whoever uses it, in words. Never hangs. */
    Optional<String> flaw(BlockDevice device) throws IOException;

    /** Ends every attachment of the volume on this node; returns only when the kernel shows none any more. */
    void detach(Operation operation) throws IOException;
}
