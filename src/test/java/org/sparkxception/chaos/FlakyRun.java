package org.sparkxception.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.sparkxception.Launched;
import org.sparkxception.storage.FlakyS3;
import org.sparkxception.storage.S3ProxyServer;

/**
 * The same images from S3 to S3, first through a good network, then through one where 10% of the requests are answered by 503, 5%
 * are reset and 5% wait for 2 s. Prints for each: seconds of the whole process, rows, rows that are ok; and the ratio of the times.
 *
 * <p>Arguments: folder of images, folder of a model.
 */
final class FlakyRun {
    private FlakyRun() {}

    public static void main(String[] arguments) throws Exception {
        Path images = Path.of(arguments[0]);
        String model = arguments[1];
        double clean = seconds("good", images, model, builder -> builder);
        double bad = seconds(
                "bad",
                images,
                model,
                builder -> builder.slowDown(0.10).reset(0.05).delay(0.05).seed(11));
        System.out.printf("ratio %.2f%n", bad / clean);
        Runtime.getRuntime().halt(0);
    }

    private static double seconds(String name, Path images, String model, UnaryOperator<FlakyS3.Builder> faults)
            throws Exception {
        Path folder = Files.createTempDirectory("flaky");
        Files.createDirectories(folder.resolve("_run"));
        S3ProxyServer real = new S3ProxyServer();
        try (FlakyS3 server = faults.apply(FlakyS3.inFrontOf(real)).start();
                FileSystem there = real.fileSystem()) { // past the faults
            org.apache.hadoop.fs.Path input = real.fresh("images");
            FileUtil.copy(images.toFile(), there, input, false, real.configuration());
            org.apache.hadoop.fs.Path output = real.fresh("scores");
            List<String> command = new ArrayList<>(List.of("classify", "--master", "local[2,4]", "--model", model));
            command.addAll(List.of("--input", input.toString(), "--output", output.toString()));
            command.addAll(server.launcherArguments());
            long start = System.nanoTime();
            Launched run = Launched.start(folder.resolve("log"), server.environment(), command);
            int code = run.exitCode();
            double seconds = (System.nanoTime() - start) / 1e9;
            if (code != 0) {
                throw new IllegalStateException("exit code " + code + ": " + run.output());
            }
            FileUtil.copy(
                    there,
                    new org.apache.hadoop.fs.Path(output, "_run/report.json"),
                    folder.resolve("_run/report.json").toFile(),
                    false,
                    new Configuration());
            System.out.printf(
                    "%s network: %.1f s, %d requests, images by status %s%n",
                    name,
                    seconds,
                    server.requests().size(),
                    Launched.report(folder).at("/images/byStatus"));
            return seconds;
        } finally {
            FileUtil.fullyDelete(folder.toFile());
        }
    }
}
