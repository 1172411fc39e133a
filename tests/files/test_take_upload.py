"""What is taken, as what, and what is refused: then nothing is left, neither row nor file."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from django.db import transaction
from PIL import Image

from antq.files import refusals
from antq.files.models import FileKind, StoredFile
from antq.files.refusals import FileRefused
from antq.files.services import drop, take_upload
from tests.factories import make_user
from tests.files import samples
from tests.files.samples import upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def contents(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.pdf(), FileKind.PDF),
        (samples.docx(), FileKind.DOCX),
        (samples.docx(part="word/document2.xml"), FileKind.DOCX),
        (samples.xlsx(), FileKind.XLSX),
    ],
)
def test_a_document_is_kept_as_it_is(media, content, kind):
    by = make_user()

    stored = take_upload(upload(content, "Quyết định số 12.dat"), by)

    assert (stored.kind, stored.uploaded_by) == (kind, by)
    assert stored.name == f"Quyết định số 12.dat.{kind.value}"
    assert stored.file.open().read() == content
    assert stored.size == len(content)
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert contents(media) == [f"files/{stored.uuid.hex[:2]}/{stored.uuid.hex}.{kind.value}"]
    assert not stored.is_picture and not stored.thumbnail


def test_a_workbook_of_a_real_writer_is_taken():
    openpyxl = pytest.importorskip("openpyxl")
    book, out = openpyxl.Workbook(), BytesIO()
    for row in range(2000):
        book.active.append([row, "giống nhau", 0, None])
    book.save(out)

    assert take_upload(upload(out.getvalue(), "a.xlsx"), None).kind == FileKind.XLSX


def test_a_photo_is_turned_upright_and_says_nothing_of_where_it_was_taken(media):
    stored = take_upload(upload(samples.phone_photo(), "IMG_1.JPG"), None)

    content = stored.file.open().read()
    picture = Image.open(BytesIO(content))
    assert (picture.format, picture.size, stored.name) == ("JPEG", (200, 400), "IMG_1.jpg")
    assert not picture.getexif() and not picture.getexif().get_ifd(samples.GPS)
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"SECRET" not in content and b"Exif" not in content and b"DienThoai" not in content
    small = Image.open(stored.thumbnail.open())
    assert (small.format, small.size) == ("JPEG", (160, 320))
    assert not small.getexif()
    assert len(contents(media)) == 2
    assert stored.size == len(content)
    assert stored.sha256 == hashlib.sha256(content).hexdigest()


def test_a_png_loses_its_notes():
    content = take_upload(upload(samples.noted_png()), None).file.open().read()
    assert b"SECRET" not in content
    assert Image.open(BytesIO(content)).info == {}


def test_of_an_animation_the_first_picture_is_kept():
    stored = take_upload(upload(samples.animation()), None)
    picture = Image.open(stored.file.open())
    assert getattr(picture, "n_frames", 1) == 1
    assert picture.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_a_large_photo_is_made_smaller():
    stored = take_upload(upload(samples.jpeg((5200, 1300))), None)
    assert Image.open(stored.file.open()).size == (2560, 640)


@pytest.mark.parametrize(
    ("mode", "colour", "seen"),
    [
        ("RGBA", (0, 0, 0, 0), (255, 255, 255)),  # what is transparent lies on white
        ("LA", (0, 255), (0, 0, 0)),
        ("P", 0, (0, 0, 0)),
        ("1", 1, (255, 255, 255)),
        ("I;16", 0x8080, (128, 128, 128)),  # not white, as a plain conversion would have it
    ],
)
def test_every_kind_of_png_gets_a_right_thumbnail(mode, colour, seen):
    stored = take_upload(upload(samples.png(mode=mode, colour=colour)), None)
    small = Image.open(stored.thumbnail.open()).convert("RGB")
    assert all(abs(a - b) < 4 for a, b in zip(small.getpixel((9, 9)), seen, strict=True))


def test_a_cmyk_photo_can_be_seen_in_a_browser():
    out = BytesIO()
    Image.new("CMYK", (30, 30), (0, 0, 0, 0)).save(out, "JPEG")
    picture = Image.open(take_upload(upload(out.getvalue()), None).file.open())
    assert picture.mode == "RGB" and picture.getpixel((5, 5)) == (255, 255, 255)


REFUSED = {
    "empty": (b"", refusals.EMPTY),
    "executable": (samples.EXECUTABLE, refusals.NOT_TAKEN),
    "html": (samples.HTML, refusals.NOT_TAKEN),
    "svg": (samples.SVG, refusals.NOT_TAKEN),
    "text": ("chỉ là chữ".encode(), refusals.NOT_TAKEN),
    "html then pdf": (samples.HTML + samples.pdf(), refusals.NOT_TAKEN),
    "pdf then zip": (samples.pdf() + samples.docx(), refusals.BROKEN_PDF),
    "pdf then html": (samples.pdf() + samples.HTML, refusals.BROKEN_PDF),
    "half a pdf": (samples.pdf()[:120], refusals.BROKEN_PDF),
    "head of a pdf": (b"%PDF-1.4\n" + samples.EXECUTABLE, refusals.BROKEN_PDF),
    "old word": (samples.OLD_WORD, refusals.OLD_OFFICE),
    "encrypted word": (samples.ENCRYPTED_WORD, refusals.ENCRYPTED),
    "encrypted entries": (samples.encrypted_entries(), refusals.ENCRYPTED),
    "plain zip": (samples.archive(("a.txt", b"a")), refusals.NOT_OFFICE),
    "zip with contents": (
        samples.archive(("[Content_Types].xml", b"<Types/>")),
        refusals.NOT_OFFICE,
    ),
    "main part not there": (
        samples.archive(
            (
                "[Content_Types].xml",
                samples.CONTENT_TYPES.format(part="word/x.xml", kind=samples.WORD).encode(),
            )
        ),
        refusals.NOT_OFFICE,
    ),
    "half a docx": (samples.docx()[:200], refusals.BROKEN_OFFICE),
    "broken entry": (samples.docx().replace(b"PK\x01\x02", b"PK\x01\x09"), refusals.BROKEN_OFFICE),
    "macro": (samples.docx(("word/vbaProject.bin", b"x")), refusals.MACRO),
    "macro of excel 4": (samples.xlsx(("xl/macrosheets/sheet1.xml", b"x")), refusals.MACRO),
    "macro by type": (samples.docx(kind=samples.WORD_WITH_MACRO), refusals.MACRO),
    "entities": (
        samples.archive(("[Content_Types].xml", b'<!DOCTYPE a [<!ENTITY b "c">]><T>&b;</T>')),
        refusals.BROKEN_OFFICE,
    ),
    "zip bomb": (samples.docx(("word/a.xml", bytes(30_000_000))), refusals.BOMB),
    "zip that lies": (samples.lying_archive(), refusals.BROKEN_OFFICE),
    "many entries": (
        samples.docx(*((f"word/{number}.xml", b"") for number in range(5001))),
        refusals.BOMB,
    ),
    "path in zip": (samples.docx(("../../etc/cron.d/x", b"x")), refusals.BOMB),
    "whole path in zip": (samples.docx(("/etc/passwd", b"x")), refusals.BOMB),
    "windows path in zip": (samples.docx(("c:\\windows\\x.dll", b"x")), refusals.BOMB),
    "same name twice": (samples.docx(("WORD/document.xml", b"x")), refusals.BOMB),
    "picture bomb": (samples.picture_bomb(), refusals.too_many_pixels(50_000_000)),
    "large picture": (samples.picture_bomb(8_000), refusals.too_many_pixels(50_000_000)),
    "half a jpeg": (samples.jpeg()[:20_000], refusals.BROKEN_PICTURE),
    "half a png": (samples.png((300, 300))[:-60], refusals.BROKEN_PICTURE),
    "head of a png": (b"\x89PNG\r\n\x1a\n" + samples.HTML, refusals.BROKEN_PICTURE),
    "heic": (b"\x00\x00\x00\x18ftypheic" + bytes(100), refusals.HEIC),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_refused_and_nothing_stored(media, case):
    content, message = REFUSED[case]

    with pytest.raises(FileRefused) as refused:
        take_upload(upload(content, "bao-cao.pdf"), make_user())

    assert str(refused.value) == message
    assert not StoredFile.objects.exists()
    assert contents(media) == []


def test_a_path_in_the_name_is_refused(media):
    file = upload(samples.pdf())
    file._name = "../../etc/x.pdf"  # Django takes the path off; see test_uploads.py
    with pytest.raises(FileRefused, match="đường dẫn"):
        take_upload(file, None)
    assert contents(media) == []


def test_a_rollback_takes_the_content_with_it(media):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        take_upload(upload(samples.jpeg()), None)
        assert len(contents(media)) == 2
        raise ZeroDivisionError
    assert contents(media) == []
    assert not StoredFile.objects.exists()


def test_a_failed_write_leaves_nothing(media, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(StoredFile, "save", full)
    with pytest.raises(OSError, match="No space"):
        take_upload(upload(samples.jpeg()), None)
    assert contents(media) == []


def test_what_is_committed_stays_until_it_is_dropped(media, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        stored = take_upload(upload(samples.jpeg()), None)
    assert len(contents(media)) == 2

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        drop(StoredFile.objects.get())
        raise ZeroDivisionError
    assert len(contents(media)) == 2 and StoredFile.objects.get() == stored

    with django_capture_on_commit_callbacks(execute=True):
        drop(stored)
    assert contents(media) == []
    assert not StoredFile.objects.exists()
