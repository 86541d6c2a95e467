package org.sparkxception.image.isolated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.LongTest;
import org.sparkxception.UserException;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.Decoder;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.image.decode.ImageDecoder;

class IsolatedDecoderTest {
    private static final String JAVA_HOME = System.getProperty("java.home");

    @TempDir
    Path folder;

    private final Decoder here = new ImageDecoder(1_000_000);
    private final Decoder apart = new IsolatedDecoder(1_000_000, Duration.ofSeconds(60));

    @AfterEach
    void close() {
        System.setProperty("java.home", JAVA_HOME);
        apart.close();
    }

    @Test
    void thePixelsAreThoseOfThisProcess() throws Exception {
        for (String name : List.of("rgb.png", "baseline.jpg", "orientation-6.tif", "deep-grey.png", "one-pixel.png")) {
            try (DecodedImage expected = here.decode(resource(name));
                    DecodedImage image = apart.decode(resource(name))) {
                assertThat(image.size()).as(name).isEqualTo(expected.size());
                assertThat(image.rgb()).as(name).isEqualTo(expected.rgb());
            }
        }
    }

    @Test
    void faultsAreThoseOfThisProcess() throws Exception {
        byte[] bomb = resource("rgb.png");
        ByteBuffer.wrap(bomb, 16, 8).putInt(60_000).putInt(60_000);

        assertThatThrownBy(() -> apart.decode(bomb))
                .isInstanceOfSatisfying(ImageFault.class, fault -> {
                    assertThat(fault.status()).isEqualTo(ImageStatus.TOO_LARGE);
                    assertThat(fault.size()).contains(new ImageSize(60_000, 60_000));
                })
                .hasMessageStartingWith("the header specifies 60000×60000, 3,600 megapixels");
        assertThatThrownBy(() -> apart.decode(new byte[0]))
                .isInstanceOfSatisfying(
                        ImageFault.class, fault -> assertThat(fault.status()).isEqualTo(ImageStatus.CORRUPT));
        apart.decode(resource("rgb.png")).close();
    }

    @Test
    void aJavaThatIsGoneIsNoFaultOfTheImage() throws Exception {
        System.setProperty("java.home", folder.toString());

        assertThatThrownBy(() -> apart.decode(resource("rgb.png")))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("the isolated decoder process cannot be started: ")
                .hasMessageContaining("\"" + folder.resolve("bin/java") + "\"")
                .hasMessageContaining("No such file or directory");
    }

    @Test
    void aProcessThatDiesBeforeItIsReadyIsNoFaultOfTheImage() throws Exception {
        javaIs("echo 'Error: the cache is full' >&2; exit 1");

        assertThatThrownBy(() -> apart.decode(resource("rgb.png")))
                .isInstanceOf(UserException.class)
                .hasMessage("the isolated decoder process cannot be started: " + folder.resolve("bin/java")
                        + " exited with code 1 before it was ready: Error: the cache is full");
    }

    @Test
    void aProcessThatIsNeverReadyIsNoFaultOfTheImage() throws Exception {
        javaIs("echo waiting for the lock >&2; exec sleep 60");

        try (Decoder impatient = new IsolatedDecoder(1_000_000, Duration.ofSeconds(60), Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> impatient.decode(resource("rgb.png")))
                    .isInstanceOf(UserException.class)
                    .hasMessage("the isolated decoder process cannot be started: " + folder.resolve("bin/java")
                            + " was not ready after 1 s: waiting for the lock");
        }
    }

    @Test
    @LongTest
    void theTimeThatAProcessTakesToStartIsNotTheImages() throws Exception {
        javaIs("sleep 6; exec " + JAVA_HOME + "/bin/java \"$@\"");

        try (Decoder strict = new IsolatedDecoder(1_000_000, Duration.ofSeconds(5));
                DecodedImage image = strict.decode(resource("rgb.png"))) {
            assertThat(image.size()).isEqualTo(new ImageSize(48, 32));
        }
    }

    @Test
    void anImageThatKeepsTheDecoderBusyIsCorrupt() throws Exception {
        javaIs("printf R; exec sleep 60");

        try (Decoder strict = new IsolatedDecoder(1_000_000, Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> strict.decode(resource("rgb.png")))
                    .isInstanceOfSatisfying(
                            ImageFault.class,
                            fault -> assertThat(fault.status()).isEqualTo(ImageStatus.CORRUPT))
                    .hasMessage("decoding did not finish within 1 s");
        }
    }

    /** The JVM catches SIGSEGV, and ends with 1 after it said so. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "kill -SEGV $$",
                "kill -ABRT $$",
                "kill -BUS $$",
                "kill -FPE $$",
                "kill -ILL $$",
                "echo '# A fatal error has been detected by the Java Runtime Environment: SIGSEGV'; exit 1"
            })
    void anImageThatCrashesTheDecoderTwiceIsCorrupt(String end) throws Exception {
        javaIs("printf R; head -c 1 > /dev/null; " + end);

        assertThatThrownBy(() -> apart.decode(resource("rgb.png")))
                .isInstanceOfSatisfying(
                        ImageFault.class, fault -> assertThat(fault.status()).isEqualTo(ImageStatus.CORRUPT))
                .hasMessage("the data crashes the decoder, even in a separate process");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    kill -KILL $$ | was killed, probably because the machine or container is out of memory: raise spark.executor.memoryOverhead
                    echo '# There is insufficient memory for the Java Runtime Environment to continue.'; exit 1 | was killed, probably because
                    kill -TERM $$ | exited with code 143
                    exit 130      | exited with code 130
                    exit 3        | the Java heap of the isolated decoder process is too small: raise spark.executor.memory
                    echo 'java.lang.IllegalStateException: a bug' >&2; exit 70 | exited with code 70: java.lang.IllegalStateException: a bug
                    """)
    void anEndThatIsNotTheImagesFaultsTheTask(String end, String message) throws Exception {
        javaIs("printf R; head -c 1 > /dev/null; " + end);

        assertThatThrownBy(() -> apart.decode(resource("rgb.png")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
    }

    /** As when the system ends a process that takes too much memory, once. */
    @Test
    void aProcessThatWasKilledIsReplaced() throws Exception {
        javaIs("[ -e " + folder + "/second ] && exec " + JAVA_HOME + "/bin/java \"$@\"; : > " + folder
                + "/second; printf R; head -c 1 > /dev/null; kill -KILL $$");

        try (DecodedImage image = apart.decode(resource("rgb.png"))) {
            assertThat(image.size()).isEqualTo(new ImageSize(48, 32));
        }
    }

    /** The pixels of 32000×32000 take 2.9 GB, beside what a JVM reserves. */
    @Test
    @LongTest
    void memoryThatTheSystemDoesNotGiveIsNoFaultOfTheImage() throws Exception {
        byte[] bmp = resource("rgb.bmp");
        ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(18, 32_000).putInt(22, 32_000);
        javaIs("ulimit -v 5800000; exec " + JAVA_HOME + "/bin/java \"$@\"");

        try (Decoder large = new IsolatedDecoder(1L << 30, Duration.ofSeconds(60))) {
            assertThatThrownBy(() -> large.decode(bmp))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("not enough memory for the pixels of an image of 32000×32000: raise"
                            + " spark.executor.memoryOverhead, or lower `decode-threads` or `max-pixels`");
        }
    }

    /** Makes this script what the decoder takes for java. */
    private void javaIs(String script) throws IOException {
        Path java = Files.createDirectory(folder.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\n" + script + "\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        System.setProperty("java.home", folder.toString());
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream stream = IsolatedDecoderTest.class.getResourceAsStream("/org/sparkxception/images/" + name)) {
            return stream.readAllBytes();
        }
    }
}
