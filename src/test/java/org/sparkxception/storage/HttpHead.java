package org.sparkxception.storage;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The first line and the headers of a request or an answer. */
record HttpHead(List<String> lines) {
    static Optional<HttpHead> read(InputStream stream) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(stream); !line.isEmpty(); line = line(stream)) {
            lines.add(line);
        }
        return lines.isEmpty() ? Optional.empty() : Optional.of(new HttpHead(lines));
    }

    String word(int number) {
        return lines.get(0).split(" ", 3)[number];
    }

    Optional<String> header(String name) {
        return lines.stream()
                .skip(1)
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst();
    }

    HttpHead without(String name) {
        return new HttpHead(lines.stream()
                .filter(line -> !line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .toList());
    }

    void write(OutputStream stream) throws IOException {
        stream.write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The bytes that follow, as they are on the wire. */
    byte[] body(InputStream stream, boolean answersHead) throws IOException {
        boolean empty = answersHead || word(1).equals("204") || word(1).equals("304");
        if (empty) {
            return new byte[0];
        }
        if (header("transfer-encoding").isPresent()) {
            return chunks(stream);
        }
        int length = Integer.parseInt(header("content-length").orElse("0"));
        byte[] body = stream.readNBytes(length);
        if (body.length < length) {
            throw new EOFException();
        }
        return body;
    }

    private static byte[] chunks(InputStream stream) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String size = line(stream);
            body.writeBytes((size + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            int length = Integer.parseInt(size.replaceFirst(";.*", ""), 16);
            if (length == 0) {
                for (String trailer = line(stream); !trailer.isEmpty(); trailer = line(stream)) {
                    body.writeBytes((trailer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                }
                body.writeBytes(new byte[] {'\r', '\n'});
                return body.toByteArray();
            }
            body.writeBytes(stream.readNBytes(length));
            line(stream);
            body.writeBytes(new byte[] {'\r', '\n'});
        }
    }

    private static String line(InputStream stream) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = stream.read(); next >= 0 && next != '\n'; next = stream.read()) {
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
