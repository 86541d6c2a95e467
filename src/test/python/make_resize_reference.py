"""Makes src/test/resources/org/sparkxception/resize/*.bin.gz: what Pillow, TensorFlow and timm make of generated images.

TensorFlow and torch crash when one process loads both, so each source is a run of its own:

    python3 -m venv tf && tf/bin/pip install tensorflow-cpu==2.21.0
    python3 -m venv timm && timm/bin/pip install pillow==13.0.0 numpy timm==1.0.31
    timm/bin/python make_resize_reference.py pillow
    timm/bin/python make_resize_reference.py timm
    tf/bin/python make_resize_reference.py tensorflow

A file holds the modes one after the other (source, interpolation, antialias, crop_pct or 0, rows and columns of the result, number of
images), each with its images (kind, width, height) and SAMPLES values of each result as float32. ResizeReference.java reads it,
and draws the same images; a quarter of the values lies on the upper and lower border, a quarter on the left and right one.
"""

import gzip
import os
import struct
import sys

import numpy as np

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../resources/org/sparkxception/resize")
SAMPLES = 600
SIZES = [
    (500, 375), (375, 500), (640, 480), (1024, 768), (1200, 1600), (299, 299), (298, 300), (333, 333), (100, 80), (28, 28),
    (1, 1), (2, 2), (1, 2), (2, 1), (3, 200), (299, 1), (1, 299), (598, 299), (400, 501), (400, 502),
    (1200, 150), (150, 1300), (320, 2000), (1, 1000), (1000, 1), (2, 3000), (3000, 2), (7, 1999), (2400, 1800),
]  # fmt: skip


def mix(n):
    """A 32-bit hash."""
    n = np.asarray(n).astype(np.uint32)
    n = (n ^ (n >> 16)) * np.uint32(0x7FEB352D)
    n = (n ^ (n >> 15)) * np.uint32(0x846CA68B)
    return n ^ (n >> 16)


def draw(kind, width, height):
    """Noise, hard edges or waves, in integers, so that any language draws the same."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    if kind == 0:
        pixels = mix((y * width + x) * 3 + c) >> 24
    elif kind == 1:
        pixels = (x // max(1, width // 9) + y // max(1, height // 7) + c) % 2 * 255
        pixels[(x * 31 + y * 17) % 97 == 0] = 128
    else:
        pixels = np.minimum(255, abs((x * (c + 3) * 256 // width + y * (5 - c) * 256 // height) % 512 - 256))
    return pixels.astype(np.uint8)


def sample(result, image):
    """Values of a result at places that depend on the number of the image."""
    rows, columns, _ = result.shape
    j = np.arange(SAMPLES)
    seed = (image * SAMPLES + j) * 3
    y, x, c = mix(seed) % rows, mix(seed + 1) % columns, mix(seed + 2) % 3
    y = np.where(j % 8 == 0, 0, np.where(j % 8 == 4, rows - 1, y))
    x = np.where(j % 8 == 1, 0, np.where(j % 8 == 5, columns - 1, x))
    return result[y, x, c].astype(">f4").tobytes()


def text(value):
    return struct.pack(">H", len(value)) + value.encode()


def write(source, modes):
    """modes: ((interpolation, antialias, crop_pct, rows, columns), function of an image)."""
    images = [(kind, width, height) for width, height in SIZES for kind in range(3)]
    os.makedirs(OUT, exist_ok=True)
    with gzip.GzipFile(os.path.join(OUT, source + ".bin.gz"), "wb", mtime=0) as file:
        for (interpolation, antialias, crop_pct, rows, columns), resize in modes:
            file.write(text(source) + text(interpolation))
            file.write(struct.pack(">?diii", antialias, crop_pct, rows, columns, len(images)))
            for number, (kind, width, height) in enumerate(images):
                result = resize(draw(kind, width, height))
                assert result.shape == (rows, columns, 3), result.shape
                file.write(struct.pack(">iii", kind, width, height) + sample(result, number))


def pillow():
    from PIL import Image

    def mode(name, rows, columns):
        kind = Image.Resampling[name.upper()]
        return (name, name != "nearest", 0, rows, columns), lambda image: np.asarray(
            Image.fromarray(image).resize((columns, rows), kind)
        )

    return [mode(name, *size) for size in ((299, 299), (33, 41)) for name in ("nearest", "bilinear", "bicubic")]


def tensorflow():
    import tensorflow as tf

    def mode(name, antialias, rows, columns):
        return (name, antialias, 0, rows, columns), lambda image: tf.image.resize(
            image, (rows, columns), name, antialias=antialias
        ).numpy()

    methods = [("nearest", False), ("bilinear", False), ("bicubic", False), ("bilinear", True), ("bicubic", True)]
    return [mode(*method, *size) for size in ((299, 299), (33, 41)) for method in methods]


def timm():
    from PIL import Image
    from timm.data.transforms_factory import transforms_imagenet_eval

    def mode(name, crop_pct, size):
        transform = transforms_imagenet_eval(size, crop_pct, interpolation=name, normalize=False)
        return (name, True, crop_pct, size, size), lambda image: transform(Image.fromarray(image)).numpy().transpose(1, 2, 0)

    return [
        mode("bicubic", 0.8975, 299),
        mode("bilinear", 0.8975, 299),
        mode("bicubic", 1.0, 299),
        mode("bicubic", 0.875, 64),
        mode("bicubic", 1.25, 299),
    ]


if __name__ == "__main__":
    write(sys.argv[1], {"pillow": pillow, "tensorflow": tensorflow, "timm": timm}[sys.argv[1]]())
