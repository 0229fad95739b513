package io.srvlab.rdscsi.node;

import io.grpc.Deadline;
import io.srvlab.rdscsi.volume.VolumeId;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done to sessions apart from any call: at the start those that nobody wants are ended, and on the way down all
 * are told not to wait long for a target that is gone, since then the network may go before the mounts do.
 */
final class SessionUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(SessionUpkeep.class);
    /** What a session without a wish of its StorageClass has: NVMF_DEF_CTRL_LOSS_TMO in the kernel. */
    private static final int KERNELS_LOSS_SECONDS = 600;

    private static final int LOSS_SECONDS_ON_THE_WAY_DOWN = 30;
    private static final long ENDING_SECONDS = 60;

    private final NvmeTransport transport;
    private final StagedVolumes staged;
    private final Operations operations;

    SessionUpkeep(NvmeTransport transport, StagedVolumes staged, Operations operations) {
        this.transport = transport;
        this.staged = staged;
        this.operations = operations;
    }

    /** Gives every session of a staged volume the patience back that the last shutdown took from it. */
    void restorePatience() {
        try {
            for (var volume : staged.all()) {
                transport.setLoss(volume.subsystem().text(), volume.loss().orElse(KERNELS_LOSS_SECONDS));
            }
        } catch (IOException e) {
            LOG.warn("the sessions' ctrl_loss_tmo could not be restored: {}", e.getMessage());
        }
    }

    void shortenPatience() {
        try {
            transport.shortenLoss(LOSS_SECONDS_ON_THE_WAY_DOWN);
        } catch (IOException e) {
            LOG.warn("the sessions' ctrl_loss_tmo could not be shortened: {}", e.getMessage());
        }
    }

    /** The time between two looks. */
    interface Pause {
        void pass() throws InterruptedException;
    }

    /**
     * Ends the sessions of this driver that belong to no staged volume and that nothing uses, neither now nor after the
     * {@code pause}: the second look is taken when the volume is held, so that no call is about to use it. Whatever cannot be
     * found out about a session lets it live.
     */
    void scrub(Pause pause) throws InterruptedException {
        var before = unused();
        if (before.isEmpty()) return;
        pause.pass();
        for (var volume : before.stream().map(NvmeTransport.Leftover::volume).collect(Collectors.toSet())) {
            end(volume, before);
        }
    }

    private Set<NvmeTransport.Leftover> unused() {
        try {
            return Set.copyOf(transport.unused(volume -> staged.find(volume).isPresent()));
        } catch (IOException e) {
            LOG.warn("sessions that nobody uses were not looked for: {}", e.getMessage());
            return Set.of();
        }
    }

    private void end(VolumeId volume, Set<NvmeTransport.Leftover> before) {
        try {
            operations.perform(volume, Deadline.after(ENDING_SECONDS, TimeUnit.SECONDS), operation -> {
                List<NvmeTransport.Leftover> now =
                        transport.unused(it -> staged.find(it).isPresent());
                for (var leftover : now) {
                    if (!leftover.volume().equals(volume) || !before.contains(leftover)) continue;
                    LOG.warn(
                            "volume={} ending session {}: it was staged by nobody and used by nobody, twice",
                            volume,
                            leftover);
                    transport.end(leftover, operation);
                }
            });
        } catch (RuntimeException e) {
            LOG.warn("volume={} its session, which nobody uses, was not ended: {}", volume, e.getMessage());
        }
    }
}
