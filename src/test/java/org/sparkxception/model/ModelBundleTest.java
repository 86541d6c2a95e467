package org.sparkxception.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkxception.TestModels;
import org.sparkxception.model.Architecture.IntermediateActivation;

class ModelBundleTest {
    private ModelBundle bundle;

    @BeforeEach
    void makeBundle() throws IOException {
        bundle = TestModels.tiny(1);
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        ModelBundle read = read(copies(bundle));

        assertThat(read.fingerprint()).isEqualTo(bundle.fingerprint());
        assertThat(read.architecture().entryWidths()).containsExactly(8, 16);
        assertThat(read.preprocessing()).isEqualTo(Preprocessing.keras(Interpolation.BILINEAR));
        assertThat(read.weights().get("predictions", Weights.KERNEL).toArray())
                .isEqualTo(bundle.weights().get("predictions", Weights.KERNEL).toArray());
    }

    @Test
    void everyKindOfResizeIsReadBack() throws IOException {
        for (Resize resize : List.of(
                Resize.pillow(Interpolation.NEAREST),
                Resize.tensorflow(Interpolation.BICUBIC, true),
                Resize.timm(Interpolation.BICUBIC, 0.8975))) {
            Preprocessing preprocessing =
                    new Preprocessing(resize, List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));
            ModelBundle written = ModelBundle.of(
                    new ImportedNetwork(bundle.architecture(), bundle.weights()), preprocessing, bundle.labels());

            assertThat(read(copies(written)).preprocessing()).isEqualTo(preprocessing);
        }
    }

    @Test
    void everyVariantIsReadBack() throws IOException {
        for (IntermediateActivation activation : IntermediateActivation.values()) {
            ModelBundle written = ModelBundle.of(
                    new ImportedNetwork(bundle.architecture(), bundle.weights()).with(activation),
                    bundle.preprocessing(),
                    bundle.labels());

            ModelBundle read = read(copies(written));

            assertThat(read.architecture()).isEqualTo(bundle.architecture().with(activation));
            assertThat(read.architecture().intermediateActivation()).isEqualTo(activation);
        }
    }

    @Test
    void aResizeThatNoLibraryHasIsRefused() {
        assertThatThrownBy(() -> Resize.tensorflow(Interpolation.NEAREST, true))
                .hasMessage("nearest does not support antialiasing: use bilinear or bicubic");
        assertThatThrownBy(
                        () -> new Resize(Resize.Library.PILLOW, Interpolation.BILINEAR, false, Resize.Fit.STRETCH, 1))
                .hasMessage("Pillow always antialiases: use TensorFlow's resize, or nearest");
        assertThatThrownBy(() -> new Resize(
                        Resize.Library.TENSORFLOW, Interpolation.BILINEAR, true, Resize.Fit.SHORT_SIDE_AND_CROP, 0.9))
                .hasMessage("a crop requires Pillow's bilinear or bicubic resize");
        assertThatThrownBy(() -> Resize.timm(Interpolation.BICUBIC, 89.75))
                .hasMessage("crop_pct must be from 0.1 to 10.0 but was 89.75");
    }

    @Test
    void otherWeightsOrOtherLabelsAreAnotherModel() throws IOException {
        assertThat(TestModels.tiny(2).fingerprint()).isNotEqualTo(bundle.fingerprint());
        Map<String, byte[]> relabeled = copies(bundle);
        relabeled.put(ModelBundle.LABELS, "a\nb\nc\n".getBytes(StandardCharsets.UTF_8));
        assertThat(read(relabeled).fingerprint()).isNotEqualTo(bundle.fingerprint());
    }

    @Test
    void aHeadWithoutClassesEndsInNoActivationOfThem() {
        assertThat(Head.withoutTop().units()).isZero();
        assertThatThrownBy(() -> new Head(Head.Pooling.MAX, List.of(), Head.Output.SOFTMAX))
                .hasMessage("its head ends in SOFTMAX, but has no dense layer with a unit per class");
    }

    @Test
    void aSoftmaxOfOneUnitIsRefused() {
        assertThatThrownBy(() -> new Head(Head.Pooling.AVERAGE, List.of(new Head.Dense(1)), Head.Output.SOFTMAX))
                .hasMessage(
                        "its head ends in a softmax over one unit, which is always 1: for two classes, use a sigmoid or"
                                + " two units");
    }

    @Test
    void damageIsNamedWithTheFile() {
        assertDamage(ModelBundle.DEFINITION, "{\"format\": 4", "model.json is damaged: Unexpected end-of-input");
        assertDamage(
                ModelBundle.DEFINITION,
                "{\"format\": 7}",
                "model.json has format 7, but this version reads format 4: import the model again");
        assertDamage(
                ModelBundle.DEFINITION,
                "{\"format\": 4}",
                "model.json is damaged: Missing creator property 'architecture'");
        assertDamage(
                ModelBundle.LABELS,
                "only one\n",
                "labels.txt: there are 1 labels, but the network has 3 classes:"
                        + " specify one label per line, in the order of the classes");
        assertDamage(ModelBundle.WEIGHTS, "", "weights.safetensors: it has no safetensors header");
        assertDamage(ModelBundle.CALIBRATION, "{}", "calibration.safetensors: it has no safetensors header");
        assertDamage(ModelBundle.KNOWN_OUTPUTS, "{}", "known-outputs.safetensors: it has no safetensors header");
    }

    @Test
    void aDefinitionWithAValueOfAnotherKindIsRefused() {
        assertDefinition("\"middleBlocks\" : 1", "\"middleBlocks\" : 1.9", "model.json is damaged: ");
        assertDefinition("\"middleBlocks\" : 1", "\"middleBlocks\" : \"1\"", "model.json is damaged: ");
        assertDefinition(
                "\"middleBlocks\" : 1", "\"middleBlocks\" : 1, \"middleBlocks\" : 2", "model.json is damaged: ");
        assertDefinition("\"poolPadding\" : \"END\"", "\"poolPadding\" : 1", "model.json is damaged: ");
        assertDefinition("\"poolPadding\" : \"END\"", "\"poolPadding\" : null", "model.json is damaged: ");
        assertDefinition("\"kind\" : \"xception\"", "\"kind\" : \"xception-next\"", "model.json is damaged: ");
    }

    private void assertDefinition(String part, String changed, String message) {
        String definition = new String(copies(bundle).get(ModelBundle.DEFINITION), StandardCharsets.UTF_8);
        assertThat(definition).contains(part);
        assertDamage(ModelBundle.DEFINITION, definition.replace(part, changed), message);
    }

    @Test
    void weightsOfMoreThanTwoGigabytesAreRefusedByASentence() {
        Architecture paper = Architecture.paper(1_000_000);

        assertThatThrownBy(() -> new Weights(paper, Map.of()))
                .hasMessage(
                        "its weights have 8279445920 bytes in float32, more than the limit of 2000000000; Xception has 92"
                                + " million");
    }

    @Test
    void weightsThatClaimMoreThanTheFileHoldsAreRefused() {
        byte[] whole = copies(bundle).get(ModelBundle.WEIGHTS);
        Map<String, byte[]> files = copies(bundle);
        files.put(ModelBundle.WEIGHTS, Arrays.copyOf(whole, whole.length - 4));

        assertThatThrownBy(() -> read(files))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith(" is outside the file");
    }

    @Test
    void aClassIsMeantByItsIdAndByItsNameIfNoOtherHasIt() {
        Labels labels = new Labels(List.of("crane", "tench", "crane"), List.of("n1", "n2", "n3"));

        assertThat(labels.classes()).isEqualTo(Map.of("n1", 0, "n2", 1, "n3", 2, "tench", 1));
    }

    @Test
    void idsAreKeptInTheBundle() throws IOException {
        Labels labels = new Labels(List.of("crane", "tench", "crane"), List.of("n1", "n2", "n3"));
        ModelBundle withIds = ModelBundle.of(
                new ImportedNetwork(bundle.architecture(), bundle.weights()), bundle.preprocessing(), labels);

        ModelBundle read = read(copies(withIds));

        assertThat(read.classNames()).isEqualTo(labels);
        assertThat(read.labels()).containsExactly("crane", "tench", "crane");
    }

    @Test
    void aProgramIsReadBackAndBelongsToTheFingerprint() throws IOException {
        ModelBundle program = program(new byte[] {1, 2, 3});

        ModelBundle read = read(copies(program));

        assertThat(read.network())
                .isEqualTo(new TorchScriptNetwork(32, 32, 2, TorchScriptNetwork.Outputs.PROBABILITIES));
        assertThat(read.contents()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(read.files()).containsOnlyKeys("model.json", "labels.txt", "model.pt");
        assertThat(read.fingerprint())
                .isEqualTo(program.fingerprint())
                .isNotEqualTo(program(new byte[] {1, 2, 4}).fingerprint());
        assertThatThrownBy(read::architecture)
                .hasMessage("the network is a TorchScript program, which has no architecture");
    }

    @Test
    void knownOutputsAreReadBackAndLeaveTheFingerprintToTheWeights() throws IOException {
        ModelBundle known = bundle.withKnownOutputs(new float[] {1, -2, 3.5f});

        ModelBundle read = read(copies(known));

        assertThat(read.knownOutputs())
                .hasValueSatisfying(values -> assertThat(values).containsExactly(1, -2, 3.5f));
        assertThat(read.fingerprint())
                .isEqualTo(known.fingerprint())
                .isEqualTo(
                        bundle.withKnownOutputs(new float[] {1, -2, 3.500001f}).fingerprint());
        assertThat(bundle.knownOutputs()).isEmpty();
    }

    @Test
    void aDefinitionThatNamesNoKindIsOfAnXception() throws IOException {
        Map<String, byte[]> files = copies(bundle);
        String definition = new String(files.get(ModelBundle.DEFINITION), StandardCharsets.UTF_8);
        String without = definition.replace("    \"kind\" : \"xception\",\n", "");
        assertThat(without).isNotEqualTo(definition);
        files.put(ModelBundle.DEFINITION, without.getBytes(StandardCharsets.UTF_8));

        assertThat(read(files).architecture()).isEqualTo(bundle.architecture());
    }

    @Test
    void whatABundleReturnsCannotChangeIt() {
        assertThat(bundle.files().values()).allMatch(file -> file.content().isReadOnly());
        assertThat(bundle.contents().isReadOnly()).isTrue();
    }

    private static Map<String, byte[]> copies(ModelBundle bundle) {
        Map<String, byte[]> files = new HashMap<>();
        bundle.files().forEach((name, file) -> files.put(name, file.bytes().clone()));
        return files;
    }

    private static ModelBundle read(Map<String, byte[]> contents) throws IOException {
        Map<String, BundleFile> files = new HashMap<>();
        contents.forEach((name, content) -> files.put(name, BundleFile.of(content)));
        return ModelBundle.ofFiles(files);
    }

    private static ModelBundle program(byte[] archive) {
        return ModelBundle.of(
                new TorchScriptNetwork(32, 32, 2, TorchScriptNetwork.Outputs.PROBABILITIES),
                archive,
                Preprocessing.keras(Interpolation.NEAREST),
                Labels.of(List.of("cat", "dog")));
    }

    private void assertDamage(String file, String content, String message) {
        Map<String, byte[]> files = copies(bundle);
        files.put(file, content.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> read(files)).isInstanceOf(IOException.class).hasMessageStartingWith(message);
    }
}
