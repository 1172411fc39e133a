"""Taking the demo out again: every row of it, what hangs on those rows, and their files.

A row goes when it is marked as demo, or when it is a part of one that goes (CASCADE: the figures
of a point, the roles of an account, its lines in the trail). Any other row that refers to one
that goes would lose something: it is real, and holds the demo row back.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Q
from pghistory.models import Event

from antq.accounts.demo import CLUSTER
from antq.accounts.models import User
from antq.files.models import StoredFile
from antq.review.models import ReviewEvent
from antq.units.models import AdministrativeUnit, UnitSuccession

Rows = dict[type[models.Model], set]


@dataclass(frozen=True)
class Hold:
    """A demo row that cannot go, and the real row that stands on it."""

    model: type[models.Model]
    pk: object
    by_model: type[models.Model]
    by_pk: object

    def __str__(self):
        return f"{_named(self.model, self.pk)} ← {_named(self.by_model, self.by_pk)}"


class RealRowsError(Exception):
    """Real rows stand on demo rows."""

    def __init__(self, holds: list[Hold]):
        super().__init__(f"{len(holds)} real rows stand on demo rows")
        self.holds = holds


@dataclass
class Cleared:
    counts: dict[str, int] = field(default_factory=dict)
    files: int = 0
    kept: list[Hold] = field(default_factory=list)


@transaction.atomic
def clear_demo(*, entered: bool = False, keep_used: bool = False) -> Cleared:
    """Delete the demo, all or nothing; raises RealRowsError where real rows stand on it.

    entered: what the demo accounts typed goes too. keep_used: demo rows on which real rows stand
    stay, and the rest goes.
    """
    seeds, kept, cleared = _marked(entered), defaultdict(set), Cleared()
    while True:
        doomed = _with_parts(seeds, kept)
        holds = list(_holds(doomed))
        if not holds:
            break
        if not keep_used:
            raise RealRowsError(holds)
        cleared.kept += holds
        for hold in holds:
            kept[hold.model].add(hold.pk)
    _delete(doomed, cleared)
    return cleared


def _tables() -> list[type[models.Model]]:
    """Every table but the change log, which outlives what it tells of."""
    found = apps.get_models(include_auto_created=True)
    return [
        model
        for model in found
        if model._meta.managed and not model._meta.proxy and not issubclass(model, Event)
    ]


def _references() -> Iterator[tuple[type[models.Model], models.ForeignKey]]:
    for model in _tables():
        for reference in model._meta.concrete_fields:
            remote = reference.remote_field
            # DO_NOTHING: the database itself looks after these rows (UnitLink).
            if remote and reference.db_constraint and remote.on_delete is not models.DO_NOTHING:
                yield model, reference


def _marked(entered: bool) -> Rows:
    """The rows that are marked, and the cluster, which has no such mark."""
    seeds: Rows = defaultdict(set)
    for model in _tables():
        names = {each.name for each in model._meta.concrete_fields}
        if "is_demo" not in names:
            continue
        wanted = Q(is_demo=True)
        for author in names & {"created_by", "uploaded_by"} if entered else ():
            wanted |= Q(**{f"{author}__is_demo": True})
        seeds[model] |= _keys(model, wanted)
    seeds[AdministrativeUnit] |= _keys(AdministrativeUnit, Q(key=CLUSTER))
    seeds[UnitSuccession] |= _keys(UnitSuccession, Q(successor__key=CLUSTER))
    return seeds


def _with_parts(seeds: Rows, kept: Rows) -> Rows:
    """The seeds and everything that is a part of them, without what is kept."""
    doomed: Rows = defaultdict(set)
    new = {model: keys - kept[model] for model, keys in seeds.items()}
    while any(new.values()):
        for model, keys in new.items():
            doomed[model] |= keys
        found = _parts(new)
        found[StoredFile] |= _files_of(doomed)
        new = {model: keys - doomed[model] - kept[model] for model, keys in found.items()}
    return doomed


def _parts(rows: Rows) -> Rows:
    found: Rows = defaultdict(set)
    for model, reference in _references():
        keys = rows.get(reference.related_model)
        if keys and _is_part(model, reference):
            found[model] |= _keys(model, Q(**{f"{reference.attname}__in": keys}))
    for model, keys in rows.items():
        trail = Q(target=model._meta.label, target_id__in=keys)
        if keys and isinstance(model._meta.pk, models.BigAutoField):
            found[ReviewEvent] |= _keys(ReviewEvent, trail)
    return found


def _is_part(model: type[models.Model], reference: models.ForeignKey) -> bool:
    """A link from a real row to a demo row is no part of the demo row: the real one needs it."""
    if model._meta.auto_created:
        return any(
            link.m2m_field_name() == reference.name
            for link in model._meta.auto_created._meta.local_many_to_many
            if link.remote_field.through is model
        )
    return reference.remote_field.on_delete is models.CASCADE


def _files_of(doomed: Rows) -> set:
    """Files that nothing names but rows that go."""
    named, needed = set(), set()
    for model, reference in _references():
        if reference.related_model is StoredFile:
            of_doomed = Q(pk__in=doomed[model])
            named |= _values(model, of_doomed, reference.attname)
            needed |= _values(model, ~of_doomed, reference.attname)
    return named - needed - {None}


def _holds(doomed: Rows) -> Iterator[Hold]:
    for model, reference in _references():
        keys = doomed.get(reference.related_model)
        if not keys:
            continue
        inside = Q(**{f"{reference.attname}__in": keys})
        real = model._base_manager.filter(inside).exclude(pk__in=doomed[model]).order_by("pk")
        if model is ReviewEvent:
            real = (event for event in real if _has_target(event))
        for row in real:
            yield Hold(reference.related_model, getattr(row, reference.attname), model, row.pk)


def _has_target(event: ReviewEvent) -> bool:
    model = apps.get_model(event.target)
    return model._base_manager.filter(pk=event.target_id).exists()


def _delete(doomed: Rows, cleared: Cleared) -> None:
    """In any order: the database looks at references at the end of the transaction."""
    orphans = ReviewEvent.objects.filter(by__in=doomed[User]).values_list("pk", flat=True)
    doomed[ReviewEvent] |= set(orphans)
    files = list(StoredFile.objects.filter(pk__in=doomed[StoredFile]))
    for model, keys in doomed.items():
        if keys:
            count = model._base_manager.filter(pk__in=keys)._raw_delete(connection.alias)
            if not model._meta.auto_created:
                cleared.counts[model._meta.verbose_name] = count
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    cleared.files = len(files)
    transaction.on_commit(lambda: _remove(files))


def _remove(files: list[StoredFile]) -> None:
    for stored in files:
        for content in (stored.file, stored.thumbnail):
            if content:
                content.storage.delete(content.name)


def _keys(model: type[models.Model], wanted: Q) -> set:
    return _values(model, wanted, "pk")


def _values(model: type[models.Model], wanted: Q, name: str) -> set:
    return set(model._base_manager.filter(wanted).values_list(name, flat=True))


def _named(model: type[models.Model], pk) -> str:
    row = model._base_manager.filter(pk=pk).first()
    return f"{model._meta.verbose_name} {pk} “{row}”"
