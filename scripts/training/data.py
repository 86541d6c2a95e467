"""Reads and preprocesses Fashion-MNIST as installed by the Debian package dataset-fashion-mnist."""

import gzip
import os

import numpy as np
import torch
from PIL import Image

DEFAULT_FOLDER = "/usr/share/datasets/fashion-mnist"
LABELS = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle-boot"]


def read(folder, part):
    """part is "train" or "t10k"; returns uint8 images (N, 28, 28) and labels (N)."""
    with gzip.open(os.path.join(folder, f"{part}-images-idx3-ubyte.gz")) as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(os.path.join(folder, f"{part}-labels-idx1-ubyte.gz")) as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    return images, labels.astype(np.int64)


def resized(images, size):
    """Pillow's bilinear resize, as in the job."""
    return np.stack([np.asarray(Image.fromarray(i).resize((size, size), Image.BILINEAR)) for i in images])


def normalized(images):
    """uint8 (N, H, W) -> float (N, 3, H, W) in [-1, 1]."""
    x = torch.from_numpy(np.ascontiguousarray(images)).float() / 127.5 - 1
    return x[:, None].expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
