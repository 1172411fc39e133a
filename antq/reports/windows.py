"""Of which unit, over which days and on which day's map a table speaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from django.db.models import TextChoices

from antq.core.dates import vn_date

if TYPE_CHECKING:  # the registry is read before the models are
    from antq.units.models import AdministrativeUnit


FEW = 1000


class Map(TextChoices):
    THEN = "then", "Theo địa giới tại thời điểm"
    TODAY = "today", "Theo địa giới hiện nay"


@dataclass(frozen=True)
class Window:
    """Days, both included. A stock is counted on `end`; a flow from `first` to `end`."""

    end: date
    start: date | None = None

    @property
    def first(self) -> date:
        """The first day of a flow: what was asked for, or the first of January of its last day."""
        return self.start or date(self.end.year, 1, 1)


@dataclass(frozen=True)
class Scope:
    """What a page or a report was asked for, resolved.

    map: what the user chose, for links and the switch; map_day: the day it stands for.
    notice: why another day's map is shown than the one asked for; '' otherwise.
    """

    unit: AdministrativeUnit
    window: Window
    map: str
    map_day: date
    notice: str = ""

    @cached_property
    def few_places(self) -> list[int] | None:
        """The units whose records count here, where they are few; None of half a country.

        For these, a query names each: PostgreSQL knows how many records a unit has, and not how
        many lie under another one; it would plan for hundreds where there are thirty thousand.
        """
        links = self.unit.downlinks.valid_on(self.map_day)
        found = list(links.values_list("descendant", flat=True).distinct()[: FEW + 1])
        return found if len(found) <= FEW else None

    @property
    def map_text(self) -> str:
        if self.map == Map.TODAY and not self.notice:
            return "theo địa giới hành chính hiện nay"
        return f"theo địa giới hành chính ngày {vn_date(self.map_day)}"

    def query(self, unit: AdministrativeUnit | None = None) -> str:
        """The parameters that lead to the same days and map, for this unit or another one."""
        return f"unit={quote((unit or self.unit).key)}&{self._days_and_map}"

    @cached_property
    def _days_and_map(self) -> str:
        # A day that the unit's own life forced on us must hold for its rows, too.
        chosen = self.map_day.isoformat() if self.notice else self.map
        values = {"on": self.window.end.isoformat(), "map": chosen}
        if self.window.start:
            values["since"] = self.window.start.isoformat()
        return urlencode(values)


def resolve(
    unit: AdministrativeUnit,
    *,
    on: date | None,
    map: str,
    today: date,
    since: date | None = None,
) -> Scope:
    """The scope for a unit; `map` is a value of `Map` or a day in ISO form.

    A closed unit is shown on its last day: without `on`, its records of that day; with a later
    `on`, the records of `on` on the unit's last map, with a notice. Likewise for a unit that was
    opened after the day asked for. since: the first day of a period.
    """
    end = on or min(today, unit.valid_to or today)
    if map in Map.values:
        wanted = today if map == Map.TODAY else end
    else:
        wanted = date.fromisoformat(map)
    shown = wanted
    if unit.valid_to and wanted > unit.valid_to:
        shown = unit.valid_to
    elif unit.valid_from and wanted < unit.valid_from:
        shown = unit.valid_from
    notice = ""
    if shown != wanted:
        change = "kết thúc" if wanted > shown else "thành lập"
        notice = (
            f"{unit.name} {change} ngày {vn_date(shown)}: số liệu tính theo địa giới của ngày đó."
        )
    elif map not in Map.values and wanted != end:
        notice = f"Số liệu tính theo địa giới ngày {vn_date(wanted)}."
    return Scope(unit, Window(end, since), map, shown, notice)
