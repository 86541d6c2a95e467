package org.sparkxception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What the finished jars say of themselves: whose software is in them, and under which licenses. */
class LicensesIT {
    private static final String SBOM = "META-INF/sbom/application.cdx.json";
    private static final Path S3_JAR = Path.of(System.getProperty("spark-xception.s3.jar"));
    private static final Path JAR = Path.of(System.getProperty("spark-xception.jar"));

    /** Of several that a library offers, one has to be among these. */
    private static final Set<String> ALLOWED = Set.of("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MIT-0");

    /** JLine's pom names the BSD license, which the list takes for that of four clauses; its own text has three. */
    private static final String BSD_OF_THREE_CLAUSES = "pkg:maven/org.jline/";

    @Test
    void everyLibraryHasALicenseThatIsAllowed() throws IOException {
        JsonNode components = sbom().get("components");

        List<String> others = new ArrayList<>();
        for (JsonNode component : components) {
            List<String> licenses = licenses(component);
            String library = component.get("purl").asText();
            if (!library.startsWith(BSD_OF_THREE_CLAUSES) && licenses.stream().noneMatch(ALLOWED::contains)) {
                others.add(library + ": " + licenses);
            }
        }
        assertThat(components).hasSizeGreaterThan(30);
        assertThat(others).isEmpty();
    }

    @Test
    void theListHasWhatTheJarHasAndNotWhatSparkBrings() throws IOException {
        Set<String> names = new TreeSet<>();
        sbom().get("components")
                .forEach(component -> names.add(component.get("name").asText()));

        assertThat(names)
                .contains("api", "pytorch-engine", "pytorch-native-cpu", "opencv", "jhdf", "hadoop-aws", "picocli")
                .doesNotContain("spark-sql_2.13", "junit-jupiter", "duckdb_jdbc");
    }

    @Test
    void licenseAndNoticesAreInTheJars() throws IOException {
        for (Path jar : List.of(JAR, S3_JAR)) {
            assertThat(entry(jar, "META-INF/LICENSE")).isEqualTo(Files.readString(Path.of("LICENSE")));
            assertThat(entry(jar, "META-INF/THIRD-PARTY.txt")).isEqualTo(Files.readString(Path.of("THIRD-PARTY.txt")));
        }
        assertThat(entry(S3_JAR, "META-INF/NOTICE.txt") + entry(S3_JAR, "META-INF/NOTICE"))
                .contains("Apache Hadoop", "Amazon.com");
    }

    @Test
    void s3aIsInAJarOfItsOwn() throws IOException {
        assertThat(classes(JAR))
                .anyMatch(name -> name.startsWith("org/sparkxception/"))
                .noneMatch(name -> name.matches("(software/amazon|org/apache/hadoop|org/apache/http)/.*"));
        assertThat(classes(S3_JAR))
                .anyMatch(name -> name.startsWith("org/apache/hadoop/fs/s3a/"))
                .anyMatch(name -> name.startsWith("software/amazon/awssdk/"))
                .noneMatch(name -> name.startsWith("org/sparkxception/"));
    }

    private static List<String> classes(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith(".class"))
                    .toList();
        }
    }

    private static JsonNode sbom() throws IOException {
        try (ZipFile jar = new ZipFile(JAR.toFile())) {
            assumeTrue(jar.getEntry(SBOM) != null, "the jar has no list of libraries: it was built without -Psbom");
        }
        return new JsonMapper().readTree(entry(JAR, SBOM));
    }

    private static List<String> licenses(JsonNode component) {
        List<String> licenses = new ArrayList<>();
        for (JsonNode choice : component.path("licenses")) {
            JsonNode license = choice.path("license");
            licenses.add(
                    license.has("id")
                            ? license.get("id").asText()
                            : license.path("name").asText());
            licenses.addAll(Arrays.asList(choice.path("expression").asText("").split(" OR ")));
        }
        return licenses.stream().filter(name -> !name.isEmpty()).toList();
    }

    private static String entry(Path jar, String name) {
        try (ZipFile zip = new ZipFile(jar.toFile());
                InputStream in = zip.getInputStream(zip.getEntry(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
