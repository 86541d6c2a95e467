"""TIFF files, mostly by tifffile: both byte orders, strips, tiles, planes and BigTIFF."""

import io
import struct

import numpy as np
import tifffile
from PIL import Image

from .pictures import SIZES, encoded, packed, palette, samples, scene

COMPRESSIONS = {"raw": None, "LZW": "lzw", "deflate": "zlib", "packbits": "packbits"}
PIXELS = {"minisblack": 1, "rgb": 3, "separated": 4, "cielab": 3, "palette": 1, "miniswhite": 1}


def tiff(values, photometric, order="<", **options):
    file = io.BytesIO()
    squeezed = values[:, :, 0] if values.ndim == 3 and values.shape[2] == 1 else values
    options.setdefault("metadata", None)
    options.setdefault("software", False)
    big = options.pop("bigtiff", False)
    with tifffile.TiffWriter(file, byteorder=order, bigtiff=big) as writer:
        writer.write(squeezed, photometric=photometric, **options)
    return file.getvalue()


def color_map():
    return palette(256).T.astype(np.uint16) * 257


def files():
    kinds = (
        ("gray", "minisblack", 8), ("white is zero", "miniswhite", 8), ("RGB", "rgb", 8), ("palette", "palette", 8),
        ("CMYK", "separated", 8), ("gray, 16 bit", "minisblack", 16), ("RGB, 16 bit", "rgb", 16),
        ("CMYK, 16 bit", "separated", 16), ("LAB", "cielab", 8),
    )
    for label, photometric, bits in kinds:
        short, lab = label.replace(" ", "-").replace(",", ""), ", LAB" if label == "LAB" else ""
        for width, height in ((24, 20), (33, 17)):
            values = samples(width, height, PIXELS[photometric], bits)
            options = {"colormap": color_map()} if photometric == "palette" else {}
            for order, order_name in (("<", "II"), (">", "MM")):
                for name, compression in COMPRESSIONS.items():
                    if height == 20 and name != "raw" and order == ">":
                        continue
                    file = tiff(values, photometric, order, compression=compression, rowsperstrip=7, **options)
                    yield f"{order_name}-{name}-{width}x{height}.tif", f"TIFF, {label}", file
                file = tiff(values, photometric, order, tile=(16, 32), **options)
                yield f"{short}-{order_name}-{width}x{height}.tif", f"TIFF, tiled{lab}", file
                file = tiff(values, photometric, order, bigtiff=True, **options)
                # Pillow takes no BigTIFF for one that begins with MM: it is compared with a TIFF file of the same samples.
                twin = tiff(values, photometric, order, **options)
                yield f"{short}-{order_name}-{width}x{height}.tif", f"TIFF, BigTIFF{lab}", file, twin
        if photometric not in ("palette", "cielab"):
            values = samples(33, 17, PIXELS[photometric], bits)
            file = tiff(values, photometric, compression="lzw", predictor=True)
            yield f"{short}.tif", "TIFF, predictor", file
        if photometric in ("rgb", "separated"):
            values = samples(33, 17, PIXELS[photometric], bits).transpose(2, 0, 1)
            options = {"planarconfig": "separate"}
            planes = np.ascontiguousarray(values)
            packed_file = tiff(planes, photometric, compression="lzw", **options)
            yield f"{short}-LZW.tif", "TIFF, planes", packed_file
            # Pillow takes the bytes of 16-bit planes that are not packed for samples of 8 bits.
            twin = [packed_file] if bits == 16 else []
            yield f"{short}-raw.tif", "TIFF, planes", tiff(planes, photometric, **options), *twin

    few = samples(33, 17, 1, 8).astype(np.uint16) + 100
    yield "about-255.tif", "TIFF, gray, 16 bit", tiff(few, "minisblack")
    yield "signed.tif", "TIFF, gray, signed 16 bit", tiff(few.astype(np.int16) - 150, "minisblack")
    yield "signed-8.tif", "TIFF, gray, signed 8 bit", tiff(samples(33, 17).astype(np.int8), "minisblack")
    yield "white-16.tif", "TIFF, white is zero, 16 bit", tiff(few, "miniswhite")
    for bits in (32,):
        yield "whole.tif", "TIFF, 32 bit", tiff(few.astype(np.uint32), "minisblack")
        yield "float.tif", "TIFF, 32 bit", tiff(few.astype(np.float32), "minisblack")

    for bits in (1, 2, 4):
        for photometric in ("minisblack", "miniswhite", "palette"):
            for name, compression in (("raw", None), ("LZW", "lzw"), ("packbits", "packbits")):
                file = narrow(samples(33, 17, 1, bits)[:, :, 0], bits, photometric, compression)
                label = "palette" if photometric == "palette" else "gray"
                yield f"{photometric}-{name}.tif", f"TIFF, {label}, {bits} bit", file
    for name in ("group3", "group4", "tiff_ccitt"):
        bilevel = scene(48, 32).convert("1")
        yield f"{name}.tif", "TIFF, fax", encoded(bilevel, "TIFF", compression=name)

    for extra, name in ((1, "premultiplied"), (2, "alpha"), (0, "of no meaning")):
        for bits in (8, 16):
            values = samples(33, 17, 4, bits)
            if extra == 1:
                values[:, :, :3] = np.minimum(values[:, :, :3], values[:, :, 3:])
            for order in ("<", ">"):
                file = tiff(values, "rgb", order, extrasamples=[extra])
                yield f"{bits}-{'II' if order == '<' else 'MM'}.tif", f"TIFF, RGB, fourth channel {name}", file
            file = tiff(values, "rgb", compression="lzw", extrasamples=[extra])
            yield f"{bits}-lzw.tif", f"TIFF, RGB, fourth channel {name}", file
        values = samples(33, 17, 2)
        if extra == 1:
            values[:, :, :1] = np.minimum(values[:, :, :1], values[:, :, 1:])
        file = tiff(values, "minisblack", extrasamples=[extra], planarconfig="contig")
        yield f"8.tif", f"TIFF, gray, second channel {name}", file

    for width, height in SIZES + ((70, 41),):
        size, image = f"{width}x{height}.tif", scene(width, height)
        yield size, "TIFF, JPEG, YCbCr", encoded(image, "TIFF", compression="jpeg", quality=90)
        yield size, "TIFF, JPEG, gray", encoded(image.convert("L"), "TIFF", compression="jpeg", quality=90)
        for sampling in ((1, 1), (2, 1), (2, 2)):
            options = {"compression": "jpeg", "compressionargs": {"level": 90}, "subsampling": sampling}
            file = tiff(np.asarray(image), "ycbcr", rowsperstrip=16, **options)
            yield f"{sampling[0]}{sampling[1]}-{size}", "TIFF, JPEG, YCbCr", file
        file = tiff(np.asarray(image), "rgb", compression="jpeg", compressionargs={"level": 90})
        yield size, "TIFF, JPEG, RGB", file
        if width > 1 and height > 1:
            options = {"compression": "jpeg", "compressionargs": {"level": 90}, "subsampling": (2, 2)}
            yield size, "TIFF, JPEG, tiled", tiff(np.asarray(image), "ycbcr", tile=(32, 32), **options)
    yield "cmyk.tif", "TIFF, JPEG, CMYK", encoded(scene(48, 32).convert("CMYK"), "TIFF", compression="jpeg")

    image = scene(33, 17)
    for orientation in range(1, 9):
        for mode in ("RGB", "L"):
            file = encoded(image.convert(mode), "TIFF", tiffinfo={274: orientation})
            yield f"{mode}-{orientation}.tif", "TIFF, orientation", file
        for mode in ("1", "I;16", "CMYK", "P"):
            turned = image.convert("L").convert("I;16") if mode == "I;16" else image.convert(mode)
            yield f"{mode.replace(';', '')}-{orientation}.tif", "TIFF, orientation", encoded(
                turned, "TIFF", tiffinfo={274: orientation}, compression="tiff_lzw"
            )
    pages = {"save_all": True, "append_images": [image.rotate(180)]}
    yield "pages.tif", "TIFF, several pages", encoded(image, "TIFF", **pages)
    for name in ("zstd", "lzma", "webp"):
        yield f"{name}.tif", f"TIFF, {name}", tiff(samples(33, 17, 3), "rgb", compression=name)
    upright = narrow(samples(40, 17, 1, 1)[:, :, 0], 1, "minisblack", None)
    yield "fill-order.tif", "TIFF, fill order", narrow(samples(40, 17, 1, 1)[:, :, 0], 1, "minisblack", None, reverse=True), upright


def narrow(values, bits, photometric, compression, reverse=False):
    """Several samples a byte: written as bytes, and called what they are afterward."""
    data = np.array([np.frombuffer(row, np.uint8) for row in packed(values, bits)])
    if reverse:
        data = np.packbits(np.unpackbits(data[:, :, None], axis=2)[:, :, ::-1], axis=2)[:, :, 0]
    options = {"colormap": color_map()} if photometric == "palette" else {}
    # tifffile refuses to write FillOrder, so the tag gets another name first.
    tags = [(270, "H", 1, 2, True)] if reverse else []
    file = io.BytesIO(tiff(data, photometric, compression=compression, extratags=tags, **options))
    with tifffile.TiffFile(file, mode="r+b") as written:
        tags = written.pages[0].tags
        tags[256].overwrite(values.shape[1])
        tags[258].overwrite(bits)
        if photometric == "palette":
            tags[320].overwrite((palette(1 << bits).T.astype(np.uint16) * 257).reshape(-1).tolist())
    data = file.getvalue()
    return data.replace(struct.pack("<HHI", 270, 3, 1), struct.pack("<HHI", 266, 3, 1)) if reverse else data
