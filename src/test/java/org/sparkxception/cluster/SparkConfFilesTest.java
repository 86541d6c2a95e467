package org.sparkxception.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.internal.config.Network$;
import org.apache.spark.internal.config.UI$;
import org.apache.spark.sql.internal.SQLConf$;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Settings that nobody reads are passed over in silence by Spark: these are all known to it. Those of YARN and Kubernetes are declared in
 * artifacts that only distributions have.
 */
class SparkConfFilesTest {
    /** What Spark knows and does not declare: the master, names that are made of others, and the executors' environment. */
    private static final Pattern UNDECLARED = Pattern.compile(
            "spark\\.master|spark\\.(executor|task|worker)\\.resource\\.gpu\\.(amount|discoveryScript|vendor)"
                    + "|spark\\.executorEnv\\.NVIDIA_TF32_OVERRIDE");

    @BeforeAll
    static void declareSettings() {
        assertThat(org.apache.spark.internal.config.package$.MODULE$).isNotNull();
        assertThat(Network$.MODULE$).isNotNull();
        assertThat(UI$.MODULE$).isNotNull();
        assertThat(SQLConf$.MODULE$).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"defaults", "local", "standalone", "gpu"})
    void everySettingIsOneOfSparks(String name) throws IOException {
        Set<String> unknown = new TreeSet<>(settings(name));
        unknown.removeIf(key -> UNDECLARED.matcher(key).matches() || ConfigEntry.findEntry(key) != null);

        assertThat(settings(name)).isNotEmpty();
        assertThat(unknown).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"defaults", "local", "standalone", "yarn", "kubernetes", "gpu"})
    void everySettingHasALineOfWhy(String name) throws IOException {
        String before = "";
        for (String line : Files.readAllLines(file(name))) {
            boolean setting = line.startsWith("spark.");
            assertThat(setting && before.isEmpty()).as(line).isFalse();
            before = line.isBlank() ? "" : line;
        }
    }

    private static Set<String> settings(String name) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file(name))) {
            properties.load(reader);
        }
        return properties.stringPropertyNames();
    }

    private static Path file(String name) {
        return Path.of("conf/spark-" + name + ".conf");
    }
}
