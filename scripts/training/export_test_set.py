"""Writes the 10,000 test images as PNG files, OUT/<label>/NNNNN.png, to measure the accuracy through the job itself."""

import argparse
import os

from PIL import Image

import data


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=data.DEFAULT_FOLDER)
    parser.add_argument("output")
    options = parser.parse_args()

    for label in data.LABELS:
        os.makedirs(os.path.join(options.output, label), exist_ok=True)
    images, labels = data.read(options.data, "t10k")
    for index, (pixels, label) in enumerate(zip(images, labels)):
        Image.fromarray(pixels).save(os.path.join(options.output, data.LABELS[label], f"{index:05d}.png"))
    print(f"{len(images)} images in {options.output}")


if __name__ == "__main__":
    main()
