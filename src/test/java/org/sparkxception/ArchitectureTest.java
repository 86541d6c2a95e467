package org.sparkxception;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rooms of ARCHITECTURE.md: what each may use, how large it may be, and what of it is public. */
@AnalyzeClasses(packages = "org.sparkxception", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "org.sparkxception";
    private static final String TOP = "top";
    private static final int MOST_FILES = 25;

    private static final Pattern ROOM = Pattern.compile("\\| `([a-z.]+)` \\|.*\\| ([a-z., ]*)\\|");

    /** They are named in settings, or start a process. */
    private static final Set<String> ENTRY_POINTS = Set.of("Main", "MetricsPlugin", "DecoderProcess");

    @ArchTest
    static void roomsUseWhatTheTableSaysAndNothingElse(JavaClasses classes) throws IOException {
        Map<String, Set<String>> used = new TreeMap<>();
        for (JavaClass each : classes) {
            Set<String> rooms = used.computeIfAbsent(room(each), room -> new TreeSet<>());
            each.getDirectDependenciesFromSelf().stream()
                    .map(Dependency::getTargetClass)
                    .filter(target -> target.getPackageName().startsWith(ROOT))
                    .map(ArchitectureTest::room)
                    .filter(room -> !room.equals(room(each)))
                    .forEach(rooms::add);
        }

        assertThat(used).isEqualTo(table());
    }

    private static Map<String, Set<String>> table() throws IOException {
        Map<String, Set<String>> rooms = new TreeMap<>();
        String text = Files.readString(Path.of("ARCHITECTURE.md"));
        String section = text.substring(text.indexOf("## Rooms"), text.indexOf("## Where each decision"));
        Matcher line = ROOM.matcher(section);
        while (line.find()) {
            Set<String> uses = Arrays.stream(line.group(2).split(","))
                    .map(String::strip)
                    .filter(room -> !room.isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
            rooms.put(line.group(1), uses);
        }
        return rooms;
    }

    private static String room(JavaClass each) {
        return each.getPackageName().equals(ROOT) ? TOP : each.getPackageName().substring(ROOT.length() + 1);
    }

    @ArchTest
    static void noRoomButTheJobIsLarge(JavaClasses classes) {
        Map<String, Long> files = topLevel(classes)
                .collect(Collectors.groupingBy(ArchitectureTest::room, TreeMap::new, Collectors.counting()));
        files.remove("job");

        assertThat(files.values()).allMatch(count -> count <= MOST_FILES);
    }

    @ArchTest
    static void everyRoomSaysWhatItIsFor(JavaClasses classes) {
        Set<String> rooms =
                classes.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));

        assertThat(rooms)
                .allSatisfy(room -> assertThat(Path.of("src/main/java", room.replace('.', '/'), "package-info.java"))
                        .exists());
    }

    @ArchTest
    static void whatIsPublicIsNeededByAnotherRoom(JavaClasses classes) {
        List<String> needless = topLevel(classes)
                .filter(each -> each.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(each -> !room(each).equals("api") && !ENTRY_POINTS.contains(each.getSimpleName()))
                .filter(each -> users(classes, each).allMatch(user -> room(user).equals(room(each))))
                .map(JavaClass::getName)
                .toList();

        assertThat(needless).isEmpty();
    }

    private static Stream<JavaClass> users(JavaClasses classes, JavaClass used) {
        return classes.stream()
                .filter(user -> user.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency ->
                                outermost(dependency.getTargetClass()).equals(used)));
    }

    private static JavaClass outermost(JavaClass each) {
        return each.getEnclosingClass().map(ArchitectureTest::outermost).orElse(each);
    }

    private static Stream<JavaClass> topLevel(JavaClasses classes) {
        return classes.stream()
                .filter(each -> each.isTopLevelClass() && !each.getSimpleName().equals("package-info"));
    }

    @ArchTest
    static final ArchRule thereAreNoCycles =
            slices().matching("org.sparkxception.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule imagesKnowNeitherSparkNorDjl = noClasses()
            .that()
            .resideInAPackage("..image..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "ai.djl..");

    @ArchTest
    static final ArchRule modelsKnowNeitherSparkNorDjl = noClasses()
            .that()
            .resideInAPackage("..model..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "ai.djl..");

    @ArchTest
    static final ArchRule theEngineDoesNotKnowSpark = noClasses()
            .that()
            .resideInAPackage("..engine")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..");

    @ArchTest
    static final ArchRule onlyMainEndsTheProcess = noClasses()
            .that()
            .doNotHaveSimpleName("Main")
            .and()
            .doNotHaveSimpleName("ProcessEnd")
            .should()
            .callMethod(System.class, "exit", int.class);

    @ArchTest
    static final ArchRule noRecordCrossesTheWire =
            classes().that().areRecords().should().notBeAssignableTo(Serializable.class);
}
