"""What is painted on the images: smooth colors for lossy formats, and samples without any order for the others."""

import io

import numpy as np
from PIL import Image, ImageCms

SIZES = ((48, 32), (33, 17), (1, 23), (29, 1))


def scene(width, height):
    """Smooth colors with a hard-edged block in one corner, so that a turned or mirrored picture is told apart."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    rgb = np.stack([255 * x / width, 255 * y / height, 128 + 127 * np.sin((x + 2 * y) / 9)], -1)
    rgb[: height // 4, : width // 3] = (250, 20, 60)
    rgb[height // 2 :, width // 2 :] += np.random.default_rng(3).normal(0, 25, rgb[height // 2 :, width // 2 :].shape)
    return Image.fromarray(rgb.clip(0, 255).astype(np.uint8))


def samples(width, height, channels=1, bits=8, seed=1):
    """Every value of so many bits, in no order."""
    values = np.random.default_rng(seed).integers(0, 1 << bits, (height, width, channels), dtype=np.uint16)
    return values if bits > 8 else values.astype(np.uint8)


def palette(colors, seed=2):
    return np.random.default_rng(seed).integers(0, 256, (colors, 3), dtype=np.uint8)


def encoded(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def profile():
    """An ICC profile of sRGB, without the time of its making."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    data[24:36] = bytes(12)
    return bytes(data)


def packed(rows, bits):
    """Rows of samples as bytes, the first sample in the highest bits; 16 bits with the higher byte first."""
    if bits == 16:
        return [row.astype(">u2").tobytes() for row in rows]
    result = []
    for row in rows:
        all_bits = np.unpackbits(row.reshape(-1, 1).astype(np.uint8), axis=1)[:, 8 - bits :]
        result.append(np.packbits(all_bits.reshape(-1)).tobytes())
    return result
