package org.sparkxception;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkxception.model.ImportedNetwork;
import org.sparkxception.model.keras.InputSize;
import org.sparkxception.model.keras.KerasFile;
import org.sparkxception.model.timm.TimmFile;

/**
 * A network as people fine-tune and save it, narrow so that its file can lie here, and what the library that made it answers to
 * four images. {@code src/test/python/make_models.py} says what its properties mean; {@code make_timm_models.py} made those of timm.
 */
public record FineTunedNetwork(JsonNode json) {
    private static final String FOLDER = "/org/sparkxception/finetuned/";
    private static final List<String> LIBRARIES = List.of("keras", "tf_keras", "timm");

    /** Every network that lies here. */
    public static List<FineTunedNetwork> all() throws IOException {
        List<FineTunedNetwork> networks = new ArrayList<>();
        for (String library : LIBRARIES) {
            try (InputStream stream = FineTunedNetwork.class.getResourceAsStream(FOLDER + library + ".json")) {
                new JsonMapper().readTree(stream).forEach(json -> networks.add(new FineTunedNetwork(json)));
            }
        }
        return networks;
    }

    public static FineTunedNetwork named(String name) throws IOException {
        return all().stream()
                .filter(network -> network.text("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    public String text(String name) {
        return json.get(name).asText();
    }

    public int height() {
        return json.get("height").asInt();
    }

    public int width() {
        return json.get("width").asInt();
    }

    /** The input size that the user has to give, where the file does not say it. */
    public Optional<Integer> inputSize() {
        boolean untold = text("name").endsWith("_weights") || text("name").endsWith("number_first") || isOfTimm();
        return untold ? Optional.of(height()) : Optional.empty();
    }

    public boolean isOfTimm() {
        return text("file").endsWith(".safetensors");
    }

    /** Whether the network has no classes. */
    public boolean isEmbedding() {
        return json.path("embedding").asBoolean();
    }

    /** The answers: images × values. */
    public JsonNode outputs() {
        return json.get("outputs");
    }

    /** How far an answer may be from the library's. */
    public float tolerance() {
        if (text("name").equals("half")) {
            // Keras computes this network in half precision, as it was trained.
            return 0.02f;
        }
        return text("activation").equals("none") ? 1e-3f : 1e-4f;
    }

    /** An image as rows × columns × 3 bytes. */
    public byte[] pixels(int image) {
        byte[] pixels = new byte[height() * width() * 3];
        for (int y = 0, i = 0; y < height(); y++) {
            for (int x = 0; x < width(); x++) {
                for (int c = 0; c < 3; c++, i++) {
                    pixels[i] = (byte) ((3 + 5 * image) * x + (7 + 2 * image) * y + 59 * c + image * x * y);
                }
            }
        }
        return pixels;
    }

    /** Writes the network's file to a folder. */
    public Path copyTo(Path folder) throws IOException {
        try (InputStream stream = FineTunedNetwork.class.getResourceAsStream(FOLDER + text("file"))) {
            return Files.write(folder.resolve(text("file")), stream.readAllBytes());
        }
    }

    /** Reads the network's file by way of a folder, as {@code import-model} does. */
    public ImportedNetwork read(Path folder) throws IOException {
        Path file = copyTo(folder);
        if (isOfTimm()) {
            return TimmFile.read(file, height());
        }
        InputSize size = new InputSize(inputSize());
        return file.toString().endsWith(".keras") ? KerasFile.readArchive(file, size) : KerasFile.readHdf(file, size);
    }

    @Override
    public String toString() {
        return text("file");
    }
}
