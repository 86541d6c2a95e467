"""Creates sample-data/images from the test images of Fashion-MNIST, in typical formats, sizes, colors and file names, and with a
few invalid files."""

import argparse
import io
import os
import random
import struct
import zlib

import numpy as np
from PIL import Image

import data

PER_CLASS = 24
SEED = 7


def styled(image, rng, number):
    """Returns a 28x28 gray image in one of many file formats and styles: (suffix, bytes)."""
    width = rng.choice([28, 56, 64, 90, 120, 128, 160, 200, 224, 256, 299, 320, 400])
    height = width if rng.random() < 0.7 else round(width * rng.uniform(0.8, 1.25))
    if number in (3, 171):
        width, height = 1600, 1200
    picture = Image.fromarray(image).resize((width, height), rng.choice([Image.BILINEAR, Image.BICUBIC]))
    tint = [rng.uniform(0.94, 1.0) for _ in range(3)]
    color = Image.fromarray((np.asarray(picture)[..., None] * tint).astype(np.uint8))
    kinds = [
        (".png", lambda: save(picture, "PNG", optimize=True)),
        (".png", lambda: save(color, "PNG", optimize=True)),
        (".png", lambda: save(with_alpha(color), "PNG", optimize=True)),
        (".png", lambda: save(color.quantize(64), "PNG", optimize=True)),
        (".jpg", lambda: save(picture, "JPEG", quality=90)),
        (".jpg", lambda: save(color, "JPEG", quality=85)),
        (".jpg", lambda: save(color, "JPEG", quality=80, progressive=True)),
        (".jpeg", lambda: rotated(color, rng.choice([3, 6, 8]))),
        (".webp", lambda: save(color, "WEBP", quality=85)),
        (".bmp", lambda: save(picture.resize((64, 64)), "BMP")),
        (".gif", lambda: save(picture, "GIF")),
        (".tif", lambda: save(picture, "TIFF", compression="tiff_lzw")),
    ]
    weights = [5, 4, 2, 2, 5, 6, 3, 2, 1, 1, 1, 1]
    suffix, make = kinds[4] if width == 1600 else rng.choices(kinds, weights)[0]
    return suffix, make()


def save(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def with_alpha(picture):
    picture = picture.convert("RGBA")
    picture.putalpha(255)
    return picture


def rotated(picture, orientation):
    """Stores the picture rotated, with the EXIF tag for its orientation."""
    turn = {3: Image.ROTATE_180, 6: Image.ROTATE_90, 8: Image.ROTATE_270}[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    return save(picture.transpose(turn), "JPEG", quality=90, exif=exif)


def broken(images):
    """Returns invalid files, each with a different fault."""
    jpeg = save(Image.fromarray(images[0]).resize((400, 400)).convert("RGB"), "JPEG", quality=90)
    png = save(Image.fromarray(images[1]).resize((200, 200), Image.BICUBIC), "PNG")
    header = b"IHDR" + struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    bomb = png[:8] + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + png[33:]
    damaged = bytearray(png)
    damaged[len(png) // 2 : len(png) // 2 + 64] = bytes(64)
    return {
        "Coat/truncated-download.jpg": jpeg[: len(jpeg) // 3],
        "Bag/notes.jpg": b"Remember to photograph the bags again.\n",
        "Dress/absurd-header.png": bomb,
        "Sneaker/empty.png": b"",
        "Sandal/bad-sector.png": bytes(damaged),
        "Shirt/not-found.png": b"<!DOCTYPE html>\n<html><body><h1>404 Not Found</h1></body></html>\n",
    }


def named(number, suffix):
    odd = {5: "IMG 0042.JPG", 29: "été.png", 53: "a+b#1.jpg", 77: "50%.png", 101: "靴.jpg"}
    return odd.get(number, f"{number:05d}{suffix}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=data.DEFAULT_FOLDER)
    parser.add_argument("--output", default=os.path.join("sample-data", "images"))
    options = parser.parse_args()
    rng = random.Random(SEED)
    images, labels = data.read(options.data, "t10k")
    number = 0
    for index, label in enumerate(data.LABELS):
        os.makedirs(os.path.join(options.output, label), exist_ok=True)
        for position in sorted(rng.sample(list(np.flatnonzero(labels == index)), PER_CLASS)):
            suffix, content = styled(images[position], rng, number)
            name = named(number, suffix)
            if name.lower().endswith(".jpg") and suffix != ".jpg":
                content = save(Image.fromarray(images[position]).resize((200, 200)), "JPEG", quality=90)
            elif name.endswith(".png") and suffix != ".png":
                content = save(Image.fromarray(images[position]).resize((200, 200)), "PNG")
            with open(os.path.join(options.output, label, name), "wb") as file:
                file.write(content)
            number += 1
    for path, content in broken(images).items():
        with open(os.path.join(options.output, path), "wb") as file:
            file.write(content)


if __name__ == "__main__":
    main()
