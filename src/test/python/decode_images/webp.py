"""WebP files, as Pillow writes them."""

from PIL import Image

from .pictures import SIZES, encoded, exif, profile, samples, scene


def files():
    for width, height in SIZES + ((1, 1), (50, 50)):
        size, image = f"{width}x{height}.webp", scene(width, height)
        alpha = image.convert("RGBA")
        alpha.putalpha(Image.fromarray(samples(width, height)[:, :, 0]))
        for quality in (20, 90):
            yield f"{quality}-{size}", "WebP, lossy", encoded(image, "WEBP", quality=quality)
        yield size, "WebP, lossy, alpha", encoded(alpha, "WEBP", quality=80)
        yield f"packed-{size}", "WebP, lossy, alpha", encoded(alpha, "WEBP", quality=80, alpha_quality=30)
        yield size, "WebP, lossless", encoded(image, "WEBP", lossless=True)
        noise = Image.fromarray(samples(width, height, 3))
        yield f"noise-{size}", "WebP, lossless", encoded(noise, "WEBP", lossless=True)
        for exact in (False, True):
            file = encoded(alpha, "WEBP", lossless=True, exact=exact)
            yield f"{'exact-' if exact else ''}{size}", "WebP, lossless, alpha", file
        yield size, "WebP, lossless, few colors", encoded(image.quantize(7).convert("RGB"), "WEBP", lossless=True)
    image = scene(33, 17)
    for orientation in range(1, 9):
        file = encoded(image, "WEBP", lossless=True, exif=exif(orientation))
        yield f"{orientation}.webp", "WebP, EXIF orientation", file
    yield "profile.webp", "WebP, ICC profile", encoded(image, "WEBP", lossless=True, icc_profile=profile())
    frames = [image.rotate(180), image.rotate(90)]
    for lossless in (False, True):
        file = encoded(image, "WEBP", save_all=True, append_images=frames, lossless=lossless)
        kind = "WebP, animated, " + ("lossless" if lossless else "lossy")
        yield "animated.webp", kind, file
    clear = image.convert("RGBA")
    clear.putalpha(Image.fromarray(samples(33, 17)[:, :, 0]))
    file = encoded(clear, "WEBP", save_all=True, append_images=[clear.rotate(180)], lossless=True, exact=True)
    yield "animated-alpha.webp", "WebP, animated, lossless", file
