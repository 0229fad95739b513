package io.srvlab.rdscsi.simulator.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.srvlab.rdscsi.simulator.device.Door;
import io.srvlab.rdscsi.simulator.device.Network;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the device's doors become in the kernel's configfs; the lab shows what that means to a host. */
class KernelTargetTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("192.0.2.1", 4420);
    private static final String A = "nqn.2014-08.org.nvmexpress:uuid:aaaaaaaa-0000-4000-8000-000000000000";
    private static final String B = "nqn.2014-08.org.nvmexpress:uuid:bbbbbbbb-0000-4000-8000-000000000000";
    private static final String FIRST = "nqn.2000-02.com.mikrotik:v1.1-aa";
    private static final String SECOND = "nqn.2000-02.com.mikrotik:v1.2-bb";
    private static final String BOOT = "this boot";

    @TempDir
    Path state;

    private final MadeUpConfigfs configfs = new MadeUpConfigfs();
    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        file = Files.createFile(state.resolve("v1.img"));
    }

    private KernelTarget bind(String boot) throws IOException {
        return KernelTarget.bind(ADDRESS, state, configfs, MadeUpConfigfs.ROOT, boot);
    }

    private KernelTarget started() throws IOException {
        var target = bind(BOOT);
        target.start();
        return target;
    }

    private Door door(String nqn, String... hosts) {
        return new Door(7, "v7", nqn, Set.of(hosts), file, 4096);
    }

    private boolean isThere(String path) {
        return configfs.everything().containsKey(path);
    }

    @Test
    void aDiskIsServedFromItsFileUnderItsNameToItsHostsOnly() throws IOException {
        try (var target = started()) {
            target.become(List.of(door(FIRST, A)));
            var subsystem = "subsystems/" + FIRST;
            assertThat(configfs.value(subsystem + "/attr_allow_any_host")).isEqualTo("0");
            assertThat(isThere(subsystem + "/allowed_hosts/" + A)).isTrue();
            assertThat(configfs.value(subsystem + "/namespaces/1/device_path")).isEqualTo(file.toString());
            assertThat(configfs.value(subsystem + "/namespaces/1/enable")).isEqualTo("1");
            assertThat(isThere("ports/1/subsystems/" + FIRST)).isTrue();
            assertThat(configfs.value("ports/1/addr_traddr")).isEqualTo("192.0.2.1");
            assertThat(configfs.value("ports/1/addr_trsvcid")).isEqualTo("4420");
        }
    }

    @Test
    void anotherNameCutsTheFirstOneBeforeItIsShownAndKeepsTheDisksId() throws IOException {
        try (var target = started()) {
            target.become(List.of(door(FIRST, A)));
            var id = configfs.value("subsystems/" + FIRST + "/namespaces/1/device_uuid");
            target.become(List.of(door(SECOND, B)));
            assertThat(configfs.steps())
                    .containsSubsequence(
                            "unlink ports/1/subsystems/" + FIRST,
                            "set 0 subsystems/" + FIRST + "/namespaces/1/enable",
                            "rmdir subsystems/" + FIRST,
                            "link ports/1/subsystems/" + SECOND);
            assertThat(configfs.value("subsystems/" + SECOND + "/namespaces/1/device_uuid"))
                    .isEqualTo(id)
                    .isNotEqualTo("random");
            assertThat(isThere("hosts/" + A)).as("the host that nobody lists").isFalse();
        }
    }

    @Test
    void aListThatChangesCutsNobody() throws IOException {
        try (var target = started()) {
            target.become(List.of(door(FIRST, A)));
            int before = configfs.steps().size();
            target.become(List.of(door(FIRST, B)));
            target.become(List.of(door(FIRST)));
            assertThat(configfs.value("subsystems/" + FIRST + "/attr_allow_any_host"))
                    .isEqualTo("1");
            target.become(List.of(door(FIRST, A, B)));
            assertThat(configfs.value("subsystems/" + FIRST + "/attr_allow_any_host"))
                    .isEqualTo("0");
            assertThat(configfs.names(MadeUpConfigfs.ROOT.resolve("nvmet/subsystems/" + FIRST + "/allowed_hosts")))
                    .containsExactly(A, B);
            assertThat(configfs.steps().subList(before, configfs.steps().size()))
                    .noneMatch(step -> step.contains("ports/") || step.contains("enable"));
        }
    }

    @Test
    void offAndOnAgainUnderTheSameNameIsACutAndANewBeginning() throws IOException {
        try (var target = started()) {
            target.become(List.of(door(FIRST, A)));
            target.become(List.of());
            assertThat(isThere("ports/1/subsystems/" + FIRST)).isFalse();
            target.become(List.of(door(FIRST, A)));
            assertThat(isThere("ports/1/subsystems/" + FIRST)).isTrue();
        }
    }

    @Test
    void aDiskThatGrowsIsLookedAtAgain() throws IOException {
        try (var target = started()) {
            target.become(List.of(door(FIRST, A)));
            target.become(List.of(new Door(7, "v7", FIRST, Set.of(A), file, 8192)));
            assertThat(configfs.steps()).endsWith("set 1 subsystems/" + FIRST + "/namespaces/1/revalidate_size");
        }
    }

    @Test
    void nobodyIsLetInBeforeAllThatWasExportedIsReady() throws IOException {
        try (var target = bind(BOOT)) {
            target.become(List.of(door(FIRST, A), new Door(8, "v8", SECOND, Set.of(A), file, 4096)));
            assertThat(configfs.steps()).noneMatch(step -> step.startsWith("link ports/"));
            target.start();
            assertThat(isThere("ports/1/subsystems/" + FIRST)).isTrue();
            assertThat(isThere("ports/1/subsystems/" + SECOND)).isTrue();
        }
    }

    @Test
    void thePortListensAlsoWhenNothingIsExported() throws IOException {
        try (var _ = started()) {
            assertThat(configfs.names(MadeUpConfigfs.ROOT.resolve("nvmet/ports/1/subsystems")))
                    .hasSize(1);
        }
    }

    @Test
    void aFileThatSomebodyTookAwayIsNotExportedAndHoldsUpNobodyElse() throws IOException {
        try (var target = started()) {
            target.become(List.of(new Door(8, "v8", FIRST, Set.of(A), state.resolve("gone"), 0), door(SECOND, A)));
            assertThat(isThere("subsystems/" + FIRST)).isFalse();
            assertThat(isThere("ports/1/subsystems/" + SECOND)).isTrue();
        }
    }

    @Test
    void whatSomebodyElseMadeIsLeftAloneAndNotTakenOver() throws IOException {
        var theirs = makeSomebodyElses();
        try (var target = started()) {
            assertThat(isThere("ports/2")).as("a port of our own").isTrue();
            assertThatThrownBy(() -> target.become(List.of(door(FIRST, A))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(FIRST)
                    .hasMessageContaining("not made by this simulator");
            target.become(List.of(door(SECOND, A)));
        }
        assertThat(configfs.everything()).isEqualTo(theirs);
    }

    /** A subsystem by a name that will be wanted here too, that lets in a host that is let in here too. */
    private Map<String, String> makeSomebodyElses() throws IOException {
        var nvmet = MadeUpConfigfs.ROOT.resolve("nvmet");
        configfs.make(nvmet.resolve("subsystems").resolve(FIRST));
        configfs.make(nvmet.resolve("hosts").resolve(A));
        configfs.link(
                nvmet.resolve("subsystems")
                        .resolve(FIRST)
                        .resolve("allowed_hosts")
                        .resolve(A),
                nvmet.resolve("hosts").resolve(A));
        configfs.make(nvmet.resolve("ports/1"));
        configfs.set(nvmet.resolve("ports/1/addr_trsvcid"), "4421");
        configfs.link(
                nvmet.resolve("ports/1/subsystems").resolve(FIRST),
                nvmet.resolve("subsystems").resolve(FIRST));
        return configfs.everything();
    }

    @Test
    void onStopNothingIsLeft() throws IOException {
        var before = configfs.everything();
        try (var target = started()) {
            target.become(List.of(door(FIRST, A), new Door(8, "v8", SECOND, Set.of(), file, 4096)));
        }
        assertThat(configfs.everything()).isEqualTo(before);
    }

    @Test
    void aKillAtAnyMomentLeavesNothingThatTheNextRunDoesNotTakeAway() throws IOException {
        var theirs = makeSomebodyElses();
        boolean finished = false;
        int kills = 0;
        for (; !finished; kills++) {
            configfs.killAfter(kills);
            try (var target = started()) {
                target.become(List.of(door(SECOND, A, B)));
                target.become(List.of(new Door(9, "v9", "nqn.x", Set.of(B), file, 4096)));
                finished = true;
            } catch (MadeUpConfigfs.Killed _) {
                // the next one begins with what this one left
            }
            configfs.killAfter(Long.MAX_VALUE);
            started().close();
            assertThat(configfs.everything()).as("killed at moment %d", kills).isEqualTo(theirs);
        }
        assertThat(kills).isGreaterThan(40);
    }

    @Test
    void aRecordOfAnotherBootIsNotBelieved() throws IOException {
        try (var target = started()) {
            target.become(List.of(door(FIRST, A)));
            configfs.killAfter(0);
        } catch (MadeUpConfigfs.Killed _) {
            // left as it is: to the next boot it is somebody else's
        }
        configfs.killAfter(Long.MAX_VALUE);
        var left = configfs.everything();
        assertThatThrownBy(() -> bind("another boot"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there already");
        assertThat(configfs.everything()).isEqualTo(left);
    }

    @Test
    void aKernelWithoutATargetIsNamedWithTheLineThatLoadsIt() {
        assertThatThrownBy(() -> KernelTarget.bind(ADDRESS, state, configfs, Path.of("/elsewhere"), BOOT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("modprobe nvmet-tcp");
        assertThatThrownBy(() -> KernelTarget.bind(
                        new InetSocketAddress("192.0.2.1", 0), state, configfs, MadeUpConfigfs.ROOT, BOOT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("name one");
    }

    @Test
    void whatTheKernelDoesNotCountIsZero() throws IOException {
        try (var target = started()) {
            assertThat(target.traffic(7)).isEqualTo(Network.Counters.NONE);
        }
    }
}
