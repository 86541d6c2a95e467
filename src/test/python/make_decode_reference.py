"""Makes decode.zip and decode.tsv under src/test/resources/org/sparkxception/images: small images of every kind that is read, and what
Pillow 13 sees in them: the pixels of exif_transpose and convert('RGB').

decode.tsv: a line an image: kind, name, width, height, and most levels that a decoder may be off. decode.zip: the files under their kinds, and
for each the RGB bytes, row by row, under its name and ".rgb". Where Pillow itself reads no image, width and height are 0 and there
are no pixels. The same run gives the same bytes. damaged.zip and damaged.tsv: the same of files that are damaged in one place.

    python3 -m venv venv && venv/bin/pip install -r decode_images/requirements.txt && venv/bin/python make_decode_reference.py
"""

import csv
import io
import os
import zipfile

import numpy as np
from PIL import Image, ImageOps

from decode_images import bmp, damaged, gif, jpeg, png, tiff, webp

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../resources/org/sparkxception/images")


def seen_by_pillow(file):
    try:
        # Of bytes, as Keras reads: of a name, Pillow maps some turned TIFF files into memory wrongly.
        return ImageOps.exif_transpose(Image.open(io.BytesIO(file))).convert("RGB")
    except (OSError, SyntaxError, ValueError) as fault:
        return fault


def tolerance(kind):
    lossy = ("JPEG" in kind and kind != "JPEG, lossless") or (kind.startswith("WebP") and "lossy" in kind)
    return 2 if lossy else 0


def write(name, sources):
    lines = []
    with zipfile.ZipFile(os.path.join(OUT, f"{name}.zip"), "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:

        def add(path, data):
            archive.writestr(zipfile.ZipInfo(path), data, zipfile.ZIP_DEFLATED)

        for source in sources:
            for name_in_kind, kind, file, *twin in source.files():
                image = seen_by_pillow(*twin or [file])
                path = f"{kind}/{name_in_kind}"
                add(path, file)
                if isinstance(image, Exception):
                    print(f"{path}: {image}")
                    lines.append((kind, name_in_kind, 0, 0, tolerance(kind)))
                else:
                    lines.append((kind, name_in_kind, *image.size, tolerance(kind)))
                    add(path + ".rgb", np.asarray(image).tobytes())
    assert len({line[:2] for line in lines}) == len(lines)
    with open(os.path.join(OUT, f"{name}.tsv"), "w", newline="") as out:
        writer = csv.writer(out, "excel-tab", lineterminator="\n")
        writer.writerow(("kind", "name", "width", "height", "tolerance"))
        writer.writerows(lines)
    print(f"{len(lines)} images")


def main():
    write("decode", (jpeg, png, gif, bmp, webp, tiff))
    write("damaged", (damaged,))


if __name__ == "__main__":
    main()
