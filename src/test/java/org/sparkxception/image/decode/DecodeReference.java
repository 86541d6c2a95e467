package org.sparkxception.image.decode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.sparkxception.image.ImageSize;

/** An image and what Pillow sees in it: made by {@code src/test/python/make_decode_reference.py}. */
final class DecodeReference {
    private static final String RESOURCES = "/org/sparkxception/images/";

    private final String kind;
    private final String name;
    private final ImageSize size;
    private final int tolerance;
    private final byte[] file;
    private final Optional<byte[]> pixels;

    private DecodeReference(String[] fields, Map<String, byte[]> files) {
        kind = fields[0];
        name = fields[1];
        size = new ImageSize(Integer.parseInt(fields[2]), Integer.parseInt(fields[3]));
        tolerance = Integer.parseInt(fields[4]);
        file = files.get(kind + "/" + name);
        pixels = Optional.ofNullable(files.get(kind + "/" + name + ".rgb"));
    }

    static List<DecodeReference> all() throws IOException {
        return in("decode");
    }

    /** Files that are damaged in one place. */
    static List<DecodeReference> damaged() throws IOException {
        return in("damaged");
    }

    private static List<DecodeReference> in(String archive) throws IOException {
        Map<String, byte[]> files = files(archive);
        List<DecodeReference> all = new ArrayList<>();
        String lines = new String(resource(archive + ".tsv").readAllBytes(), StandardCharsets.UTF_8);
        for (String line : lines.lines().skip(1).toList()) {
            all.add(new DecodeReference(line.split("\t", -1), files));
        }
        return all;
    }

    String kind() {
        return kind;
    }

    /** After orientation; 0×0 where Pillow reads no image. */
    ImageSize size() {
        return size;
    }

    /** How many levels a decoder may be off. */
    int tolerance() {
        return tolerance;
    }

    byte[] file() {
        return file;
    }

    /** Red, green and blue of each pixel, row by row; nothing, where Pillow reads no image. */
    Optional<byte[]> pixels() {
        return pixels;
    }

    private static Map<String, byte[]> files(String archive) throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(resource(archive + ".zip"))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), zip.readAllBytes());
            }
        }
        return files;
    }

    private static InputStream resource(String name) {
        return DecodeReference.class.getResourceAsStream(RESOURCES + name);
    }

    @Override
    public String toString() {
        return kind + ": " + name;
    }
}
