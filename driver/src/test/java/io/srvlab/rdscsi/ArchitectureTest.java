package io.srvlab.rdscsi;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DESIGN's rooms and arrows. What a room may use is written here once, and checked on the classes as they are compiled. */
class ArchitectureTest {
    private static final String ROOT = "io.srvlab.rdscsi.";
    private static JavaClasses ours;

    @BeforeAll
    static void importClasses() {
        ours = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("/proto/csi/"))
                .importPackages("io.srvlab.rdscsi");
    }

    /** A rule over nothing passes, so each room must have been seen. */
    @ParameterizedTest
    @CsvSource({
        "nvme, 3",
        "routeros, 15",
        "simulator, 30",
        "volume, 12",
        "appliance, 14",
        "fencing, 6",
        "cluster, 15",
        "controller, 6",
        "node, 20",
        "probe, 15",
        "metrics, 5",
        "server, 7",
        "cli, 15"
    })
    void everyRoomWasSeen(String room, int classesAtLeast) {
        assertThat(ours.stream().filter(type -> inRoom(type, room)).count()).isGreaterThanOrEqualTo(classesAtLeast);
    }

    /** A room and what of ours it may use, beside itself. */
    @ParameterizedTest
    @CsvSource({
        "nvme, ''",
        "routeros, ''",
        "simulator, nvme",
        "volume, ''",
        "appliance, volume routeros",
        "cluster, volume",
        "fencing, volume appliance cluster",
        "controller, volume appliance fencing proto",
        "node, volume nvme proto",
        "probe, volume appliance nvme routeros",
        "metrics, volume appliance fencing routeros",
        "server, volume proto",
        "cli, volume appliance fencing cluster controller node server metrics probe simulator routeros nvme proto"
    })
    void aRoomUsesOnlyWhatItsArrowsPointTo(String room, String arrows) {
        var allowed = new ArrayList<>(Stream.of(arrows.split(" ", -1))
                .filter(name -> !name.isEmpty())
                .map(name -> ROOT + name + "..")
                .toList());
        allowed.add(ROOT + room + "..");
        noClasses()
                .that()
                .resideInAPackage(ROOT + room + "..")
                .should()
                .dependOnClassesThat(com.tngtech.archunit.base.DescribedPredicate.describe(
                        "are ours and in another room",
                        type -> type.getPackageName().startsWith(ROOT.substring(0, ROOT.length() - 1))
                                && allowed.stream().noneMatch(pattern -> matches(type, pattern))))
                .check(ours);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.srvlab.rdscsi.(**)").should().beFreeOfCycles().check(ours);
    }

    @Test
    void onlyOneRoomKnowsTheKubernetesClient() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cluster.kubernetes..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fabric8..")
                .check(ours);
    }

    @Test
    void onlyTheCommandLineWritesToStandardOutput() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cli..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(PrintStream.class)
                .check(ours);
    }

    @Test
    void everyPackageIsNullMarked() {
        classes()
                .that()
                .haveSimpleName("package-info")
                .should()
                .beAnnotatedWith(org.jspecify.annotations.NullMarked.class)
                .check(ours);
        var packages = ours.stream().map(JavaClass::getPackageName).distinct().toList();
        var marked = ours.stream()
                .filter(type -> type.getSimpleName().equals("package-info"))
                .map(JavaClass::getPackageName)
                .toList();
        assertThat(marked).containsExactlyInAnyOrderElementsOf(packages);
    }

    @Test
    void namesSayWhatAThingIs() {
        var empty = Arrays.asList("Manager", "Helper", "Util", "Utils", "Impl");
        assertThat(ours.stream().filter(type -> empty.stream().anyMatch(type.getSimpleName()::endsWith)))
                .isEmpty();
    }

    private static boolean inRoom(JavaClass type, String room) {
        return matches(type, ROOT + room + "..");
    }

    private static boolean matches(JavaClass type, String pattern) {
        var name = pattern.substring(0, pattern.length() - 2);
        return type.getPackageName().equals(name) || type.getPackageName().startsWith(name + ".");
    }
}
