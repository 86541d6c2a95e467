"""Writes images of Fashion-MNIST as PNG, with one directory per class, to score them with the job; by default the 10,000 test images."""

import argparse
import os

import numpy as np
from PIL import Image

import data


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output")
    parser.add_argument("--data", default=data.DEFAULT_FOLDER)
    parser.add_argument("--part", choices=["t10k", "train"], default="t10k")
    parser.add_argument("--per-class", type=int, help="only the first N images of each class")
    options = parser.parse_args()
    images, labels = data.read(options.data, options.part)
    for index, label in enumerate(data.LABELS):
        os.makedirs(os.path.join(options.output, label), exist_ok=True)
        for i in np.flatnonzero(labels == index)[: options.per_class]:
            Image.fromarray(images[i]).save(os.path.join(options.output, label, f"{i:05d}.png"))


if __name__ == "__main__":
    main()
