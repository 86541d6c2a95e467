"""JPEG files: what Pillow writes, and what imagecodecs does where Pillow doesn't."""

import imagecodecs
import numpy as np

from .pictures import SIZES, encoded, exif, profile, scene, samples

ADOBE = 0xEE


def without_marker(file, marker):
    """The file without its segments of one kind."""
    at, kept = 2, file[:2]
    while file[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(file[at + 2 : at + 4], "big")
        kept += b"" if file[at + 1] == marker else file[at:end]
        at = end
    return kept + file[at:]


def four_channels(width, height):
    rgb = np.asarray(scene(width, height))
    black = np.linspace(0, 255, width * height).reshape(height, width, 1).astype(np.uint8)
    return np.ascontiguousarray(np.concatenate([rgb, black], -1))


def files():
    for width, height in SIZES + ((1, 1), (16, 16)):
        size, image = f"{width}x{height}", scene(width, height)
        for name, sampling in (("4:4:4", 0), ("4:2:2", 1), ("4:2:0", 2)):
            for progressive in (False, True):
                kind = f"JPEG, {'progressive' if progressive else 'baseline'}, {name}"
                yield f"{size}.jpg", kind, encoded(
                    image, "JPEG", quality=90, subsampling=sampling, progressive=progressive
                )
        for sampling in ("440", "411"):
            name = ":".join(sampling)
            file = imagecodecs.jpeg8_encode(np.asarray(image), level=90, subsampling=sampling)
            yield f"{size}.jpg", f"JPEG, baseline, {name}", file
        yield f"{size}.jpg", "JPEG, gray", encoded(image.convert("L"), "JPEG", quality=90)
        yield f"{size}-progressive.jpg", "JPEG, gray", encoded(image.convert("L"), "JPEG", progressive=True)
        for name, target, sampling in (("CMYK", "CMYK", "444"), ("YCCK", "YCCK", "444"), ("YCCK, 4:2:0", "YCCK", "420")):
            file = imagecodecs.jpeg8_encode(
                four_channels(width, height), level=90, colorspace="CMYK", outcolorspace=target, subsampling=sampling
            )
            yield f"{size}.jpg", f"JPEG, {name}", file
            if target == "CMYK":
                yield f"{size}.jpg", "JPEG, CMYK, no Adobe marker", without_marker(file, ADOBE)
        yield f"{size}-pillow.jpg", "JPEG, CMYK", encoded(image.convert("CMYK"), "JPEG", quality=85)
        yield f"{size}.jpg", "JPEG, RGB", encoded(image, "JPEG", quality=90, keep_rgb=True)

    image = scene(33, 17)
    for orientation in range(1, 9):
        for sampling in (0, 2):
            file = encoded(image, "JPEG", quality=90, subsampling=sampling, exif=exif(orientation))
            yield f"{orientation}-{sampling}.jpg", "JPEG, EXIF orientation", file
    for orientation in (3, 6):
        file = encoded(image.convert("CMYK"), "JPEG", quality=90, exif=exif(orientation))
        yield f"cmyk-{orientation}.jpg", "JPEG, EXIF orientation", file
        yield f"grey-{orientation}.jpg", "JPEG, EXIF orientation", encoded(image.convert("L"), "JPEG", exif=exif(orientation))

    image = scene(70, 41)
    for name, options in (("blocks", {"restart_marker_blocks": 2}), ("rows", {"restart_marker_rows": 1})):
        yield f"{name}.jpg", "JPEG, restart markers", encoded(image, "JPEG", quality=90, **options)
        yield f"{name}-progressive.jpg", "JPEG, restart markers", encoded(image, "JPEG", progressive=True, **options)
    for mode in ("RGB", "L", "CMYK"):
        file = encoded(image.convert(mode), "JPEG", quality=90, icc_profile=profile())
        yield f"{mode.lower()}.jpg", "JPEG, ICC profile", file
    for quality in (1, 30, 75, 100):
        yield f"{quality}.jpg", "JPEG, quality 1 to 100", encoded(image, "JPEG", quality=quality, optimize=True)
        noise = encoded(scene(1, 1).resize((40, 24)), "JPEG", quality=quality)
        yield f"{quality}-flat.jpg", "JPEG, quality 1 to 100", noise
    noise = samples(40, 24, 3)
    for sampling in ("444", "422", "420"):
        yield f"{sampling}.jpg", "JPEG, noise", imagecodecs.jpeg8_encode(noise, level=95, subsampling=sampling)
    yield "no-jfif.jpg", "JPEG, markers left out", without_marker(encoded(image, "JPEG", quality=90), 0xE0)
    yield "rgb-no-adobe.jpg", "JPEG, markers left out", without_marker(
        encoded(image, "JPEG", quality=90, keep_rgb=True), ADOBE
    )
    yield "mpo.jpg", "JPEG, several pictures (MPO)", encoded(
        image, "MPO", save_all=True, append_images=[image.rotate(180)]
    )
    yield "comment.jpg", "JPEG, markers left out", encoded(image, "JPEG", quality=90, comment=b"of no matter")
    yield "lossless.jpg", "JPEG, lossless", imagecodecs.jpeg8_encode(np.asarray(image), lossless=True)
    yield "deep.jpg", "JPEG, 12 bit", imagecodecs.jpeg8_encode(samples(24, 20, 3, 12), bitspersample=12)
