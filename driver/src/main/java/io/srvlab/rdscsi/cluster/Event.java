package io.srvlab.rdscsi.cluster;

import io.srvlab.rdscsi.volume.VolumeId;

/**
 * Something that the people who use a volume should see with {@code kubectl describe pvc}.
 *
 * @param message whole sentences
 * @param about what makes two events the same one, beside volume and reason: the nodes that it speaks of, say. The same
 *     event again is counted up, at most once a minute
 */
public record Event(VolumeId volume, Reason reason, String message, String about) {
    /** As {@code kubectl} shows it; the first seven are those of the older Go driver. */
    public enum Reason {
        VOLUME_ATTACHED("VolumeAttached", false),
        VOLUME_DETACHED("VolumeDetached", false),
        ATTACHMENT_CONFLICT("AttachmentConflict", true),
        STALE_ATTACHMENT_CLEARED("StaleAttachmentCleared", false),
        MIGRATION_STARTED("MigrationStarted", false),
        MIGRATION_COMPLETED("MigrationCompleted", false),
        MIGRATION_FAILED("MigrationFailed", true),
        /** The record on the appliance is older than what Kubernetes was told: it was set back. */
        OLD_RECORD("OldAttachmentRecord", true),
        /** {@code --fencing=advisory}: nothing keeps a second writer out. */
        NOT_ENFORCED("FencingNotEnforced", true);

        private final String text;
        private final boolean warning;

        Reason(String text, boolean warning) {
            this.text = text;
            this.warning = warning;
        }

        public String text() {
            return text;
        }

        /** Type Warning, else Normal. */
        public boolean warning() {
            return warning;
        }
    }
}
