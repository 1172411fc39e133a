"""Drawings of a dashboard, computed here and drawn as SVG by the templates: no script, and the same
on paper (docs/adr/0012). Coordinates are texts, because a template would write 0,5 for a half."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, cos, floor, log10, radians, sqrt

from antq.core.dates import vn_date
from antq.core.numbers import Quantity, vn_number
from antq.units.models import AdministrativeUnit

WIDTH, HEIGHT = 420, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 10, 14, 26
LINES = 4  # steps between the lines of a chart's scale


@dataclass(frozen=True)
class Mark:
    """A label at a place of a drawing."""

    x: str
    y: str
    label: str


@dataclass(frozen=True)
class Tick:
    day: date
    quantity: Quantity
    x: str
    y: str


@dataclass(frozen=True)
class Trend:
    ticks: list[Tick]
    lines: list[Mark]  # of the scale
    days: list[Mark]  # under the first, the middle and the last tick
    path: str

    @property
    def words(self) -> str:
        """What a screen reader says of the drawing."""
        first, last = self.ticks[0], self.ticks[-1]
        return (
            f"Số điểm mô hình: {first.quantity} ngày {vn_date(first.day)}, "
            f"{last.quantity} ngày {vn_date(last.day)}."
        )


def trend(days: list[date], quantities: list[Quantity]) -> Trend:
    """A line through the numbers of these days, on a scale that begins at zero."""
    values = [float(quantity.value or 0) for quantity in quantities]
    step = _step(max(values) / LINES)
    top = step * LINES
    span = max(len(days) - 1, 1)

    def x(at: int) -> str:
        return _at(LEFT + (WIDTH - LEFT - RIGHT) * at / span)

    def y(value: float) -> str:
        return _at(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top)

    ticks = [
        Tick(day, quantity, x(at), y(value))
        for at, (day, quantity, value) in enumerate(zip(days, quantities, values, strict=True))
    ]
    lines = [Mark(_at(LEFT), y(step * at), vn_number(step * at)) for at in range(LINES + 1)]
    named = sorted({0, span // 2, len(days) - 1})
    under = [Mark(x(at), _at(HEIGHT - 8), f"{days[at]:%m/%Y}") for at in named]
    return Trend(ticks, lines, under, "M" + "L".join(f"{tick.x} {tick.y}" for tick in ticks))


def _step(least: float) -> int:
    """A round number, 1, 2 or 5 with zeros, not below `least`."""
    if least <= 1:
        return 1
    size = 10 ** floor(log10(least))
    return next(size * round_one for round_one in (1, 2, 5, 10) if size * round_one >= least)


def _at(value: float) -> str:
    return f"{value:.1f}"


@dataclass(frozen=True)
class Place:
    """A unit on the map: where, how large, and what is said of it."""

    unit: AdministrativeUnit
    quantity: Quantity
    x: str
    y: str
    radius: str
    label: str  # '' for those that only speak when pointed at
    label_y: str


@dataclass(frozen=True)
class Map:
    width: int
    height: int
    places: list[Place]
    without: int  # units of which nobody knows where they lie


MAP_WIDTH, MAP_HEIGHT, MARGIN = 420, 460, 26
LARGEST, SMALLEST = 16, 2.5
ALL_NAMED, NAMED = 12, 6
# Special zones far out in the sea. On the map of the country they are always named.
ISLANDS = ("Đặc khu Hoàng Sa", "Đặc khu Trường Sa")


def point_map(numbers: Sequence[tuple[AdministrativeUnit, Quantity]]) -> Map | None:
    """Numbers at the centres of their units; the circle's area is the number.

    None where hardly anything is known of where they lie.
    """
    known = [(unit, number) for unit, number in numbers if unit.latitude is not None]
    if len(known) < 2:
        return None
    middle = sum(unit.latitude for unit, _ in known) / len(known)
    shrink = cos(radians(middle))  # a degree of longitude is shorter than one of latitude
    across = [unit.longitude * shrink for unit, _ in known]
    down = [-unit.latitude for unit, _ in known]
    wide, high = max(max(across) - min(across), 0.01), max(max(down) - min(down), 0.01)
    scale = min((MAP_WIDTH - 2 * MARGIN) / wide, (MAP_HEIGHT - 2 * MARGIN) / high)
    most = max(float(number.value or 0) for _, number in known)
    named = _named(known)
    places = []
    for (unit, number), east, south in zip(known, across, down, strict=True):
        x, y = MARGIN + (east - min(across)) * scale, MARGIN + (south - min(down)) * scale
        radius = _radius(number, most)
        label = unit.name if unit.pk in named else ""
        places.append(Place(unit, number, _at(x), _at(y), _at(radius), label, _at(y - radius - 3)))
    places.sort(key=lambda place: -float(place.radius))  # small ones are drawn over large ones
    size = ceil(wide * scale + 2 * MARGIN), ceil(high * scale + 2 * MARGIN)
    return Map(*size, places, len(numbers) - len(known))


def _radius(quantity: Quantity, most: float) -> float:
    share = float(quantity.value or 0) / most if most else 0
    return max(SMALLEST, LARGEST * sqrt(share))


def _named(places: Sequence[tuple[AdministrativeUnit, Quantity]]) -> set[int]:
    """All of a few; of many, those with the most points, and the islands."""
    if len(places) <= ALL_NAMED:
        return {unit.pk for unit, _ in places}
    having = [(unit, number) for unit, number in places if number.value]
    ranked = sorted(having, key=lambda place: -place[1].value)
    islands = [unit.pk for unit, _ in places if unit.name in ISLANDS]
    return {*(unit.pk for unit, _ in ranked[:NAMED]), *islands}
