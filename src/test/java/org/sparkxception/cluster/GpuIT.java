package org.sparkxception.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.Launched;
import org.sparkxception.LongTest;

/** GPUs that are declared to Spark, and not there: how far a machine without one can tell. */
@LongTest
class GpuIT {
    private static final Path SCRIPT = Path.of("scripts/gpu/discover").toAbsolutePath();

    @TempDir
    Path folder;

    private Path twoGpus;

    /** What nvidia-smi prints on a host with two GPUs. */
    @BeforeEach
    void declareTwoGpus() throws IOException {
        executable("nvidia-smi", "#!/bin/sh\nprintf '0\\n1\\n'\n");
        twoGpus = executable(
                "two-gpus", "#!/bin/sh\nunset CUDA_VISIBLE_DEVICES\nPATH=" + folder + ":$PATH exec " + SCRIPT + "\n");
    }

    @Test
    void whereNoGpuIsUsableTheRunEndsBeforeItScoresAndNamesTheExecutor() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "classify",
                "--input",
                "sample-data/images/Bag",
                "--output",
                folder.resolve("scores").toString(),
                "--master",
                "local-cluster[1,2,1024]"));
        for (String setting : declared("1")) {
            command.addAll(List.of("--spark-conf", setting));
        }

        Launched run = Launched.start(folder.resolve("log"), Map.of(), command);

        assertThat(run.exitCode()).as(run.output()).isEqualTo(6);
        assertThat(run.output().lines().filter(line -> line.startsWith("spark-xception: ")))
                .singleElement()
                .asString()
                .matches(
                        "spark-xception: executor 0 on \\S+: Spark assigned GPU 0 to the task, but libtorch sees 0 GPU\\(s\\): use"
                                + " the jar built with -Pcuda and check the driver, or set --device to cpu; executor 0 on \\S+: Spark assigned"
                                + " GPU 1 to the task, but libtorch sees 0 GPU\\(s\\): use the jar built with -Pcuda and check the driver, or"
                                + " set --device to cpu");
        assertThat(run.output()).doesNotContain("Lost task");
        assertThat(entries(folder.resolve("scores"))).containsExactly("_run");
    }

    @Test
    void tasksOfAQuarterShareTheGpusByFours() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@conf/jvm.options",
                "-Dlog4j2.configurationFile=conf/log4j2.properties",
                "-Dspark.master=local-cluster[1,8,1024]",
                "-Dspark.driver.host=localhost",
                "-Dspark.driver.bindAddress=127.0.0.1",
                "-Dspark.ui.enabled=false",
                "-Dspark.executor.extraClassPath=" + absolute("target/test-classes") + ":" + absolute(jar())));
        declared("0.25").forEach(setting -> command.add("-D" + setting));
        command.addAll(List.of(
                "-cp",
                "target/test-classes:" + jar() + ":target/spark/jars/*",
                "org.sparkxception.inference.DeclaredGpus",
                "8"));

        Launched run = Launched.command(folder.resolve("log"), Map.of(), command);

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).contains("{gpu(0)=4, gpu(1)=4}");
    }

    @Test
    void theDiscoveryScriptPrintsIndicesAmongTheVisibleDevices() throws Exception {
        assertThat(discovered(twoGpus, Map.of())).isEqualTo("{\"name\": \"gpu\", \"addresses\": [\"0\",\"1\"]}\n");
        assertThat(discovered(SCRIPT, Map.of("CUDA_VISIBLE_DEVICES", "MIG-40f1")))
                .isEqualTo("{\"name\": \"gpu\", \"addresses\": [\"0\"]}\n");
        assertThat(discovered(SCRIPT, Map.of("CUDA_VISIBLE_DEVICES", "GPU-8932,GPU-17a0,3")))
                .isEqualTo("{\"name\": \"gpu\", \"addresses\": [\"0\",\"1\",\"2\"]}\n");
        assertThat(discovered(SCRIPT, Map.of("CUDA_VISIBLE_DEVICES", "")))
                .isEqualTo("{\"name\": \"gpu\", \"addresses\": []}\n");
    }

    /** The settings of conf/spark-gpu.conf, for a cluster whose workers have two GPUs and give them to one executor. */
    private List<String> declared(String aTask) throws IOException {
        Properties settings = new Properties();
        try (var reader = Files.newBufferedReader(Path.of("conf/spark-gpu.conf"))) {
            settings.load(reader);
        }
        settings.setProperty("spark.executor.resource.gpu.amount", "2");
        settings.setProperty("spark.task.resource.gpu.amount", aTask);
        settings.setProperty("spark.executor.resource.gpu.discoveryScript", twoGpus.toString());
        settings.setProperty("spark.worker.resource.gpu.amount", "2");
        settings.setProperty("spark.worker.resource.gpu.discoveryScript", twoGpus.toString());
        return settings.stringPropertyNames().stream()
                .map(name -> name + "=" + settings.getProperty(name))
                .toList();
    }

    private String discovered(Path script, Map<String, String> environment) throws Exception {
        Path log = Files.createTempFile(folder, "discovered", ".log");
        Launched run = Launched.command(log, environment, List.of(script.toString()));
        assertThat(run.exitCode()).as(run.output()).isZero();
        return run.output();
    }

    private Path executable(String name, String script) throws IOException {
        Path file = Files.writeString(folder.resolve(name), script);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Set<String> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            Set<String> names = new TreeSet<>();
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
            return names;
        }
    }

    private static String jar() {
        return System.getProperty("spark-xception.jar", "target/spark-xception-all.jar");
    }

    private static String absolute(String path) {
        return Path.of(path).toAbsolutePath().toString();
    }
}
