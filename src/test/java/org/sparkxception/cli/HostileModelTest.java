package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkxception.ZipBytes.unzip;
import static org.sparkxception.ZipBytes.zip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkxception.LongTest;
import org.sparkxception.model.FormulaWeights;

/** Model files that are broken, of another network or made to do harm: each is refused by a sentence, and nothing is written. */
@Timeout(60)
@LongTest
class HostileModelTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path folder;

    /** @param says what the sentence has to hold */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
    private record Case(String name, byte[] content, String says) {
        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedByASentence(Case hostile) throws Exception {
        Path file = Files.write(folder.resolve(hostile.name().replace(' ', '-')), hostile.content());
        Path labels = Files.writeString(folder.resolve("labels.txt"), "one\ntwo\nthree\nfour\nfive\n");
        Path output = folder.resolve("model-" + hostile.name().replace(' ', '-'));

        CommandLineRun run = CommandLineRun.of(
                "import-model",
                "--weights",
                file.toString(),
                "--labels",
                labels.toString(),
                "--output",
                output.toString());

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err().strip().lines()).as(run.err()).hasSize(1);
        assertThat(run.err())
                .startsWith("spark-xception: ")
                .contains(file.toString())
                .contains(hostile.says());
        assertThat(output).doesNotExist();
    }

    static Stream<Case> cases() throws Exception {
        Stream.Builder<Case> cases = Stream.builder();
        cases.add(new Case("empty", new byte[0], "is neither HDF5, nor a .keras archive, nor safetensors"));
        cases.add(text("a text", "These are not weights.", "is neither HDF5, nor"));
        cases.add(new Case("a pickle", new byte[] {(byte) 0x80, 2, '}', 'q', 0, '.'}, "is a PyTorch pickle"));
        cases.add(new Case(
                "a torch archive",
                zip(Map.of("archive/data.pkl", new byte[] {(byte) 0x80, 2, '}', '.'})),
                "convert it with safetensors.torch.save_file"));
        cases.add(new Case(
                "a program of torch.export",
                zip(Map.of("model/archive_format", new byte[] {'p', 't', '2'})),
                "is a torch.export archive, which libtorch cannot load"));
        addArchives(cases);
        addHdf(cases);
        addSafetensors(cases);
        return cases.build();
    }

    private static Case text(String name, String content, String says) {
        return new Case(name, content.getBytes(StandardCharsets.UTF_8), says);
    }

    private static void addArchives(Stream.Builder<Case> cases) throws Exception {
        byte[] keras = resource("sequential.keras");
        for (int percent : new int[] {5, 50, 99}) {
            cases.add(new Case(
                    "a keras archive cut at " + percent,
                    Arrays.copyOf(keras, keras.length * percent / 100),
                    "cannot be read as a .keras archive"));
        }
        Map<String, byte[]> parts = unzip(keras);
        cases.add(new Case("no config", zip(without(parts, "config.json")), "it has no config.json"));
        cases.add(new Case("no weights", zip(without(parts, "model.weights.h5")), "it has no model.weights.h5"));
        cases.add(with(parts, "config no json", "{\"module\": ", "cannot be read as a .keras archive"));
        cases.add(with(parts, "config a list", "[]", "has the class (none)"));
        cases.add(with(parts, "config too deep", "[".repeat(5000), "cannot be read as a .keras archive"));
        cases.add(with(
                parts,
                "a class of its own",
                "{\"class_name\": \"MyXception\", \"config\": {}}",
                "the network has the class MyXception, whose layers are defined only in its code"));
        cases.add(with(
                parts,
                "no layers",
                "{\"class_name\": \"Sequential\", \"config\": {\"layers\": []}}",
                "the network has no input layer"));
        cases.add(with(
                parts,
                "a circle",
                "{\"class_name\":\"Functional\",\"config\":{\"input_layers\":[[\"a\",0,0]],\"output_layers\":[[\"a\",0,0]],"
                        + "\"layers\":[{\"class_name\":\"Conv2D\",\"name\":\"a\",\"config\":{\"name\":\"a\"},"
                        + "\"inbound_nodes\":[[[\"a\",0,0,{}]]]}]}}",
                "the layer graph has a cycle through a"));
        cases.add(new Case(
                "a bomb of configuration",
                zip(Map.of(
                        "config.json",
                        " ".repeat(65 << 20).getBytes(StandardCharsets.UTF_8),
                        "model.weights.h5",
                        new byte[1])),
                "config.json is larger than 64 MiB"));
        cases.add(new Case(
                "a bomb of weights", bomb(parts.get("config.json")), "model.weights.h5 is larger than 1024 MiB"));
        cases.add(new Case(
                "weights no hdf5",
                zip(replaced(parts, "model.weights.h5", "nothing".getBytes(StandardCharsets.UTF_8))),
                "its HDF5 data is damaged"));
        cases.add(new Case(
                "weights cut",
                zip(replaced(
                        parts,
                        "model.weights.h5",
                        Arrays.copyOf(parts.get("model.weights.h5"), parts.get("model.weights.h5").length / 2))),
                ""));
        cases.add(new Case(
                "weights of another",
                zip(replaced(
                        parts,
                        "model.weights.h5",
                        unzip(resource("flatten.keras")).get("model.weights.h5"))),
                "tensor"));
        addConfigurations(cases);
        addUnknownSettings(cases);
        addCalls(cases);
        addVariants(cases);
        cases.add(new Case(
                "a quantized network",
                resource("quantized.keras"),
                "is quantized (int8), but only floats are supported: save the network before model.quantize(...)"));
        cases.add(new Case(
                "quantized weights",
                unzip(resource("quantized.keras")).get("model.weights.h5"),
                "has type byte instead of floats: if the network is quantized, save it before model.quantize(...)"));
    }

    /** One setting of a whole network is another. */
    private static void addConfigurations(Stream.Builder<Case> cases) throws Exception {
        cases.add(changed(
                "stride",
                "block1_conv1",
                c -> c.putArray("strides").add(1).add(1),
                "block1_conv1 (Conv2D) has strides=[1,1], but Xception requires 2"));
        cases.add(changed(
                "padding",
                "block1_conv2",
                c -> c.put("padding", "same"),
                "has padding=\"same\", but Xception requires valid"));
        cases.add(changed(
                "bias",
                "block1_conv2",
                c -> c.put("use_bias", true),
                "has use_bias=true, but Xception requires false"));
        cases.add(changed(
                "dilation",
                "block2_sepconv1",
                c -> c.putArray("dilation_rate").add(2).add(2),
                "has dilation_rate=[2,2]"));
        cases.add(
                changed("multiplier", "block2_sepconv1", c -> c.put("depth_multiplier", 2), "has depth_multiplier=2"));
        cases.add(changed(
                "kernel",
                "block3_sepconv1",
                c -> c.putArray("kernel_size").add(5).add(5),
                "has kernel_size=[5,5]"));
        cases.add(changed(
                "activation",
                "block3_sepconv2_act",
                c -> c.put("activation", "tanh"),
                "expected a ReLU activation after the layer xception/block3_sepconv1_bn (BatchNormalization), but found"
                        + " the layer xception/block3_sepconv2_act (Activation)"));
        cases.add(changed(
                "epsilon",
                "block5_sepconv1_bn",
                c -> c.put("epsilon", 0.1),
                "has the epsilon 0.1, but the others have 0.001"));
        cases.add(changed("axis", "block5_sepconv1_bn", c -> c.put("axis", 1), "has axis=1"));
        cases.add(changed(
                "pool",
                "block3_pool",
                c -> c.putArray("pool_size").add(2).add(2),
                "has pool_size=[2,2], but Xception requires 3"));
        cases.add(changed(
                "filters",
                "block3_sepconv2",
                c -> c.put("filters", 13),
                "block3 has 13 channels, but its residual convolution"));
        cases.add(changed(
                "data format",
                "block1_conv1",
                c -> c.put("data_format", "channels_first"),
                "has data_format=\"channels_first\""));
        cases.add(changed("an unknown function", "dense", c -> c.put("activation", "mine"), "the activation mine"));
        cases.add(changed(
                "units", "dense_1", c -> c.put("units", 6), "has the shape (16, 5), but the network requires (16, 6)"));
        cases.add(changed("no units", "dense_1", c -> c.put("units", 0), "has units=0, but must be at least 1"));
        cases.add(changed("a scale of nothing", "rescaling", c -> c.put("scale", 0), "but factors must be positive"));
    }

    /** One setting has a value that is not understood, or is left out: no default takes its place. */
    private static void addUnknownSettings(Stream.Builder<Case> cases) throws Exception {
        cases.add(changed(
                "deep_nesting.keras",
                "slope of an unknown kind",
                "leaky_re_lu",
                c -> c.putObject("negative_slope").put("is", 0.1),
                "(LeakyReLU) has negative_slope={\"is\":0.1}, which is not supported"));
        cases.add(changed(
                "deep_nesting.keras",
                "slope in words",
                "leaky_re_lu",
                c -> c.put("negative_slope", "small"),
                "(LeakyReLU) has negative_slope=\"small\", which is not supported"));
        cases.add(changed(
                "max_pool_batch_norm.keras",
                "softmax over images",
                "softmax",
                c -> c.put("axis", 0),
                "(Softmax) has axis=0, but Xception requires -1"));
        cases.add(changed(
                "strides of an unknown kind",
                "block1_conv1",
                c -> c.putObject("strides").put("is", 2),
                "has strides={\"is\":2}, but Xception requires 2"));
        cases.add(changed(
                "strides left out",
                "block1_conv1",
                c -> c.remove("strides"),
                "block1_conv1 (Conv2D) has no strides, but Xception requires 2"));
        cases.add(changed(
                "padding left out",
                "block3_pool",
                c -> c.putNull("padding"),
                "block3_pool (MaxPooling2D) has padding=null, but Xception requires same"));
        cases.add(changed(
                "bias of an unknown kind",
                "block1_conv2",
                c -> c.put("use_bias", "no"),
                "has use_bias=\"no\", which is not supported"));
        cases.add(changed(
                "bias left out",
                "block1_conv2",
                c -> c.remove("use_bias"),
                "has no use_bias, but Xception requires false"));
        cases.add(
                changed("units of half", "dense_1", c -> c.put("units", 5.5), "has units=5.5, but must be at least 1"));
        cases.add(changed(
                "scale of an unknown kind",
                "rescaling",
                c -> c.putArray("scale").add(0.1).addObject(),
                "has scale=[0.1,{}], which is not supported"));
        cases.add(changed(
                "scale of rows",
                "rescaling",
                c -> c.putArray("offset").add(column(0)).add(column(1)).add(column(2)),
                "(Rescaling) has offset=[[0],[1],[2]], which is not supported"));
        cases.add(changed(
                "data format of a pool",
                "block3_pool",
                c -> c.put("data_format", "channels_first"),
                "has data_format=\"channels_first\", but Xception requires channels_last"));
        cases.add(changed(
                "input size of half",
                "input_layer",
                c -> c.putArray("batch_shape").addNull().add(80.5).add(71).add(3),
                "takes 80.5 pixels, which is not a valid size"));
        cases.add(replaced(
                "a limit of nothing",
                "sequential.keras",
                "\"class_name\": \"Activation\", \"config\": {\"name\": \"block3_sepconv2_act\",",
                "\"class_name\": \"ReLU\", \"config\": {\"name\": \"block3_sepconv2_act\", \"max_value\": 0,",
                "expected a ReLU activation after the layer xception/block3_sepconv1_bn (BatchNormalization), but found"
                        + " the layer xception/block3_sepconv2_act (ReLU)"));
    }

    private static JsonNode column(int value) {
        return JSON.createArrayNode().add(value);
    }

    /** A layer is called, or made, as it has another meaning. */
    private static void addCalls(Stream.Builder<Case> cases) throws Exception {
        String whole = new String(resource("tf_whole_nested.h5"), StandardCharsets.ISO_8859_1);
        assertThat(whole).contains("\"training\": false");
        cases.add(new Case(
                "a network in training",
                whole.replace("\"training\": false", "\"training\": true ").getBytes(StandardCharsets.ISO_8859_1),
                "is called with training=True, so that its output is random or depends on the other images"));
        cases.add(replaced(
                "a class with the name of another",
                "functional_nested.keras",
                "\"module\": \"keras.layers\", \"class_name\": \"Dropout\"",
                "\"module\": null, \"class_name\": \"Dropout\"",
                "(custom.Dropout) is not supported in the head of a network"));
        cases.add(replaced(
                "a cast to integers",
                "number_first.keras",
                "\"config\": {\"name\": \"cast\", \"dtype\": \"float32\"}",
                "\"config\": {\"name\": \"cast\", \"dtype\": \"int8\"}",
                "expected Conv2D after the layer input_layer (InputLayer), but found the layer cast (Cast)"));
        cases.add(replaced(
                "a number divided by pixels",
                "number_first.keras",
                "\"class_name\": \"Multiply\"",
                "\"class_name\": \"TrueDivide\"",
                "the layer multiply (TrueDivide) is not supported: before the first Conv2D, only addition, subtraction,"
                        + " multiplication and division by numbers are"));
        cases.add(replaced(
                "pixels turned dark",
                "number_first.keras",
                "\"args\": [0.00784313725490196",
                "\"args\": [-0.00784313725490196",
                "but factors must be positive"));
    }

    private static Case replaced(String name, String archive, String part, String by, String says) throws Exception {
        Map<String, byte[]> parts = unzip(resource(archive));
        String config = new String(parts.get("config.json"), StandardCharsets.UTF_8);
        assertThat(config).contains(part);
        return with(parts, name, config.replace(part, by), says);
    }

    /** One setting of a variant is another. */
    private static void addVariants(Stream.Builder<Case> cases) throws Exception {
        cases.add(changed(
                "relu_between.keras",
                "function between",
                "block3_sepconv1_between",
                c -> c.put("activation", "tanh"),
                "expected ReLU, ELU or the pointwise Conv2D after the layer block3_sepconv1_depthwise (DepthwiseConv2D)"
                        + ", but found the layer block3_sepconv1_between (Activation)"));
        cases.add(changed(
                "relu_between.keras",
                "function between in one",
                "block3_sepconv1_between",
                c -> c.put("activation", "elu"),
                "the layer block3_sepconv1_depthwise (DepthwiseConv2D) has elu between its depthwise and pointwise"
                        + " parts, but the others have relu"));
        cases.add(changed(
                "relu_between.keras",
                "nothing between in one",
                "block6_sepconv2_between",
                c -> c.put("activation", "linear"),
                "the layer block6_sepconv2_depthwise (DepthwiseConv2D) has none between its depthwise and"
                        + " pointwise parts, but the others have relu"));
        cases.add(changed(
                "relu_between.keras",
                "activation of a depthwise layer",
                "block2_sepconv1_depthwise",
                c -> c.put("activation", "tanh"),
                "the layer block2_sepconv1_depthwise (DepthwiseConv2D) has activation=tanh, but Xception requires relu,"
                        + " elu or none"));
        cases.add(changed(
                "relu_between.keras",
                "kernel of a pointwise layer",
                "block2_sepconv2",
                c -> c.putArray("kernel_size").add(3).add(3),
                "the layer block2_sepconv2 (Conv2D) has kernel_size=[3,3], but Xception requires 1"));
        cases.add(changed(
                "elu_between.keras",
                "alpha",
                "elu_2",
                c -> c.put("alpha", 0.5),
                "the layer elu_2 (ELU) has alpha=0.5, but Xception requires 1"));
        cases.add(changed(
                "no_residual.keras",
                "activation without residual connections",
                "block5_sepconv3_act",
                c -> c.put("activation", "elu"),
                "expected MaxPooling2D or a ReLU activation after the layer xception/block5_sepconv2_bn"
                        + " (BatchNormalization), but found the layer xception/block5_sepconv3_act (Activation)"));
        Map<String, byte[]> parts = unzip(resource("sequential.keras"));
        String config = new String(parts.get("config.json"), StandardCharsets.UTF_8);
        cases.add(with(
                parts,
                "a block without residual connection",
                config.replace(
                        "\"keras_history\": [\"add_3\", 0, 0]", "\"keras_history\": [\"block5_sepconv3_bn\", 0, 0]"),
                "expected SeparableConv2D or DepthwiseConv2D after the layer xception/add_2 (Add), but found the layer"
                        + " xception/block5_sepconv1_act (Activation)"));
    }

    private static Case changed(String name, String layer, Consumer<ObjectNode> change, String says) throws Exception {
        return changed("sequential.keras", name, layer, change, says);
    }

    private static Case changed(String archive, String name, String layer, Consumer<ObjectNode> change, String says)
            throws Exception {
        Map<String, byte[]> parts = unzip(resource(archive));
        JsonNode config = JSON.readTree(parts.get("config.json"));
        ObjectNode found = layer(config, layer);
        assertThat(found).as(layer).isNotNull();
        change.accept(found);
        return new Case("another " + name, zip(replaced(parts, "config.json", JSON.writeValueAsBytes(config))), says);
    }

    private static ObjectNode layer(JsonNode model, String name) {
        for (JsonNode layer : model.path("config").path("layers")) {
            if (layer.path("config").path("name").asText().equals(name)) {
                return (ObjectNode) layer.path("config");
            }
            ObjectNode inner = layer(layer, name);
            if (inner != null) {
                return inner;
            }
        }
        return null;
    }

    private static void addHdf(Stream.Builder<Case> cases) throws Exception {
        for (String name : List.of("hard_links.h5", "hard_links.weights.h5")) {
            cases.add(new Case(name, resource(name), "has several hard links in the file"));
        }
        for (String name : List.of("tf_whole_nested.h5", "tf_weights.h5", "plain_weights.weights.h5")) {
            byte[] whole = resource(name);
            for (int percent : new int[] {1, 40}) {
                cases.add(
                        new Case(name + " cut at " + percent, Arrays.copyOf(whole, whole.length * percent / 100), ""));
            }
        }
    }

    private static void addSafetensors(Stream.Builder<Case> cases) throws Exception {
        byte[] good = FormulaWeights.narrowTimm(tensors -> {});
        cases.add(new Case("safetensors cut at 50", Arrays.copyOf(good, good.length / 2), "is outside the file"));
        cases.add(new Case("safetensors cut at its header", Arrays.copyOf(good, 1000), "it has no safetensors header"));
        cases.add(
                new Case("safetensors of a wild header", header(Long.MAX_VALUE, "{"), "it has no safetensors header"));
        cases.add(new Case("safetensors no json", header("{not json"), "its safetensors header is not valid JSON"));
        cases.add(new Case(
                "safetensors of bytes",
                header("{\"a\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]}}       "),
                "the tensor a has type I8, which is not supported"));
        cases.add(new Case(
                "safetensors of a wild shape",
                header("{\"a\":{\"dtype\":\"F32\",\"shape\":[2000000000,9],\"data_offsets\":[0,0]}}   "),
                "the tensor a does not match its shape"));
        cases.add(new Case(
                "safetensors of resnet",
                FormulaWeights.narrowTimm(tensors -> {
                    var conv = tensors.get("conv1.weight");
                    tensors.clear();
                    tensors.put("layer1.0.conv1.weight", conv);
                }),
                "it has 0 blocks"));
        cases.add(new Case(
                "safetensors of an aligned Xception",
                FormulaWeights.narrowTimm(tensors -> {
                    var conv = tensors.get("conv1.weight");
                    tensors.clear();
                    tensors.put("stem.0.conv.weight", conv);
                    tensors.put("blocks.0.stack.conv1.conv_dw.weight", conv);
                    tensors.put("head.fc.weight", conv);
                }),
                "it is an aligned Xception (xception41, xception65 or xception71 of timm), which is a different"
                        + " network: save it as a TorchScript program with torch.jit.trace("));
        cases.add(new Case(
                "safetensors of which one has a prefix",
                FormulaWeights.narrowTimm(tensors -> tensors.put("module.fc.bias", tensors.remove("fc.bias"))),
                "the tensor fc.bias is missing"));
        cases.add(new Case(
                "safetensors with two last layers",
                FormulaWeights.narrowTimm(tensors -> tensors.put("last_linear.bias", tensors.get("fc.bias"))),
                "unexpected tensor last_linear.bias"));
        cases.add(new Case(
                "safetensors without a tensor",
                FormulaWeights.narrowTimm(tensors -> tensors.remove("block5.rep.7.pointwise.weight")),
                "the tensor block5.rep.7.pointwise.weight is missing"));
        cases.add(new Case(
                "safetensors with half a dense layer",
                FormulaWeights.narrowTimm(tensors -> tensors.remove("fc.weight")),
                "unexpected tensor fc.bias"));
        cases.add(new Case(
                "safetensors with a tensor too many",
                FormulaWeights.narrowTimm(tensors -> tensors.put("aux.weight", tensors.get("fc.weight"))),
                "unexpected tensor aux.weight"));
        cases.add(new Case(
                "safetensors transposed",
                FormulaWeights.narrowTimm(
                        tensors -> tensors.computeIfPresent("fc.weight", (name, tensor) -> tensor.transpose(1, 0))),
                ", but the network requires"));
        cases.add(new Case(
                "safetensors of nan",
                FormulaWeights.narrowTimm(tensors -> tensors.computeIfPresent(
                        "fc.bias", (name, tensor) -> FormulaWeights.with(tensor, 1, Float.NaN))),
                "contains NaN at position 1"));
        cases.add(new Case(
                "safetensors of a negative variance",
                FormulaWeights.narrowTimm(tensors -> tensors.computeIfPresent(
                        "bn1.running_var", (name, tensor) -> FormulaWeights.with(tensor, 0, -1))),
                "is negative at position 0"));
    }

    private static byte[] header(String json) {
        return header(json.length(), json);
    }

    private static byte[] header(long length, String json) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(text)
                .array();
    }

    private static Case with(Map<String, byte[]> parts, String name, String config, String says) throws IOException {
        return new Case(name, zip(replaced(parts, "config.json", config.getBytes(StandardCharsets.UTF_8))), says);
    }

    private static Map<String, byte[]> without(Map<String, byte[]> parts, String name) {
        Map<String, byte[]> left = new LinkedHashMap<>(parts);
        left.remove(name);
        return left;
    }

    private static Map<String, byte[]> replaced(Map<String, byte[]> parts, String name, byte[] content) {
        Map<String, byte[]> changed = new LinkedHashMap<>(parts);
        changed.put(name, content);
        return changed;
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream stream = HostileModelTest.class.getResourceAsStream("/org/sparkxception/finetuned/" + name)) {
            return stream.readAllBytes();
        }
    }

    /** More than 1 GiB of zeros, in a megabyte. */
    private static byte[] bomb(byte[] config) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("config.json"));
            zip.write(config);
            zip.putNextEntry(new ZipEntry("model.weights.h5"));
            OutputStream entry = zip;
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i <= 1024; i++) {
                entry.write(zeros);
            }
        }
        return bytes.toByteArray();
    }
}
