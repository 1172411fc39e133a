"""manage.py clean_files: what was left behind is listed, and removed when asked."""

import os
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from antq.files.models import StoredFile
from antq.files.services import take_upload
from movements.models import Document, DocumentKind
from tests.factories import make_point
from tests.files import samples

pytestmark = pytest.mark.django_db


def clean(**options) -> str:
    out = StringIO()
    call_command("clean_files", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def left(media):
    """Two contents without a row (one old), two rows without a record (one old), one in use."""
    folder = media / "files" / "ab"
    folder.mkdir(parents=True)
    for name, days in (("old.pdf", 2), ("new.pdf", 0)):
        (folder / name).write_bytes(b"x")
        then = (timezone.now() - timedelta(days=days)).timestamp()
        os.utime(folder / name, (then, then))
    rows = [take_upload(samples.upload(samples.pdf()), None) for _ in range(3)]
    before = timezone.now() - timedelta(days=2)
    StoredFile.objects.filter(pk__in=[rows[0].pk, rows[2].pk]).update(uploaded_at=before)
    kind = DocumentKind.objects.get(code="quy-che")
    Document.objects.create(point=make_point(), kind=kind, file=rows[2])
    return rows


def test_only_lists(media, left):
    said = clean().splitlines()
    assert said == [
        f"no record: {left[0].file.name} (tep.pdf)",
        "no row: files/ab/old.pdf",
        "2 files found; nothing is removed without --delete",
    ]
    assert (media / "files/ab/old.pdf").exists() and StoredFile.objects.count() == 3


def test_removes_what_nobody_has(media, left, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert "2 files removed" in clean(delete=True)
    assert not (media / "files/ab/old.pdf").exists()
    assert (media / "files/ab/new.pdf").exists()
    assert not (media / left[0].file.name).exists()
    assert set(StoredFile.objects.all()) == {left[1], left[2]}
    assert (media / left[1].file.name).exists() and (media / left[2].file.name).exists()
