package org.sparkxception.model.torchscript;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkxception.ZipBytes;

class ArchiveTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Archive archive = new Archive(out);

    @Test
    void itIsAZipOfTensorsAttributesAndCode() throws Exception {
        archive.add("bias", new float[] {1.5f, -2});
        archive.addZeros("zeros", 3);
        archive.finish("  def forward(self: __torch__.M) -> int:\n    return 1\n");

        Map<String, byte[]> parts = ZipBytes.unzip(out.toByteArray());

        assertThat(parts.keySet())
                .containsExactly(
                        "spark-xception/data/0",
                        "spark-xception/data/1",
                        "spark-xception/data.pkl",
                        "spark-xception/code/__torch__.py",
                        "spark-xception/constants.pkl",
                        "spark-xception/version",
                        "spark-xception/byteorder");
        assertThat(new String(parts.get("spark-xception/code/__torch__.py"), UTF_8))
                .isEqualTo("""
                class M(Module):
                  __parameters__ = []
                  __buffers__ = []
                  training : bool
                  bias : Tensor
                  zeros : Tensor
                  def forward(self: __torch__.M) -> int:
                    return 1
                """);
        assertThat(parts.get("spark-xception/data/1")).isEqualTo(new byte[12]);
        assertThat(new String(parts.get("spark-xception/version"), UTF_8)).isEqualTo("3\n");
        assertThat(new String(parts.get("spark-xception/byteorder"), UTF_8)).isEqualTo("little");
    }

    @Test
    void aTensorIsReferredToAsAnAttribute() {
        assertThat(archive.add("bias", new float[1])).isEqualTo("self.bias");
    }

    @Test
    void floatsAreLittleEndian() throws Exception {
        archive.add("w", new float[] {1, -2}, 1, 2);
        archive.finish("");

        assertThat(ZipBytes.unzip(out.toByteArray()).get("spark-xception/data/0"))
                .containsExactly(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0);
    }

    @Test
    void channelsLastMovesTheSecondAxisInside() throws Exception {
        archive.addChannelsLast("w", new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 1, 2, 2, 3);
        archive.finish("");

        float[] stored = new float[12];
        ByteBuffer.wrap(ZipBytes.unzip(out.toByteArray()).get("spark-xception/data/0"))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(stored);

        assertThat(stored).containsExactly(1, 7, 2, 8, 3, 9, 4, 10, 5, 11, 6, 12);
    }
}
