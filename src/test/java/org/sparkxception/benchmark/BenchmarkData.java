package org.sparkxception.benchmark;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.sparkxception.model.FormulaWeights;

/**
 * Makes what the benchmark needs: the full Xception as a weight file with its labels, and JPEGs of the size of ImageNet's.
 *
 * <p>Arguments: directory, number of images.
 */
final class BenchmarkData {
    private static final int WIDTH = 500;
    private static final int HEIGHT = 375;
    private static final int SHAPES = 60;

    private BenchmarkData() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        Files.createDirectories(directory.resolve("images"));
        FormulaWeights.writePublished(directory.resolve("xception.h5"));
        Files.writeString(
                directory.resolve("labels.txt"),
                IntStream.range(0, 1000).mapToObj(i -> "class " + i).collect(Collectors.joining("\n")));
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            ImageIO.write(
                    picture(new Random(i)),
                    "jpg",
                    directory.resolve("images/%05d.jpg".formatted(i)).toFile());
        }
    }

    private static BufferedImage picture(Random random) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, color(random), WIDTH, HEIGHT, color(random)));
        graphics.fillRect(0, 0, WIDTH, HEIGHT);
        for (int i = 0; i < SHAPES; i++) {
            graphics.setColor(color(random));
            graphics.fillOval(random.nextInt(WIDTH), random.nextInt(HEIGHT), random.nextInt(120), random.nextInt(120));
        }
        graphics.dispose();
        return image;
    }

    private static Color color(Random random) {
        return new Color(random.nextInt(1 << 24));
    }
}
