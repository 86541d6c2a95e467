"""Compares the evaluation in report.json with the measures of scikit-learn for the same result files.

    pip install scikit-learn pandas pyarrow
    python scripts/evaluation/compare_with_sklearn.py OUTPUT [LABELS]

OUTPUT is an output of `classify --truth … --all-scores`. LABELS is the labels.txt of the model bundle, required if truths are ids.
Ends with 1 if a measure differs by more than 1e-9. Used with scikit-learn 1.9.1, pandas 3.1.1, pyarrow 26.0.1.
"""

import json
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pyarrow.dataset
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support, top_k_accuracy_score

BINS = 15


def read(output):
    data = pyarrow.dataset.dataset(output, format="parquet", partitioning="hive")
    fields = json.loads(data.schema.metadata[b"org.apache.spark.sql.parquet.row.metadata"])["fields"]
    labels = next(field["metadata"]["labels"] for field in fields if field["name"] == "scores")
    return data.to_table(columns=["status", "truth", "predictions", "scores"]).to_pandas(), labels


def classes_by_word(labels, file):
    labels = [composed(label) for label in labels]
    words = {label: i for i, label in enumerate(labels) if labels.count(label) == 1}
    if file:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
        words |= {composed(line.split("\t")[1]): i for i, line in enumerate(lines) if "\t" in line}
    return words


def composed(word):
    return unicodedata.normalize("NFC", word)


def calibration_error(truth, scores):
    best, hit = scores.max(axis=1), scores.argmax(axis=1) == truth
    edges = np.linspace(0, 1, BINS + 1)
    error = 0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (best > low) & (best <= high)
        if inside.any():
            error += inside.mean() * abs(hit[inside].mean() - best[inside].mean())
    return error


def main(output, labels_file=None):
    rows, labels = read(output)
    words = classes_by_word(labels, labels_file)
    rows.truth = rows.truth.map(composed, na_action="ignore")
    report = json.loads((Path(output) / "_run/report.json").read_text(encoding="utf-8"))["evaluation"]
    known = rows[(rows.status == "ok") & rows.truth.isin(list(words))]
    truth = known.truth.map(words).to_numpy()
    predicted = known.predictions.map(lambda best: best[0]["index"]).to_numpy()
    scores = np.stack(known.scores.to_numpy()).astype(np.float64)
    everything = np.arange(len(labels))
    worst = 0

    def compare(name, ours, theirs):
        nonlocal worst
        difference = np.abs(np.asarray(ours, float) - np.asarray(theirs, float)).max()
        worst = max(worst, difference)
        print(f"{name:26} {difference:.1e}  {np.round(np.mean(theirs), 6)}")

    compare("images", report["images"], len(known))
    measures = report["measures"]
    compare("accuracy", measures["accuracy"], accuracy_score(truth, predicted))
    if "top5" in measures:
        compare("top 5", measures["top5"], top_k_accuracy_score(truth, scores, k=5, labels=everything))
    figures = precision_recall_fscore_support(truth, predicted, labels=everything, zero_division=0)
    ours = np.zeros((4, len(labels)))
    for line in report["classes"]:
        ours[:, line["index"]] = line["precision"], line["recall"], line["f1"], line["support"]
    for name, mine, theirs in zip(["precision by class", "recall by class", "F1 by class", "support by class"], ours, figures):
        compare(name, mine, theirs)
    macro = precision_recall_fscore_support(truth, predicted, average="macro", zero_division=0)
    for name, theirs in zip(["macroPrecision", "macroRecall", "macroF1"], macro):
        compare(name, measures[name], theirs)
    matrix = np.zeros((len(labels), len(labels)))
    for of, put, images in report["confusion"]:
        matrix[of, put] = images
    compare("confusion matrix", matrix, confusion_matrix(truth, predicted, labels=everything))
    if "expectedCalibrationError" in measures:
        compare("calibration error", measures["expectedCalibrationError"], calibration_error(truth, scores))
    print(f"largest difference {worst:.1e}")
    return int(worst > 1e-9)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
