"""Measures the accuracy of the saved model on the 10,000 test images, and on the sample images as decoded by Pillow."""

import argparse
import os

import numpy as np
import torch
from PIL import Image, ImageOps

import data
import xception


@torch.inference_mode()
def predict(model, x):
    return torch.cat([model(part).argmax(1) for part in x.split(500)]).numpy()


def decoded(path, size):
    """RGB, upright, resized without keeping the aspect: uint8 (size, size, 3)."""
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
        return np.asarray(upright.resize((size, size), Image.BILINEAR))


def samples(folder, size):
    """Yields (path, class, pixels) for each file; if Pillow cannot decode it, `pixels` is the error."""
    for label, name in enumerate(data.LABELS):
        for file in sorted(os.listdir(os.path.join(folder, name))):
            path = os.path.join(folder, name, file)
            try:
                yield path, label, decoded(path, size)
            except (OSError, SyntaxError, Image.DecompressionBombError) as error:
                yield path, label, error


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=data.DEFAULT_FOLDER)
    parser.add_argument("--model", default=os.path.join("sample-data", "model", "fashion-mnist.h5"))
    parser.add_argument("--images", default=os.path.join("sample-data", "images"))
    options = parser.parse_args()

    architecture = xception.Architecture()
    size = architecture.input_size
    model = xception.load(options.model, architecture).to(memory_format=torch.channels_last)
    print(f"{architecture}, {sum(p.numel() for p in model.parameters()):,} trainable parameters")

    images, labels = data.read(options.data, "t10k")
    right = predict(model, data.normalized(data.resized(images, size))) == labels
    print(f"test images: {right.sum()} of {len(labels)} correct, accuracy {right.mean():.4f}")

    found = list(samples(options.images, size))
    good = [(path, label, pixels) for path, label, pixels in found if isinstance(pixels, np.ndarray)]
    x = torch.from_numpy(np.stack([pixels for _, _, pixels in good])).permute(0, 3, 1, 2)
    x = (x.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)
    predicted = predict(model, x)
    right = predicted == np.array([label for _, label, _ in good])
    print(f"sample images: {right.sum()} of {len(good)} correct, accuracy {right.mean():.4f}")
    for (path, _, _), index in zip(good, predicted):
        if data.LABELS[index] != os.path.basename(os.path.dirname(path)):
            print(f"  wrong: {path} as {data.LABELS[index]}")
    for path, _, error in found:
        if isinstance(error, Exception):
            print(f"  broken: {path}: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
