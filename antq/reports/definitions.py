"""What a report is: a code, a title, and which numbers under which headings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from antq.reports.measures import Measure

if TYPE_CHECKING:  # tables are made of units, and the registry is read before the models are
    from antq.reports.tables import Table
    from antq.reports.windows import Scope


@dataclass(frozen=True)
class Column:
    """What stands under a heading. Without a measure, and without a maker of the table's own rows,
    its data comes later: it prints "–"."""

    label: str
    measure: Measure | None = None


@dataclass(frozen=True)
class Group:
    """A heading over several columns."""

    label: str
    columns: Sequence[Column]


@dataclass(frozen=True, eq=False)
class Report:
    """One row per unit below the one asked for. Screen and workbook come from this alone.

    about: what it is for, in the index. notes: lines under the table; a function of the table
    gives a line that counts. is_period: it speaks of days from … to …. unit_note: what the
    numbers are in. make: gives other rows than units, of which row_head is the heading; of a long
    table the screen shows `page_size` rows a page, the workbook all (first=0, size=None).
    """

    code: str
    title: str
    columns: Sequence[Column | Group]
    about: str = ""
    notes: Sequence[str | Callable[[Table], str]] = field(default=())
    is_period: bool = False
    unit_note: str = ""
    row_head: str = ""
    make: Callable[[Report, Scope, object, int, int | None], Table] | None = None
    page_size: int = 0

    def leaves(self) -> Iterator[Column]:
        for column in self.columns:
            if isinstance(column, Group):
                yield from column.columns
            else:
                yield column
