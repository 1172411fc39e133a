"""What is decided for the points that old communes left: a choice for each, or for a whole unit."""

from collections import defaultdict
from dataclasses import dataclass, field

from django import forms
from django.db.models import F
from django.utils.timezone import localdate

from antq.core.forms import DayField, TextField
from antq.core.permissions import Permission
from antq.reports.forms import ScopeForm
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit, UnitLink
from movements.models import SchemePoint

KEEP, END, MERGE, PART, LATER = "keep", "end", "merge", "part", "later"
MOST_TARGETS = 40


class WorklistForm(ScopeForm):
    """`?unit=&page=`: of a unit of today or of a closed one; without it, the whole scope."""

    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)

    def points(self):
        """The points to look at, those of one old unit together."""
        points = SchemePoint.objects.allowing(self.user, Permission.RECORD_EDIT)
        points = points.of_old_units(localdate())
        if self.cleaned_data["unit"]:
            points = points.under([self.scope.unit], day=self.scope.map_day)
        return points.order_by("unit__sort_key", "unit", "scheme__sort_key", "pk")


@dataclass
class Offers:
    """What may be decided for points: into which others they may be merged, which part is theirs.

    homes: {pk of a unit: pk of the commune of today in which its records count}. targets:
    {(commune, type): [(point, its scheme, its words)]}. foreign: units of which a part went to a
    commune out of the user's reach.
    """

    homes: dict[int, int]
    targets: dict[tuple, list] = field(default_factory=lambda: defaultdict(list))
    parts: dict[int, list] = field(default_factory=lambda: defaultdict(list))
    foreign: set[int] = field(default_factory=set)

    def of(self, point: SchemePoint) -> list:
        """The choices for a point, grouped; the same scheme before others of its type."""
        key = (self.homes.get(point.unit_id), point.scheme.type_id)
        others = [each for each in self.targets[key] if each[0] != point.pk]
        others.sort(key=lambda each: each[1] != point.scheme_id)
        choices = [(KEEP, "Giữ nguyên"), (END, "Kết thúc"), (LATER, "Để lại, xem sau")]
        merges = [(f"{MERGE}:{pk}", f"Gộp vào: {words}") for pk, _, words in others[:MOST_TARGETS]]
        groups = [("Gộp vào", merges), ("Thuộc phần", self.of_unit(point.unit))]
        return [*choices, *(group for group in groups if group[1])]

    def of_unit(self, unit: AdministrativeUnit) -> list:
        parts = self.parts[_divided(unit)]
        return [(f"{PART}:{part.pk}", part.name) for part in parts if part.pk != unit.pk]


def _divided(unit: AdministrativeUnit) -> int:
    return unit.parent_id if unit.level == Level.PART else unit.pk


def offers_for(points: list[SchemePoint], user) -> Offers:
    """In as many queries for many points as for one."""
    units = {point.unit_id: point.unit for point in points}
    links = UnitLink.objects.valid_on(localdate())
    today = links.filter(descendant__in=units, ancestor__level=Level.COMMUNE)
    offers = Offers(homes=dict(today.values_list("descendant", "ancestor")))
    _find_targets(offers, points)
    divided = {_divided(unit) for unit in units.values()}
    parts = AdministrativeUnit.objects.filter(level=Level.PART, parent__in=divided)
    mine = set(parts.allowing(user, Permission.RECORD_EDIT).values_list("pk", flat=True))
    for part in parts.in_name_order():
        if part.pk in mine:
            offers.parts[part.parent_id].append(part)
        else:
            offers.foreign.add(part.parent_id)
    return offers


def _find_targets(offers: Offers, points: list[SchemePoint]) -> None:
    """Running points of the same type in the same commune of today."""
    today, homes = localdate(), {offers.homes.get(point.unit_id) for point in points}
    found = SchemePoint.objects.running(today).filter(
        scheme__type__in={point.scheme.type_id for point in points},
        unit__uplinks__ancestor__in=homes - {None},
        unit__uplinks__valid_from__lte=today,
        unit__uplinks__valid_to__gte=today,
    )
    found = found.annotate(home=F("unit__uplinks__ancestor")).for_lists()
    for each in found.order_by("scheme__sort_key", "pk"):
        target = (each.pk, each.scheme_id, str(each))
        offers.targets[each.home, each.scheme.type_id].append(target)


@dataclass
class Row:
    """A point with its fields. error: why what was chosen for it was not done."""

    point: SchemePoint
    choice: forms.BoundField
    version: forms.BoundField
    error: str = ""


@dataclass
class Group:
    """The points that one old unit left. has_foreign: a part of it went out of reach."""

    unit: AdministrativeUnit
    choice: forms.BoundField
    has_foreign: bool
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Decision:
    point: SchemePoint
    version: int | None
    kind: str
    target: int  # a point or a part; 0 where the kind needs none

    @property
    def chosen(self) -> str:
        """As a choice of the form; that of its whole unit becomes its own."""
        return f"{self.kind}:{self.target}" if self.target else self.kind


class DecisionsForm(forms.Form):
    """A choice for each point; where there is none, that of its old unit holds."""

    on = DayField(label="Hoạt động đến hết ngày", required=False)
    reason = TextField(label="Lý do", required=False, max_length=500)
    on.widget.attrs["class"] = reason.widget.attrs["class"] = "form-control"

    def __init__(self, data=None, *, points: list[SchemePoint], offers: Offers, initial=None):
        super().__init__(data, initial={"on": localdate()} | (initial or {}))
        self.points, self.offers = points, offers
        for unit in {point.unit_id: point.unit for point in points}.values():
            parts = offers.of_unit(unit)
            whole = [("", "Chưa chọn"), (KEEP, "Giữ nguyên tất cả"), (END, "Kết thúc cả")]
            whole += [("Tất cả thuộc phần", parts)] if parts else []
            self.fields[f"unit-{unit.pk}"] = _choice(f"Quyết định cho {unit.name}", whole)
        for point in points:
            choices = [("", "Chưa chọn"), *offers.of(point)]
            self.fields[f"do-{point.pk}"] = _choice(f"Quyết định cho {point}", choices)
            self.fields[f"version-{point.pk}"] = forms.IntegerField(
                required=False, initial=point.version, widget=forms.HiddenInput
            )

    def groups(self, errors: dict[int, str]) -> list[Group]:
        """The page: points of one old unit together; errors: {pk of a point: why not}."""
        found = {}
        for point in self.points:
            unit = point.unit
            if unit.pk not in found:
                foreign = _divided(unit) in self.offers.foreign
                found[unit.pk] = Group(unit, self[f"unit-{unit.pk}"], foreign)
            row = Row(point, self[f"do-{point.pk}"], self[f"version-{point.pk}"])
            row.error = errors.get(point.pk) or " ".join(self.errors.get(f"do-{point.pk}", []))
            found[unit.pk].rows.append(row)
        return list(found.values())

    def decisions(self) -> list[Decision]:
        """Of a valid form: what was decided, in the order of the page."""
        found = []
        for point in self.points:
            own = self.cleaned_data.get(f"do-{point.pk}")
            chosen = own or self.cleaned_data.get(f"unit-{point.unit_id}") or LATER
            kind, _, target = chosen.partition(":")
            if kind != LATER:
                version = self.cleaned_data.get(f"version-{point.pk}")
                found.append(Decision(point, version, kind, int(target or 0)))
        return found

    def clean(self):
        kinds = {decision.kind for decision in self.decisions()}
        if kinds & {END, MERGE} and not self.cleaned_data.get("on") and "on" not in self.errors:
            self.add_error("on", "Ghi ngày: điểm gộp hoặc kết thúc được tính đến hết ngày này.")
        if END in kinds and not self.cleaned_data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Ghi lý do kết thúc.")
        if not kinds and not self.errors:
            raise forms.ValidationError("Chưa chọn quyết định nào. Chọn ở từng điểm hoặc ở xã cũ.")
        return self.cleaned_data


def _choice(label: str, choices: list) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=choices,
        widget=forms.Select(attrs={"aria-label": label, "class": "form-select"}),
        error_messages={"invalid_choice": "Không còn lựa chọn này. Chọn lại."},
    )
