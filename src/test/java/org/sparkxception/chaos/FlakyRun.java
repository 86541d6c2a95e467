package org.sparkxception.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.sparkxception.Launched;
import org.sparkxception.storage.FlakyS3;
import org.sparkxception.storage.S3ProxyServer;
import org.sparkxception.storage.TestStorage;

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
        double clean = seconds("good", FlakyS3.inFrontOf(new S3ProxyServer()).start(), images, model);
        FlakyS3 bad = FlakyS3.inFrontOf(new S3ProxyServer())
                .slowDown(0.10)
                .reset(0.05)
                .delay(0.05)
                .seed(11)
                .start();
        System.out.printf("ratio %.2f%n", seconds("bad", bad, images, model) / clean);
        Runtime.getRuntime().halt(0);
    }

    private static double seconds(String name, FlakyS3 server, Path images, String model) throws Exception {
        Path folder = Files.createTempDirectory("flaky");
        Files.createDirectories(folder.resolve("_run"));
        try (TestStorage storage = server;
                FileSystem there = storage.fileSystem()) {
            org.apache.hadoop.fs.Path input = storage.fresh("images");
            FileUtil.copy(images.toFile(), there, input, false, storage.configuration());
            org.apache.hadoop.fs.Path output = storage.fresh("scores");
            server.forget();
            List<String> command = new ArrayList<>(List.of("classify", "--master", "local[2,4]", "--model", model));
            command.addAll(List.of("--input", input.toString(), "--output", output.toString()));
            command.addAll(storage.launcherArguments());
            long start = System.nanoTime();
            Launched run = Launched.start(folder.resolve("log"), storage.environment(), command);
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
