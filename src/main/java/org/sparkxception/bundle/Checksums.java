package org.sparkxception.bundle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkxception.model.BundleFile;

/** SHA-256 checksums of the files of a bundle, in the format of {@code sha256sum -c}. */
final class Checksums {
    static final String FILE = "checksums.sha256";

    private static final String WAY_OUT = ": copy the model again, or import it again";
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (\\S+)");

    private final Map<String, String> byFile;

    private Checksums(Map<String, String> byFile) {
        this.byFile = byFile;
    }

    /** Returns the text of the checksum file for these files. */
    static byte[] of(Map<String, BundleFile> files) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(files)
                .forEach((name, file) ->
                        text.append(digest(file)).append("  ").append(name).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IOException if the content is not a list of checksums */
    static Checksums parse(byte[] content) throws IOException {
        Map<String, String> byFile = new TreeMap<>();
        for (String line : new String(content, StandardCharsets.UTF_8).lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new IOException(FILE + " is damaged" + WAY_OUT);
            }
            byFile.put(matcher.group(2), matcher.group(1));
        }
        return new Checksums(byFile);
    }

    /** @throws IOException if the content of a file does not match its checksum */
    void require(String name, BundleFile file) throws IOException {
        String expected = byFile.get(name);
        if (expected == null) {
            throw new IOException(FILE + " does not list " + name + WAY_OUT);
        } else if (!digest(file).equals(expected)) {
            throw new IOException(name + " does not match its SHA-256 in " + FILE + WAY_OUT);
        }
    }

    private static String digest(BundleFile file) {
        return HexFormat.of().formatHex(file.sha256());
    }
}
