package org.sparkxception.image.isolated;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.ExitCode;
import org.sparkxception.NativeCache;
import org.sparkxception.UserException;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.ImageStatus;

/** A running {@link DecoderProcess} and the pipes to it. */
final class DecoderChild implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DecoderChild.class);
    private static final int END_SECONDS = 5;
    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    private final Process process;
    private final DataOutputStream to;
    private final DataInputStream from;
    private final LastWords lastWords;
    private volatile boolean stopped;

    private DecoderChild(Process process) {
        this.process = process;
        to = new DataOutputStream(process.getOutputStream());
        from = new DataInputStream(new BufferedInputStream(process.getInputStream()));
        lastWords = new LastWords(process.getErrorStream());
    }

    private static ScheduledThreadPoolExecutor clock() {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "spark-xception-decoder-clock");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true);
        return clock;
    }

    /** Starts a process, which then loads its libraries; {@link #awaitReady} waits for it. */
    static DecoderChild begin(long maxPixels) {
        try {
            return new DecoderChild(new ProcessBuilder(command(maxPixels)).start());
        } catch (IOException e) {
            throw unusable(e.getMessage(), e);
        }
    }

    /**
     * Waits until the process can decode.
     *
     * @throws UserException if it is not ready within the limit; the cause is not an image
     */
    void awaitReady(Duration limit) {
        ScheduledFuture<?> timer = stopAfter(limit);
        try {
            int first = from.read();
            if (first == DecoderProcess.READY) {
                return;
            }
            DecoderEnd end = end();
            throw unusable(
                    stopped
                            ? javaPath() + " was not ready after " + limit.toSeconds() + " s" + end.quoted()
                            : javaPath() + " exited with code " + end.exitCode() + " before it was ready"
                                    + end.quoted(),
                    null);
        } catch (IOException e) {
            throw unusable(e.getMessage(), e);
        } finally {
            timer.cancel(false);
        }
    }

    private static UserException unusable(String reason, Throwable cause) {
        return new UserException(
                ExitCode.UNEXPECTED, "the isolated decoder process cannot be started: " + reason, cause);
    }

    private static Path javaPath() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static List<String> command(long maxPixels) {
        return List.of(
                javaPath().toString(),
                // A file that fits in this heap must fit there.
                "-Xmx" + Runtime.getRuntime().maxMemory(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=/dev/null",
                // Standard output is for answers.
                "-XX:+DisplayVMOutputToStderr",
                "-D" + NativeCache.PROPERTY + "=" + NativeCache.directory(),
                "-cp",
                System.getProperty("java.class.path") + File.pathSeparator + ownCode(),
                DecoderProcess.class.getName(),
                String.valueOf(maxPixels));
    }

    /** Under spark-submit the job's jar is not on the class path of the JVM. */
    private static String ownCode() {
        try {
            return Path.of(DecoderChild.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Decodes a file.
     *
     * @throws IOException if the process ends before it has answered, by itself or because it exceeded the limit
     */
    DecodedImage decode(byte[] file, Duration limit) throws IOException, ImageFault {
        ScheduledFuture<?> timer = stopAfter(limit);
        try {
            to.writeInt(file.length);
            to.write(file);
            to.flush();
            return answer();
        } finally {
            timer.cancel(false);
        }
    }

    private ScheduledFuture<?> stopAfter(Duration limit) {
        return CLOCK.schedule(
                () -> {
                    stopped = true;
                    process.destroyForcibly();
                },
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private DecodedImage answer() throws IOException, ImageFault {
        int first = from.read();
        if (first != DecoderProcess.ANSWER) {
            throw new IOException("the decoder process ended");
        }
        ImageStatus status = ImageStatus.valueOf(from.readUTF());
        int width = from.readInt();
        int height = from.readInt();
        if (status != ImageStatus.OK) {
            Optional<ImageSize> size = width > 0 ? Optional.of(new ImageSize(width, height)) : Optional.empty();
            throw new ImageFault(status, from.readUTF(), size);
        }
        Mat pixels = new Mat(height, width, opencv_core.CV_8UC3);
        ByteBuffer buffer = pixels.createBuffer();
        ReadableByteChannel channel = Channels.newChannel(from);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                pixels.close();
                throw new IOException("the decoder process ended");
            }
        }
        return new DecodedImage(pixels);
    }

    boolean isUsable() {
        return !stopped && process.isAlive();
    }

    /** Waits a short time for the process to end, kills it if necessary, and returns how it ended. */
    DecoderEnd end() {
        try {
            String report = report();
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            return new DecoderEnd(process.exitValue(), stopped, report + lastWords.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("decoding was interrupted", e);
        } finally {
            close();
        }
    }

    /** The rest of standard output: a crashing JVM can write its report there. */
    private String report() {
        try {
            return new String(from.readNBytes(LastWords.MAX_CHARS), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        close(to);
        close(from);
    }

    /** The process has ended: the contents of its pipes are not needed. */
    private static void close(Closeable pipe) {
        try {
            pipe.close();
        } catch (IOException e) {
            LOG.debug("cannot close a pipe to a decoder process", e);
        }
    }
}
