package org.sparkxception.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A model: architecture, weights, labels and preprocessing, as written by {@code import-model}. It is sent to the executors as it was
 * read. Bundles are immutable and thread-safe: what they return are copies or read-only views.
 *
 * <p>A bundle is a directory with the files {@value #DEFINITION}, {@value #LABELS} and {@value #WEIGHTS}, or {@value #PROGRAM} instead
 * of the last; {@value #CALIBRATION}, if the model is calibrated; and {@value #KNOWN_OUTPUTS}, the reference outputs to verify other
 * machines with. Reading a bundle does not run any code in it.
 */
public final class ModelBundle implements Serializable {
    private static final long serialVersionUID = 1;

    public static final String DEFINITION = "model.json";
    public static final String LABELS = "labels.txt";
    public static final String WEIGHTS = "weights.safetensors";
    public static final String PROGRAM = "model.pt";
    public static final String CALIBRATION = "calibration.safetensors";
    public static final String KNOWN_OUTPUTS = "known-outputs.safetensors";

    private static final int FORMAT = 4;
    private static final String NETWORK = "architecture";
    private static final String KIND = "kind";
    private static final String OUTPUTS = "outputs";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    /** The content of the definition file. */
    private record Definition(
            int format, Network architecture, Preprocessing preprocessing, boolean calibrated, boolean outputsKnown) {
        Definition {
            if (preprocessing.resize().fit() == Resize.Fit.SHORT_SIDE_AND_CROP
                    && architecture.inputHeight() != architecture.inputWidth()) {
                throw new IllegalArgumentException("a crop requires a square input, but it is "
                        + architecture.inputHeight() + "×" + architecture.inputWidth());
            }
        }
    }

    private final BundleFile definition;
    private final BundleFile labels;
    /** The weights or the program: the content of the file with the name {@link #contentsFile}. */
    private final BundleFile contents;
    /** Empty if there is none. */
    private final BundleFile calibration;
    /** Empty if there are none. */
    private final BundleFile knownOutputs;

    private ModelBundle(
            BundleFile definition,
            BundleFile labels,
            BundleFile contents,
            BundleFile calibration,
            BundleFile knownOutputs) {
        this.definition = definition;
        this.labels = labels;
        this.contents = contents;
        this.calibration = calibration;
        this.knownOutputs = knownOutputs;
    }

    /** Creates a bundle with labels without ids; see {@link #of(ImportedNetwork, Preprocessing, Labels)}. */
    public static ModelBundle of(ImportedNetwork network, Preprocessing preprocessing, List<String> labels) {
        return of(network, preprocessing, Labels.of(labels));
    }

    /**
     * Creates a bundle.
     *
     * @throws IllegalArgumentException if the number of labels differs from the network's classes, which are two if it has one output
     */
    public static ModelBundle of(ImportedNetwork network, Preprocessing preprocessing, Labels labels) {
        return of(network.architecture(), Safetensors.write(network.weights().byName()), preprocessing, labels);
    }

    /**
     * Creates a bundle with a TorchScript program.
     *
     * @param archive the TorchScript archive; it is not copied, and must not change
     * @throws IllegalArgumentException if the number of labels differs from the program's classes
     */
    public static ModelBundle of(
            TorchScriptNetwork program, byte[] archive, Preprocessing preprocessing, Labels labels) {
        return of((Network) program, archive, preprocessing, labels);
    }

    private static ModelBundle of(Network network, byte[] contents, Preprocessing preprocessing, Labels labels) {
        requireLabels(labels.names(), network);
        return new ModelBundle(
                file(new Definition(FORMAT, network, preprocessing, false, false)),
                BundleFile.of(labels.text().getBytes(StandardCharsets.UTF_8)),
                BundleFile.of(contents),
                BundleFile.NONE,
                BundleFile.NONE);
    }

    private static BundleFile file(Definition definition) {
        try {
            return BundleFile.of(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(definition));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Returns the names of the other files of a bundle with this definition.
     *
     * @throws IOException if the definition is damaged
     */
    public static List<String> filesBeside(byte[] definition) throws IOException {
        Definition parsed = parse(definition);
        String contents = contentsFile(parsed.architecture);
        List<String> names = new ArrayList<>(List.of(LABELS, contents));
        if (parsed.calibrated) {
            names.add(CALIBRATION);
        }
        if (parsed.outputsKnown) {
            names.add(KNOWN_OUTPUTS);
        }
        return names;
    }

    private static String contentsFile(Network network) {
        return network instanceof TorchScriptNetwork ? PROGRAM : WEIGHTS;
    }

    /**
     * Creates a bundle from the contents of its files, by name.
     *
     * @throws IOException if a file is invalid; the message contains its name and the reason
     */
    public static ModelBundle ofFiles(Map<String, BundleFile> files) throws IOException {
        Network network = parse(files.get(DEFINITION).bytes()).architecture;
        ModelBundle bundle = new ModelBundle(
                files.get(DEFINITION),
                files.get(LABELS),
                files.get(contentsFile(network)),
                files.getOrDefault(CALIBRATION, BundleFile.NONE),
                files.getOrDefault(KNOWN_OUTPUTS, BundleFile.NONE));
        check(LABELS, () -> requireLabels(bundle.labels(), network));
        if (network instanceof Architecture) {
            check(WEIGHTS, bundle::weights);
        }
        check(CALIBRATION, bundle::calibration);
        check(KNOWN_OUTPUTS, bundle::knownOutputs);
        return bundle;
    }

    private interface Reading {
        void run() throws IOException;
    }

    private static void check(String file, Reading reading) throws IOException {
        try {
            reading.run();
        } catch (IllegalArgumentException | IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static Definition parse(byte[] definition) throws IOException {
        try {
            JsonNode tree = JSON.readTree(definition);
            if (tree.path("format").asInt() != FORMAT) {
                throw new IOException(DEFINITION + " has format " + tree.path("format")
                        + ", but this version reads format " + FORMAT + ": import the model again");
            }
            if (tree.path(NETWORK) instanceof ObjectNode network && !network.has(KIND)) {
                // Bundles written before TorchScript programs were supported.
                network.put(KIND, "xception");
            }
            return JSON.treeToValue(tree, Definition.class);
        } catch (JsonProcessingException e) {
            throw new IOException(DEFINITION + " is damaged: " + e.getOriginalMessage(), e);
        }
    }

    private static void requireLabels(List<String> labels, Network network) {
        if (network.classes() == 0 && !labels.isEmpty()) {
            throw new IllegalArgumentException("there are " + labels.size()
                    + " labels, but the network has no classes and outputs only embeddings");
        }
        if (network.units() == 1 && labels.size() != 2) {
            throw new IllegalArgumentException("there "
                    + (labels.size() == 1 ? "is 1 label" : "are " + labels.size() + " labels")
                    + ", but a network with one output has two classes: specify two labels, first that of the class"
                    + " trained as 0, then that of the class trained as 1");
        }
        if (labels.size() != network.classes()) {
            throw new IllegalArgumentException("there are " + labels.size() + " labels, but the network has "
                    + network.classes() + " classes: specify one label per line, in the order of the classes");
        }
    }

    /** Returns the files of the bundle by name, without the checksums. */
    public Map<String, BundleFile> files() {
        Map<String, BundleFile> files =
                new TreeMap<>(Map.of(DEFINITION, definition, LABELS, labels, contentsFile(network()), contents));
        if (!calibration.isEmpty()) {
            files.put(CALIBRATION, calibration);
        }
        if (!knownOutputs.isEmpty()) {
            files.put(KNOWN_OUTPUTS, knownOutputs);
        }
        return files;
    }

    /** Returns the network with its settings. */
    public Network network() {
        return definition().architecture;
    }

    /**
     * Returns the settings of an Xception.
     *
     * @throws IllegalStateException if the network is a TorchScript program; see {@link #network}
     */
    public Architecture architecture() {
        if (network() instanceof Architecture architecture) {
            return architecture;
        }
        throw new IllegalStateException("the network is a TorchScript program, which has no architecture");
    }

    public Preprocessing preprocessing() {
        return definition().preprocessing;
    }

    private Definition definition() {
        try {
            return parse(definition.bytes());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns one label per class, in the order of the network's outputs; empty if it outputs only embeddings. */
    public List<String> labels() {
        return classNames().names();
    }

    /** Returns the names of the classes, and their ids in datasets. */
    public Labels classNames() {
        return Labels.parse(new String(labels.bytes(), StandardCharsets.UTF_8));
    }

    /**
     * Validates and returns the tensors of an Xception; they are views of the bundle's bytes.
     *
     * @throws IOException if the weights are damaged
     */
    public Weights weights() throws IOException {
        return new Weights(architecture(), Safetensors.read(contents.bytes()));
    }

    /** Returns the weights in safetensors format, or the archive of a {@link TorchScriptNetwork}, as a read-only view. */
    public ByteBuffer contents() {
        return contents.content();
    }

    /**
     * Returns the calibration, which int8 requires; empty if the model is not calibrated.
     *
     * @throws IOException if the file is damaged
     */
    public Optional<Calibration> calibration() throws IOException {
        return calibration.isEmpty() ? Optional.empty() : Optional.of(Calibration.read(calibration.bytes()));
    }

    /** Returns the same model with a calibration. */
    public ModelBundle with(Calibration found) {
        Definition before = definition();
        Definition calibrated =
                new Definition(FORMAT, before.architecture, before.preprocessing, true, before.outputsKnown);
        return new ModelBundle(file(calibrated), labels, contents, BundleFile.of(found.bytes()), knownOutputs);
    }

    /**
     * Returns the reference outputs: those of the network for synthetic images at its import, to verify other machines with; empty if
     * there are none.
     *
     * @throws IOException if the file is damaged
     */
    public Optional<float[]> knownOutputs() throws IOException {
        if (knownOutputs.isEmpty()) {
            return Optional.empty();
        }
        Tensor outputs = Safetensors.read(knownOutputs.bytes()).get(OUTPUTS);
        if (outputs == null) {
            throw new IOException("it has no tensor " + OUTPUTS);
        }
        return Optional.of(outputs.toArray());
    }

    /** Returns the same model with reference outputs. */
    public ModelBundle withKnownOutputs(float[] outputs) {
        Definition before = definition();
        return new ModelBundle(
                file(new Definition(FORMAT, before.architecture, before.preprocessing, before.calibrated, true)),
                labels,
                contents,
                calibration,
                BundleFile.of(Safetensors.write(Map.of(OUTPUTS, Tensor.of(outputs, outputs.length)))));
    }

    /**
     * Returns the SHA-256 of the files that scores depend on, in hexadecimal: equal fingerprints mean equal scores. The reference outputs
     * are excluded, because their last digits depend on the machine that imported the model.
     */
    public String fingerprint() {
        MessageDigest digest = DigestUtils.getSha256Digest();
        for (BundleFile part : List.of(definition, labels, contents, calibration)) {
            digest.update(part.sha256());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
