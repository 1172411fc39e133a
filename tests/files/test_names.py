import unicodedata

import pytest

from antq.files.models import FileKind
from antq.files.names import clean_name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Quyết định 12.pdf", "Quyết định 12.pdf"),
        ("a.PDF", "a.pdf"),
        ("ke-hoach.pdf.exe", "ke-hoach.pdf.exe.pdf"),
        ("anh.jpeg", "anh.pdf"),
        ("Báo cáo 20.11.2025", "Báo cáo 20.11.2025.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\tờ trình.pdf", "tờ trình.pdf"),
        ("...hidden.pdf", "hidden.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("a\x00\x01\u200b\u2066b.pdf", "ab.pdf"),
        ("hai\ndòng\t.pdf", "hai dòng.pdf"),
        ('a<b>:"c|d?*.pdf', "a-b---c-d--.pdf"),
        ("", "tệp.pdf"),
        (".pdf", "tệp.pdf"),
        ("…/..", "tệp.pdf"),
    ],
)
def test_a_name_is_made_harmless(sent, kept):
    assert clean_name(sent, FileKind.PDF) == kept


def test_a_name_is_nfc_and_has_an_end():
    name = clean_name(unicodedata.normalize("NFD", "Kế hoạch " * 60) + ".docx", FileKind.DOCX)
    assert len(name) <= 200
    assert name.startswith("Kế hoạch Kế hoạch") and name.endswith(".docx")
    assert unicodedata.is_normalized("NFC", name)
