package org.sparkxception.image;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.sparkxception.NativeCache;

/**
 * Decodes in a process of its own, as {@link ImageDecoder} does: a file that crashes or stalls the decoder ends that process
 * only, and the next file gets a new one. For one thread.
 */
public final class IsolatedDecoder implements Decoder {
    /** How often a file may end a process: the second time it is the file's fault, not an accident. */
    private static final int ATTEMPTS = 2;

    private final long maxPixels;
    private final Duration limit;
    private Optional<Child> child = Optional.empty();

    /**
     * A decoder that refuses images of more pixels than this.
     *
     * @param limit how long one file may take
     */
    public IsolatedDecoder(long maxPixels, Duration limit) {
        this.maxPixels = maxPixels;
        this.limit = limit;
    }

    @Override
    public DecodedImage decode(byte[] file) throws ImageFault {
        for (int attempt = 1; ; attempt++) {
            try {
                if (child.isEmpty()) {
                    child = Optional.of(new Child(maxPixels));
                }
                return child.get().decode(file, limit);
            } catch (IOException e) {
                boolean stalled = child.map(Child::wasStopped).orElse(false);
                close();
                if (stalled) {
                    throw new ImageFault(
                            ImageStatus.CORRUPT,
                            "its data keeps the decoder busy for more than " + limit.toSeconds() + " s");
                }
                if (attempt == ATTEMPTS) {
                    throw new ImageFault(
                            ImageStatus.CORRUPT, "its data crashes the decoder, also in a process of its own");
                }
            }
        }
    }

    @Override
    public void close() {
        child.ifPresent(Child::close);
        child = Optional.empty();
    }

    /** The process, and the pipes to it. */
    private static final class Child {
        private final Process process;
        private final DataOutputStream to;
        private final DataInputStream from;
        private volatile boolean stopped;

        Child(long maxPixels) throws IOException {
            process = new ProcessBuilder(command(maxPixels))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            to = new DataOutputStream(process.getOutputStream());
            from = new DataInputStream(new BufferedInputStream(process.getInputStream()));
        }

        private static List<String> command(long maxPixels) {
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:-CreateCoredumpOnCrash",
                    "-XX:ErrorFile=/dev/null",
                    // Not among the answers.
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
                return Path.of(IsolatedDecoder.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .toString();
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        }

        DecodedImage decode(byte[] file, Duration limit) throws IOException, ImageFault {
            Thread watch = new Thread(() -> stopAfter(limit), "spark-xception-decoder-watch");
            watch.setDaemon(true);
            watch.start();
            try {
                to.writeInt(file.length);
                to.write(file);
                to.flush();
                return answer();
            } finally {
                watch.interrupt();
            }
        }

        private void stopAfter(Duration limit) {
            try {
                Thread.sleep(limit.toMillis());
                stopped = true;
                process.destroyForcibly();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private DecodedImage answer() throws IOException, ImageFault {
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
                    throw new IOException("the decoder's process ended");
                }
            }
            return new DecodedImage(pixels);
        }

        boolean wasStopped() {
            return stopped;
        }

        void close() {
            process.destroyForcibly();
            try {
                to.close();
                from.close();
            } catch (IOException e) {
                // The process is gone: what was in the pipes is not needed.
                process.destroyForcibly();
            }
        }
    }
}
