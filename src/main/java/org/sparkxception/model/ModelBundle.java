package org.sparkxception.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Serializable;
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
 * All that scoring needs to know of a model: architecture, weights, labels and preprocessing. It is what {@code import-model}
 * writes, and it travels to the executors as it was read.
 *
 * <p>A bundle is a directory of three files: {@value #DEFINITION}, {@value #LABELS} and {@value #WEIGHTS}, or {@value #PROGRAM}
 * in place of the last; {@value #CALIBRATION}, if it was calibrated; and {@value #KNOWN_OUTPUTS}, by which a machine shows that it computes
 * the same. Reading a bundle runs nothing of it.
 */
public final class ModelBundle implements Serializable {
    private static final long serialVersionUID = 1;

    public static final String DEFINITION = "model.json";
    public static final String LABELS = "labels.txt";
    public static final String WEIGHTS = "weights.safetensors";
    public static final String PROGRAM = "model.pt";
    public static final String CALIBRATION = "calibration.safetensors";
    public static final String KNOWN_OUTPUTS = "known-outputs.safetensors";

    private static final byte[] NONE = {};

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

    /** The part of a bundle that people can read. */
    private record Definition(
            int format, Network architecture, Preprocessing preprocessing, boolean calibrated, boolean outputsKnown) {
        Definition {
            if (preprocessing.resize().fit() == Resize.Fit.SHORT_SIDE_AND_CROP
                    && architecture.inputHeight() != architecture.inputWidth()) {
                throw new IllegalArgumentException("a crop needs a square input, but it is "
                        + architecture.inputHeight() + "×" + architecture.inputWidth());
            }
        }
    }

    private final byte[] definition;
    private final byte[] labels;
    /** The weights, or the program: the file that {@link #contentsFile} names. */
    private final byte[] contents;
    /** Empty, if there is none. */
    private final byte[] calibration;
    /** Empty, if there are none. */
    private final byte[] knownOutputs;
    /** Null until it is asked for: hashing hundreds of megabytes takes a while. */
    private transient String fingerprint;

    private ModelBundle(byte[] definition, byte[] labels, byte[] contents, byte[] calibration, byte[] knownOutputs) {
        this.definition = definition;
        this.labels = labels;
        this.contents = contents;
        this.calibration = calibration;
        this.knownOutputs = knownOutputs;
    }

    /** Puts a bundle together of labels without ids. */
    public static ModelBundle of(ImportedNetwork network, Preprocessing preprocessing, List<String> labels) {
        return of(network, preprocessing, Labels.of(labels));
    }

    /**
     * Puts a bundle together.
     *
     * @throws IllegalArgumentException if the labels are not as many as the network's classes, which are two where it has one output
     */
    public static ModelBundle of(ImportedNetwork network, Preprocessing preprocessing, Labels labels) {
        return of(network.architecture(), Safetensors.write(network.weights().byName()), preprocessing, labels);
    }

    /**
     * Puts a bundle together of a program.
     *
     * @param archive the TorchScript archive
     * @throws IllegalArgumentException if the labels are not as many as the program's classes
     */
    public static ModelBundle of(
            TorchScriptNetwork program, byte[] archive, Preprocessing preprocessing, Labels labels) {
        return of((Network) program, archive, preprocessing, labels);
    }

    private static ModelBundle of(Network network, byte[] contents, Preprocessing preprocessing, Labels labels) {
        requireLabels(labels.names(), network);
        return new ModelBundle(
                bytes(new Definition(FORMAT, network, preprocessing, false, false)),
                labels.text().getBytes(StandardCharsets.UTF_8),
                contents,
                NONE,
                NONE);
    }

    private static byte[] bytes(Definition definition) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(definition);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Which files a bundle with this definition has beside it.
     *
     * @throws IOException if it is damaged
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
     * Takes the files of a bundle as they were read, by name.
     *
     * @throws IOException if they are not those of a bundle; it says which and why
     */
    public static ModelBundle ofFiles(Map<String, byte[]> files) throws IOException {
        Network network = parse(files.get(DEFINITION)).architecture;
        ModelBundle bundle = new ModelBundle(
                files.get(DEFINITION),
                files.get(LABELS),
                files.get(contentsFile(network)),
                files.getOrDefault(CALIBRATION, NONE),
                files.getOrDefault(KNOWN_OUTPUTS, NONE));
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
                throw new IOException(DEFINITION + " has the format " + tree.path("format")
                        + ", and this version reads format " + FORMAT + ": import the model again");
            }
            if (tree.path(NETWORK) instanceof ObjectNode network && !network.has(KIND)) {
                // Bundles of before there were programs.
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
                    + " labels, but the network has no classes: it gives embeddings alone");
        }
        if (network.units() == 1 && labels.size() != 2) {
            throw new IllegalArgumentException("there "
                    + (labels.size() == 1 ? "is 1 label" : "are " + labels.size() + " labels")
                    + ", but a network with one output tells two classes apart: give two labels, first that of the class it was"
                    + " trained to give 0 for, then that of the class it gives 1 for");
        }
        if (labels.size() != network.classes()) {
            throw new IllegalArgumentException("there are " + labels.size() + " labels, but the network has "
                    + network.classes() + " classes: give one label a line, in the order of the classes");
        }
    }

    /** The contents of the bundle's files, by name. */
    public Map<String, byte[]> files() {
        Map<String, byte[]> files =
                new TreeMap<>(Map.of(DEFINITION, definition, LABELS, labels, contentsFile(network()), contents));
        if (calibration.length > 0) {
            files.put(CALIBRATION, calibration);
        }
        if (knownOutputs.length > 0) {
            files.put(KNOWN_OUTPUTS, knownOutputs);
        }
        return files;
    }

    /** Which kind of network it is, with its settings. */
    public Network network() {
        return definition().architecture;
    }

    /**
     * The settings of an Xception.
     *
     * @throws IllegalStateException if the network is a program: ask {@link #network} first
     */
    public Architecture architecture() {
        if (network() instanceof Architecture architecture) {
            return architecture;
        }
        throw new IllegalStateException("the network is a program, which has no architecture");
    }

    public Preprocessing preprocessing() {
        return definition().preprocessing;
    }

    private Definition definition() {
        try {
            return parse(definition);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One label a class, in the order of the network's outputs; none if it gives embeddings alone. */
    public List<String> labels() {
        return classNames().names();
    }

    /** What the classes are called by people and by data sets. */
    public Labels classNames() {
        return Labels.parse(new String(labels, StandardCharsets.UTF_8));
    }

    /** Checks and returns the tensors of an Xception; they are views of the bundle's own bytes. */
    public Weights weights() throws IOException {
        return new Weights(architecture(), Safetensors.read(contents));
    }

    /** The weights in safetensors, or the TorchScript archive of a {@link TorchScriptNetwork}. */
    public byte[] contents() {
        return contents;
    }

    /**
     * What the network's feature maps are like, where that was found out: int8 needs it.
     *
     * @throws IOException if the file is damaged
     */
    public Optional<Calibration> calibration() throws IOException {
        return calibration.length == 0 ? Optional.empty() : Optional.of(Calibration.read(calibration));
    }

    /** The same model with a calibration. */
    public ModelBundle with(Calibration found) {
        Definition before = definition();
        Definition calibrated =
                new Definition(FORMAT, before.architecture, before.preprocessing, true, before.outputsKnown);
        return new ModelBundle(bytes(calibrated), labels, contents, found.bytes(), knownOutputs);
    }

    /**
     * What the network gave, where it was imported, for images that every version can make: by it a machine shows that it computes
     * the same.
     *
     * @throws IOException if the file is damaged
     */
    public Optional<float[]> knownOutputs() throws IOException {
        if (knownOutputs.length == 0) {
            return Optional.empty();
        }
        Tensor outputs = Safetensors.read(knownOutputs).get(OUTPUTS);
        if (outputs == null) {
            throw new IOException("it has no tensor " + OUTPUTS);
        }
        return Optional.of(outputs.toArray());
    }

    /** The same model with what its network gives. */
    public ModelBundle withKnownOutputs(float[] outputs) {
        Definition before = definition();
        return new ModelBundle(
                bytes(new Definition(FORMAT, before.architecture, before.preprocessing, before.calibrated, true)),
                labels,
                contents,
                calibration,
                Safetensors.write(Map.of(OUTPUTS, Tensor.of(outputs, outputs.length))));
    }

    /**
     * SHA-256 over the files of the bundle that scores depend on, in hexadecimal: equal bundles give equal scores. The known outputs are
     * left out, whose last digits depend on the machine that imported the model.
     */
    public String fingerprint() {
        if (fingerprint == null) {
            fingerprint = computedFingerprint();
        }
        return fingerprint;
    }

    private String computedFingerprint() {
        MessageDigest digest = DigestUtils.getSha256Digest();
        for (byte[] part : List.of(definition, labels, contents, calibration)) {
            digest.update(DigestUtils.sha256(part));
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
