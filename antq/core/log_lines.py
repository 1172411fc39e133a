"""Lines of the change log, read: a row before and after, and what was written together."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models
from pghistory.core import event_models

from antq.core.at_once import made, rows_of


@dataclass(frozen=True)
class Line:
    """A row before and after: None where there was none yet, or is none any more."""

    model: type[models.Model]
    before: models.Model | None
    after: models.Model | None

    @property
    def row(self) -> models.Model:
        """The event that is left of it, or what it was."""
        return self.after or self.before


@dataclass
class Moment:
    """What was written together: by one request, or in one transaction of a command."""

    at: datetime
    user_id: int | None
    command: str
    lines: list[Line] = field(default_factory=list)


def event_model_of(model: type[models.Model]) -> type[models.Model] | None:
    """The table of the log in which the changes of a model are."""
    found = (each for each in event_models() if each.pgh_tracked_model == model)
    return next(found, None)


def read(event_model: type[models.Model], **where) -> list[tuple]:
    """(event, the line that it makes or None) of some rows, from their first.

    A line that says what was there before the log began, or that has nothing before it, makes
    none: nothing is known to have changed.
    """
    events = event_model.objects.filter(**where).select_related("pgh_context")
    return _with_lines(event_model, events.order_by("pgh_obj_id", "pgh_id"))


def read_at_once(row: models.QuerySet, wanted: dict[type[models.Model], dict]) -> list[tuple]:
    """As `read`, from several tables in one query. row: what all the lines hang on, or any other.

    wanted: {table of the log: which of its lines}
    """
    logs = {
        f"log_{number}": log.objects.filter(**where).order_by("pgh_obj_id", "pgh_id")
        for number, (log, where) in enumerate(wanted.items())
    }
    asked = {
        name: rows_of(events, context_metadata="pgh_context__metadata")
        for name, events in logs.items()
    }
    answer, found = row.values(**asked).get(), []
    for name, events in logs.items():
        rows = made(events.model, answer[name])
        for event in rows:
            if event.pgh_context_id:
                context = type(event).pgh_context.field.related_model
                event.pgh_context = context(event.pgh_context_id, metadata=event.context_metadata)
        found += _with_lines(events.model, rows)
    return found


def _with_lines(event_model: type[models.Model], events: Iterable[models.Model]) -> list[tuple]:
    model, found, last = event_model.pgh_tracked_model, [], None
    for event in events:
        before = last if last is not None and last.pgh_obj_id == event.pgh_obj_id else None
        if event.pgh_label == "insert":
            line = Line(model, None, event)
        elif event.pgh_label == "delete":
            line = Line(model, event, None)
        else:
            line = before and Line(model, before, event)
        found.append((event, line))
        last = event
    return found


def key_of(event) -> object:
    """What the lines of one request have in common; without a request, those of a transaction."""
    return event.pgh_context_id or event.pgh_created_at


def moments(found: Iterable[tuple]) -> list[Moment]:
    """The lines of several tables as moments, newest first; a row has one line in each."""
    made: dict[object, Moment] = {}
    rows: dict[object, dict[tuple, Line]] = {}
    for event, line in found:
        if line is None:
            continue
        key = key_of(event)
        if key not in made:
            told = event.pgh_context.metadata if event.pgh_context else {}
            made[key] = Moment(event.pgh_created_at, told.get("user"), told.get("command", ""))
        made[key].at = min(made[key].at, event.pgh_created_at)
        lines = rows.setdefault(key, {})
        place = (line.model, event.pgh_obj_id)
        first = lines.get(place)
        lines[place] = Line(line.model, first.before, line.after) if first else line
    for key, lines in rows.items():
        made[key].lines = [each for each in lines.values() if each.before or each.after]
    return sorted(made.values(), key=lambda moment: moment.at)[::-1]


def history_of(model: type[models.Model], pk) -> list[Moment]:
    """The moments of a row and of the rows that go when it goes: inline rows, choices of many."""
    found = []
    for log in event_models():
        tracked = log.pgh_tracked_model
        if tracked == model:
            found += read(log, pgh_obj_id=pk)
            continue
        for each in tracked._meta.concrete_fields:
            parent = each.remote_field
            if parent and parent.on_delete is models.CASCADE and each.related_model == model:
                found += read(log, **{each.attname: pk})
    return moments(found)
