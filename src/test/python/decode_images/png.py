"""PNG files of every depth and kind, written here: Pillow writes few of them, and none interlaced."""

import struct
import zlib

import numpy as np

from .pictures import SIZES, encoded, exif, packed, palette, profile, samples, scene

GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
NAMES = {GRAY: "gray", RGB: "RGB", PALETTE: "palette", GRAY_ALPHA: "gray and alpha", RGBA: "RGB and alpha"}
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
DEPTHS = {GRAY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GRAY_ALPHA: (8, 16), RGBA: (8, 16)}
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(values, depth, color_type, interlaced=False, before_data=b""):
    height, width = values.shape[:2]
    passes = ADAM7 if interlaced else ((0, 0, 1, 1),)
    rows = b""
    for x, y, dx, dy in passes:
        part = values[y::dy, x::dx]
        if part.size:
            rows += b"".join(b"\0" + row for row in packed(part, depth))
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, int(interlaced))
    data = zlib.compress(rows, 9)
    half = len(data) // 2
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + before_data
        + chunk(b"IDAT", data[:half])
        + chunk(b"IDAT", data[half:])
        + chunk(b"IEND", b"")
    )


def transparency(values, color_type, colors):
    """The chunk that makes the first pixel's color transparent."""
    if color_type == PALETTE:
        return chunk(b"tRNS", bytes(range(0, 256, 256 // colors))[:colors])
    first = values[0, 0].astype(">u2").tobytes()
    return chunk(b"tRNS", first)


def files():
    for color_type, depths in DEPTHS.items():
        for depth in depths:
            for width, height in SIZES:
                values = samples(width, height, CHANNELS[color_type], depth)
                table = b""
                if color_type == PALETTE:
                    table = chunk(b"PLTE", palette(1 << depth).tobytes())
                for interlaced in (False, True):
                    kind = f"PNG, {NAMES[color_type]}, {depth} bit" + (", interlaced" if interlaced else "")
                    yield f"{width}x{height}.png", kind, png(values, depth, color_type, interlaced, table)
                if color_type in (GRAY, RGB, PALETTE) and width > 1:
                    trns = transparency(values, color_type, 1 << depth)
                    kind = f"PNG, {NAMES[color_type]}, tRNS"
                    yield f"{depth}-{width}x{height}.png", kind, png(values, depth, color_type, False, table + trns)

    low = samples(33, 17, 1, 8).astype(np.uint16) + 100
    yield "about-255.png", "PNG, gray, 16 bit", png(low, 16, GRAY)
    filtered = scene(48, 32)
    yield "filtered.png", "PNG, RGB, 8 bit", encoded(filtered, "PNG", optimize=True)
    filtered_palette = filtered.quantize(32)
    yield "filtered.png", "PNG, palette, 8 bit", encoded(filtered_palette, "PNG", bits=8)
    for orientation in range(1, 9):
        yield f"{orientation}.png", "PNG, EXIF orientation", encoded(scene(33, 17), "PNG", exif=exif(orientation))
    yield "grey-6.png", "PNG, EXIF orientation", encoded(scene(33, 17).convert("L"), "PNG", exif=exif(6))
    for name, extra in (
        ("gamma", chunk(b"gAMA", struct.pack(">I", 100000))),
        ("background", chunk(b"bKGD", struct.pack(">HHH", 250, 20, 60))),
        ("significant-bits", chunk(b"sBIT", bytes((5, 6, 5)))),
        ("profile", chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(profile()))),
        ("code-points", chunk(b"cICP", bytes((9, 16, 0, 1)))),
    ):
        yield f"{name}.png", "PNG, color chunks", png(samples(24, 20, 3), 8, RGB, False, extra)
    frames = {"save_all": True, "append_images": [filtered.rotate(180)], "default_image": False}
    yield "animated.png", "PNG, animated", encoded(filtered, "PNG", **frames)
    short = chunk(b"PLTE", palette(7).tobytes())
    yield "short-palette.png", "PNG, palette shorter than its depth allows", png(samples(24, 20) % 7, 8, PALETTE, False, short)
    yield "beyond-palette.png", "PNG, index beyond the palette", png(samples(24, 20) % 9, 8, PALETTE, False, short)
