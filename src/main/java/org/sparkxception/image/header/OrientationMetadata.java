package org.sparkxception.image.header;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkxception.image.Orientation;

/** The orientation from a file's metadata blocks: from the first EXIF block, or else from XMP, as in Pillow. */
final class OrientationMetadata {
    private static final byte[] EXIF_PREFIX = "Exif\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final Pattern XMP_ORIENTATION = Pattern.compile("tiff:Orientation(?:=\"|>)([0-9])");

    private Optional<TiffTags> exif = Optional.empty();
    private Optional<Orientation> xmp = Optional.empty();

    /** Adds an EXIF block, with or without the prefix that it has in a JPEG. */
    void addExif(byte[] block) {
        if (exif.isEmpty()) {
            exif = TiffTags.read(block, startsWith(block, EXIF_PREFIX) ? EXIF_PREFIX.length : 0);
        }
    }

    /** Adds an XMP block, which can have other bytes before and after it. */
    void addXmp(byte[] block) {
        Matcher matcher = XMP_ORIENTATION.matcher(new String(block, StandardCharsets.ISO_8859_1));
        if (xmp.isEmpty() && matcher.find()) {
            xmp = Optional.of(Orientation.ofExif(Integer.parseInt(matcher.group(1))));
        }
    }

    Orientation orientation() {
        OptionalInt tag = exif.map(tags -> tags.value(TiffTags.ORIENTATION)).orElse(OptionalInt.empty());
        return tag.isPresent() ? Orientation.ofExif(tag.getAsInt()) : xmp.orElse(Orientation.UPRIGHT);
    }

    static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }
}
