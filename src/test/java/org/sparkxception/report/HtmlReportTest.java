package org.sparkxception.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sparkxception.ExitCode;
import org.sparkxception.report.Evaluation.Aside;
import org.sparkxception.report.Evaluation.Bin;
import org.sparkxception.report.Evaluation.Cell;
import org.sparkxception.report.Evaluation.ClassFigures;
import org.sparkxception.report.RunDetails.ClassScore;
import org.sparkxception.report.RunDetails.Exemplar;
import org.sparkxception.report.RunDetails.Rate;
import org.sparkxception.report.RunDetails.ScoreBin;
import org.sparkxception.report.RunReport.Failure;

/** The page of a run of 1,236 images, some of whose names and labels are those of an attacker. */
class HtmlReportTest {
    private static final String HOSTILE = "<img src=x onerror=alert(1)>";
    private static final String ENDING = "</script><script>alert(2)</script>";

    private final String page = HtmlReport.of(report(evaluation(), 1234), details());

    @Test
    void namesAndLabelsAreTextsWhateverStandsInThem() {
        assertThat(page).doesNotContain("<img src=x").doesNotContain("<script>alert");
        assertThat(page)
                .contains("file:/in/&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt;.jpg")
                .contains("&lt;/script&gt;&lt;script&gt;alert(2)&lt;/script&gt;");
        assertThat(matches("<script[ >]")).hasSize(3);
        assertThat(matches("<img [^>]*>"))
                .containsExactly("<img src=\"data:image/jpeg;base64,/9j/4A&#x3D;&#x3D;\" alt=\"sure.jpg\">");
    }

    @Test
    void nothingIsAskedForFromOutside() {
        String own = page.replaceAll("(?s)<script>.*?</script>", "");

        assertThat(matches("(?:src|href|srcset|action)=\"([^\"]*)\""))
                .allSatisfy(attribute -> assertThat(attribute).matches("(src|href)=\"(#[a-z]+|data:.*)\""));
        assertThat(own)
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain("url(")
                .doesNotContain("@import");
    }

    @Test
    void noScriptRunsButThoseThatThePolicyNames() throws Exception {
        List<String> scripts = Pattern.compile("(?s)<script>(.*?)</script>")
                .matcher(page)
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(scripts).hasSize(2);
        StringBuilder hashes = new StringBuilder();
        for (String script : scripts) {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            hashes.append(" 'sha256-")
                    .append(Base64.getEncoder().encodeToString(hash))
                    .append("'");
        }
        assertThat(page)
                .contains(
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src" + hashes
                                + "; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">");
        assertThat(scripts.get(0)).contains("uPlot").contains("Permission is hereby granted");
    }

    @Test
    void everySectionHasItsNumbers() {
        assertThat(text(page))
                .contains("1,234 of 1,236 images scored")
                .contains("2026-11-24 01:00:00 – 2026-11-24 02:00:05 UTC")
                .contains("ok 1,234 99.8% corrupt 2 0.2%")
                .contains("the header specifies a JPEG of 4×4, but the data is truncated")
                .contains("Left out: 7 hidden names")
                .contains("Classes found 2 Class Images Mean score cat 1,000 0.912")
                .contains("0.000 – 0.500 34 0.500 – 1.000 1,200")
                .contains(
                        "Least certain The lowest best scores: check these images first. no thumbnail cat 0.123 truth: dog")
                .contains("Most certain The highest best scores. cat 0.999 sure.jpg")
                .contains(
                        "Compared with the true classes of 100 images. Accuracy 0.9000 Macro F1 0.8000 Calibration error 0.0500")
                .contains("cat 40 10 " + ENDING + " 0 50")
                .contains("Most frequent confusions Truth Predicted Images Share of class cat " + ENDING + " 10 20.0%")
                .contains("0.933 – 1.000 60 0.980 0.950")
                .contains("Throughput as a table Time Images/s 1.0 s 20.5")
                .contains("fetch 10.0 s 25.0% predict 30.0 s 75.0%")
                .contains("Steady speed 308 images/s")
                .contains("Total time 1 h 0 min")
                .contains("Bytes read 3.0 MiB")
                .contains("driver node7 cpu libtorch 2.7.1 fp32")
                .contains("top-k 5")
                .contains("spark 4.1.3")
                .contains("Run f00d Model mine cafe");
        assertThat(page)
                .contains("\"imagesPerSecond\":20.5")
                .contains("\"images\":1200")
                .contains("\"accuracy\":0.95");
    }

    @Test
    void whatIsNotKnownHasNoSection() {
        RunDetails nothing = new RunDetails(Map.of(), List.of(), List.of(), List.of(), List.of(), List.of());

        String empty = HtmlReport.of(report(Evaluation.none(), 0), nothing);

        assertThat(matches(empty, "<h2[^>]*>[^<]*"))
                .containsExactly("<h2 id=\"images-title\">Images", "<h2 id=\"run-title\">Run");
        assertThat(matches(empty, "data-chart=")).isEmpty();
    }

    @Test
    void aThousandClassesAreAPageOfLessThanHalfAMegabyte() {
        List<ClassFigures> classes = IntStream.range(0, 1000)
                .mapToObj(i -> new ClassFigures(i, "class " + i, 50, 50, 0.7, 0.7, 0.7))
                .toList();
        List<Cell> cells = IntStream.range(0, 100_000)
                .mapToObj(i -> new Cell(i / 100, i % 1000, 1 + i % 7))
                .toList();
        Evaluation evaluation = new Evaluation(
                50_000,
                40_000,
                Map.of(Evaluation.ACCURACY, 0.8),
                List.of(),
                new Aside(0, 0, List.of(), 0),
                classes,
                cells,
                List.of());

        String large = HtmlReport.of(report(evaluation, 1234), details());

        assertThat(large.length()).isLessThan(500_000);
        assertThat(text(large)).contains("Only the classes with the lowest F1 are shown; report.json has all classes.");
        assertThat(large).doesNotContain("class=\"matrix\"");
    }

    private static RunReport report(Evaluation evaluation, long scored) {
        Map<String, Double> stages = new LinkedHashMap<>();
        stages.put("fetch", 10.0);
        stages.put("predict", 30.0);
        return new RunReport(
                "file:/out/" + HOSTILE,
                Instant.parse("2026-11-24T01:00:00Z"),
                Instant.parse("2026-11-24T02:00:05.9Z"),
                RunReport.Ending.of(ExitCode.COMPLETE),
                "resume",
                new RunReport.Limits(65_536, 1L << 34, 100_000_000, 1 << 28, 0.05, 0),
                new RunReport.Images(
                        1236,
                        new TreeMap<>(Map.of("ok", 1234L, "corrupt", 2L)),
                        List.of(new Failure("file:/in/a.jpg", "corrupt", "cut")),
                        List.of()),
                evaluation,
                new RunReport.Speed(scored, 307.7, 4.2, 3605, 155, 3 << 20, 0.93),
                new RunReport.Model("mine", "cafe", 1, 2, 0, 0),
                RunReport.Precision.alone("fp32", false, 0),
                new RunReport.Plan(1236, 3 << 20, 1, 0, 0, 7, 0),
                List.of(new RunReport.Executor("driver", "node7", "cpu", "libtorch 2.7.1", "fp32")),
                stages,
                "f00d",
                new RunReport.Settings(Map.of("top-k", "5"), Map.of("input", "file:/in")),
                Map.of("spark", "4.1.3"));
    }

    private static Evaluation evaluation() {
        return new Evaluation(
                100,
                90,
                Map.of(
                        Evaluation.ACCURACY, 0.9,
                        Evaluation.MACRO_F1, 0.8,
                        Evaluation.CALIBRATION_ERROR, 0.05),
                List.of(),
                new Aside(0, 0, List.of(), 0),
                List.of(
                        new ClassFigures(3, "cat", 50, 40, 1, 0.8, 0.9),
                        new ClassFigures(5, ENDING, 50, 60, 0.8, 1, 0.7)),
                List.of(new Cell(3, 3, 40), new Cell(3, 5, 10), new Cell(5, 5, 50)),
                List.of(new Bin(14 / 15.0, 1, 60, 0.98, 0.95)));
    }

    private static RunDetails details() {
        return new RunDetails(
                Map.of(
                        "corrupt",
                        List.of(new Failure(
                                "file:/in/" + HOSTILE + ".jpg",
                                "corrupt",
                                "the header specifies a JPEG of 4×4, but the data is truncated"))),
                List.of(new ClassScore("cat", 1000, 0.9123), new ClassScore(ENDING, 234, 0.5)),
                List.of(new ScoreBin(0, 0.5, 34), new ScoreBin(0.5, 1, 1200)),
                List.of(new Exemplar("file:/in/" + HOSTILE, "cat", 0.1234, "dog", "")),
                List.of(new Exemplar("file:/in/sure.jpg", "cat", 0.999, "", "/9j/4A==")),
                List.of(new Rate(1, 20.5), new Rate(2, 40)));
    }

    private List<String> matches(String pattern) {
        return matches(page, pattern);
    }

    private static List<String> matches(String html, String pattern) {
        return Pattern.compile(pattern)
                .matcher(html)
                .results()
                .map(MatchResult::group)
                .toList();
    }

    /** What a reader sees, with single spaces. */
    private static String text(String html) {
        return html.replaceAll("(?s)<style>.*?</style>|<script.*?</script>", " ")
                .replaceAll("<[^>]*>", " ")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#x3D;", "=")
                .replaceAll("\\s+", " ")
                .replace(" .", ".");
    }
}
