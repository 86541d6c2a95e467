package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.ZipBytes;

/** What import-model takes for weights and labels, and how its model is kept from damage. */
class ImportModelTest {
    private static final Path FINE_TUNED = Path.of("src/test/resources/org/sparkxception/finetuned");
    private static final String CHECKSUMS = "checksums.sha256";

    @TempDir
    Path folder;

    private Path model;
    private Path labels;

    @BeforeEach
    void writeLabels() throws IOException {
        model = folder.resolve("model");
        labels = Files.writeString(folder.resolve("labels"), "one\ntwo\nthree\nfour\nfive\n");
    }

    @Test
    void aFileThatChangedAfterTheImportIsNamed() throws Exception {
        assertThat(importFrom("sequential.keras").exitCode()).isZero();
        assertThat(describe().exitCode()).isZero();
        for (String name :
                new String[] {"labels.txt", "model.json", "weights.safetensors", "known-outputs.safetensors"}) {
            Path file = model.resolve(name);
            byte[] whole = Files.readAllBytes(file);
            byte[] changed = whole.clone();
            // A digit of a setting, a letter, a bit of a weight: what can be read all the same.
            int place = name.equals("model.json")
                    ? new String(whole, StandardCharsets.UTF_8).indexOf("80") + 1
                    : whole.length - 2;
            changed[place] ^= 1;
            write(file, changed);

            CommandLineRun run = describe();

            assertThat(run.exitCode()).as(name).isEqualTo(6);
            assertThat(run.complaint())
                    .isEqualTo(
                            "spark-xception: the model cannot be read: " + model + ": " + name
                                    + " does not match its SHA-256 in checksums.sha256: copy the model again, or import it again");
            write(file, whole);
        }
        assertThat(describe().exitCode()).isZero();
    }

    @Test
    void theChecksumsAreThoseOfSha256sum() throws Exception {
        assertThat(importFrom("sequential.keras").exitCode()).isZero();

        Process check = new ProcessBuilder("sha256sum", "-c", CHECKSUMS)
                .directory(model.toFile())
                .redirectErrorStream(true)
                .start();

        assertThat(new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "known-outputs.safetensors: OK", "labels.txt: OK", "model.json: OK", "weights.safetensors: OK");
        assertThat(check.waitFor()).isZero();
    }

    @Test
    void aModelOfBeforeThereWereChecksumsIsStillRead() throws IOException {
        assertThat(importFrom("sequential.keras").exitCode()).isZero();
        Files.delete(model.resolve(CHECKSUMS));

        assertThat(describe().exitCode()).isZero();
    }

    @Test
    void damagedChecksumsAndAModelWithoutOneOfItsFilesAreRefused() throws IOException {
        assertThat(importFrom("sequential.keras").exitCode()).isZero();
        byte[] whole = Files.readAllBytes(model.resolve(CHECKSUMS));
        write(model.resolve(CHECKSUMS), Arrays.copyOf(whole, whole.length - 40));
        CommandLineRun damaged = describe();
        assertThat(damaged.exitCode()).isEqualTo(6);
        assertThat(damaged.complaint())
                .endsWith("checksums.sha256 is damaged: copy the model again, or import it again");

        write(model.resolve(CHECKSUMS), Arrays.copyOf(whole, whole.length - 9));
        CommandLineRun shorter = describe();
        assertThat(shorter.exitCode()).isEqualTo(6);
        assertThat(shorter.complaint())
                .endsWith(
                        "checksums.sha256 does not list weights.safetensors: copy the model again, or import it again");

        write(model.resolve(CHECKSUMS), whole);
        Files.delete(model.resolve("weights.safetensors"));
        assertThat(describe().exitCode()).isEqualTo(6);
        assertThat(describe().complaint()).contains("weights.safetensors");
    }

    @Test
    void filesThatAreTooLargeAreRefusedByASentence() throws IOException {
        assertThat(importFrom("sequential.keras").exitCode()).isZero();
        assertTooLarge("weights.safetensors", 3L << 30, "3221225472 bytes, more than the limit of 2147483639");
        assertTooLarge("labels.txt", 17 << 20, "17825792 bytes, more than the limit of 16777216");

        extend(labels, 17 << 20);
        CommandLineRun run = importFrom("sequential.keras");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint())
                .isEqualTo("spark-xception: the labels file " + labels
                        + ": it is larger than 16 MiB: a labels file has one label per line");
    }

    private void assertTooLarge(String name, long size, String says) throws IOException {
        Path file = model.resolve(name);
        byte[] whole = Files.readAllBytes(file);
        extend(file, size);

        CommandLineRun run = describe();

        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.complaint()).contains(name + " has " + says + ": ");
        write(file, whole);
    }

    private static void extend(Path file, long size) throws IOException {
        try (RandomAccessFile extended = new RandomAccessFile(file.toFile(), "rw")) {
            extended.setLength(size);
        }
    }

    @Test
    void aDirectoryIsToldByWhatItHolds() throws IOException {
        Path saved = Files.createDirectory(folder.resolve("saved"));
        assertRefused(saved, " is a directory: use the file in it that Keras, timm or torch.jit saved");
        Files.createFile(saved.resolve("saved_model.pb"));
        assertRefused(
                saved,
                " is a TensorFlow SavedModel directory, which contains a program: load the network with"
                        + " tf_keras.models.load_model(\"saved\"), save it with model.save(\"model.keras\"), and import that"
                        + " file");
        Path unzipped = Files.createDirectory(folder.resolve("unzipped.keras"));
        for (Map.Entry<String, byte[]> part : ZipBytes.unzip(Files.readAllBytes(FINE_TUNED.resolve("sequential.keras")))
                .entrySet()) {
            Files.write(unzipped.resolve(part.getKey()), part.getValue());
        }
        assertRefused(
                unzipped,
                " is an unzipped .keras archive: zip it again (cd " + unzipped
                        + " && zip -r ../model.keras .), and import model.keras");
    }

    private void assertRefused(Path weights, String says) {
        CommandLineRun run = importModel(weights);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.complaint()).isEqualTo("spark-xception: " + weights + says);
    }

    @Test
    void aSizeThatNobodyToldIsSaid() throws IOException {
        for (String file : new String[] {"number_first.keras", "plain_weights.weights.h5", "timm_half.safetensors"}) {
            int classes = file.startsWith("number") ? 4 : file.startsWith("plain") ? 11 : 5;
            Files.writeString(labels, "label\n".repeat(classes));
            CommandLineRun run = importFrom(file);
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.out()).contains("input 299×299");
            assertThat(run.complaint())
                    .isEqualTo("spark-xception: warning: " + FINE_TUNED.resolve(file)
                            + " does not specify the input size of the network, and 299×299 is assumed: if it"
                            + " was trained with another size, import it again with --input-size");

            CommandLineRun told = importFrom(file, "--input-size=71");
            assertThat(told.out()).contains("input 71×71");
            assertThat(told.complaint()).isEmpty();
        }
    }

    @Test
    void aSizeThatTheFileTellsIsNoNews() throws IOException {
        assertThat(importFrom("sequential.keras").complaint()).isEmpty();
    }

    @Test
    void labelsAreTakenFromTheConfigurationOfHuggingFaceInUtf16() throws IOException {
        Files.writeString(
                labels,
                "\uFEFF{\"id2label\": {\"0\": \"chat\", \"1\": \"chien\", \"2\": \"vache\", \"3\": \"âne\", \"4\": \"oie\"}}",
                StandardCharsets.UTF_16LE);

        assertThat(importFrom("sequential.keras").exitCode()).isZero();

        assertThat(Files.readString(model.resolve("labels.txt"))).isEqualTo("chat\nchien\nvache\nâne\noie\n");
        assertThat(describe().out()).contains("labels         5: chat, chien, vache, âne, oie");
    }

    private CommandLineRun importFrom(String file, String... more) throws IOException {
        model = Files.createTempDirectory(folder, "import").resolve("model");
        return importModel(FINE_TUNED.resolve(file), more);
    }

    private CommandLineRun importModel(Path weights, String... more) {
        return CommandLineRun.of(Stream.concat(
                        Stream.of("import-model", "--weights=" + weights, "--labels=" + labels, "--output=" + model),
                        Arrays.stream(more))
                .toArray(String[]::new));
    }

    private CommandLineRun describe() {
        return CommandLineRun.of("describe-model", "--model=" + model);
    }

    /** Without the checksum that Hadoop keeps beside a local file, which a copy of the directory or another storage does not have. */
    private static void write(Path file, byte[] content) throws IOException {
        Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
        Files.write(file, content);
    }
}
