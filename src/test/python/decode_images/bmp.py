"""BMP files of every depth, from the bottom and from the top, with the headers that are about."""

import struct

import numpy as np

from .pictures import SIZES, packed, palette, samples

RAW, RLE8, RLE4, BITFIELDS = range(4)
MASKS_555 = (0x7C00, 0x3E0, 0x1F, 0)
MASKS_565 = (0xF800, 0x7E0, 0x1F, 0)


def bmp(width, height, bits, rows, table=b"", compression=RAW, masks=None, header=40, top_down=False):
    """Rows are given from the top."""
    if isinstance(rows, bytes):
        data = rows
    else:
        padded = [row + bytes(-len(row) % 4) for row in rows]
        data = b"".join(padded if top_down else padded[::-1])
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack(
            "<IiiHHIIiiII", header, width, -height if top_down else height, 1, bits, compression, len(data), 0, 0,
            len(table) // 4, 0,
        )
        fields = struct.pack("<IIII", *masks) if masks else b""
        info += fields[: 12 if header == 40 else 16] if masks else b""
        info += bytes(max(0, header - len(info)))
    offset = 14 + len(info) + len(table)
    return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + info + table + data


def quads(colors):
    return b"".join(bytes((*color[::-1], 0)) for color in colors.tolist())


def words(values, type):
    return [row.astype(type).tobytes() for row in values]


def rle8(indices, absolute):
    out = b""
    for row in indices[::-1]:
        row = row.tolist()
        if absolute and len(row) > 5:
            for at in range(0, len(row), 37):
                part = bytes(row[at : at + 37])
                if len(part) < 3:
                    out += b"".join(bytes((1, index)) for index in part)
                else:
                    out += bytes((0, len(part))) + part + bytes(len(part) % 2)
        else:
            at = 0
            while at < len(row):
                run = 1
                while at + run < len(row) and row[at + run] == row[at] and run < 255:
                    run += 1
                out += bytes((run, row[at]))
                at += run
        out += b"\0\0"
    return out + b"\0\1"


def rle4(indices, absolute):
    out = b""
    for row in indices[::-1]:
        row = row.tolist()
        for at in range(0, len(row), 12):
            part = row[at : at + 12]
            if absolute and len(part) > 2:
                even = part + [0] * (len(part) % 2)
                data = bytes(a << 4 | b for a, b in zip(even[::2], even[1::2]))
                out += bytes((0, len(part))) + data + bytes(len(data) % 2)
            else:
                for i in range(0, len(part), 2):
                    two = part[i : i + 2]
                    out += bytes((len(two), two[0] << 4 | (two[1] if len(two) > 1 else 0)))
        out += b"\0\0"
    return out + b"\0\1"


def files():
    for width, height in SIZES + ((1, 1),):
        size = f"{width}x{height}"
        for top_down in (False, True):
            name = f"{size}{'-top-down' if top_down else ''}.bmp"
            for bits in (1, 4, 8):
                indices = samples(width, height, 1, bits)[:, :, 0]
                rows = packed(indices, bits)
                file = bmp(width, height, bits, rows, quads(palette(1 << bits)), top_down=top_down)
                yield name, f"BMP, {bits} bit", file
            colors = samples(width, height, 3)
            yield name, "BMP, 24 bit", bmp(width, height, 24, packed(colors, 8), top_down=top_down)
            colors = samples(width, height, 4)
            yield name, "BMP, 32 bit", bmp(width, height, 32, packed(colors, 8), top_down=top_down)
            deep = words(samples(width, height, 1, 16)[:, :, 0], "<u2")
            yield name, "BMP, 16 bit (555)", bmp(width, height, 16, deep, top_down=top_down)
            for label, masks in (("555", MASKS_555), ("565", MASKS_565)):
                for header in (40, 56, 108):
                    file = bmp(
                        width, height, 16, deep, compression=BITFIELDS, masks=masks, header=header, top_down=top_down
                    )
                    yield f"{header}-{name}", f"BMP, 16 bit with masks ({label})", file
        indices = samples(width, height, 1, 2)[:, :, 0]
        for absolute in (False, True):
            name = f"{size}{'-absolute' if absolute else ''}.bmp"
            table = quads(palette(256))
            yield name, "BMP, RLE8", bmp(width, height, 8, rle8(indices * 80, absolute), table, RLE8)
            table = quads(palette(16))
            yield name, "BMP, RLE4", bmp(width, height, 4, rle4(indices * 5, absolute), table, RLE4)

    width, height = 33, 17
    colors = samples(width, height, 4)
    for name, masks in (
        ("bgrx", (0xFF0000, 0xFF00, 0xFF, 0)),
        ("bgra", (0xFF0000, 0xFF00, 0xFF, 0xFF000000)),
        ("rgba", (0xFF, 0xFF00, 0xFF0000, 0xFF000000)),
        ("abgr", (0xFF000000, 0xFF0000, 0xFF00, 0xFF)),
        ("xbgr", (0xFF000000, 0xFF0000, 0xFF00, 0)),
    ):
        for header in (40, 56, 108, 124):
            if header > 40 or masks[3] == 0:
                file = bmp(width, height, 32, packed(colors, 8), compression=BITFIELDS, masks=masks, header=header)
                yield f"{name}-{header}.bmp", "BMP, 32 bit with masks", file
    for bits in (1, 4, 8):
        indices = samples(width, height, 1, bits)[:, :, 0]
        table = palette(1 << bits).tobytes()
        yield f"core-{bits}.bmp", "BMP, OS/2 header", bmp(width, height, bits, packed(indices, bits), table, header=12)
        ramp = np.repeat(np.linspace(0, 255, 1 << bits).astype(np.uint8)[:, None], 3, 1)
        yield f"{bits}.bmp", "BMP, gray palette", bmp(width, height, bits, packed(indices, bits), quads(ramp))
        few = quads(palette(max(2, (1 << bits) - 3)))
        rows = packed(indices % max(2, (1 << bits) - 3), bits)
        yield f"{bits}.bmp", "BMP, palette shorter than its depth allows", bmp(width, height, bits, rows, few)
    yield "core-24.bmp", "BMP, OS/2 header", bmp(width, height, 24, packed(colors[:, :, :3], 8), header=12)
    whole = b"\4\1\0\2\3\1\5\2" + b"\0\2\1\1\7\6" * 1 + b"\0\2\0\2" + b"\24\3" + b"\0\0" + b"\24\4" + b"\0\1"
    yield "jump.bmp", "BMP, RLE8 that leaves pixels out", bmp(20, 6, 8, whole, quads(palette(256)), RLE8)
    delta = b"\4\1\0\2\3\1\5\2\0\0\0\2\6\0\3\3\0\1"
    yield "delta.bmp", "BMP, RLE8 that leaves pixels out", bmp(20, 6, 8, delta, quads(palette(256)), RLE8)
    yield "ended.bmp", "BMP, RLE8 that leaves pixels out", bmp(20, 6, 8, b"\4\1\0\0\3\2\0\1", quads(palette(256)), RLE8)
    yield "delta-4.bmp", "BMP, RLE4 that leaves pixels out", bmp(20, 6, 4, delta, quads(palette(16)), RLE4)
