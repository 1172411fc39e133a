"""Real files, made on the spot, and what people and worse send instead of them."""

import struct
import zipfile
import zlib
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

GPS = 0x8825
CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/{part}" ContentType="application/vnd.{kind}"/></Types>"""
WORD = "openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WORD_WITH_MACRO = "ms-word.document.macroEnabled.main+xml"


def upload(content: bytes, name: str = "tep.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def pdf(text: str = "") -> bytes:
    """One empty page, with a right table of references."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ]
    out = BytesIO()
    out.write(b"%PDF-1.4\n" + (f"% {text}\n".encode() if text else b""))
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table = out.tell()
    out.write(b"xref\n0 4\n0000000000 65535 f \n")
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table)
    return out.getvalue()


def archive(*entries: tuple[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries:
            package.writestr(name, content)
    return out.getvalue()


def docx(*more: tuple[str, bytes], kind: str = WORD, part: str = "word/document.xml") -> bytes:
    contents = CONTENT_TYPES.format(part=part, kind=kind).encode()
    return archive(("[Content_Types].xml", contents), (part, b"<w:document/>"), *more)


def xlsx(*more: tuple[str, bytes]) -> bytes:
    return docx(*more, kind=EXCEL, part="xl/workbook.xml")


def encrypted_entries() -> bytes:
    """A DOCX of which the flags say that its entries are encrypted."""
    content = bytearray(docx())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := content.find(mark, start)) >= 0:
            content[start + place] |= 1
            start += 4
    return bytes(content)


def lying_archive() -> bytes:
    """A DOCX with an entry of a megabyte that says of itself that it has ten bytes."""
    content = bytearray(docx(("word/media/image1.bin", bytes(1 << 20))))
    size = struct.pack("<I", 1 << 20)
    while (place := content.find(size)) >= 0:
        content[place : place + 4] = struct.pack("<I", 10)
    return bytes(content)


def jpeg(size=(800, 600), **options) -> bytes:
    out = BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(out, "JPEG", **options)
    return out.getvalue()


def phone_photo() -> bytes:
    """Held upright: stored lying, 400 × 200, with the place, the phone and a remark in it."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90°
    exif[0x010F] = "DienThoai"
    exif.get_ifd(GPS).update({1: "N", 2: (13.0, 59.0, 7.0), 3: "E", 4: (108.0, 0.0, 2.0)})
    return jpeg((400, 200), exif=exif, comment=b"SECRET-REMARK", icc_profile=b"SECRET-PROFILE")


def png(size=(60, 40), mode="RGB", colour=None, **options) -> bytes:
    out = BytesIO()
    Image.new(mode, size, colour or 0).save(out, "PNG", **options)
    return out.getvalue()


def noted_png() -> bytes:
    notes = PngInfo()
    notes.add_text("Author", "SECRET-AUTHOR")
    notes.add_itxt("XML:com.adobe.xmp", "SECRET-XMP")
    return png(pnginfo=notes, icc_profile=b"SECRET-PROFILE")


def animation() -> bytes:
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def picture_bomb(side: int = 20_000) -> bytes:
    """A PNG of a few hundred kilobytes that would be 400 million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


EXECUTABLE = b"MZ\x90\x00" + bytes(60) + b"PE\x00\x00" + bytes(500)
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le")
ENCRYPTED_WORD = OLD_WORD + "EncryptedPackage".encode("utf-16-le")
