"""What a file is, found in its content: its name and what the browser says are not asked."""

from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from antq.files import refusals
from antq.files.models import FileKind
from antq.files.names import clean_name, has_path
from antq.files.office import office_kind
from antq.files.pictures import read_picture
from antq.files.refusals import FileRefused

PDF, ZIP, JPEG, PNG = b"%PDF-", b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")
TAIL = 2048


@dataclass(frozen=True)
class Examined:
    """A file that may be stored: its name made harmless, its content as it will be served."""

    name: str
    kind: FileKind
    content: BinaryIO
    thumbnail: bytes = b""


def examine(upload) -> Examined:
    """Raises FileRefused; nothing is stored here."""
    if reason := getattr(upload, "refused", ""):  # while it came in: see uploads.py
        raise FileRefused(reason)
    if has_path(upload.name):
        raise FileRefused(refusals.PATH_IN_NAME)
    if not upload.size:
        raise FileRefused(refusals.EMPTY)
    file = upload.file
    kind = _kind(file)
    name = clean_name(upload.name, kind)
    file.seek(0)
    if kind in (FileKind.JPEG, FileKind.PNG):
        picture = read_picture(file, kind)
        return Examined(name, kind, BytesIO(picture.content), picture.thumbnail)
    return Examined(name, kind, file)


def _kind(file) -> FileKind:
    file.seek(0)
    head = file.read(16)
    if head.startswith(PDF):
        return _checked_pdf(file)
    if head.startswith(ZIP):
        return office_kind(file)
    if head.startswith(JPEG):
        return FileKind.JPEG
    if head.startswith(PNG):
        return FileKind.PNG
    if head.startswith(OLD_OFFICE):
        file.seek(0)
        encrypted = ENCRYPTED_PART in file.read()
        raise FileRefused(refusals.ENCRYPTED if encrypted else refusals.OLD_OFFICE)
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        raise FileRefused(refusals.HEIC)
    raise FileRefused(refusals.NOT_TAKEN)


def _checked_pdf(file) -> FileKind:
    """It begins and ends as a PDF: what hides behind its end is no part of it."""
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL))
    tail = file.read()
    _, end, rest = tail.rpartition(b"%%EOF")
    if not end or b"startxref" not in tail or rest.strip(b"\x00\t\n\x0c\r \x1a"):
        raise FileRefused(refusals.BROKEN_PDF)
    return FileKind.PDF
