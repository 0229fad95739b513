package io.srvlab.rdscsi.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachmentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.srvlab.rdscsi.cluster.Attached;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PersistentVolumes of this driver and their VolumeAttachments, as informers last saw them. Knows nothing until they
 * have listed once, and never waits for that.
 */
final class Volumes implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Volumes.class);
    private static final String BY_HANDLE = "handle";
    private static final String BY_VOLUME = "volume";
    private static final String CLAIM = "claim";
    /** Of a list: a page is in memory whole, and a heap that grew for it does not shrink again. */
    private static final long PAGE = 100;

    private final String driverName;
    private final SharedIndexInformer<PersistentVolume> volumes;
    private final SharedIndexInformer<VolumeAttachment> attachments;

    /** What an event about a volume can be attached to. */
    sealed interface Subject {
        /** The claim that the volume is bound to, or is meant for. */
        record Claim(String namespace, String name, String uid) implements Subject {}

        /** A volume that nobody claims. */
        record Unclaimed(String name, String uid) implements Subject {}
    }

    Volumes(KubernetesClient client, String driverName) {
        this.driverName = driverName;
        volumes = client.persistentVolumes().withLimit(PAGE).runnableInformer(0);
        volumes.itemStore(new TrimmedStore<>(this::trimmed));
        volumes.addIndexers(Map.of(BY_HANDLE, this::handles));
        attachments = client.storage().v1().volumeAttachments().withLimit(PAGE).runnableInformer(0);
        attachments.itemStore(new TrimmedStore<>(this::trimmed));
        attachments.addIndexers(Map.of(BY_VOLUME, this::volumeNames));
    }

    void start() {
        Stream.of(volumes, attachments).forEach(informer -> {
            informer.exceptionHandler((_, failure) -> {
                log.warn(
                        "watching {} failed, trying again: {}",
                        informer.getApiTypeClass().getSimpleName(),
                        failure.getMessage());
                return true;
            });
            var _ = informer.start();
        });
    }

    List<Attached> attachments(VolumeId volume) {
        return volumes.getIndexer().byIndex(BY_HANDLE, volume.slot()).stream()
                .flatMap(pv -> attachments
                        .getIndexer()
                        .byIndex(BY_VOLUME, pv.getMetadata().getName())
                        .stream())
                .filter(attachment -> attachment.getStatus() != null
                        && Boolean.TRUE.equals(attachment.getStatus().getAttached()))
                .flatMap(attachment -> attached(attachment).stream())
                .toList();
    }

    private static Optional<Attached> attached(VolumeAttachment attachment) {
        return NodeName.parse(attachment.getSpec().getNodeName())
                .map(node -> new Attached(
                        node,
                        Optional.ofNullable(attachment.getStatus().getAttachmentMetadata())
                                .map(all -> all.get(CLAIM))));
    }

    /** What an event about {@code volume} is about; nothing while no PersistentVolume of it is known. */
    Optional<Subject> subject(VolumeId volume) {
        return volumes.getIndexer().byIndex(BY_HANDLE, volume.slot()).stream()
                .findFirst()
                .map(pv -> {
                    var claim = pv.getSpec().getClaimRef();
                    return claim == null
                            ? new Subject.Unclaimed(
                                    pv.getMetadata().getName(), pv.getMetadata().getUid())
                            : new Subject.Claim(claim.getNamespace(), claim.getName(), claim.getUid());
                });
    }

    private PersistentVolume trimmed(PersistentVolume pv) {
        var kept = new PersistentVolumeBuilder().withMetadata(trimmed(pv.getMetadata()));
        if (!ours(pv)) return kept.build();
        var csi = pv.getSpec().getCsi();
        var spec = kept.withNewSpec()
                .withNewCsi()
                .withDriver(csi.getDriver())
                .withVolumeHandle(csi.getVolumeHandle())
                .endCsi();
        var claim = pv.getSpec().getClaimRef();
        if (claim != null) {
            spec.withNewClaimRef()
                    .withNamespace(claim.getNamespace())
                    .withName(claim.getName())
                    .withUid(claim.getUid())
                    .endClaimRef();
        }
        return spec.endSpec().build();
    }

    private VolumeAttachment trimmed(VolumeAttachment attachment) {
        var kept = new VolumeAttachmentBuilder().withMetadata(trimmed(attachment.getMetadata()));
        if (!ours(attachment)) return kept.build();
        var spec = attachment.getSpec();
        kept.withNewSpec()
                .withAttacher(spec.getAttacher())
                .withNodeName(spec.getNodeName())
                .withNewSource()
                .withPersistentVolumeName(spec.getSource().getPersistentVolumeName())
                .endSource()
                .endSpec();
        var status = attachment.getStatus();
        if (status != null) {
            var context = status.getAttachmentMetadata();
            var claim = context == null ? null : context.get(CLAIM);
            kept.withNewStatus()
                    .withAttached(status.getAttached())
                    .withAttachmentMetadata(claim == null ? Map.of() : Map.of(CLAIM, claim))
                    .endStatus();
        }
        return kept.build();
    }

    private static ObjectMeta trimmed(ObjectMeta metadata) {
        return new ObjectMetaBuilder()
                .withName(metadata.getName())
                .withUid(metadata.getUid())
                .withResourceVersion(metadata.getResourceVersion())
                .build();
    }

    /** Indexes are asked of an object as it arrives and as it is kept: both must say the same. */
    private List<String> handles(PersistentVolume pv) {
        return ours(pv) ? List.of(pv.getSpec().getCsi().getVolumeHandle()) : List.of();
    }

    private List<String> volumeNames(VolumeAttachment attachment) {
        return ours(attachment) ? List.of(attachment.getSpec().getSource().getPersistentVolumeName()) : List.of();
    }

    private boolean ours(PersistentVolume pv) {
        var csi = pv.getSpec() == null ? null : pv.getSpec().getCsi();
        return csi != null && driverName.equals(csi.getDriver()) && csi.getVolumeHandle() != null;
    }

    /** Also one for an inline volume (migrated from an in-tree driver) is none of ours: it has no PersistentVolume. */
    private boolean ours(VolumeAttachment attachment) {
        var spec = attachment.getSpec();
        return spec != null
                && driverName.equals(spec.getAttacher())
                && spec.getSource() != null
                && spec.getSource().getPersistentVolumeName() != null;
    }

    @Override
    public void close() {
        volumes.stop();
        attachments.stop();
    }
}
