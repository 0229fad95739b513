package io.srvlab.rdscsi.controller;

import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.appliance.Volumes.Wanted;
import io.srvlab.rdscsi.proto.csi.v1.CreateVolumeRequest;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import io.srvlab.rdscsi.volume.ShortHash;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A CreateVolume request that can be carried out.
 *
 * @param context what its parameters put into volume_context
 */
record Creation(Wanted wanted, Map<String, String> context) {
    // CSI 1.12, "Size Limits": a string field holds at most 128 bytes unless the field says otherwise.
    private static final int NAME_BYTES_MAX = 128;

    /**
     * Reads {@code request}.
     *
     * @throws Failed with {@link Problem.Malformed} or {@link Problem.OutOfRange}
     */
    static Creation parse(CreateVolumeRequest request, BasePath controllersBase) {
        var name = name(request.getName());
        Capabilities.check(request.getVolumeCapabilitiesList());
        if (request.hasVolumeContentSource()) {
            throw malformed("volume_content_source", "snapshots and clones are not offered");
        }
        if (request.getModifiableParametersCount() > 0) {
            throw malformed("mutable_parameters", "MODIFY_VOLUME is not offered");
        }
        var sizes = Sizes.parse(request.getCapacityRange());
        var parameters = Parameters.parse(request.getParametersMap()).checkedFor(request.getVolumeCapabilitiesList());
        var spec = ShortHash.of(8, "spec", Long.toString(sizes.size().count()), parameters.canonical());
        var wanted = new Wanted(
                name, sizes.size(), sizes.limit(), parameters.basePath().orElse(controllersBase), spec);
        return new Creation(wanted, parameters.context());
    }

    private static String name(String text) {
        if (text.isEmpty()) throw malformed("name", "is missing");
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        if (length > NAME_BYTES_MAX) {
            throw malformed("name", "has " + length + " bytes, and may have " + NAME_BYTES_MAX);
        }
        // CSI 1.12, CreateVolumeRequest.name: any Unicode but control characters.
        if (text.codePoints().anyMatch(Character::isISOControl)) throw malformed("name", "has a control character");
        return text;
    }

    private static Failed malformed(String field, String why) {
        return new Failed(new Problem.Malformed(field, why));
    }
}
