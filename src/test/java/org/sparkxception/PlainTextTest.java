package org.sparkxception;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.properties.PropertiesConfiguration;
import org.apache.logging.log4j.core.config.properties.PropertiesConfigurationBuilder;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;

/** Names that would command a terminal, in what we print and in the log. */
class PlainTextTest {
    private static final String EVIL = "a\u001b[31mb\u009b2Jc\u0007d\u202ee\u2028f\u2067g\ufeffh\r\n\ti";

    @Test
    void controlCharactersAreEscapedAndNothingElse() {
        assertThat(PlainText.of(EVIL))
                .isEqualTo("a\\u001b[31mb\\u009b2Jc\\u0007d\\u202ee\\u2028f\\u2067g\ufeffh\\r\\n\\ti");
        assertThat(PlainText.of("été 靴 👩‍👧 שלום back\\slash \"q\"")).isEqualTo("été 靴 👩‍👧 שלום back\\slash \"q\"");
    }

    @Test
    void inTheLogTheyDoNothingAndForgeNoLine() throws IOException {
        String line = logged("cannot read " + EVIL + "\n2026-01-01 ERROR forged", null);

        assertThat(line)
                .endsWith(
                        " WARN  Foo: cannot read a\\u001b[31mb?2Jc?d?e?f?g\ufeffh\\r\\n\ti\\n2026-01-01 ERROR forged\n");
        assertThat(line.lines()).hasSize(1);
    }

    @Test
    void tracesKeepTheirLinesInTheLog() throws IOException {
        assertThat(logged(
                                "Lost task: java.io.IOException: x\n\tat a.B.c(B.java:1)\nCaused by: java.io.IOException: y",
                                null)
                        .lines())
                .hasSize(2);
        assertThat(logged("failed", new IOException("no\nfile\u001b[31m", new IOException("y")))
                        .lines())
                .containsOnlyOnce("java.io.IOException: no\\nfile\\u001b[31m", "Caused by: java.io.IOException: y");
    }

    /** As conf/log4j2.properties writes it. */
    private static String logged(String message, Throwable thrown) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of("conf/log4j2.properties"))) {
            properties.load(reader);
        }
        PropertiesConfiguration configuration = new PropertiesConfigurationBuilder()
                .setRootProperties(properties)
                .build();
        configuration.initialize();
        return new String(
                configuration
                        .getAppender("console")
                        .getLayout()
                        .toByteArray(Log4jLogEvent.newBuilder()
                                .setLoggerName("org.sparkxception.Foo")
                                .setLevel(Level.WARN)
                                .setMessage(new SimpleMessage(message))
                                .setThrown(thrown)
                                .build()),
                StandardCharsets.UTF_8);
    }
}
