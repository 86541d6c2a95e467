"""Makes the small images under src/test/resources/org/sparkxception/images, and what Pillow 12.0.0 sees in them.

references.json: per file the upright size, the CRC-32 of its RGB bytes, and the RGB of a few places: for lossy files, where
decoders may differ by a level or two, only these are compared.

    python3 -m venv venv && venv/bin/pip install pillow==12.0.0 numpy && venv/bin/python make_image_references.py
"""

import io
import json
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../resources/org/sparkxception/images")


def scene(width, height):
    """Smooth colors with a hard-edged block in one corner, so that a turned or mirrored picture is told apart."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    rgb = np.stack([255 * x / width, 255 * y / height, 128 + 127 * np.sin((x + 2 * y) / 9)], -1)
    rgb[: height // 4, : width // 3] = (250, 20, 60)
    return Image.fromarray(rgb.astype(np.uint8))


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def encoded(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def png_with(image, *chunks):
    """A PNG with chunks between its first one and the others."""
    file = encoded(image, "PNG")
    return file[:33] + b"".join(chunks) + file[33:]


def raw_png(width, height, depth, color_type, row_bytes):
    """Random samples: Pillow doesn't write the deep kinds itself."""
    random = np.random.default_rng(1)
    rows = b"".join(b"\0" + random.bytes(row_bytes) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def exif_of(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def xmp_of(orientation):
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="%d"/>'
        "</rdf:RDF></x:xmpmeta>" % orientation
    )


def raw_files(base, alpha):
    """Kinds made of bytes, and metadata that is damaged or in unusual places; True where decoding is exact."""
    gray = base.convert("L")
    exif = exif_of(6).tobytes()
    hexadecimal = ("\nexif\n%8d\n%s\n" % (len(exif), exif.hex())).encode()
    raw_profile = chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(hexadecimal))
    itxt = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp_of(6).encode())
    plain = encoded(base, "PNG")
    small_frame = bytearray(encoded(base.quantize(64), "GIF", transparency=5))
    small_frame[6:10] = struct.pack("<HH", 60, 40)
    top_down = bytearray(encoded(base, "BMP"))
    top_down[22:26] = struct.pack("<i", -32)
    beyond = b"Exif\0\0MM\0\x2a\x7f\xff\xff\xff\0\0"
    many = b"Exif\0\0II\x2a\0\x08\0\0\0\xff\xff" + struct.pack("<HHIHH", 0x112, 3, 1, 6, 0) + bytes(3000)
    return {
        "deep-grey.png": (raw_png(24, 20, 16, 0, 48), True),
        "deep-grey-alpha.png": (raw_png(24, 20, 16, 4, 96), True),
        "deep-rgb.png": (raw_png(24, 20, 16, 2, 144), True),
        "two-bits.png": (raw_png(24, 20, 2, 0, 6), True),
        "transparent-color.png": (png_with(base, chunk(b"tRNS", struct.pack(">HHH", 250, 20, 60))), True),
        "gamma.png": (png_with(base, chunk(b"gAMA", struct.pack(">I", 100000))), True),
        "exif-after-data.png": (plain[:-12] + chunk(b"eXIf", exif[6:]) + plain[-12:], True),
        "exif-in-text.png": (png_with(base, raw_profile), True),
        "xmp.png": (png_with(base, itxt), True),
        "xmp.jpg": (encoded(base, "JPEG", quality=90, xmp=xmp_of(6).encode()), False),
        "xmp.webp": (encoded(base, "WEBP", lossless=True, xmp=xmp_of(6).encode()), True),
        "exif-beyond-its-end.jpg": (encoded(base, "JPEG", quality=90, exif=beyond), False),
        "exif-of-many-entries.jpg": (encoded(base, "JPEG", quality=90, exif=many), False),
        "exif-beyond-its-end.webp": (encoded(base, "WEBP", lossless=True, exif=beyond), True),
        "profile-of-nonsense.jpg": (encoded(base, "JPEG", quality=90, icc_profile=b"nonsense" * 9), False),
        "cmyk.jpg": (encoded(base.convert("CMYK"), "JPEG", quality=90), False),
        "transparent.gif": (encoded(base.quantize(64), "GIF", transparency=5), True),
        "small-frame.gif": (bytes(small_frame), True),
        "grey.gif": (encoded(gray, "GIF"), True),
        "top-down.bmp": (bytes(top_down), True),
        "alpha.bmp": (encoded(alpha, "BMP"), True),
        "alpha.tif": (encoded(alpha, "TIFF", tiffinfo=exif_of(6)), True),
        "cmyk.tif": (encoded(base.convert("CMYK"), "TIFF"), True),
        "deep-grey.tif": (encoded(Image.fromarray(np.asarray(gray).astype(np.uint16) * 7), "TIFF"), True),
    }


def main():
    os.makedirs(OUT, exist_ok=True)
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
        base.save(os.path.join(OUT, f"orientation-{orientation}.png"), exif=exif_of(orientation))
        references[f"orientation-{orientation}.png"] = True
    base.save(os.path.join(OUT, "orientation-6.jpg"), quality=90, exif=exif_of(6))
    base.save(os.path.join(OUT, "orientation-6.webp"), lossless=True, exif=exif_of(6))
    references.update({"orientation-6.jpg": False, "orientation-6.webp": True})
    for orientation in (2, 3, 5, 6, 8):
        base.save(os.path.join(OUT, f"orientation-{orientation}.tif"), tiffinfo={0x0112: orientation})
        references[f"orientation-{orientation}.tif"] = True

    animation = {"save_all": True, "append_images": [base.rotate(180)]}
    animated = {
        "animated.png": (encoded(base, "PNG", **animation), True),
        "animated.webp": (encoded(base, "WEBP", lossless=True, **animation), True),
        "pages.tif": (encoded(base, "TIFF", **animation), True),
    }
    for name, (file, exact) in {**raw_files(base, alpha), **animated}.items():
        with open(os.path.join(OUT, name), "wb") as out:
            out.write(file)
        references[name] = exact

    facts = {}
    for name, exact in references.items():
        # Of bytes, as Keras reads: of a name, Pillow maps some turned TIFF files into memory wrongly.
        with open(os.path.join(OUT, name), "rb") as file:
            rgb = ImageOps.exif_transpose(Image.open(io.BytesIO(file.read()))).convert("RGB")
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


if __name__ == "__main__":
    main()
