package org.sparkxception.image.header;

import com.drew.imaging.FileType;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;

/** Creates the errors for files that are not images of a supported format: what they are, and what to do. */
final class UnsupportedFiles {
    private static final String CONVERT = "convert it to JPEG or PNG";
    private static final String READ = "supported formats are JPEG, PNG, GIF, BMP, WebP and TIFF";
    private static final int EXCERPT = 256;
    private static final int LONGEST_CHARACTER = 4;

    private UnsupportedFiles() {}

    /** Returns the error for a file of the given type. */
    static ImageFault fault(byte[] file, FileType type) {
        if (type == FileType.Unknown) {
            return fault(file);
        }
        boolean picture = Optional.ofNullable(type.getMimeType()).orElse("").startsWith("image/");
        return fault("of type " + type.getName(), picture ? CONVERT : READ);
    }

    private static ImageFault fault(byte[] file) {
        String start = new String(file, 0, Math.min(file.length, EXCERPT), StandardCharsets.UTF_8)
                .strip()
                .toLowerCase(Locale.ROOT);
        if (start.startsWith("version https://git-lfs.github.com/")) {
            return fault("a Git LFS pointer", "fetch the images with git lfs pull");
        } else if (start.startsWith("<svg") || (start.startsWith("<?xml") && start.contains("<svg"))) {
            return fault("an SVG drawing", CONVERT);
        } else if (start.startsWith("<")) {
            return fault("a web page or XML (possibly an error page)", READ);
        }
        return fault(isText(start) ? "text" : "not an image of a known format", READ);
    }

    private static ImageFault fault(String kind, String remedy) {
        return new ImageFault(ImageStatus.UNSUPPORTED, "the file is " + kind + ": " + remedy);
    }

    /** Whether an excerpt, which can end within a character, is text. */
    private static boolean isText(String start) {
        int broken = start.indexOf('\uFFFD');
        return start.chars().allMatch(c -> c >= ' ' || c == '\n' || c == '\r' || c == '\t')
                && (broken < 0 || broken >= start.length() - LONGEST_CHARACTER);
    }
}
