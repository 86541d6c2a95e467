package org.sparkxception.benchmark;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * Makes many small PNGs, a thousand a directory.
 *
 * <p>Arguments: directory, number of images.
 */
final class SmallImages {
    private static final int SIDE = 28;
    private static final int A_DIRECTORY = 1000;

    private SmallImages() {}

    public static void main(String[] arguments) throws Exception {
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            Path directory = Path.of(arguments[0], "%05d".formatted(i / A_DIRECTORY));
            if (i % A_DIRECTORY == 0) {
                Files.createDirectories(directory);
            }
            ImageIO.write(
                    picture(new Random(i)),
                    "png",
                    directory.resolve("%03d.png".formatted(i % A_DIRECTORY)).toFile());
        }
    }

    private static BufferedImage picture(Random random) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = image.createGraphics();
        for (int i = 0; i < 4; i++) {
            int gray = random.nextInt(256);
            graphics.setColor(new Color(gray, gray, gray));
            graphics.fillOval(random.nextInt(SIDE), random.nextInt(SIDE), random.nextInt(SIDE), random.nextInt(SIDE));
        }
        graphics.dispose();
        return image;
    }
}
