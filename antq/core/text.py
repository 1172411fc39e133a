"""Vietnamese text in Python. Searching and sorting are done by the database (`antq.core.db`)."""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"[^\S\n]+")


def clean_text(text: str) -> str:
    """Text as it is stored: NFC, no control characters, single spaces, none at the ends."""
    text = _CONTROL.sub("", unicodedata.normalize("NFC", text).replace("\r\n", "\n"))
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.strip().split("\n"))


MOST_WORDS = 12


def search_words(text: str) -> list[str]:
    """The different words of a search; every word costs a condition, so there is an end."""
    return list(dict.fromkeys(text.replace(",", " ").split()))[:MOST_WORDS]


def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
