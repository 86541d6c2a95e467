package org.sparkxception.readback;

import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkxception.model.Activation;
import org.sparkxception.model.Labels;
import org.sparkxception.readback.Examples.Order;
import org.sparkxception.report.RunDetails.ClassScore;
import org.sparkxception.report.RunDetails.ScoreBin;
import org.sparkxception.report.RunReport.ClassCount;
import org.sparkxception.report.RunReport.Failure;
import org.sparkxception.report.RunReport.Images;
import org.sparkxception.result.ResultSchema;

/** Counts and examples of results. Its size depends on the number of chunks and classes, not on the number of images. */
public final class ResultSummary implements Serializable {
    private static final long serialVersionUID = 1;

    private static final int EXAMPLES = 10;
    private static final int EXAMPLES_OF_A_STATUS = 5;
    private static final int EXTREMES = 12;

    private final TreeMap<Integer, Long> byChunk = new TreeMap<>();
    private final TreeMap<String, Long> byStatus = new TreeMap<>();
    private final TreeMap<String, Examples> failures = new TreeMap<>();
    private final Examples least = new Examples(Order.LOWEST_SCORE, EXTREMES);
    private final Examples most = new Examples(Order.HIGHEST_SCORE, EXTREMES);
    private final TruthCounts truth = new TruthCounts();
    private final ScoreCounts scores;

    private ResultSummary(ScoreCounts scores) {
        this.scores = scores;
    }

    /**
     * Reads results once; without an activation, once more before, for the range of the scores.
     *
     * @param results rows with the number of their chunk
     * @param labels the classes of the model, to which truths are compared
     * @param activation determines the range of the scores
     */
    public static ResultSummary of(Dataset<Row> results, Labels labels, Activation activation) {
        ScoreCounts scores = activation == Activation.NONE ? betweenExtremes(results) : new ScoreCounts(0, 1);
        return ResultRow.columns(results)
                .toJavaRDD()
                .treeAggregate(new ResultSummary(scores), new SummarizeRow(labels.classes()), ResultSummary::merge);
    }

    private static ScoreCounts betweenExtremes(Dataset<Row> results) {
        Row range =
                results.agg(min(ResultSchema.SCORE), max(ResultSchema.SCORE)).first();
        return range.isNullAt(0)
                ? new ScoreCounts(0, 1)
                : new ScoreCounts(range.getFloat(0), Math.max(range.getFloat(1), Math.nextUp(range.getFloat(0))));
    }

    ResultSummary add(ResultRow row) {
        byChunk.merge(row.chunk(), 1L, Long::sum);
        byStatus.merge(row.status(), 1L, Long::sum);
        if (!row.isOk()) {
            failures(row.status()).add(row);
        }
        if (row.hasClass()) {
            scores.add(row);
            least.add(row);
            most.add(row);
        }
        truth.add(row);
        return this;
    }

    ResultSummary merge(ResultSummary other) {
        other.byChunk.forEach((chunk, rows) -> byChunk.merge(chunk, rows, Long::sum));
        other.byStatus.forEach((status, rows) -> byStatus.merge(status, rows, Long::sum));
        other.failures.forEach((status, examples) -> failures(status).merge(examples));
        scores.merge(other.scores);
        least.merge(other.least);
        most.merge(other.most);
        truth.merge(other.truth);
        return this;
    }

    private Examples failures(String status) {
        return failures.computeIfAbsent(status, unseen -> new Examples(Order.PATH, EXAMPLES));
    }

    /** Number of rows of each chunk that has any. */
    public Map<Integer, Long> rowsByChunk() {
        return Map.copyOf(byChunk);
    }

    /** The images by status, with examples of failures, first in the order of paths, and the most frequent classes. */
    public Images images() {
        long total = byStatus.values().stream().mapToLong(Long::longValue).sum();
        return new Images(
                total,
                new TreeMap<>(byStatus),
                allFailures(),
                classes().stream()
                        .limit(EXAMPLES)
                        .map(found -> new ClassCount(found.label(), found.images()))
                        .toList());
    }

    private List<Failure> allFailures() {
        Examples all = new Examples(Order.PATH, EXAMPLES);
        failures.values().forEach(all::merge);
        return all.first(EXAMPLES).stream().map(ResultRow::failure).toList();
    }

    /** All failures by status if they are few, otherwise examples of each status, first in the order of paths. */
    public Map<String, List<Failure>> failuresByStatus() {
        long failed = failures.keySet().stream().mapToLong(byStatus::get).sum();
        int shown = failed <= EXAMPLES ? EXAMPLES : EXAMPLES_OF_A_STATUS;
        Map<String, List<Failure>> examples = new TreeMap<>();
        failures.forEach((status, rows) -> examples.put(
                status, rows.first(shown).stream().map(ResultRow::failure).toList()));
        return examples;
    }

    /** The best classes, most frequent first, with their mean scores. */
    public List<ClassScore> classes() {
        return scores.classes();
    }

    /** Histogram of the scores of the best classes; empty if no image has a score. */
    public List<ScoreBin> scoreBins() {
        return scores.bins();
    }

    /** The images with the lowest scores, the lowest first. None of them is in {@link #mostCertain}. */
    public List<ResultRow> leastCertain() {
        return least.first((scores.images() + 1) / 2);
    }

    /** The images with the highest scores, the highest first. */
    public List<ResultRow> mostCertain() {
        return most.first(scores.images() / 2);
    }

    TruthCounts truth() {
        return truth;
    }
}
