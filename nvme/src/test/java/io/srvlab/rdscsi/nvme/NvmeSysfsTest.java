package io.srvlab.rdscsi.nvme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NvmeSysfsTest {
    private static final String NQN = "nqn.2000-02.com.mikrotik:db-0.100-aaaaaaaa";
    private static final String FOREIGN = "nqn.2000-02.com.mikrotik:db-0.100-aaaaaaaab";

    @TempDir
    private Path root;

    private SysfsTree tree;
    private NvmeSysfs sysfs;

    @BeforeEach
    void make() throws IOException {
        tree = new SysfsTree(root);
        sysfs = new NvmeSysfs(tree.sys, tree.dev);
    }

    @Test
    void aKernelWithoutNvmeHasNothing() throws IOException {
        assertThat(sysfs.controllers(_ -> true)).isEmpty();
        assertThat(sysfs.disks(_ -> true)).isEmpty();
    }

    @Test
    void aMultipathDiskIsFoundUnderItsSubsystemWhateverItsNumber() throws IOException {
        SysfsTree.disk(tree.subsystem(0, FOREIGN), "nvme0n1", "259:0");
        SysfsTree.disk(tree.subsystem(7, NQN), "nvme3n1", "259:4");
        var first = tree.controller(1, NQN, "live");
        Files.createDirectories(first.resolve("nvme3c1n1")); // a path: hidden, without a number
        SysfsTree.disk(tree.controller(2, NQN, "connecting"), "nvme3c2n1", "259:5");
        assertThat(sysfs.disks(NQN::equals)).containsExactly(new Disk(tree.dev.resolve("nvme3n1"), "259:4"));
        assertThat(sysfs.controllers(NQN::equals))
                .extracting(Controller::name)
                .containsExactlyInAnyOrder("nvme1", "nvme2");
    }

    @Test
    void withoutMultipathItIsFoundUnderItsController() throws IOException {
        tree.subsystem(0, NQN);
        SysfsTree.disk(tree.controller(5, NQN, "live"), "nvme5n1", "259:9");
        SysfsTree.disk(tree.controller(6, FOREIGN, "live"), "nvme6n1", "259:10");
        assertThat(sysfs.disks(NQN::equals)).containsExactly(new Disk(tree.dev.resolve("nvme5n1"), "259:9"));
    }

    /** Another's attribute that cannot be read would fail any look at all of them. */
    @Test
    void aDiskIsFoundByItsNumberWithItsControllersAndNoOtherIsRead() throws IOException {
        tree.subsystem(9, FOREIGN);
        Files.delete(tree.sys.resolve("class/nvme-subsystem/nvme-subsys9/subsysnqn"));
        Files.createDirectory(tree.sys.resolve("class/nvme-subsystem/nvme-subsys9/subsysnqn"));
        assertThatThrownBy(() -> sysfs.disks(NQN::equals)).isInstanceOf(IOException.class);
        var subsystem = tree.subsystem(7, NQN);
        SysfsTree.disk(subsystem, "nvme3n1", "259:4");
        tree.numbered(subsystem.resolve("nvme3n1"), "259:4");
        SysfsTree.serves(tree.controller(1, NQN, "live"), subsystem);
        SysfsTree.serves(tree.controller(2, NQN, "connecting"), subsystem);
        tree.controller(3, FOREIGN, "connecting");

        var disk = sysfs.disk("259:4", NQN::equals).orElseThrow();
        assertThat(disk).isEqualTo(new Disk(tree.dev.resolve("nvme3n1"), "259:4"));
        assertThat(sysfs.controllers(disk))
                .extracting(Controller::name, Controller::state)
                .containsExactlyInAnyOrder(tuple("nvme1", "live"), tuple("nvme2", "connecting"));
        assertThat(sysfs.disk("259:4", FOREIGN::equals)).isEmpty();
        assertThat(sysfs.disk("259:5", NQN::equals)).isEmpty();
    }

    @Test
    void withoutMultipathADiskIsServedByTheControllerThatItLiesUnder() throws IOException {
        var controller = tree.controller(5, NQN, "resetting");
        SysfsTree.disk(controller, "nvme5n1", "259:9");
        tree.numbered(controller.resolve("nvme5n1"), "259:9");
        var disk = sysfs.disk("259:9", NQN::equals).orElseThrow();
        assertThat(sysfs.controllers(disk)).extracting(Controller::state).containsExactly("resetting");
    }

    /** Its directory lies under the disk's, which has no NQN. */
    @Test
    void aPartitionIsNoDisk() throws IOException {
        var subsystem = tree.subsystem(7, NQN);
        SysfsTree.disk(subsystem, "nvme3n1", "259:4");
        SysfsTree.disk(subsystem.resolve("nvme3n1"), "nvme3n1p1", "259:6");
        tree.numbered(subsystem.resolve("nvme3n1/nvme3n1p1"), "259:6");
        assertThat(sysfs.disk("259:6", NQN::equals)).isEmpty();
    }

    @Test
    void statesAreTold() throws IOException {
        tree.controller(0, NQN, "live");
        tree.controller(1, NQN, "deleting (no IO)");
        var states = sysfs.controllers(NQN::equals);
        assertThat(states)
                .filteredOn(Controller::live)
                .extracting(Controller::name)
                .containsExactly("nvme0");
        assertThat(states)
                .filteredOn(Controller::dying)
                .extracting(Controller::name)
                .containsExactly("nvme1");
    }

    @Test
    void anothersStateThatCannotBeReadIsNoErrorOfOurs() throws IOException {
        tree.controller(0, NQN, "live");
        var state = tree.controller(1, FOREIGN, "live").resolve("state");
        Files.delete(state);
        Files.createDirectory(state);
        assertThat(sysfs.controllers(NQN::equals)).extracting(Controller::name).containsExactly("nvme0");
        assertThatThrownBy(() -> sysfs.controllers(FOREIGN::equals)).isInstanceOf(IOException.class);
    }

    @Test
    void deletingWritesToThatControllerOnly() throws IOException {
        var ours = tree.controller(0, NQN, "live");
        var foreign = tree.controller(1, FOREIGN, "live");
        assertThat(sysfs.delete(sysfs.controllers(NQN::equals).getFirst(), Duration.ofSeconds(20)))
                .isTrue();
        assertThat(ours.resolve("delete_controller")).hasContent("1");
        assertThat(foreign.resolve("delete_controller")).isEmptyFile();
    }

    @Test
    void aNameThatHasComeToMeanAnotherSessionIsNotDeleted() throws IOException {
        var directory = tree.controller(0, NQN, "live");
        var seen = sysfs.controllers(NQN::equals).getFirst();
        Files.writeString(directory.resolve("subsysnqn"), FOREIGN + "\n");
        assertThat(sysfs.delete(seen, Duration.ofSeconds(20))).isTrue();
        assertThat(directory.resolve("delete_controller")).isEmptyFile();
    }

    /** A pipe that nobody reads holds whoever opens it, as the kernel holds one that disconnects. */
    @Test
    void aDeletionThatHangsIsLeftToItsProcessAndNotBegunASecondTime() throws Exception {
        var directory = tree.controller(0, NQN, "live");
        var pipe = directory.resolve("delete_controller");
        Files.delete(pipe);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        var controller = sysfs.controllers(NQN::equals).getFirst();
        var before = ProcessHandle.current().children().count();
        for (var i = 0; i < 3; i++) {
            assertThat(sysfs.delete(controller, Duration.ofMillis(100))).isFalse();
        }
        assertThat(ProcessHandle.current().children().count()).isEqualTo(before + 1);
        assertThat(Files.readString(pipe)).isEqualTo("1");
        assertThat(sysfs.delete(controller, Duration.ofSeconds(20))).isTrue();
    }

    @Test
    void whatTheKernelRefusesIsAnError() throws IOException {
        var directory = tree.controller(0, NQN, "live");
        Files.delete(directory.resolve("delete_controller"));
        Files.createDirectory(directory.resolve("delete_controller")); // opening it to write fails: EISDIR
        var controller = sysfs.controllers(NQN::equals).getFirst();
        assertThatThrownBy(() -> sysfs.delete(controller, Duration.ofSeconds(20)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nvme0");
    }

    @Test
    void whatCannotBeReadIsNotNothing() throws IOException {
        var directory = tree.controller(0, NQN, "live");
        Files.delete(directory.resolve("subsysnqn"));
        Files.createDirectory(directory.resolve("subsysnqn")); // reading it fails: EISDIR
        assertThatThrownBy(() -> sysfs.controllers(_ -> true)).isInstanceOf(IOException.class);
    }
}
