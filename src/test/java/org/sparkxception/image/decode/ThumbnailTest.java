package org.sparkxception.image.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.ImageFault;

class ThumbnailTest {
    @Test
    void theLongestSideIsBoundedAndColorsAreKept() throws Exception {
        BufferedImage made = thumbnail(1000, 250);

        assertThat(made.getWidth()).isEqualTo(96);
        assertThat(made.getHeight()).isEqualTo(24);
        Color color = new Color(made.getRGB(48, 12));
        assertThat(color.getRed()).isGreaterThan(240);
        assertThat(color.getBlue()).isLessThan(15);
    }

    @Test
    void aSmallImageKeepsItsSize() throws Exception {
        BufferedImage made = thumbnail(28, 28);

        assertThat(made.getWidth()).isEqualTo(28);
        assertThat(made.getHeight()).isEqualTo(28);
    }

    @Test
    void oneRowOfPixelsIsStillAnImage() throws Exception {
        assertThat(thumbnail(4000, 1).getHeight()).isEqualTo(1);
    }

    private static BufferedImage thumbnail(int width, int height) throws IOException, ImageFault {
        BufferedImage red = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < width; x++) {
            for (int y = 0; y < height; y++) {
                red.setRGB(x, y, 0xFF0000);
            }
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ImageIO.write(red, "png", file);
        try (DecodedImage decoded = new ImageDecoder(10_000_000).decode(file.toByteArray())) {
            return ImageIO.read(new ByteArrayInputStream(Thumbnail.jpeg(decoded, 96)));
        }
    }
}
