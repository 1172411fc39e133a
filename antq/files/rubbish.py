"""What is left behind: contents without a row (a process was killed), rows without a record."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from antq.files.models import StoredFile

FOLDERS = ("files", "thumbnails")
AGE = timedelta(days=1)  # younger ones may belong to a transaction that goes on


def contents_without_row() -> Iterator[str]:
    """Names in the media folder that no row knows, older than a day."""
    known = set()
    for pair in StoredFile.objects.values_list("file", "thumbnail").iterator():
        known.update(pair)
    media, before = Path(settings.MEDIA_ROOT), timezone.now() - AGE
    for path in sorted(path for folder in FOLDERS for path in (media / folder).rglob("*")):
        name = path.relative_to(media).as_posix()
        if path.is_file() and name not in known and _written_at(path) < before:
            yield name


def rows_without_record() -> QuerySet[StoredFile]:
    """Rows, older than a day, that no record has: it was deleted, and its file was not."""
    found = StoredFile.objects.filter(uploaded_at__lt=timezone.now() - AGE)
    for relation in StoredFile._meta.related_objects:
        owners = relation.related_model.objects.filter(**{relation.field.name: OuterRef("pk")})
        found = found.exclude(Exists(owners))
    return found


def _written_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone())
