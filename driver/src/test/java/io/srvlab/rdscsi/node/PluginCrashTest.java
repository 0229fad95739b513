package io.srvlab.rdscsi.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.srvlab.rdscsi.node.VolumeLife.Step;
import io.srvlab.rdscsi.proto.csi.v1.VolumeCapability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The plugin is killed right before each thing that it changes on the machine, one after the other, and run again. */
class PluginCrashTest {
    private static final int CHANGES_MAX = 100;
    private static final int CHANGES_LEAST = 12;

    enum Kind {
        EXT4(NodeWorld.EXT4),
        BLOCK(NodeWorld.BLOCK);

        private final VolumeCapability capability;

        Kind(VolumeCapability capability) {
            this.capability = capability;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPluginKilledBetweenAnyTwoChangesGoesOnWhereItWas(Kind kind) throws Exception {
        everywhere(kind, Step.STAGE_AGAIN, PluginCrashTest::goOn);
    }

    /** As when the pod is deleted meanwhile. */
    @ParameterizedTest
    @EnumSource
    void aPluginKilledBetweenAnyTwoChangesTakesAwayWhatItLeft(Kind kind) throws Exception {
        everywhere(kind, Step.UNSTAGE, PluginCrashTest::turnBack);
    }

    private interface Sequel {
        void live(VolumeLife life, int done) throws IOException;
    }

    private static void goOn(VolumeLife life, int done) throws IOException {
        for (var step : Arrays.asList(Step.values()).subList(done, Step.values().length)) life.take(step);
    }

    private static void turnBack(VolumeLife life, int done) throws IOException {
        life.take(Step.UNPUBLISH);
        life.take(Step.UNSTAGE);
        life.nothingIsLeft();
        goOn(life, done > before(Step.WRITE) ? before(Step.STAGE_AGAIN) : 0);
    }

    /** How many steps come before this one. */
    private static int before(Step step) {
        return List.of(Step.values()).indexOf(step);
    }

    /** Kills a plugin on its way to {@code last} before its first change, another before its second, and so on. */
    private static void everywhere(Kind kind, Step last, Sequel sequel) throws Exception {
        for (var nth = 1; nth <= CHANGES_MAX; nth++) {
            try (var world = new NodeWorld()) {
                var life = begin(world, kind);
                var run = Killed.before(nth, life.program(last));
                if (run.before().isEmpty()) {
                    assertThat(nth).as("changes seen").isGreaterThan(CHANGES_LEAST);
                    assertThat(run.said()).hasSize(before(last) + 1);
                    return;
                }
                sequel.live(life, run.said().size());
                life.nothingIsLeft();
                if (kind == Kind.EXT4) assertThat(formats(world)).containsExactly("made");
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("after a death before change " + nth, e);
            }
        }
        throw new AssertionError("it never came to its end");
    }

    private static VolumeLife begin(NodeWorld world, Kind kind) throws IOException {
        var programs = Files.createDirectory(world.directory.resolve("programs"));
        var mkfs = Files.writeString(
                programs.resolve("mkfs.ext4"),
                "#!/bin/sh\n/usr/sbin/mkfs.ext4 \"$@\" && echo made >>" + world.directory + "/formats\n");
        Files.setPosixFilePermissions(mkfs, PosixFilePermissions.fromString("rwxr-xr-x"));
        var life = VolumeLife.of(world, kind.capability);
        life.prepare();
        return life;
    }

    private static List<String> formats(NodeWorld world) throws IOException {
        return Files.readAllLines(world.directory.resolve("formats"));
    }
}
