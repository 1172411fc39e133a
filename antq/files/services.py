"""Taking a file in, and dropping it: its row and its content together."""

import hashlib
import weakref

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from antq.accounts.models import User
from antq.files.examine import Examined, examine
from antq.files.models import StoredFile


def take_upload(upload, by: User | None) -> StoredFile:
    """Store a file as it came from a form. Raises FileRefused, with nothing stored."""
    return store(examine(upload), by)


@transaction.atomic
def store(examined: Examined, by: User | None) -> StoredFile:
    """A row and its content; when the transaction is rolled back, both are gone."""
    examined.content.seek(0)
    stored = StoredFile(name=examined.name, kind=examined.kind, uploaded_by=by)
    stored.sha256 = hashlib.file_digest(examined.content, "sha256").hexdigest()
    stored.size = examined.content.seek(0, 2)
    names = [stored.file.field.generate_filename(stored, stored.name)]
    if examined.thumbnail:
        names.append(stored.thumbnail.field.generate_filename(stored, stored.name))
    _remove_unless_committed(names)
    examined.content.seek(0)
    stored.file.save(stored.name, File(examined.content), save=False)
    if examined.thumbnail:
        stored.thumbnail.save(stored.name, ContentFile(examined.thumbnail), save=False)
    stored.save()
    return stored


@transaction.atomic
def drop(stored: StoredFile) -> None:
    """Delete a file that no record needs any more; its content goes once that is certain."""
    names = [each.name for each in (stored.file, stored.thumbnail) if each]
    stored.delete()
    # A content that stays behind is found by `manage.py clean_files`.
    transaction.on_commit(lambda: remove(names), robust=True)


def remove(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _remove_unless_committed(names: list[str]) -> None:
    """Django says when a transaction is committed, not when it is rolled back.

    But of a rollback, of the whole or to a savepoint, it forgets what waited for the commit, and
    what nobody remembers is finalized.
    """

    def keep():
        removal.detach()

    removal = weakref.finalize(keep, remove, names)
    transaction.on_commit(keep)
