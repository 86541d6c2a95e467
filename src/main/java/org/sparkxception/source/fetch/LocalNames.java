package org.sparkxception.source.fetch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Converts file names of arbitrary bytes to text. Each byte that is not valid UTF-8 becomes {@code �} and two hexadecimal digits,
 * as does each byte of a literal {@code �}: the conversion is reversible.
 */
public final class LocalNames {
    /** The replacement character of Java's decoders. */
    private static final char ESCAPE = '\uFFFD';

    private static final String ENCODING = System.getProperty("sun.jnu.encoding", "UTF-8");
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private LocalNames() {}

    /**
     * Returns the name of an entry of a local directory as text.
     *
     * @throws IOException if the name cannot be decoded because the file-name encoding of this process is not UTF-8
     */
    public static String text(Path entry) throws IOException {
        String name = entry.getFileName().toString();
        if (name.indexOf(ESCAPE) < 0) {
            return name;
        }
        if (!ENCODING.equals("UTF-8")) {
            throw new IOException("it contains names that cannot be decoded as " + ENCODING
                    + ", the encoding of this process: start the driver and the executors with LC_ALL=C.UTF-8");
        }
        // Only the URI of a path preserves the bytes of its name.
        return text(unescaped(entry.toUri().getRawPath()));
    }

    private static byte[] unescaped(String rawPath) {
        String raw = rawPath.endsWith("/") ? rawPath.substring(0, rawPath.length() - 1) : rawPath;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = raw.lastIndexOf('/') + 1; i < raw.length(); i++) {
            if (raw.charAt(i) == '%') {
                bytes.write(HexFormat.fromHexDigits(raw, i + 1, i + 3));
                i += 2;
            } else {
                bytes.write(raw.charAt(i));
            }
        }
        return bytes.toByteArray();
    }

    /** Converts the bytes of a name to text. */
    public static String text(byte[] name) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer from = ByteBuffer.wrap(name);
        CharBuffer to = CharBuffer.allocate(name.length + 1);
        StringBuilder text = new StringBuilder();
        while (true) {
            CoderResult result = decoder.decode(from, to, true);
            to.flip().chars().forEach(character -> {
                if (character == ESCAPE) {
                    escape(String.valueOf(ESCAPE).getBytes(StandardCharsets.UTF_8), text);
                } else {
                    text.append((char) character);
                }
            });
            to.clear();
            if (result.isUnderflow()) {
                return text.toString();
            }
            byte[] malformed = new byte[result.length()];
            from.get(malformed);
            escape(malformed, text);
            decoder.reset();
        }
    }

    private static void escape(byte[] bytes, StringBuilder text) {
        for (byte each : bytes) {
            text.append(ESCAPE).append(HEX.toHexDigits(each));
        }
    }

    /** The inverse of {@link #text}: the local file for a path whose names were converted to text. */
    public static Path file(String path) {
        if (path.indexOf(ESCAPE) < 0) {
            return Path.of(path);
        }
        StringBuilder uri = new StringBuilder("file://");
        for (byte each : bytes(path)) {
            uri.append(each == '/' ? "/" : "%" + HEX.toHexDigits(each));
        }
        return Path.of(URI.create(uri.toString()));
    }

    private static byte[] bytes(String path) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            boolean escaped = path.charAt(i) == ESCAPE
                    && i + 2 < path.length()
                    && HexFormat.isHexDigit(path.charAt(i + 1))
                    && HexFormat.isHexDigit(path.charAt(i + 2));
            if (escaped) {
                bytes.writeBytes(plain.toString().getBytes(StandardCharsets.UTF_8));
                plain.setLength(0);
                bytes.write(HexFormat.fromHexDigits(path, i + 1, i + 3));
                i += 2;
            } else {
                plain.append(path.charAt(i));
            }
        }
        bytes.writeBytes(plain.toString().getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }
}
