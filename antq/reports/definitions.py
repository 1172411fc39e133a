"""What a report is: a code, a title, and which numbers under which headings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from antq.reports.measures import Measure


@dataclass(frozen=True)
class Column:
    """A number under a heading. Without a measure its data comes later: it prints "–"."""

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

    about: what it is for, in the index. notes: lines under the table.
    """

    code: str
    title: str
    columns: Sequence[Column | Group]
    about: str = ""
    notes: Sequence[str] = field(default=())

    def leaves(self) -> Iterator[Column]:
        for column in self.columns:
            if isinstance(column, Group):
                yield from column.columns
            else:
                yield column
