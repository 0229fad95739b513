package io.srvlab.rdscsi.server;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.srvlab.rdscsi.proto.csi.v1.Csi;
import org.jspecify.annotations.Nullable;

/** A request as the log shows it: one line, bounded, and without what csi.proto marks as {@code csi_secret}. */
final class RequestText {
    private static final int LENGTH_MAX = 1_000;

    private RequestText() {}

    static String of(@Nullable Object request) {
        if (!(request instanceof Message message)) return "{}";
        var text = TextFormat.printer().emittingSingleLine(true).printToString(withoutSecrets(message));
        return "{" + (text.length() > LENGTH_MAX ? text.substring(0, LENGTH_MAX) + "…" : text) + "}";
    }

    private static Message withoutSecrets(Message message) {
        var shown = message.toBuilder();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.getOptions().getExtension(Csi.csiSecret)) shown.clearField(field);
        }
        return shown.build();
    }
}
