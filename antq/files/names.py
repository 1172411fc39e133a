"""The name under which a file is shown and saved again: that of its sender, made harmless."""

import re
import unicodedata

from antq.files.models import FileKind

LONGEST = 200
UNNAMED = "tệp"
_FORBIDDEN = re.compile(r'[<>:"|?*]')  # Windows takes none of them in a name
_OURS = re.compile(r"\.(pdf|docx|xlsx|jpe?g|png)$", re.IGNORECASE)


def has_path(name: str) -> bool:
    return "/" in name or "\\" in name


def clean_name(name: str, kind: FileKind) -> str:
    """One line of NFC without a path, with the extension that the content asks for.

    Unicode's "other" characters go: controls, and the marks that turn "fdp.exe" round on screen.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(" " if char.isspace() else char for char in name if _is_seen(char))
    stem = _OURS.sub("", _FORBIDDEN.sub("-", " ".join(name.split())))
    extension = f".{kind.value}"
    stem = stem.lstrip(". ")[: LONGEST - len(extension)].rstrip(". ")
    return f"{stem or UNNAMED}{extension}"


def _is_seen(char: str) -> bool:
    return char.isspace() or not unicodedata.category(char).startswith("C")
