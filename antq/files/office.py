"""Whether a ZIP is a Word or an Excel file that is safe to pass on; nothing of it is kept open."""

import re
import zipfile
import zlib
from xml.etree import ElementTree

from antq.files import refusals
from antq.files.models import FileKind
from antq.files.refusals import FileRefused

MOST_ENTRIES = 5_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 150  # of an entry of more than a megabyte; sheets of a table reach about 50
CONTENTS = "[Content_Types].xml"
MAIN_PARTS = {
    "wordprocessingml.document.main+xml": FileKind.DOCX,
    "spreadsheetml.sheet.main+xml": FileKind.XLSX,
}
# What zipfile raises on a broken file; RuntimeError is the parent of what it does not know.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, KeyError)
_MACRO = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|macrosheets/.*)$", re.IGNORECASE)
_STRANGE = re.compile(r"^/|^[a-z]:|\\|(^|/)\.\.?(/|$)|[\x00-\x1f]", re.IGNORECASE)


def office_kind(file) -> FileKind:
    """Raises FileRefused unless it is one whole DOCX or XLSX without macros."""
    try:
        with zipfile.ZipFile(file) as package:
            _check_entries(package)
            kind = _main_part(package)
            _unpack(package)
            return kind
    except BROKEN as error:
        raise FileRefused(refusals.BROKEN_OFFICE) from error


def _check_entries(package: zipfile.ZipFile) -> None:
    entries = package.infolist()
    names = [entry.filename for entry in entries]
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise FileRefused(refusals.ENCRYPTED)
    # Python cuts a name at NUL; the name as it was written says more.
    strange = any(_STRANGE.search(entry.orig_filename) for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    swollen = any(
        entry.file_size > 1_000_000 and entry.file_size > MOST_RATIO * entry.compress_size
        for entry in entries
    )
    twice = len({name.lower() for name in names}) < len(names)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or swollen or strange or twice:
        raise FileRefused(refusals.BOMB)
    if any(_MACRO.search(name) for name in names):
        raise FileRefused(refusals.MACRO)


def _main_part(package: zipfile.ZipFile) -> FileKind:
    """What the list of contents says, and the part that it names is there."""
    names = set(package.namelist())
    if CONTENTS not in names or package.getinfo(CONTENTS).file_size > 1_000_000:
        raise FileRefused(refusals.NOT_OFFICE)
    text = package.read(CONTENTS)
    if b"macroenabled" in text.lower():
        raise FileRefused(refusals.MACRO)
    if b"<!" in text.replace(b"<!--", b""):  # a DOCTYPE: no office program writes one
        raise FileRefused(refusals.BROKEN_OFFICE)
    try:
        parts = list(ElementTree.fromstring(text))
    except ElementTree.ParseError as error:
        raise FileRefused(refusals.BROKEN_OFFICE) from error
    for part in parts:
        for ending, kind in MAIN_PARTS.items():
            is_main = part.get("ContentType", "").endswith(ending)
            if is_main and part.get("PartName", "").lstrip("/") in names:
                return kind
    raise FileRefused(refusals.NOT_OFFICE)


def _unpack(package: zipfile.ZipFile) -> None:
    """Reads all of it, piece by piece: what an entry says of its size may be untrue."""
    left = MOST_UNPACKED
    for entry in package.infolist():
        with package.open(entry) as part:
            while piece := part.read(1 << 20):
                left -= len(piece)
                if left < 0:
                    raise FileRefused(refusals.BOMB)
