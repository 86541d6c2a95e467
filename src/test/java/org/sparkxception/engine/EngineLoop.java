package org.sparkxception.engine;

import ai.djl.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.sparkxception.model.BundleFile;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;

/**
 * The network alone, for comparison with the job: threads that do nothing but predict batches that are ready in memory. Prints
 * images a second.
 *
 * <p>Arguments: directory of a model bundle, threads, batch size, seconds to measure, precision.
 */
final class EngineLoop {
    private static final long WARM_UP_NANOS = 4_000_000_000L;

    private EngineLoop() {}

    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[1]);
        int batchSize = Integer.parseInt(arguments[2]);
        Precision precision = Precision.valueOf(arguments[4].toUpperCase(Locale.ROOT));
        long nanos = Long.parseLong(arguments[3]) * 1_000_000_000L;
        try (ScoringModel model = ScoringModel.load(bundle(Path.of(arguments[0])), precision, Device.cpu(), false)) {
            ExecutorService pool = Executors.newFixedThreadPool(threads);
            List<Future<Double>> rates = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                rates.add(pool.submit(() -> rate(model, batchSize, nanos)));
            }
            double sum = 0;
            for (Future<Double> rate : rates) {
                sum += rate.get();
            }
            pool.shutdown();
            System.out.printf("%.3f%n", sum);
        }
    }

    private static double rate(ScoringModel model, int batchSize, long nanos) {
        TorchEngine.prepareThread(1);
        byte[] pixels = new byte[model.height() * model.width() * 3];
        new Random(1).nextBytes(pixels);
        List<byte[]> batch = IntStream.range(0, batchSize).mapToObj(i -> pixels).toList();
        try (BatchPredictor predictor = model.newPredictor(batchSize)) {
            long warm = System.nanoTime() + WARM_UP_NANOS;
            while (System.nanoTime() < warm) {
                predictor.predict(batch);
            }
            long start = System.nanoTime();
            long images = 0;
            while (System.nanoTime() < start + nanos) {
                images += predictor.predict(batch).size();
            }
            return images * 1e9 / (System.nanoTime() - start);
        }
    }

    private static ModelBundle bundle(Path directory) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            Map<String, BundleFile> contents = files.filter(
                            file -> !file.getFileName().toString().startsWith("."))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString(), file -> BundleFile.of(bytes(file))));
            return ModelBundle.ofFiles(contents);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
