"""Pictures, written anew: what is kept is what is seen, never where and with what it was taken."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from antq.files import refusals
from antq.files.models import FileKind
from antq.files.refusals import FileRefused

MOST_PIXELS = 50_000_000  # a page at 600 dpi has 35 million
LONG_SIDE = 2560
THUMBNAIL = 320
FORMATS = {FileKind.JPEG: "JPEG", FileKind.PNG: "PNG"}
QUALITY = 85


@dataclass(frozen=True)
class Picture:
    content: bytes
    thumbnail: bytes


def read_picture(file, kind: FileKind) -> Picture:
    """Raises FileRefused for a picture that is broken, cut off, or larger than any camera's.

    Of an animation the first picture is kept. Colour profiles go with the rest: they name devices,
    and a dossier does not need the exact green.
    """
    try:
        with Image.open(file, formats=[FORMATS[kind]]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise FileRefused(refusals.too_many_pixels(MOST_PIXELS))
            if kind == FileKind.JPEG:  # a JPEG can be read at half its size, for half the memory
                image.draft("RGB", (LONG_SIDE, LONG_SIDE))
            image.load()
            return _written(_upright(image), kind)
    except FileRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileRefused(refusals.too_many_pixels(MOST_PIXELS)) from error
    except Exception as error:  # what Pillow raises on a broken file is written down nowhere
        raise FileRefused(refusals.BROKEN_PICTURE) from error


def _upright(image: Image.Image) -> Image.Image:
    """Its pixels in plain colours, not larger than is useful, turned as the camera was held.

    Made smaller first: every other step makes a copy.
    """
    plain = "RGBA" if image.has_transparency_data else "L" if image.mode == "L" else "RGB"
    if image.mode.startswith(("I", "F")):  # 16 bits of grey
        image = image.point(lambda level: level / 256).convert("L")
    elif image.mode != plain:
        image = image.convert(plain)
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    return ImageOps.exif_transpose(image)


def _written(image: Image.Image, kind: FileKind) -> Picture:
    on_white = image
    if image.mode == "RGBA":
        on_white = Image.new("RGB", image.size, "white")
        on_white.paste(image, mask=image.getchannel("A"))
    content = on_white if kind == FileKind.JPEG else image
    small = on_white.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return Picture(_bytes(content, FORMATS[kind]), _bytes(small, "JPEG"))


def _bytes(image: Image.Image, form: str) -> bytes:
    image.info.clear()  # comments, XMP, profiles: Pillow would write them again
    out = BytesIO()
    # Of a large PNG the last percents take seconds.
    image.save(out, form, quality=QUALITY, optimize=form == "JPEG")
    return out.getvalue()
