package org.sparkxception.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.model.torchscript.OperatorSet;
import org.sparkxception.model.torchscript.TorchScriptCompiler;

/** Runs a program on one image. */
final class ProgramRun {
    private ProgramRun() {}

    /** All outputs, of an image as rows × columns × 3 bytes. */
    static List<float[]> outputs(TorchProgram program, byte[] pixels, int height, int width) throws Exception {
        try (NDManager manager = program.newManager();
                Predictor<NDList, NDList> predictor = program.newPredictor()) {
            NDArray input = manager.create(ByteBuffer.wrap(pixels), new Shape(1, height, width, 3), DataType.UINT8);
            NDList output = predictor.predict(new NDList(input));
            output.attach(manager);
            return output.stream().map(NDArray::toFloatArray).toList();
        }
    }

    /** The pixels of a golden image of 299 × 299. */
    static byte[] golden(String name) throws IOException {
        try (InputStream stream = ProgramRun.class.getResourceAsStream("/org/sparkxception/goldens/" + name)) {
            BufferedImage image = ImageIO.read(stream);
            byte[] rgb = new byte[299 * 299 * 3];
            for (int y = 0, i = 0; y < 299; y++) {
                for (int x = 0; x < 299; x++) {
                    int pixel = image.getRGB(x, y);
                    rgb[i++] = (byte) (pixel >> 16);
                    rgb[i++] = (byte) (pixel >> 8);
                    rgb[i++] = (byte) pixel;
                }
            }
            return rgb;
        }
    }

    /** Compares the logits of four images of 299 × 299 with a reference: within a thousandth. */
    static void assertLogits(ModelBundle bundle, OperatorSet dialect, String reference) throws Exception {
        JsonNode expected = json(reference);
        assertThat(expected.size()).isEqualTo(4);
        try (TorchProgram program = TorchProgram.loadNetwork(
                out -> TorchScriptCompiler.compile(bundle, dialect, Precision.FP32, 1, List.of(), out), Device.cpu())) {
            for (Map.Entry<String, JsonNode> image : expected.properties()) {
                float[] logits =
                        outputs(program, golden(image.getKey()), 299, 299).get(0);
                assertThat(logits).hasSize(1000);
                for (int i = 0; i < logits.length; i++) {
                    assertThat(logits[i])
                            .as("class %d of %s", i, image.getKey())
                            .isCloseTo((float) image.getValue().get(i).asDouble(), within(1e-3f));
                }
            }
        }
    }

    /** A reference. */
    static JsonNode json(String name) throws IOException {
        try (InputStream stream = ProgramRun.class.getResourceAsStream("/org/sparkxception/goldens/" + name)) {
            return new JsonMapper().readTree(stream);
        }
    }
}
