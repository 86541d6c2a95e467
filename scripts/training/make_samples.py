"""Makes sample-data/images: 240 test images as people's files come, and six files that are broken.

The pictures are drawn from the test images, which the model has never seen, without a look at what it makes of them.
The same seed and the same Pillow give the same files.
"""

import argparse
import io
import os
import random
import struct
import zlib
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

import data

PER_CLASS = 24
LARGE = (1600, 1200)
RESAMPLERS = (Image.NEAREST, Image.BILINEAR, Image.BICUBIC, Image.LANCZOS)
# What must be done to the upright picture so that an EXIF orientation tag turns it back.
STORED_TURN = {3: Image.ROTATE_180, 6: Image.ROTATE_90, 8: Image.ROTATE_270}
EXIF_ORIENTATION = 0x0112


@dataclass(frozen=True)
class Kind:
    """A sort of file: how many, and how it is stored. Sizes are those of the shorter side."""

    count: int
    extension: str
    mode: str
    smallest: int = 28
    largest: int = 160
    size: tuple = ()
    orientation: int = 1
    options: dict = field(default_factory=dict)


JPEG = {"quality": 90}
KINDS = (
    Kind(60, "png", "L", 28, 28),
    Kind(24, "png", "L", 40, 120),
    Kind(24, "png", "RGB", 28, 110),
    Kind(12, "png", "RGBA", 28, 100),
    Kind(10, "png", "P"),
    Kind(3, "png", "LA", 28, 100),
    Kind(2, "png", "I;16", 28, 60),
    Kind(24, "jpg", "L", 40, 400, options=JPEG),
    Kind(36, "jpg", "RGB", 56, 400, options=JPEG),
    Kind(4, "jpeg", "RGB", 56, 300, options=JPEG | {"progressive": True}),
    Kind(5, "jpg", "CMYK", 64, 240, options=JPEG),
    Kind(3, "jpg", "RGB", 80, 300, orientation=3, options=JPEG),
    Kind(3, "jpg", "RGB", 80, 300, orientation=6, options=JPEG),
    Kind(3, "jpg", "RGB", 80, 300, orientation=8, options=JPEG),
    Kind(2, "jpg", "RGB", size=LARGE, options={"quality": 80}),
    Kind(6, "gif", "P"),
    Kind(5, "bmp", "RGB", 28, 80),
    Kind(8, "webp", "RGB", 56, 300, options={"quality": 90}),
    Kind(3, "tif", "L", options={"compression": "tiff_lzw"}),
    Kind(3, "tiff", "RGB", 28, 100, options={"compression": "tiff_adobe_deflate"}),
)

# Names as people give them; each takes the place of the number of one file with that extension, of any class.
ODD_NAMES = (
    "IMG 0042.JPG", "a+b#1.jpg", "DSC_0107.JPG", "100%25.jpg", "naïve – copy (2).jpg", "写真.jpg",
    "été.png", "50%.png", "[draft] 3.png", "{1,2}.png", "x=1, y=2.png", "Größe & Farbe.png", "v1.2.final.PNG", "it's new.png",
    "scan;1.tif", "old logo.GIF",
)  # fmt: skip


def picture(pixels, kind, rng):
    """The 28x28 greys as an upright picture of the kind's size and mode."""
    image = Image.fromarray(pixels)
    if kind.size:
        width, height = kind.size
    else:
        shorter = round(kind.smallest * (kind.largest / kind.smallest) ** rng.random())
        stretch = rng.choice((1, 1, 1, 1.1, 1.2, 1.3)) if kind.largest > 28 else 1
        width, height = rng.sample((shorter, round(shorter * stretch)), 2)
    if (width, height) != image.size:
        image = image.resize((width, height), rng.choice(RESAMPLERS))
    if kind.mode == "L":
        return image
    if kind.mode == "I;16":
        return Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    if kind.mode == "LA":
        return Image.merge("LA", (image, opacity(image)))
    gains = [rng.uniform(0.94, 1.0) for _ in range(3)]
    colour = Image.merge("RGB", [image.point(lambda grey, gain=gain: round(grey * gain)) for gain in gains])
    if kind.mode == "RGBA":
        return Image.merge("RGBA", (*colour.split(), opacity(image)))
    if kind.mode == "P":
        return colour.quantize(64, dither=Image.Dither.NONE)
    return colour.convert(kind.mode)


def opacity(image):
    """The background is transparent; its pixels are black all the same."""
    return image.point(lambda grey: 255 if grey else 0)


def encoded(image, kind):
    options = dict(kind.options)
    if kind.orientation != 1:
        image = image.transpose(STORED_TURN[kind.orientation])
        exif = Image.Exif()
        exif[EXIF_ORIENTATION] = kind.orientation
        options["exif"] = exif
    file = io.BytesIO()
    image.save(file, Image.registered_extensions()["." + kind.extension], **options)
    return file.getvalue()


def png_chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def broken_files(pixels):
    """(label, name, bytes) of the files that cannot be scored; sample-data/README.md says what is wrong with each."""
    image = Image.fromarray(pixels).resize((240, 240), Image.BICUBIC)
    jpeg = encoded(image, Kind(1, "jpg", "L", options=JPEG))
    png = bytearray(encoded(image, Kind(1, "png", "L")))
    middle = len(png) // 2
    png[middle : middle + 64] = bytes(64)
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)
    claim = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(bytes(1024))) + png_chunk(b"IEND", b"")
    page = "<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n"
    yield "Coat", "half uploaded.jpg", jpeg[: len(jpeg) * 6 // 10]
    yield "Bag", "notes.jpg", b"Bags to photograph again: the brown one, and the one with the long strap.\n"
    yield "Sneaker", "huge.png", b"\x89PNG\r\n\x1a\n" + claim
    yield "Dress", "empty.png", b""
    yield "Shirt", "bad block.png", bytes(png)
    yield "Sandal", "not found.png", page.encode()


def names(kinds, rng):
    """A number for each file, but for those that get an odd name instead."""
    result = [f"{number:05d}.{kind.extension}" for number, kind in enumerate(kinds, 1)]
    free = list(range(len(kinds)))
    rng.shuffle(free)
    for name in ODD_NAMES:
        extension = name.rpartition(".")[2].lower()
        place = next(i for i in free if kinds[i].extension == extension)
        free.remove(place)
        result[place] = name
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=data.DEFAULT_FOLDER)
    parser.add_argument("--output", default=os.path.join("sample-data", "images"))
    parser.add_argument("--seed", type=int, default=28)
    options = parser.parse_args()

    rng = random.Random(options.seed)
    images, labels = data.read(options.data, "t10k")
    drawn = [i for c in range(len(data.LABELS)) for i in rng.sample(np.flatnonzero(labels == c).tolist(), PER_CLASS)]
    kinds = [kind for kind in KINDS for _ in range(kind.count)]
    assert len(kinds) == len(drawn), f"{len(kinds)} kinds for {len(drawn)} images"
    rng.shuffle(kinds)

    files = [
        (data.LABELS[labels[index]], name, encoded(picture(images[index], kind, rng), kind))
        for index, kind, name in zip(drawn, kinds, names(kinds, rng))
    ]
    files += broken_files(images[drawn[0]])
    for label, name, content in files:
        folder = os.path.join(options.output, label)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
    print(f"{len(files)} files, {sum(len(content) for _, _, content in files):,} bytes in {options.output}")


if __name__ == "__main__":
    main()
