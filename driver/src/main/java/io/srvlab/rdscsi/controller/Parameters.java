package io.srvlab.rdscsi.controller;

import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.MkfsOptions;
import io.srvlab.rdscsi.volume.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The parameters of a StorageClass. Known are those of the older Go driver: {@code volumePath}, {@code nvmeAddress},
 * {@code nvmePort}, {@code ctrlLossTmo}, {@code reconnectDelay}, {@code keepAliveTmo}, {@code ioQueues}, {@code migrationTimeoutSeconds},
 * {@code fsType} and {@code csi.storage.k8s.io/fstype}, and this driver's own {@code mkfsOptions}; {@code rdsAddress}, {@code sshPort} and {@code nqnPrefix} are
 * accepted and have no effect, since which appliance it is, and what an export is called, is not the class's to say.
 *
 * @param basePath where the file is made, unless it is the controller's own base path
 * @param context what the node and later calls need to know: a part of volume_context
 * @param canonical all that makes a difference, in one spelling
 */
record Parameters(Optional<BasePath> basePath, Map<String, String> context, String canonical) {
    private static final String FS_TYPE_OF_KUBERNETES = "csi.storage.k8s.io/fstype";
    private static final Set<String> WITHOUT_EFFECT = Set.of("rdsAddress", "sshPort", "nqnPrefix");
    // What external-provisioner adds with --extra-create-metadata: about the claim, not about the volume.
    private static final Set<String> METADATA =
            Set.of("csi.storage.k8s.io/pvc/name", "csi.storage.k8s.io/pvc/namespace", "csi.storage.k8s.io/pv/name");

    /**
     * Reads them.
     *
     * @throws Failed with {@link Problem.Malformed} naming every unknown key, or the key whose value is wrong
     */
    static Parameters parse(Map<String, String> given) {
        var rest = new TreeMap<>(given);
        rest.keySet().removeAll(METADATA);
        rest.keySet().removeAll(WITHOUT_EFFECT);
        var canonical = rest.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("\n"));
        var context = new LinkedHashMap<String, String>();
        var basePath = Optional.ofNullable(rest.remove("volumePath")).map(Parameters::basePath);
        Optional.ofNullable(rest.remove("nvmeAddress")).ifPresent(text -> context.put("nvmeAddress", address(text)));
        number(rest, context, "nvmePort", 1, 65_535);
        number(rest, context, "ctrlLossTmo", -1, 86_400);
        number(rest, context, "reconnectDelay", 1, 3_600);
        number(rest, context, "keepAliveTmo", 0, 3_600);
        number(rest, context, "ioQueues", 1, 128);
        number(rest, context, "migrationTimeoutSeconds", 30, 3_600);
        var fsType = Optional.ofNullable(rest.remove("fsType"));
        Optional.ofNullable(rest.remove(FS_TYPE_OF_KUBERNETES))
                .or(() -> fsType)
                .ifPresent(text -> context.put("fsType", Capabilities.fsType("parameters", text)));
        Optional.ofNullable(rest.remove(MkfsOptions.KEY)).ifPresent(text -> context.put(MkfsOptions.KEY, text));
        if (!rest.isEmpty()) throw unknown(rest.keySet());
        return new Parameters(basePath, context, canonical);
    }

    /**
     * The same for a volume that is to be used as {@code capabilities} say: they may name the filesystem whose options these are.
     *
     * @throws Failed as {@link #parse} does
     */
    Parameters checkedFor(List<VolumeCapability> capabilities) {
        var options = context.getOrDefault(MkfsOptions.KEY, "");
        for (var capability : capabilities) {
            if (!capability.hasMount()) continue;
            try {
                var _ = MkfsOptions.parse(Portal.fsType(capability, context), options);
            } catch (IllegalArgumentException e) {
                throw malformed(String.valueOf(e.getMessage()));
            }
        }
        return this;
    }

    private static BasePath basePath(String text) {
        try {
            return new BasePath(text);
        } catch (IllegalArgumentException e) {
            throw malformed("volumePath: " + e.getMessage());
        }
    }

    private static String address(String text) {
        if (!text.matches("[A-Za-z0-9.:%-]{1,253}")) throw malformed("nvmeAddress is no address: '" + text + "'");
        return text;
    }

    private static void number(Map<String, String> rest, Map<String, String> context, String key, int least, int most) {
        var text = rest.remove(key);
        if (text == null) return;
        try {
            int number = Integer.parseInt(text);
            if (number < least || number > most) throw new NumberFormatException("out of range");
        } catch (NumberFormatException _) {
            throw malformed(key + " is no number from " + least + " to " + most + ": '" + text + "'");
        }
        context.put(key, text);
    }

    private static Failed unknown(Set<String> keys) {
        return malformed("unknown: " + String.join(", ", new TreeSet<>(keys))
                + ". Remove them from the StorageClass, or mend their spelling.");
    }

    private static Failed malformed(String why) {
        return new Failed(new Problem.Malformed("parameters", why));
    }
}
