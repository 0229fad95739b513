package io.srvlab.rdscsi.cli;

import static io.srvlab.rdscsi.cli.World.Caller.creation;
import static io.srvlab.rdscsi.cli.World.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.srvlab.rdscsi.appliance.Ledger;
import io.srvlab.rdscsi.proto.csi.v1.CapacityRange;
import io.srvlab.rdscsi.proto.csi.v1.GetCapacityRequest;
import io.srvlab.rdscsi.proto.csi.v1.ValidateVolumeCapabilitiesRequest;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability.AccessMode.Mode;
import io.srvlab.rdscsi.proto.csi.v1.VolumeContentSource;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.Filter;
import io.srvlab.rdscsi.simulator.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Making and deleting volumes: the request again, bad input, the crash half-way. */
@ParameterizedClass
@EnumSource(World.Way.class)
class VolumeLifeTest {
    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    World.Way way;

    private static final long MIB = 1L << 20;

    private World world;

    @BeforeEach
    void start() throws Exception {
        world = World.start(way);
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    @Test
    void createIsTwoCommandsDeleteAtMostThree() {
        assertThat(world.commandsDuring(() -> world.controller().create("db-0")))
                .hasSize(2);
        assertThat(world.commandsDuring(() -> world.controller().create("db-0")))
                .hasSize(1);
        assertThat(world.commandsDuring(() -> world.controller().delete("db-0")))
                .hasSizeLessThanOrEqualTo(3);
        assertThat(world.commandsDuring(() -> world.controller().delete("db-0")))
                .hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void aNewVolumeIsOpenToNobodyAndNotMountedByTheAppliance() {
        var lines = world.commandsDuring(() -> world.controller().create("db-0"));
        assertThat(lines.getLast()).contains("mount-filesystem=\"no\"", "nvme-tcp-export=\"no\"");
        assertThat(world.disk("db-0").orElseThrow().exported()).isFalse();
        assertThat(world.ledger("db-0").state()).isEqualTo(Ledger.State.FREE);
    }

    @Test
    void theSameRequestAgainGivesTheSameVolume() {
        var request = creation("db-0").putParameters("nvmePort", "4421").build();
        var first = world.controller().stub().createVolume(request).getVolume();
        assertThat(world.controller().stub().createVolume(request).getVolume()).isEqualTo(first);
        assertThat(first.getVolumeContextMap()).containsEntry("nvmePort", "4421");
    }

    @Test
    void anAnswerThatIsLostMakesNoSecondVolumeAndIsNotSentAgain() {
        world.rds().onNext(line -> line.contains("/disk/add"), new Fault.DropAnswerAfterApplying());
        var lines = world.commandsDuring(() -> world.controller().create("db-0"));
        assertThat(lines.stream().filter(line -> line.contains("/disk/add"))).hasSize(1);
        assertThat(world.disk("db-0")).isPresent();
    }

    @Test
    void anotherSizeOrOtherParametersUnderTheSameNameAreRefused() {
        world.controller().create("db-0");
        var larger = creation("db-0").setCapacityRange(bytes(32 * MIB)).build();
        var smaller = creation("db-0").setCapacityRange(bytes(8 * MIB)).build();
        var otherwise = creation("db-0").putParameters("ctrlLossTmo", "30").build();
        for (var request : List.of(larger, smaller, otherwise)) {
            var refused = statusOf(() -> world.controller().stub().createVolume(request));
            assertThat(refused.getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
            assertThat(refused.getDescription()).contains("db-0");
        }
    }

    @ParameterizedTest
    @CsvSource({
        // required, limit, what is there in the end
        "1610612736, 0, 1610612736", // 1.5 GiB is not 1G
        "5000001, 0, 5001216", // whole blocks of 4 KiB
        "1, 0, 1048576",
        "0, 0, 1073741824",
        "0, 2097152, 2097152",
        "16777216, 16777216, 16777216",
    })
    void theSizeIsHonouredInBytes(long required, long limit, long wanted) {
        var volume = world.controller()
                .stub()
                .createVolume(creation("db-0")
                        .setCapacityRange(range(required, limit))
                        .build())
                .getVolume();
        assertThat(volume.getCapacityBytes()).isEqualTo(wanted);
        assertThat(world.disk("db-0").orElseThrow().size().count()).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 0, INVALID_ARGUMENT",
        "0, -1, INVALID_ARGUMENT",
        "2097152, 1048576, INVALID_ARGUMENT",
        "5000001, 5000002, OUT_OF_RANGE",
        "0, 4096, OUT_OF_RANGE",
        "9223372036854775807, 0, OUT_OF_RANGE",
        "4398046511104, 0, OUT_OF_RANGE", // 4 TiB on a pool of 1 TiB
    })
    void aSizeThatNoVolumeCanHaveIsRefusedAndNothingIsMade(long required, long limit, Status.Code code) {
        var request = creation("db-0").setCapacityRange(range(required, limit)).build();
        var refused = statusOf(() -> world.controller().stub().createVolume(request));
        assertThat(refused.getCode()).as(refused.getDescription()).isEqualTo(code);
        assertThat(world.disk("db-0")).isEmpty();
    }

    @Test
    void aPoolWithoutRoomIsResourceExhausted() {
        var half = creation("db-0").setCapacityRange(bytes(700L << 30)).build();
        var _ = world.controller().stub().createVolume(half);
        var more = half.toBuilder().setName("db-1").build();
        var refused = statusOf(() -> world.controller().stub().createVolume(more));
        assertThat(refused.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(refused.getDescription()).contains("db-1", "free on pool");
        assertThat(world.disk("db-1")).isEmpty();
    }

    @Test
    void capacityIsWhatThePoolHasFree() {
        var before = capacity();
        world.controller().create("db-0");
        assertThat(before - capacity()).isEqualTo(16 * MIB);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "with space",
                "quote\"d",
                "back\\slash",
                "$dollar",
                "[/system/reset]",
                "a;b",
                "{a}",
                "(x)",
                "a=b",
                "#no",
                "Großbuchstaben äöü",
                "数据库",
                "../../etc",
                "a/b",
                "UPPER",
                "-dash",
                "pvc-0f923194-922a-5dd8-b376-c2c6ccb56dd8",
                "?x",
                "*1A",
                "yes"
            })
    void anyNameThatCsiAllowsMakesAVolumeThatIsFoundAgain(String name) {
        var volume = world.controller().create(name);
        assertThat(volume).matches("[a-z0-9-]{1,32}");
        assertThat(world.controller().create(name)).isEqualTo(volume);
        assertThat(world.rds().commands())
                .as("nothing that the console could take for its own")
                .noneMatch(exec -> !name.matches("[A-Za-z0-9-]+") && exec.text().contains(name));
        world.controller().delete(volume);
        assertThat(world.disk(volume)).isEmpty();
    }

    @Test
    void namesOf128BytesAreTakenAndLongerOrUnprintableOnesAreNot() {
        assertThat(statusOf(() -> world.controller().create("n".repeat(128)))).isEqualTo(Status.OK);
        for (var name : List.of("n".repeat(129), "ä".repeat(65), "", "line\nbreak", "nul\0", "del\u007f", "c1\u0085")) {
            assertThat(statusOf(() -> world.controller().create(name)).getCode())
                    .as(name)
                    .isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void unknownParametersAreRefusedByName() {
        var request = creation("db-0")
                .putParameters("nvmeAdress", "192.0.2.7")
                .putParameters("colour", "red")
                .build();
        var refused = statusOf(() -> world.controller().stub().createVolume(request));
        assertThat(refused.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refused.getDescription()).contains("colour, nvmeAdress");
    }

    @Test
    void parametersOfTheGoDriverAreKnown() {
        var parameters = Map.ofEntries(
                Map.entry("volumePath", world.rds().basePath()),
                Map.entry("nvmeAddress", "192.0.2.7"),
                Map.entry("rdsAddress", "192.0.2.8"),
                Map.entry("nvmePort", "4421"),
                Map.entry("ctrlLossTmo", "-1"),
                Map.entry("reconnectDelay", "5"),
                Map.entry("keepAliveTmo", "0"),
                Map.entry("migrationTimeoutSeconds", "300"),
                Map.entry("sshPort", "22"),
                Map.entry("nqnPrefix", "nqn.2000-02.com.mikrotik"),
                Map.entry("fsType", "xfs"),
                Map.entry("csi.storage.k8s.io/pvc/name", "data"));
        var request = creation("db-0").putAllParameters(parameters).build();
        assertThat(statusOf(() -> world.controller().stub().createVolume(request)))
                .isEqualTo(Status.OK);
    }

    @ParameterizedTest
    @CsvSource({
        "ctrlLossTmo, -2", "reconnectDelay, 0", "keepAliveTmo, -1", "migrationTimeoutSeconds, 29", "nvmePort, 65536",
        "nvmePort, x", "nvmeAddress, 'a b'", "volumePath, /storage-pool/../etc", "volumePath, relative", "fsType, ntfs"
    })
    void aParameterOutOfBoundsIsRefused(String key, String value) {
        var request = creation("db-0").putParameters(key, value).build();
        assertThat(statusOf(() -> world.controller().stub().createVolume(request))
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"UNKNOWN", "MULTI_NODE_SINGLE_WRITER", "MULTI_NODE_MULTI_WRITER"})
    void aFilesystemThatMoreThanOneNodeWritesToIsRefused(Mode mode) {
        var capability = World.Caller.MOUNT.toBuilder();
        capability.getAccessModeBuilder().setMode(mode);
        var request = creation("db-0")
                .clearVolumeCapabilities()
                .addVolumeCapabilities(capability)
                .build();
        assertThat(statusOf(() -> world.controller().stub().createVolume(request))
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void whatIsMissingOrNotOfferedIsRefused() {
        var none = creation("db-0").clearVolumeCapabilities().build();
        var neither = creation("db-0")
                .setVolumeCapabilities(0, World.Caller.MOUNT.toBuilder().clearMount())
                .build();
        var filesystem = World.Caller.MOUNT.toBuilder()
                .setMount(VolumeCapability.MountVolume.newBuilder().setFsType("ntfs"));
        var unknown = creation("db-0").setVolumeCapabilities(0, filesystem).build();
        var copy = creation("db-0")
                .setVolumeContentSource(VolumeContentSource.newBuilder()
                        .setVolume(VolumeContentSource.VolumeSource.newBuilder().setVolumeId("x")))
                .build();
        for (var request : List.of(none, neither, unknown, copy)) {
            assertThat(statusOf(() -> world.controller().stub().createVolume(request))
                            .getCode())
                    .isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
        assertThat(world.commands()).isEmpty();
    }

    @Test
    void somebodyElsesItemInTheSameSlotIsNeverTouched() {
        var properties = new LinkedHashMap<String, String>();
        properties.put("type", "file");
        properties.put("slot", "db-0");
        properties.put("file-path", world.rds().basePath() + "/private.img");
        properties.put("file-size", "16777216");
        world.byHand(Command.add("/disk", properties));
        var before = world.disk("db-0");
        var create = statusOf(() -> world.controller().create("db-0"));
        assertThat(create.getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(create.getDescription()).contains("db-0", "untouched");
        assertThat(statusOf(() -> world.controller().publish("db-0", "a")).getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(statusOf(() -> world.controller().delete("db-0")).getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(statusOf(() -> world.controller().unpublish("db-0", "a"))).isEqualTo(Status.OK);
        assertThat(world.disk("db-0")).isEqualTo(before);
    }

    @Test
    void aPublishedVolumeIsNotDeleted() throws Exception {
        var volume = world.controller().create("db-0");
        world.controller().publish(volume, "a");
        var refused = statusOf(() -> world.controller().delete(volume));
        assertThat(refused.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(refused.getDescription()).contains("db-0", "attached to a");
        assertThat(world.exports()).hasSize(1);
    }

    @Test
    void deleteRemovesItemAndFileAndEveryRetryFinishesTheRest() {
        var volume =
                world.controller().stub().createVolume(creation("db-0").build()).getVolume();
        // The appliance goes away between the item and its file.
        var path = volume.getVolumeContextOrThrow("volumePath");
        world.byHand(Command.remove("/disk", Filter.is("slot", "db-0")));
        assertThat(files(path)).isEqualTo(1);
        world.controller().delete("db-0");
        assertThat(files(path)).isZero();
        assertThat(statusOf(() -> world.controller().delete("db-0"))).isEqualTo(Status.OK);
    }

    /** Of a creation that stopped between file and item nobody has a volume id to delete it by. */
    @Test
    void aFileThatAnInterruptedCreationLeftIsReplacedNotTakenOver() throws Exception {
        var volume =
                world.controller().stub().createVolume(creation("db-0").build()).getVolume();
        var path = volume.getVolumeContextOrThrow("volumePath");
        world.byHand(Command.remove("/disk", Filter.is("slot", "db-0")));
        var file = backingFile(path);
        Files.write(file, "old data".getBytes(StandardCharsets.UTF_8), StandardOpenOption.WRITE);
        assertThat(statusOf(() -> world.controller().create("db-0"))).isEqualTo(Status.OK);
        try (var made = Files.newInputStream(file)) {
            assertThat(made.readNBytes(8)).containsOnly(0);
        }
    }

    @Test
    void aDeleteThatMeetsTheEndOfADrainIsOk() {
        var volume = world.controller().create("db-0");
        world.controller().publish(volume, "a");
        world.controller().unpublish(volume, "a");
        // The drain ends after 300 ms and writes "free" while this line is on its way.
        world.rds().onNext(line -> line.contains("/disk/remove"), new Fault.Delay(Duration.ofSeconds(2)));
        assertThat(statusOf(() -> world.controller().delete(volume))).isEqualTo(Status.OK);
        assertThat(world.disk(volume)).isEmpty();
    }

    @Test
    void aDeleteWhoseAnswerIsLostIsOk() {
        var volume = world.controller().create("db-0");
        world.rds().onNext(line -> line.contains("/disk/remove"), new Fault.DropAnswerAfterApplying());
        assertThat(statusOf(() -> world.controller().delete(volume))).isEqualTo(Status.OK);
        assertThat(world.disk(volume)).isEmpty();
    }

    @Test
    void aFileThatOnlyLooksLikeAVolumesIsNotDeleted() {
        var theirs = world.rds().basePath() + "/db-0.img";
        var properties = new LinkedHashMap<String, String>();
        properties.put("type", "file");
        properties.put("slot", "scratch");
        properties.put("file-path", theirs);
        properties.put("file-size", "1048576");
        world.byHand(Command.add("/disk", properties), Command.remove("/disk", Filter.is("slot", "scratch")));
        world.controller().delete("db-0");
        assertThat(files(theirs)).isEqualTo(1);
    }

    @Test
    void theBasePathIsMadeWhereItIsMissing() {
        var base = "/storage-pool/made-by-us";
        var request = creation("db-0").putParameters("volumePath", base).build();
        var volume = world.controller().stub().createVolume(request).getVolume();
        assertThat(volume.getVolumeContextOrThrow("volumePath")).startsWith(base + "/db-0-");
        assertThat(statusOf(() -> world.controller().delete("db-0"))).isEqualTo(Status.OK);
    }

    @Test
    void aBasePathThatCannotBeMadeIsNamedWithTheLineThatMakesIt() {
        var request = creation("db-0")
                .putParameters("volumePath", "/storage-pool/a/b")
                .build();
        var refused = statusOf(() -> world.controller().stub().createVolume(request));
        assertThat(refused.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(refused.getDescription()).contains("/file/add type=directory name=\"storage-pool/a/b\"");
        var elsewhere =
                creation("db-0").putParameters("volumePath", "/no-pool/x").build();
        assertThat(statusOf(() -> world.controller().stub().createVolume(elsewhere))
                        .getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void capabilitiesAreValidatedAgainstAVolumeThatIsThere() {
        var volume = world.controller().create("db-0");
        var request = ValidateVolumeCapabilitiesRequest.newBuilder()
                .setVolumeId(volume)
                .addVolumeCapabilities(World.Caller.MOUNT)
                .build();
        assertThat(world.controller().stub().validateVolumeCapabilities(request).hasConfirmed())
                .isTrue();
        var shared = World.Caller.MOUNT.toBuilder();
        shared.getAccessModeBuilder().setMode(Mode.MULTI_NODE_MULTI_WRITER);
        var answer = world.controller()
                .stub()
                .validateVolumeCapabilities(
                        request.toBuilder().setVolumeCapabilities(0, shared).build());
        assertThat(answer.hasConfirmed()).isFalse();
        assertThat(answer.getMessage()).contains("MULTI_NODE_MULTI_WRITER");
        var absent = request.toBuilder().setVolumeId("no-such").build();
        assertThat(statusOf(() -> world.controller().stub().validateVolumeCapabilities(absent))
                        .getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    /** The simulator's own file behind a path of the appliance. */
    private Path backingFile(String path) throws IOException {
        try (var files = Files.walk(world.directory().resolve("rds"))) {
            return files.filter(file -> file.toString().endsWith(path))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private long capacity() {
        return world.controller()
                .stub()
                .getCapacity(GetCapacityRequest.getDefaultInstance())
                .getAvailableCapacity();
    }

    /** How many files of exactly this path the appliance lists. */
    private long files(String path) {
        var printed = world.printed(Command.count("/file", Filter.is("name", path.substring(1))));
        return Long.parseLong(printed.getFirst());
    }

    private static CapacityRange bytes(long required) {
        return range(required, 0);
    }

    private static CapacityRange range(long required, long limit) {
        return CapacityRange.newBuilder()
                .setRequiredBytes(required)
                .setLimitBytes(limit)
                .build();
    }
}
