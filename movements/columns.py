"""The columns of a list of points: one definition for the page and for the file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from antq.core.dates import Precision, vn_date
from antq.core.numbers import Quantity
from antq.review.choices import Status
from antq.units.choices import Level
from movements.choices import PREPARING, DataType, Stage
from movements.models import SchemeAttribute, SchemePoint, SchemeType
from movements.services.points import ending

UNKNOWN = "chưa rõ"
IN_THE_BOOK = (Status.WAITING, Status.CONFIRMED)
# What the columns read of a point besides its figures; a whole row is four times as much.
_ABOVE = ("unit", "unit__parent", "unit__parent__parent", "unit__parent__parent__parent")
READ = (
    *("version", "status", "stage", "count", "location", "launched_on", "launched_precision"),
    *("seen_on", "ended_on", "end_asked_on", "merged_into_id", "host__name", "scheme__name"),
    *("scheme__type__name", "scheme__type__expects_teams"),
    *("scheme__type__expects_members", "scheme__type__expects_households"),
    *(f"{unit}__{name}" for unit in _ABOVE for name in ("name", "level", "valid_to", "parent")),
)


@dataclass(frozen=True)
class Column:
    """value(point) → text, a day or a Quantity; `wide`: not on a phone."""

    key: str
    label: str
    value: Callable[[SchemePoint], object]
    is_number: bool = False
    wide: bool = False


def columns_for(
    *, day: date, unit=None, type: SchemeType | None = None, measure: str = ""
) -> list[Column]:
    """Of a list that speaks of `day`; in `unit`, whose name the rows need not repeat.

    With a type, its own column goes and what its points have comes as columns. What `measure`
    adds up always has its column, on a phone too, so that the number can be checked.
    """
    summed = measure.removeprefix("attribute.") if measure.startswith("attribute.") else ""
    names = [
        Column("scheme", "Tên mô hình", lambda point: point.scheme.name),
        Column("type", "Loại hình", lambda point: point.scheme.type.name, wide=True),
    ]
    columns = [
        *(names[:1] if type else names),
        Column("unit", "Đơn vị", _unit_names(unit)),
        Column("place", "Địa bàn", lambda point: point.spot_on(day)),
        Column("launched", "Ngày ra mắt", _launched),
        Column("count", "Số điểm", _count, is_number=True, wide=measure != "points.active"),
        _figure("teams", "Số tổ", wide=measure != "teams"),
        _figure("members", "Thành viên"),
        _figure("households", "Hộ", wide=measure != "households"),
    ]
    if type:
        columns += [_attribute([each], wide=each.key != summed) for each in type.attributes.all()]
    elif summed and (of_all := list(SchemeAttribute.objects.filter(key=summed))):
        columns.append(_attribute(of_all))
    return [*columns, Column("status", "Trạng thái", lambda point: state_of(point, day)[1])]


def state_of(point: SchemePoint, day: date) -> tuple[str, str]:
    """(state for the badge, its words) on a day; of a row of a list: `with_suspension(day)`."""
    ends = point.ended_on or point.end_asked_on
    if point.stage in PREPARING and point.status in IN_THE_BOOK and not ends:
        waits = ", chờ duyệt" if point.status == Status.WAITING else ""
        return "preparing", f"Đang chuẩn bị ({point.get_stage_display()}{waits})"
    if point.status != Status.CONFIRMED:
        return point.status, point.get_status_display()
    if point.ended_on and point.ended_on <= day:
        ended = "Đã gộp vào điểm khác" if point.merged_into_id else "Đã kết thúc"
        return "ended", f"{ended} {vn_date(point.ended_on)}"
    if point.end_asked_on:
        return Status.WAITING, f"Chờ duyệt {ending(point)}"
    if getattr(point, "suspended", point.stage == Stage.SUSPENDED):
        return "suspended", "Tạm dừng"
    return point.status, point.get_status_display()


def _unit_names(known) -> Callable[[SchemePoint], str]:
    names = {}  # a file has many rows of each

    def value(point: SchemePoint) -> str:
        if (name := names.get(point.unit_id)) is None:
            name = names[point.unit_id] = _unit_name(point.unit, known)
        return name

    return value


def _unit_name(unit, known) -> str:
    """The unit with those above it, up to the one that the whole list is about."""
    if known and unit.pk == known.pk:
        return unit.name
    names, above = [unit.name], unit.parent
    while above is not None and above.level != Level.COUNTRY and above != known:
        names.append(above.name)
        above = above.parent
    return ", ".join(names) + unit.until


def _launched(point: SchemePoint):
    if point.launched_on and point.launched_precision == Precision.DAY:
        return point.launched_on
    return point.launched_text


def _count(point: SchemePoint) -> Quantity:
    return Quantity(point.count, unknown=int(point.count is None))


def _figure(name: str, label: str, *, wide: bool = False) -> Column:
    shown, known = f"shown_{name}", {}  # a file has the same few numbers again and again

    def value(point: SchemePoint) -> Quantity:
        scheme, qualifier = point.scheme, (point.shown_qualifiers or {}).get(name, "")
        key = scheme.type_id, getattr(point, shown), qualifier
        if (found := known.get(key)) is None:
            found = known[key] = figure_value(scheme.type, name, *key[1:])
        return found

    return Column(name, label, value, is_number=True, wide=wide)


def _attribute(definitions: list[SchemeAttribute], *, wide: bool = False) -> Column:
    """One key, as the type of each point defines it."""
    of_type = {each.type_id: each for each in definitions}
    first = definitions[0]

    def value(point: SchemePoint):
        if (definition := of_type.get(point.scheme.type_id)) is None:
            return ""
        found = (point.shown_attributes or {}).get(definition.key)
        qualifier = (point.shown_qualifiers or {}).get(definition.key, "")
        return attribute_value(definition, found, qualifier)

    return Column(f"attr_{first.key}", first.heading, value, is_number=first.is_number, wide=wide)


def figure_value(type: SchemeType, name: str, value, qualifier: str) -> Quantity:
    """A blank figure is unknown where the type expects one, and simply absent where not."""
    expected = getattr(type, f"expects_{name}")
    return Quantity(value, qualifier, unknown=int(value is None and expected))


def attribute_value(definition: SchemeAttribute, value, qualifier: str = ""):
    """A stored value as it is shown; a text in a number's place is shown as it stands."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if definition.is_number and (value is None or is_number):
        return Quantity(value, qualifier, unknown=int(value is None and definition.is_expected))
    if value is None:
        return UNKNOWN if definition.is_expected else ""
    if definition.data_type == DataType.BOOLEAN:
        return {True: "Có", False: "Không"}.get(value, str(value))
    if definition.data_type == DataType.DATE:
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            return str(value)
    return str(value)
