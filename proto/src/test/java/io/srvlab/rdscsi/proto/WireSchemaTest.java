package io.srvlab.rdscsi.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.ExtensionRegistry;
import io.srvlab.rdscsi.proto.csi.v1.Csi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What we speak on the wire is CSI 1.12: the compiled descriptor and the table of the specification say the same. */
class WireSchemaTest {
    /** Our own name for a field whose generated Java getter would exist twice; its JSON name stays CSI's. */
    private static final Map<String, String> RENAMED = Map.of("modifiable_parameters", "mutable_parameters");

    @Test
    void everyRowOfTheTableIsInTheDescriptorAndNothingElseIs() {
        var table = tableRows();
        assertThat(table).as("the table is whole").hasSize(292);
        assertThat(String.join("\n", new TreeSet<>(rowsOf(Csi.getDescriptor()))))
                .isEqualTo(String.join("\n", new TreeSet<>(table)));
    }

    @Test
    void jsonNamesAreTheSpecifications() {
        for (var field : allFields(Csi.getDescriptor())) {
            assertThat(field.getJsonName()).isEqualTo(camelCase(specificationName(field)));
        }
    }

    @Test
    void theSecretMarkHasTheNumberThatOtherCsiPeersKnow() {
        // Given the option as its number only, as any peer's descriptor would carry it
        var registry = ExtensionRegistry.newInstance();
        Csi.registerAllExtensions(registry);
        assertThat(Csi.csiSecret.getNumber()).isEqualTo(1059);
        assertThat(Csi.csiSecret.getDescriptor().getContainingType().getFullName())
                .isEqualTo(FieldOptions.getDescriptor().getFullName());
    }

    private static List<String> tableRows() {
        try (var table = WireSchemaTest.class.getResourceAsStream("/csi-wire-1.12.tsv")) {
            assertThat(table).as("csi-wire-1.12.tsv among the test resources").isNotNull();
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> rowsOf(FileDescriptor file) {
        var rows = new ArrayList<String>();
        file.getMessageTypes().forEach(message -> addMessage(rows, message));
        file.getEnumTypes().forEach(type -> addEnum(rows, type));
        for (ServiceDescriptor service : file.getServices()) {
            for (MethodDescriptor rpc : service.getMethods()) {
                rows.add(row("rpc", service.getName(), rpc.getName(), "", signature(rpc), "", ""));
            }
        }
        return rows;
    }

    private static void addMessage(List<String> rows, Descriptor message) {
        if (message.getOptions().getMapEntry()) return;
        if (message.getFields().isEmpty() && message.getNestedTypes().isEmpty()) {
            rows.add(row("message", local(message.getFullName()), "", "", "", "", ""));
        }
        for (FieldDescriptor field : message.getFields()) {
            var oneof = field.getRealContainingOneof();
            rows.add(row(
                    "field",
                    local(message.getFullName()),
                    specificationName(field),
                    Integer.toString(field.getNumber()),
                    typeOf(field),
                    oneof == null ? "" : oneof.getName(),
                    field.getOptions().getExtension(Csi.csiSecret) ? "secret" : ""));
        }
        message.getNestedTypes().forEach(nested -> addMessage(rows, nested));
        message.getEnumTypes().forEach(type -> addEnum(rows, type));
    }

    private static void addEnum(List<String> rows, EnumDescriptor type) {
        for (var value : type.getValues()) {
            rows.add(row(
                    "enum",
                    local(type.getFullName()),
                    value.getName(),
                    Integer.toString(value.getNumber()),
                    "",
                    "",
                    ""));
        }
    }

    private static Stream<FieldDescriptor> fieldsOf(Descriptor message) {
        return Stream.concat(
                message.getFields().stream(), message.getNestedTypes().stream().flatMap(WireSchemaTest::fieldsOf));
    }

    private static List<FieldDescriptor> allFields(FileDescriptor file) {
        return file.getMessageTypes().stream().flatMap(WireSchemaTest::fieldsOf).toList();
    }

    private static String signature(MethodDescriptor rpc) {
        assertThat(rpc.isClientStreaming()).isFalse();
        return rpc.getInputType().getName() + " -> " + (rpc.isServerStreaming() ? "stream " : "")
                + rpc.getOutputType().getName();
    }

    private static String typeOf(FieldDescriptor field) {
        if (field.isMapField()) return "map<string,string>";
        var type = switch (field.getJavaType()) {
            case MESSAGE -> local(field.getMessageType().getFullName());
            case ENUM -> local(field.getEnumType().getFullName());
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
        return (field.isRepeated() ? "repeated " : "") + type;
    }

    private static String specificationName(FieldDescriptor field) {
        return RENAMED.getOrDefault(field.getName(), field.getName());
    }

    private static String local(String fullName) {
        return fullName.startsWith("csi.v1.") ? fullName.substring("csi.v1.".length()) : fullName;
    }

    private static String camelCase(String snakeCase) {
        var name = new StringBuilder();
        for (var word : snakeCase.split("_", -1)) {
            name.append(name.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return name.toString();
    }

    private static String row(String... columns) {
        return String.join("\t", columns);
    }
}
