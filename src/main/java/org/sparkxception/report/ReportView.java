package org.sparkxception.report;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.sparkxception.report.RunDetails.ClassScore;
import org.sparkxception.report.RunDetails.Exemplar;
import org.sparkxception.report.RunReport.Failure;

/** The values of {@code report.mustache}, by name: texts that are not escaped yet, and lists of them. */
final class ReportView {
    private static final int CLASSES = 25;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final RunReport report;
    private final RunDetails details;

    /** A name with a value and an optional note. */
    record Item(String name, String value, String note) {
        Item(String name, String value) {
            this(name, value, "");
        }
    }

    /** A part of a total, drawn as a bar. */
    record Split(String name, String count, String share, String width) {}

    /** Images of one status other than ok. */
    record Reason(String status, String count, List<Failure> examples, String more) {}

    /** A class that was found. */
    record ListingEntry(String label, String count, String width, String score) {}

    record Picture(String name, String path, String label, String score, String missedTruth, String thumbnail) {}

    record Sheet(String title, String about, List<Picture> pictures) {}

    record Bin(String range, String count) {}

    record RateAt(String time, String rate) {}

    ReportView(RunReport report, RunDetails details) {
        this.report = report;
        this.details = details;
    }

    Map<String, Object> values() {
        Map<String, Object> values = new TreeMap<>(new AccuracyView(report.evaluation()).values());
        addHead(values);
        addImages(values);
        addClasses(values);
        addSpeed(values);
        addRun(values);
        return values;
    }

    private void addHead(Map<String, Object> values) {
        long ok = report.images().total() - report.images().failed();
        values.put(
                "title",
                "%s of %s images scored"
                        .formatted(
                                Formats.count(ok), Formats.count(report.images().total())));
        values.put("output", report.output());
        values.put("began", TIME.format(report.startedAt()));
        values.put("ended", TIME.format(report.endedAt()));
        values.put("tiles", tiles(ok));
    }

    private List<Item> tiles(long ok) {
        List<Item> tiles = new ArrayList<>();
        RunReport.Images images = report.images();
        tiles.add(new Item("Scored", Formats.count(ok), "of " + Formats.count(images.total()) + " images"));
        tiles.add(new Item("Failed", Formats.count(images.failed()), Formats.percent(images.failedFraction())));
        Evaluation evaluation = report.evaluation();
        if (evaluation.images() > 0) {
            tiles.add(new Item(
                    "Accuracy",
                    Formats.score(evaluation.measures().get(Evaluation.ACCURACY)),
                    Formats.count(evaluation.met()) + " of " + Formats.count(evaluation.images())));
        }
        if (report.speed().scored() > 0) {
            tiles.add(new Item("Speed", Formats.rate(report.speed().steadyImagesPerSecond()), "images/s, steady"));
        }
        tiles.add(new Item(
                "Time",
                Formats.duration(report.speed().seconds()),
                Formats.bytes(report.plan().bytes()) + " of files"));
        return tiles;
    }

    private void addImages(Map<String, Object> values) {
        RunReport.Images images = report.images();
        values.put(
                "statuses",
                images.byStatus().entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                        .map(entry -> part(entry.getKey(), entry.getValue(), images.total()))
                        .toList());
        List<Reason> reasons = new ArrayList<>();
        details.failures().forEach((status, examples) -> {
            long count = images.byStatus().getOrDefault(status, 0L);
            long more = count - examples.size();
            reasons.add(new Reason(
                    status,
                    Formats.count(count),
                    examples,
                    more > 0 ? Formats.count(more) + " more are in the results" : ""));
        });
        values.put("reasons", reasons);
        values.put("allScored", reasons.isEmpty());
        values.put(
                "leftOut",
                report.plan().leftOut().entrySet().stream()
                        .map(entry -> new Item(entry.getKey(), Formats.count(entry.getValue())))
                        .toList());
    }

    private static Split part(String name, long count, long total) {
        double share = total == 0 ? 0 : (double) count / total;
        return new Split(name, Formats.count(count), Formats.percent(share), Formats.width(share));
    }

    private void addClasses(Map<String, Object> values) {
        List<ClassScore> classes = details.classes();
        long most = classes.stream().mapToLong(ClassScore::images).max().orElse(1);
        List<ClassScore> shown = classes.subList(0, Math.min(CLASSES, classes.size()));
        List<ClassScore> others = classes.subList(shown.size(), classes.size());
        values.put("hasClasses", !classes.isEmpty());
        values.put("classCount", Formats.count(classes.size()));
        values.put(
                "classes",
                shown.stream()
                        .map(found -> new ListingEntry(
                                found.label(),
                                Formats.count(found.images()),
                                Formats.width((double) found.images() / most),
                                Formats.shortScore(found.score())))
                        .toList());
        values.put(
                "otherClasses",
                others.isEmpty()
                        ? List.of()
                        : List.of(new Item(
                                Formats.count(others.size()),
                                Formats.count(others.stream()
                                        .mapToLong(ClassScore::images)
                                        .sum()))));
        values.put(
                "scoreBins",
                details.scores().stream()
                        .map(bin -> new Bin(
                                "%s – %s".formatted(Formats.shortScore(bin.from()), Formats.shortScore(bin.to())),
                                Formats.count(bin.images())))
                        .toList());
        List<Sheet> sheets = new ArrayList<>();
        addSheet(sheets, "Least certain", "The lowest best scores: check these images first.", details.leastCertain());
        addSheet(sheets, "Most certain", "The highest best scores.", details.mostCertain());
        values.put("sheets", sheets);
    }

    private static void addSheet(List<Sheet> sheets, String title, String about, List<Exemplar> exemplars) {
        if (!exemplars.isEmpty()) {
            sheets.add(new Sheet(
                    title,
                    about,
                    exemplars.stream()
                            .map(image -> new Picture(
                                    Formats.fileName(image.path()),
                                    image.path(),
                                    image.label(),
                                    Formats.shortScore(image.score()),
                                    image.missedTruth(),
                                    image.thumbnail()))
                            .toList()));
        }
    }

    private void addSpeed(Map<String, Object> values) {
        RunReport.Speed speed = report.speed();
        values.put("hasSpeed", speed.scored() > 0);
        double total = report.secondsOfStages().values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        List<Split> stages = new ArrayList<>();
        report.secondsOfStages().forEach((stage, seconds) -> {
            double share = total == 0 ? 0 : seconds / total;
            stages.add(new Split(stage, Formats.duration(seconds), Formats.percent(share), Formats.width(share)));
        });
        values.put("stages", stages);
        values.put("hasThroughput", !details.throughput().isEmpty());
        values.put(
                "throughput",
                details.throughput().stream()
                        .map(rate -> new RateAt(Formats.duration(rate.seconds()), Formats.rate(rate.imagesPerSecond())))
                        .toList());
        values.put(
                "speedFacts",
                List.of(
                        new Item("Images scored by this process", Formats.count(speed.scored())),
                        new Item("Steady speed", Formats.rate(speed.steadyImagesPerSecond()) + " images/s"),
                        new Item("Time to first batch", Formats.duration(speed.secondsToFirstBatch())),
                        new Item("Total time", Formats.duration(speed.seconds())),
                        new Item("Batches", Formats.count(speed.batches())),
                        new Item("Bytes read", Formats.bytes(speed.bytes())),
                        new Item("Slots busy", Formats.percent(speed.slotsBusy())),
                        new Item("Models loaded", Formats.count(report.model().loads()))));
        values.put("fallbacks", report.model().fallbacks() > 0);
    }

    private void addRun(Map<String, Object> values) {
        RunReport.Plan plan = report.plan();
        values.put(
                "resumed",
                plan.chunksDoneBefore() == 0
                        ? List.of()
                        : List.of(new Item(Formats.count(plan.chunksDoneBefore()), Formats.count(plan.chunks()))));
        values.put("scoring", items(report.settings().scoring()));
        values.put("planning", items(report.settings().planning()));
        values.put("versions", items(report.versions()));
        values.put("executors", report.executors());
        values.put("hasExecutors", !report.executors().isEmpty());
        values.put(
                "fingerprints",
                List.of(
                        new Item("Run", report.fingerprint()),
                        new Item(
                                "Model " + report.model().name(), report.model().fingerprint())));
        RunReport.Precision precision = report.precision();
        values.put(
                "agreement",
                precision.images() == 0
                        ? List.of(
                                new Item("Precision", precision.name()), new Item("Images compared with fp32", "none"))
                        : List.of(
                                new Item("Precision", precision.name()),
                                new Item("Images compared with fp32", Formats.count(precision.images())),
                                new Item("Same best class", Formats.percent(precision.top1())),
                                new Item("fp32 best class in top 5", Formats.percent(precision.top5())),
                                new Item("Mean score difference", Formats.score(precision.meanDifference())),
                                new Item("Largest score difference", Formats.score(precision.largestDifference()))));
        values.put("hasAgreement", precision.isBelowFp32());
    }

    private static List<Item> items(Map<String, String> texts) {
        return texts.entrySet().stream()
                .map(entry -> new Item(entry.getKey(), entry.getValue()))
                .toList();
    }
}
