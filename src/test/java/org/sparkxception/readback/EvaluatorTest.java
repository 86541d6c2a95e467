package org.sparkxception.readback;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.sparkxception.TestSpark;
import org.sparkxception.model.Activation;
import org.sparkxception.model.ClassScores.Kind;
import org.sparkxception.model.Labels;
import org.sparkxception.report.Evaluation;
import org.sparkxception.report.Evaluation.Aside;
import org.sparkxception.report.Evaluation.Bin;
import org.sparkxception.report.Evaluation.Cell;
import org.sparkxception.report.Evaluation.ClassFigures;
import org.sparkxception.result.Prediction;
import org.sparkxception.result.ResultSchema;

/** A few images, of which two classes have the same name, as ImageNet's cranes. */
class EvaluatorTest {
    private static final Labels LABELS = new Labels(
            List.of("cat", "dog", "crane", "crane", "eel", "fox", "gnu"),
            List.of("n0", "n1", "n2", "n3", "n4", "n5", "n6"));

    private final SparkSession spark = TestSpark.session();

    private final Dataset<Row> results = results(List.of(
            scored("cat", 0.95f, 0, 1, 2, 3, 4),
            scored("n0", 0.65f, 1, 0, 2, 3, 4),
            scored("n2", 0.5f, 3, 4, 5, 1, 2),
            scored("n3", 0.95f, 3, 0, 1, 2, 4),
            scored("eel", 0.21f, 0, 1, 2, 3, 5),
            scored("crane", 0.9f, 3, 0, 1, 2, 4),
            scored("boat", 0.9f, 3, 0, 1, 2, 4),
            scored("boat", 0.9f, 3, 0, 1, 2, 4),
            failed("dog"),
            failed("boat"),
            scored(null, 0.9f, 3, 0, 1, 2, 4)));

    @Test
    void measuresAreThoseCountedByHand() {
        Evaluation evaluation = evaluate(results, LABELS, 5, Kind.EXCLUSIVE);

        assertThat(evaluation.images()).isEqualTo(5);
        assertThat(evaluation.met()).isEqualTo(2);
        assertThat(evaluation.measures())
                .containsOnlyKeys(
                        "accuracy", "top5", "macroPrecision", "macroRecall", "macroF1", "expectedCalibrationError");
        assertThat(evaluation.measures())
                .contains(entry("accuracy", 0.4), entry("top5", 0.8), entry("macroPrecision", 0.2))
                .contains(entry("macroRecall", 0.3));
        assertThat(evaluation.measures().get("macroF1")).isCloseTo(0.7 / 3, within(1e-12));
        // 2 of 5 at 0.95, all right; 1 each at 0.65, 0.5 and 0.21, wrong.
        assertThat(evaluation.measures().get("expectedCalibrationError"))
                .isCloseTo(0.4 * 0.05 + 0.2 * 0.65 + 0.2 * 0.5 + 0.2 * 0.21, within(1e-7));
        assertThat(evaluation.notes()).isEmpty();
    }

    @Test
    void classesOfTheSameNameAreKeptApart() {
        Evaluation evaluation = evaluate(results, LABELS, 5, Kind.EXCLUSIVE);

        assertThat(evaluation.confusion())
                .containsExactly(
                        new Cell(0, 0, 1), new Cell(0, 1, 1), new Cell(2, 3, 1), new Cell(3, 3, 1), new Cell(4, 0, 1));
        assertThat(evaluation.classes())
                .containsExactly(
                        new ClassFigures(0, "cat", 2, 2, 0.5, 0.5, 0.5),
                        new ClassFigures(1, "dog", 0, 1, 0, 0, 0),
                        new ClassFigures(2, "crane", 1, 0, 0, 0, 0),
                        new ClassFigures(3, "crane", 1, 2, 0.5, 1, 2 / 3.0),
                        new ClassFigures(4, "eel", 1, 0, 0, 0, 0));
    }

    @Test
    void truthsThatAreNoLabelOrThatOfSeveralAreCountedApart() {
        assertThat(evaluate(results, LABELS, 5, Kind.EXCLUSIVE).aside())
                .isEqualTo(new Aside(2, 3, List.of("boat", "crane"), 1));
    }

    @Test
    void binsAreFifteenOfTheSameWidth() {
        List<Bin> bins = evaluate(results, LABELS, 5, Kind.EXCLUSIVE).calibration();

        assertThat(bins).extracting(Bin::images).containsExactly(1L, 1L, 1L, 2L);
        assertThat(bins).extracting(Bin::from).containsExactly(3 / 15.0, 7 / 15.0, 9 / 15.0, 14 / 15.0);
        assertThat(bins).extracting(Bin::to).containsExactly(4 / 15.0, 8 / 15.0, 10 / 15.0, 1.0);
        assertThat(bins).extracting(Bin::accuracy).containsExactly(0.0, 0.0, 0.0, 1.0);
        assertThat(bins.get(3).score()).isCloseTo(0.95, within(1e-7));
    }

    @Test
    void whatIsNotKnownIsSaid() {
        Evaluation evaluation = evaluate(results, LABELS, 3, Kind.LOGITS);

        assertThat(evaluation.measures()).containsOnlyKeys("accuracy", "macroPrecision", "macroRecall", "macroF1");
        assertThat(evaluation.calibration()).isEmpty();
        assertThat(evaluation.notes())
                .containsExactly(
                        "top-5 accuracy is not available: top-k is 3 but must be at least 5",
                        "the calibration error is not available: scores are not probabilities with activation none");
    }

    @Test
    void ofSeveralClassesWithProbabilitiesOfTheirOwnTheBestAloneIsCompared() {
        Evaluation evaluation = evaluate(results, LABELS, 5, Kind.INDEPENDENT);

        assertThat(evaluation.measures())
                .containsOnlyKeys("accuracy", "top5", "macroPrecision", "macroRecall", "macroF1")
                .contains(entry("accuracy", 0.4));
        assertThat(evaluation.calibration()).isEmpty();
        assertThat(evaluation.notes())
                .containsExactly(
                        "accuracy covers the best class only: the network gives each class an independent probability,"
                                + " and an image can belong to several",
                        "the calibration error is not available: the class probabilities are independent of each other");
    }

    @Test
    void ofFewClassesNoMorePredictionsAreAskedForThanThereAreClasses() {
        Labels two = Labels.of(List.of("cat", "dog"));
        Dataset<Row> rows = results(List.of(scored("cat", 0.9f, 0, 1), scored("dog", 0.6f, 0, 1)));

        assertThat(evaluate(rows, two, 2, Kind.EXCLUSIVE).measures()).contains(entry("top5", 1.0));
        assertThat(evaluate(rows, two, 1, Kind.EXCLUSIVE).notes())
                .containsExactly("top-5 accuracy is not available: top-k is 1 but must be at least 2");
    }

    /** As on a Mac, whose directories have accents as characters of their own. */
    @Test
    void aTruthIsTheSameInEveryNormalForm() {
        Labels composed = new Labels(List.of("\u00e9t\u00e9", "dog"), List.of("n0", "\u00fc1"));
        Labels taken = new Labels(List.of("e\u0301te\u0301", "dog"), List.of("n0", "u\u03081"));
        List<String> words = List.of("\u00e9t\u00e9", "e\u0301te\u0301", "e\u0301t\u00e9", "\u00fc1", "u\u03081");
        Dataset<Row> rows =
                results(words.stream().map(word -> scored(word, 0.9f, 0, 1)).toList());

        for (Labels labels : List.of(composed, taken)) {
            Evaluation evaluation = evaluate(rows, labels, 5, Kind.EXCLUSIVE);

            assertThat(evaluation.confusion()).containsExactly(new Cell(0, 0, 3), new Cell(1, 0, 2));
            assertThat(evaluation.aside()).isEqualTo(new Aside(0, 0, List.of(), 0));
        }
    }

    @Test
    void labelsThatDifferInTheirNormalFormAloneAreOneWord() {
        Labels twice = Labels.of(List.of("\u00e9t\u00e9", "e\u0301te\u0301"));

        assertThat(evaluate(results(List.of(scored("\u00e9t\u00e9", 0.9f, 0, 1))), twice, 5, Kind.EXCLUSIVE)
                        .aside()
                        .otherTruth())
                .isEqualTo(1);
    }

    @Test
    void withoutAnyLabelAmongTheTruthsNothingIsMeasured() {
        Evaluation evaluation =
                evaluate(results(List.of(scored("boat", 0.9f, 0, 1, 2, 3, 4))), LABELS, 5, Kind.EXCLUSIVE);

        assertThat(evaluation.images()).isZero();
        assertThat(evaluation.measures()).isEmpty();
        assertThat(evaluation.aside()).isEqualTo(new Aside(0, 1, List.of("boat"), 0));
    }

    private static Evaluation evaluate(Dataset<Row> results, Labels labels, int topK, Kind scores) {
        ResultSummary summary = ResultSummary.of(results, labels, Activation.SOFTMAX);
        return Evaluator.of(results, summary, labels, topK, scores);
    }

    private Dataset<Row> results(List<Row> rows) {
        return spark.createDataFrame(rows, ResultSchema.rows(LABELS.names(), ""))
                .withColumn("chunk", lit(0));
    }

    private static Row scored(String truth, float score, int... best) {
        List<Prediction> predictions = new ArrayList<>();
        for (int index : best) {
            predictions.add(new Prediction(index, LABELS.names().get(index), predictions.isEmpty() ? score : 0.01f));
        }
        return row(truth, ResultSchema.scored(1, 1, predictions, Optional.empty(), Optional.empty()));
    }

    private static Row failed(String truth) {
        return row(truth, ResultSchema.failed("corrupt", "it is cut", Optional.empty(), Optional.empty()));
    }

    private static Row row(String truth, Object[] outcome) {
        return ResultSchema.row("file:/a", 1, Instant.EPOCH, Optional.ofNullable(truth), outcome);
    }
}
