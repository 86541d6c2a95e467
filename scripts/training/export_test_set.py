"""Writes the 10,000 test images of Fashion-MNIST as PNG, a folder a class, to measure the accuracy through the job."""

import argparse
import os

from PIL import Image

import data


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output")
    parser.add_argument("--data", default=data.DEFAULT_FOLDER)
    options = parser.parse_args()
    for label in data.LABELS:
        os.makedirs(os.path.join(options.output, label), exist_ok=True)
    for i, (image, label) in enumerate(zip(*data.read(options.data, "t10k"))):
        Image.fromarray(image).save(os.path.join(options.output, data.LABELS[label], f"{i:05d}.png"))


if __name__ == "__main__":
    main()
