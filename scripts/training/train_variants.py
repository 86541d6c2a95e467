"""Trains the small network in the variants of the paper, each with the same images in the same order, and writes how they
converge: a CSV file, and a plot like figures 9 and 10 of the paper. See docs/concepts/variants.md."""

import argparse
import csv
import os

import matplotlib.pyplot as plt
import torch

import data
import train
import xception

VARIANTS = {
    "residual": xception.Architecture(),
    "no residual": xception.Architecture(residual=False),
    "ReLU between": xception.Architecture(intermediate="relu"),
    "ELU between": xception.Architecture(intermediate="elu"),
}
FIGURES = {
    "Residual connections": {"residual": "with", "no residual": "without"},
    "Between depthwise and pointwise": {"residual": "none", "ReLU between": "ReLU", "ELU between": "ELU"},
}
FIELDS = ["variant", "step", "loss", "accuracy"]


def converge(options):
    """Yields rows of FIELDS: the mean loss of the steps since the previous row, and the accuracy of the averaged weights."""
    images, labels = train.training_images(options.data)
    test, test_labels = (part[: options.test_images] for part in train.test_images(options.data))
    for variant, architecture in VARIANTS.items():
        losses = []
        for step, loss, average in train.trained(
            architecture, images, labels, options.steps, options.batch, options.seed
        ):
            losses.append(loss)
            if step % options.every == 0:
                row = variant, step, sum(losses) / len(losses), train.accuracy(average, test, test_labels)
                print(*row, flush=True)
                yield row
                losses = []


def plot(path):
    plt.rcParams["svg.hashsalt"] = "variants"  # the same curves give the same bytes
    with open(path + ".csv", newline="") as file:
        rows = list(csv.DictReader(file))
    figure, axes = plt.subplots(1, len(FIGURES), figsize=(10, 4), sharey=True, layout="constrained")
    for axis, (title, variants) in zip(axes, FIGURES.items()):
        for variant, label in variants.items():
            points = [(int(row["step"]), float(row["accuracy"])) for row in rows if row["variant"] == variant]
            axis.plot(*zip(*points), label=label)
        axis.set(title=title, xlabel="steps", ylim=(0.7, 0.95))
        axis.grid(alpha=0.3)
        axis.legend(loc="lower right")
    axes[0].set_ylabel("accuracy on test images")
    figure.savefig(path + ".svg", metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=data.DEFAULT_FOLDER)
    parser.add_argument("--output", default=os.path.join("docs", "images", "variants"), help="without suffix")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--every", type=int, default=50, help="steps between measurements")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--test-images", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2017)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--plot-only", action="store_true", help="only plot the existing CSV file")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if not options.plot_only:
        os.makedirs(os.path.dirname(options.output), exist_ok=True)
        with open(options.output + ".csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(FIELDS)
            writer.writerows((name, step, f"{loss:.4f}", f"{right:.4f}") for name, step, loss, right in converge(options))
    plot(options.output)


if __name__ == "__main__":
    main()
