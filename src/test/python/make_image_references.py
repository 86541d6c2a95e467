"""Makes the small images under src/test/resources/org/sparkxception/images, and what Pillow 12.0.0 sees in them.

references.json: per file the upright size, the CRC-32 of its RGB bytes, and the RGB of a few places: for lossy files, where
decoders may differ by a level or two, only these are compared. resize/: raw RGB bytes of resized images. (Pillow 13 resizes images whose height shrinks far more than their
width in another order, so that hard edges overshoot otherwise; 12 and all before it work on rows first, and so do we.)

    python3 -m venv venv && venv/bin/pip install pillow==12.0.0 numpy && venv/bin/python make_image_references.py
"""

import json
import os
import zlib

import numpy as np
from PIL import Image, ImageOps

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../resources/org/sparkxception/images")


def scene(width, height):
    """Smooth colours with a hard-edged block in one corner, so that a turned or mirrored picture is told apart."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    rgb = np.stack([255 * x / width, 255 * y / height, 128 + 127 * np.sin((x + 2 * y) / 9)], -1)
    rgb[: height // 4, : width // 3] = (250, 20, 60)
    return Image.fromarray(rgb.astype(np.uint8))


def main():
    os.makedirs(os.path.join(OUT, "resize"), exist_ok=True)
    base = scene(48, 32)
    alpha = base.convert("RGBA")
    alpha.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, 48).astype(np.uint8), (32, 1))))
    lossless = {
        "rgb.png": (base, {}),
        "grey.png": (base.convert("L"), {}),
        "bilevel.png": (base.convert("1"), {}),
        "palette.png": (base.quantize(32), {}),
        "alpha.png": (alpha, {}),
        "grey-alpha.png": (alpha.convert("LA"), {}),
        "rgb.bmp": (base, {}),
        "grey.bmp": (base.convert("L"), {}),
        "palette.gif": (base.quantize(64), {}),
        "lzw.tif": (base, {"compression": "tiff_lzw"}),
        "raw.tif": (base.convert("L"), {}),
        "lossless.webp": (base, {"lossless": True}),
        "alpha.webp": (alpha, {"lossless": True, "exact": True}),
        "one-pixel.png": (scene(1, 1), {}),
    }
    lossy = {
        "baseline.jpg": (base, {"quality": 90}),
        "progressive.jpg": (base, {"quality": 90, "progressive": True}),
        "grey.jpg": (base.convert("L"), {"quality": 90}),
        "full-chroma.jpg": (base, {"quality": 90, "subsampling": 0}),
        "lossy.webp": (base, {"quality": 90}),
    }
    references = {}
    for name, (image, options) in {**lossless, **lossy}.items():
        image.save(os.path.join(OUT, name), **options)
        references[name] = name in lossless
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        base.save(os.path.join(OUT, f"orientation-{orientation}.png"), exif=exif)
        references[f"orientation-{orientation}.png"] = True
    exif = Image.Exif()
    exif[0x0112] = 6
    base.save(os.path.join(OUT, "orientation-6.jpg"), quality=90, exif=exif)
    base.save(os.path.join(OUT, "orientation-6.webp"), lossless=True, exif=exif)
    references.update({"orientation-6.jpg": False, "orientation-6.webp": True})
    for orientation in (2, 3, 5, 6, 8):
        base.save(os.path.join(OUT, f"orientation-{orientation}.tif"), tiffinfo={0x0112: orientation})
        references[f"orientation-{orientation}.tif"] = True

    facts = {}
    for name, exact in references.items():
        rgb = ImageOps.exif_transpose(Image.open(os.path.join(OUT, name))).convert("RGB")
        pixels = np.asarray(rgb)
        places = [(0, 0), (rgb.height // 2, rgb.width // 2), (rgb.height - 1, rgb.width - 1), (0, rgb.width - 1)]
        facts[name] = {
            "exact": exact,
            "width": rgb.width,
            "height": rgb.height,
            "crc32": f"{zlib.crc32(pixels.tobytes()):08x}",
            "pixels": [[*place, *map(int, pixels[place])] for place in places],
        }
    with open(os.path.join(OUT, "references.json"), "w") as file:
        json.dump(facts, file, indent=0)

    filters = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
    for width, height in ((97, 131), (20, 15), (640, 90), (1, 1), (3, 200), (41, 41)):
        image = scene(width, height)
        image.save(os.path.join(OUT, "resize", f"{width}x{height}.png"))
        for name, kind in filters.items():
            with open(os.path.join(OUT, "resize", f"{width}x{height}.{name}.rgb"), "wb") as file:
                file.write(np.asarray(image.resize((41, 33), kind)).tobytes())


if __name__ == "__main__":
    main()
