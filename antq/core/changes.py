"""What the change log says of some rows, for people: who, when, what from what to what.

It knows the log and Django's fields, and nothing of the domain.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.timezone import localtime

from antq.core.dates import Precision, vn_date
from antq.core.log_lines import Line, Moment, event_model_of
from antq.core.numbers import vn_number

NOTHING = "–"
# Columns that say how a row is kept, not what is known.
TECHNICAL = frozenset(
    {
        "id",
        "key",
        "client_uuid",
        "uuid",
        "sha256",
        "size",
        "thumbnail",
        "version",
        "is_demo",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
        "date_joined",
    }
)


@dataclass(frozen=True)
class Change:
    """One value of a line in words. key: the name of its field."""

    key: str
    label: str
    old: str
    new: str


class Names:
    """What foreign keys point to, read once for many lines; rows that are gone, from the log.

    querysets: of models whose text needs more than their row.
    """

    def __init__(self, querysets: dict | None = None, known: Iterable[models.Model] = ()):
        self.querysets = querysets or {}
        self.rows = {(type(row), row.pk): row for row in known}
        self._wanted: dict[type[models.Model], set] = {}

    def want(self, model: type[models.Model], ids: Iterable) -> None:
        missing = {pk for pk in ids if pk and (model, pk) not in self.rows}
        if missing:
            self._wanted.setdefault(model, set()).update(missing)

    def want_of(self, lines: Iterable[Line], hidden: frozenset = frozenset()) -> None:
        for line in lines:
            for each in fields_of(line, hidden):
                if each.is_relation:
                    events = [event for event in (line.before, line.after) if event]
                    ids = {getattr(event, each.attname) for event in events}
                    if line.before is None or line.after is None or len(ids) > 1:
                        self.want(each.related_model, ids)

    def read(self) -> None:
        """One query for each model of which anything is wanted."""
        for model, ids in self._wanted.items():
            rows = self.querysets.get(model, model._base_manager.all()).filter(pk__in=ids)
            self.rows |= {(model, row.pk): row for row in rows}
            gone = {pk for pk in ids if (model, pk) not in self.rows}
            log = event_model_of(model) if gone else None
            if log:
                last = log.objects.filter(pgh_obj_id__in=gone).order_by("pgh_obj_id", "-pgh_id")
                for event in last.distinct("pgh_obj_id"):
                    self.rows[model, event.pgh_obj_id] = self.as_row(model, event)
        self._wanted = {}

    def as_row(self, model: type[models.Model], event) -> models.Model:
        """An unsaved row with the values of a line, for its text."""
        names = {each.attname for each in event._meta.local_fields} - {"pgh_obj_id"}
        mine = [each for each in model._meta.concrete_fields if each.attname in names]
        row = model(**{each.attname: getattr(event, each.attname) for each in mine})
        for each in mine:
            known = each.is_relation and self.rows.get(
                (each.related_model, getattr(event, each.attname))
            )
            if known:
                setattr(row, each.name, known)
        return row

    def text(self, model: type[models.Model], pk) -> str:
        row = self.rows.get((model, pk))
        if row is None:
            return f"(đã xóa, số {pk})"
        return getattr(row, "full_name", "") or str(row)


def fields_of(line: Line, hidden: frozenset = frozenset()) -> list[models.Field]:
    """The fields of a line that mean something to people."""
    return [
        each
        for each in line.row._meta.local_fields
        if not each.name.startswith("pgh_")
        and not each.generated
        and each.name not in TECHNICAL
        and each.name not in hidden
        and not each.name.endswith("precision")
    ]


def changes_of(line: Line, names: Names, hidden: frozenset = frozenset()) -> list[Change]:
    """Old → new of each field that changed; of a new or deleted row, what it held."""
    made = []
    for each in fields_of(line, hidden):
        old, new = (event and value_text(each, event, names) for event in (line.before, line.after))
        if old != new and {old, new} != {None, NOTHING}:
            made.append(Change(each.name, label_of(each, line.model), old or "", new or ""))
    return made


def label_of(each: models.Field, model: type[models.Model]) -> str:
    """A field's name for people; Django names those of a table between two others in English."""
    source = each.related_model._meta if model._meta.proxy and each.is_relation else each
    return source.verbose_name[:1].upper() + source.verbose_name[1:]


def parents(line: Line, main: type[models.Model]) -> frozenset:
    """The fields that only say to which row of `main` a line belongs."""
    if line.model is main:
        return frozenset()
    fields = line.row._meta.local_fields
    return frozenset(each.name for each in fields if each.related_model is main)


def value_text(each: models.Field, row: models.Model, names: Names) -> str:
    """A value of a row, or of a line of the log, as the pages write it."""
    value = getattr(row, each.attname)
    if value is None or value == "":
        return NOTHING
    if each.is_relation:
        return names.text(each.related_model, value)
    if each.flatchoices:
        return str(dict(each.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        # "launched_on" and "launched_precision", "on" and "precision"
        partner = f"{each.name[:-2]}precision" if each.name.endswith("on") else ""
        return vn_date(value, getattr(row, partner, Precision.DAY) if partner else Precision.DAY)
    if isinstance(value, (int, float, Decimal)) and each.name != "year":
        return vn_number(value)
    return "; ".join(str(value).splitlines())


def moment_text(moment: datetime) -> str:
    at = localtime(moment)
    return f"{at:%H:%M} ngày {vn_date(at.date())}"


@dataclass(frozen=True)
class Told:
    """A line as it is written on a page."""

    heading: str
    changes: list[Change]


@dataclass
class Entry:
    """A moment as a page shows it. steps: what a trail says of it, if there is one."""

    moment: Moment
    who: models.Model | None = None
    steps: list = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    @property
    def author(self) -> str:
        if self.who is not None:
            return ", ".join(part for part in (str(self.who), self.who.position) if part)
        command = self.moment.command
        return f"chương trình (lệnh {command})" if command else "chương trình"


def tell(entries: list[Entry], main: models.Model, names: Names) -> None:
    """Put the lines of these entries in words, those of `main` itself first."""
    model = type(main)
    for entry in entries:
        for line in entry.moment.lines:
            names.want_of([line], parents(line, model))
    names.read()
    name_authors(entries)
    for entry in entries:
        lines = sorted(entry.moment.lines, key=lambda line: line.model is not model)
        told = (told_of(line, model, names, parents(line, model)) for line in lines)
        entry.told = [each for each in told if each]


def told_of(line: Line, main: type[models.Model], names: Names, hidden: frozenset) -> Told | None:
    """A line in words; None where nothing that means something to people has changed."""
    changes, heading = changes_of(line, names, hidden), heading_of(line, main, names)
    is_edit = line.before is not None and line.after is not None
    return Told(heading, changes) if changes or not is_edit else None


def heading_of(line: Line, main: type[models.Model], names: Names) -> str:
    """What was done to which row; nothing where the page's own row was changed."""
    done = "Thêm" if line.before is None else "Xóa" if line.after is None else "Sửa"
    if line.model is main and done == "Sửa":
        return ""
    what = f"{done} {line.model._meta.verbose_name}"
    if line.model is main or line.model._meta.proxy:
        return what
    return f"{what} “{names.as_row(line.model, line.row)}”"


def name_authors(entries: list[Entry]) -> None:
    """Who wrote each entry; accounts that are gone, from the log."""
    user, names = get_user_model(), Names(known=[entry.who for entry in entries if entry.who])
    names.want(user, {entry.moment.user_id for entry in entries})
    names.read()
    for entry in entries:
        entry.who = entry.who or names.rows.get((user, entry.moment.user_id))
