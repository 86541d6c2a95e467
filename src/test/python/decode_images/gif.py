"""GIF files, put together here: Pillow writes few of the kinds."""

import struct

import numpy as np

from .pictures import SIZES, encoded, palette, samples, scene


def lzw(indices, bits):
    """Valid, but not packed: the table is cleared before its codes grow."""
    clear, width = 1 << bits, bits + 1
    codes = []
    for i, index in enumerate(indices):
        if i % (clear - 2) == 0:
            codes.append(clear)
        codes.append(int(index))
    codes.append(clear + 1)
    packed = sum(code << (width * i) for i, code in enumerate(codes))
    data = packed.to_bytes((width * len(codes) + 7) // 8, "little")
    blocks = b"".join(bytes((len(data[i : i + 255]),)) + data[i : i + 255] for i in range(0, len(data), 255))
    return bytes((bits,)) + blocks + b"\0"


def control(transparent, disposal=0):
    flags = disposal << 2 | (transparent is not None)
    return b"\x21\xf9\x04" + struct.pack("<BHBB", flags, 0, transparent or 0, 0)


def frame(indices, colors, table=None, at=(0, 0), interlaced=False):
    height, width = indices.shape
    bits = max(2, (colors - 1).bit_length())
    flags = interlaced << 6
    if table is not None:
        flags |= 0x80 | ((len(table) - 1).bit_length() - 1)
    rows = indices
    if interlaced:
        order = [*range(0, height, 8), *range(4, height, 8), *range(2, height, 4), *range(1, height, 2)]
        rows = indices[order]
    head = b"\x2c" + struct.pack("<HHHHB", *at, width, height, flags)
    return head + (b"" if table is None else table.tobytes()) + lzw(rows.reshape(-1), bits)


def gif(screen, table, *blocks, background=0, version=b"GIF89a"):
    flags = 0x70 if table is None else 0xF0 | ((len(table) - 1).bit_length() - 1)
    head = version + struct.pack("<HHBBB", *screen, flags, background, 0)
    return head + (b"" if table is None else table.tobytes()) + b"".join(blocks) + b"\x3b"


def indices(width, height, colors):
    return (samples(width, height, 1, 8)[:, :, 0].astype(int) % colors).astype(np.uint8)


def files():
    for colors in (2, 4, 16, 256):
        table = palette(colors)
        for width, height in SIZES[:3]:
            values, size = indices(width, height, colors), f"{colors}-{width}x{height}.gif"
            yield size, "GIF, global palette", gif((width, height), table, frame(values, colors))
            yield size, "GIF, interlaced", gif((width, height), table, frame(values, colors, interlaced=True))
            other = palette(colors, 5)
            yield size, "GIF, local palette", gif((width, height), table, frame(values, colors, other))
            yield size, "GIF, transparent", gif((width, height), table, control(colors - 1), frame(values, colors))
    table, other = palette(16), palette(16, 5)
    values = indices(20, 12, 16)
    yield "local-only.gif", "GIF, local palette", gif((20, 12), None, frame(values, 16, other))
    yield "local-transparent.gif", "GIF, transparent", gif((20, 12), table, control(3), frame(values, 16, other))
    for background in (0, 5):
        for name, blocks in (
            ("plain", (frame(values, 16, at=(7, 5)),)),
            ("transparent", (control(3), frame(values, 16, at=(7, 5)))),
            ("local", (frame(values, 16, other, at=(7, 5)),)),
            ("local-transparent", (control(3), frame(values, 16, other, at=(7, 5)))),
            ("local-interlaced", (frame(values, 16, other, at=(7, 5), interlaced=True),)),
        ):
            file = gif((33, 24), table, *blocks, background=background)
            yield f"{name}-{background}.gif", "GIF, frame smaller than the screen", file
    yield "no-global.gif", "GIF, frame smaller than the screen", gif((33, 24), None, frame(values, 16, other, at=(7, 5)))
    yield "wide.gif", "GIF, frame larger than the screen", gif((15, 10), table, frame(values, 16))
    yield "shifted.gif", "GIF, frame larger than the screen", gif((22, 14), table, frame(values, 16, at=(7, 5)))
    yield "87a.gif", "GIF, version 87a", gif((20, 12), table, frame(values, 16), version=b"GIF87a")
    image = scene(48, 32)
    yield "pillow.gif", "GIF, packed", encoded(image.quantize(64), "GIF")
    yield "pillow-256.gif", "GIF, packed", encoded(image.quantize(256), "GIF")
    yield "grey.gif", "GIF, packed", encoded(image.convert("L"), "GIF")
    yield "noise.gif", "GIF, packed", encoded(scene(70, 80).convert("L"), "GIF", interlace=True)
    frames = [image.rotate(180), image.rotate(90)]
    yield "animated.gif", "GIF, animated", encoded(image, "GIF", save_all=True, append_images=frames)
    for disposal in range(4):
        file = gif((20, 12), table, control(None, disposal), frame(values, 16), control(2), frame(values[:5, :5], 16, other))
        yield f"disposal-{disposal}.gif", "GIF, animated", file
