"""Files that are damaged in one place: what Pillow reads on, and what it refuses."""

import numpy as np

from . import bmp, gif, png
from .pictures import encoded, exif, palette, samples, scene
from .tiff import tiff

MARKERS = (0x01, 0x02, 0xC0, 0xC4, 0xD1, 0xD3, 0xD8, 0xD9, 0xDA, 0xDB, 0xDD, 0xE1, 0xF0)
FLAT = bytes((0,)), bytes((0xFF,))


def overwritten(file, place, data):
    return file[:place] + data + file[place + len(data) :]


def strips():
    """Of three strips, the second one is damaged."""
    flat = np.asarray(scene(24, 15))
    gray = np.asarray(scene(24, 15).convert("L"))
    kinds = {
        "RGB": (flat, "rgb", {}),
        "gray": (gray, "minisblack", {}),
        "white is zero": (gray, "miniswhite", {}),
        "palette": (gray, "palette", {"colormap": palette(256).T.astype(np.uint16) * 257}),
        "predictor": (flat, "rgb", {"predictor": True}),
        "gray, 16 bit": (gray.astype(np.uint16), "minisblack", {}),
    }
    for label, (values, photometric, options) in kinds.items():
        for name in ("lzw", "zlib", "packbits"):
            if name == "packbits" and "predictor" in options:
                continue
            yield label, name, tiff(values, photometric, compression=name, rowsperstrip=5, **options)
    for name in ("group3", "group4", "tiff_ccitt"):
        yield "fax", name, encoded(scene(32, 24).convert("1"), "TIFF", compression=name, strip_size=4 * 8)


def second_strip(file):
    """Where it begins, and its length."""
    from PIL import Image
    import io

    tags = Image.open(io.BytesIO(file)).tag_v2
    return tags[273][1], tags[279][1]


def tiffs():
    for label, name, file in strips():
        start, length = second_strip(file)
        kind = f"TIFF, {label}"
        for byte in FLAT:
            for place in (0, length // 2):
                damaged = overwritten(file, start + place, byte * 9)
                yield f"{name}-{place}-{byte.hex()}.tif", kind, damaged
        yield f"{name}-cut.tif", kind, file[: start + length // 2]
    bits = np.packbits(np.asarray(scene(48, 15).convert("1")), axis=1)
    old = old_lzw(bits.tobytes())
    yield "old-lzw.tif", "TIFF, LZW of old", with_strip(tiff(bits, "minisblack", compression="packbits"), 5, old)


def old_lzw(data):
    """As it was written before TIFF 5.0: the first bit lowest. Without a table, so that codes do not grow."""
    codes = []
    for i, byte in enumerate(data):
        codes += [256] * (i % 200 == 0) + [byte]
    codes.append(257)
    packed = sum(code << (9 * i) for i, code in enumerate(codes))
    return packed.to_bytes((9 * len(codes) + 7) // 8, "little")


def with_strip(file, compression, data):
    """A file of one strip, with another one and its compression."""
    import io

    import tifffile

    stream = io.BytesIO(file + data)
    with tifffile.TiffFile(stream, mode="r+b") as written:
        tags = written.pages[0].tags
        for tag, value in ((259, compression), (273, len(file)), (279, len(data))):
            tags[tag].overwrite(value)
    return stream.getvalue()


def scan_start(file):
    at = 2
    while file[at + 1] != 0xDA:
        at += 2 + int.from_bytes(file[at + 2 : at + 4], "big")
    return at + 2 + int.from_bytes(file[at + 2 : at + 4], "big")


def jpegs():
    image = scene(32, 24)
    for kind, file in (
        ("JPEG, baseline", encoded(image, "JPEG", quality=85)),
        ("JPEG, gray", encoded(image.convert("L"), "JPEG", quality=85)),
        ("JPEG, restart markers", encoded(image, "JPEG", quality=85, restart_marker_blocks=1)),
        ("JPEG, progressive", encoded(image, "JPEG", quality=85, progressive=True)),
    ):
        start = scan_start(file)
        middle = start + (len(file) - start) // 2
        for marker in MARKERS:
            code = bytes((0xFF, marker))
            yield f"{marker:02x}-inserted.jpg", kind, file[:middle] + code + file[middle:]
            if kind == "JPEG, baseline":
                yield f"{marker:02x}-before-end.jpg", kind, file[:-2] + code + file[-2:]
        yield "after-end.jpg", kind, file + b"\xff\x02noise"
        yield "no-end.jpg", kind, file[:-2]
        yield "cut.jpg", kind, file[:middle]
        yield "zeros.jpg", kind, overwritten(file, middle, bytes(12))
        yield "noise-before-end.jpg", kind, file[:-2] + b"noise" + file[-2:]


def bmps():
    for bits, packed, compression in ((8, bmp.rle8, bmp.RLE8), (4, bmp.rle4, bmp.RLE4)):
        table = bmp.quads(palette(1 << bits))
        indices = samples(21, 9, 1, 2)[:, :, 0] * 5
        padded = np.pad(indices, ((0, 0), (0, 3)))
        for absolute in (False, True):
            name = f"{bits}{'-absolute' if absolute else ''}"
            file = bmp.bmp(21, 9, bits, packed(padded, absolute), table, compression)
            yield f"{name}-padded.bmp", "BMP, packed rows that are padded", file
            file = bmp.bmp(21, 9, bits, packed(indices, absolute), table, compression)
            middle = len(file) - 60
            for data in (b"\0\0", b"\0\1", b"\0\2\5\1", b"\0\3abc\0", b"\xff\1", b"\0\xff"):
                damaged = overwritten(file, middle - middle % 2, data)
                yield f"{name}-{data.hex()}.bmp", "BMP, packed", damaged
            yield f"{name}-cut.bmp", "BMP, packed", file[:middle]
        raw = bmp.bmp(21, 9, bits, bmp.packed(indices, bits), table)
        yield f"{bits}-last-padding-missing.bmp", "BMP, raw", raw[:-1]
        yield f"{bits}-cut.bmp", "BMP, raw", raw[:-9]


def pngs():
    image = scene(32, 24)
    file = encoded(image, "PNG")
    data = file.index(b"IDAT") + 4
    length = int.from_bytes(file[data - 8 : data - 4], "big")
    for place in (20, length // 2, length - 2):
        damaged = overwritten(file, data + place, b"\x55\xaa")
        yield f"{place}.png", "PNG, checksum", damaged
        body = damaged[data : data + length]
        sound = damaged[: data - 8] + png.chunk(b"IDAT", body) + png.chunk(b"IEND", b"")
        yield f"{place}.png", "PNG, data", sound
    short = png.png(samples(24, 20, 3)[:15], 8, png.RGB)
    high = overwritten(short, 20, (20).to_bytes(4, "big"))
    yield "rows-missing.png", "PNG, data", high[:8] + png.chunk(b"IHDR", high[16:29]) + high[33:]
    yield "no-end.png", "PNG, data", file[:-12]


def gifs():
    for colors in (4, 16, 256):
        values = gif.indices(21, 12, colors)
        file = gif.gif((21, 12), palette(colors), gif.frame(values, colors))
        for byte in FLAT:
            damaged = overwritten(file, len(file) - 60, byte * 3)
            yield f"{colors}-{byte.hex()}.gif", "GIF", damaged
        yield f"{colors}-cut.gif", "GIF", file[: len(file) - 50]
        yield f"{colors}-no-end.gif", "GIF", file[:-1]
    image = scene(32, 24)
    frames = encoded(image, "GIF", save_all=True, append_images=[image.rotate(180)])
    yield "second-picture-cut.gif", "GIF", frames[:-200]
    yield "second-picture-zeros.gif", "GIF", overwritten(frames, len(frames) - 300, bytes(100))


def webps():
    image = scene(32, 24)
    for lossless in (False, True):
        file = encoded(image, "WEBP", lossless=lossless)
        name = "lossless" if lossless else "lossy"
        yield f"{name}-cut.webp", "WebP", file[:-40]
        yield f"{name}-zeros.webp", "WebP", overwritten(file, len(file) // 2, bytes(30))
        yield f"{name}-last-byte-missing.webp", "WebP", file[:-1]
    # Chunks that follow a damaged picture are no part of it.
    file = encoded(image, "WEBP", lossless=True, exif=exif(6))
    metadata = file.index(b"EXIF")
    for behind in range(8, 88, 4):
        byte = bytes((file[metadata - behind] ^ 0x55,))
        yield f"exif-{behind}.webp", "WebP", overwritten(file, metadata - behind, byte)
    yield "exif-cut.webp", "WebP", file[:-4]
    yield "exif-too-long.webp", "WebP", overwritten(file, metadata + 4, bytes((200,)))


def files():
    for kind in (tiffs, jpegs, bmps, pngs, gifs, webps):
        yield from kind()
