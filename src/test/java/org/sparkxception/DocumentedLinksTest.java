package org.sparkxception;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DocumentedLinksTest {
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s#]*)(?:#([^)\\s]+))?\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

    @Test
    void everyLinkOfADocumentLeadsToAFileAndAHeading() throws IOException {
        List<String> broken = new ArrayList<>();
        List<Path> documents = documents();
        for (Path document : documents) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                if (!link.group(1).contains(":") && !leadsSomewhere(document, link.group(1), link.group(2))) {
                    broken.add(document + ": " + link.group());
                }
            }
        }

        assertThat(documents).hasSizeGreaterThan(20);
        assertThat(broken).isEmpty();
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        for (String folder : List.of(".", "docs", "scripts", "sample-data")) {
            try (Stream<Path> paths = Files.find(
                    Path.of(folder),
                    folder.equals(".") ? 1 : Integer.MAX_VALUE,
                    (path, attributes) -> path.toString().endsWith(".md"))) {
                paths.forEach(documents::add);
            }
        }
        return documents;
    }

    private static boolean leadsSomewhere(Path document, String path, String anchor) throws IOException {
        Path target = path.isEmpty() ? document : document.resolveSibling(path);
        return Files.exists(target) && (anchor == null || headings(target).contains(anchor));
    }

    /** As GitHub names them. */
    private static List<String> headings(Path document) throws IOException {
        return HEADING.matcher(Files.readString(document))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
