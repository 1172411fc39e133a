"""Which points a list shows: what the address asks for, checked; one place for page and file."""

from dataclasses import replace

from django import forms
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from antq.core.dates import vn_date
from antq.core.forms import QuickSelect, TextField
from antq.core.numbers import Quantity, vn_number
from antq.reports import registry
from antq.reports.counting import figures, within
from antq.reports.forms import ScopeForm
from antq.reports.windows import Map
from movements.choices import Block
from movements.columns import READ
from movements.forms.catalogue import SchemeField
from movements.models import Scheme, SchemePoint, SchemeType
from movements.paging import InNameOrder
from movements.services.names import types_of
from movements.todo import TODOS, points_to_do

LIST = "movements:point-list"
STATES = {
    "active": "Đang hoạt động (đã duyệt)",
    "waiting": "Chờ duyệt (điểm mới, kết thúc)",
    "returned": "Trả lại để bổ sung",
    "suspended": "Tạm dừng",
    "preparing": "Đang chuẩn bị (chưa ra mắt)",
    "ended": "Đã kết thúc",
}
SORTS = {
    "name": ("Tên mô hình", [F("scheme__sort_key")]),
    "unit": ("Đơn vị", [F("unit__sort_key"), F("unit__key"), F("scheme__sort_key")]),
    "launched": ("Ngày ra mắt, mới nhất trước", [Coalesce("launched_on", "seen_on").desc()]),
    "entered": ("Ngày nhập, mới nhất trước", [F("created_at").desc()]),
    "members": ("Số thành viên, nhiều trước", [F("shown_members").desc(nulls_last=True)]),
    "count": ("Số điểm, nhiều trước", [F("count").desc(nulls_last=True)]),
}


def _none(what: str) -> dict[str, str]:
    return {"invalid_choice": f"Không có {what} này. Chọn lại."}


def _choices(empty: str, choices) -> list[tuple[str, str]]:
    return [("", empty), *choices]


class PointFilter(ScopeForm):
    """`?q=&unit=&on=&map=&type=&block=&status=&scheme=&sort=`, `measure=` for what is behind a
    number, `todo=` for what is behind a line of "Việc cần làm". Without `unit`: the user's whole
    scope."""

    q = TextField(label="Tìm", required=False, max_length=200)
    type = forms.ModelChoiceField(
        label="Loại hình",
        queryset=SchemeType.objects.all(),
        to_field_name="code",
        required=False,
        empty_label="Mọi loại hình",
        widget=QuickSelect,
        error_messages=_none("loại hình"),
    )
    scheme = SchemeField(
        label="Mô hình",
        queryset=Scheme.objects.in_name_order(),
        required=False,
        empty_label="Mọi mô hình",
        widget=QuickSelect,
        error_messages=_none("mô hình"),
    )
    block = forms.ChoiceField(
        label="Khối",
        required=False,
        choices=_choices("Mọi khối", Block.choices),
        widget=QuickSelect,
        error_messages=_none("khối"),
    )
    status = forms.ChoiceField(
        label="Trạng thái",
        required=False,
        choices=_choices("Mọi trạng thái", STATES.items()),
        widget=QuickSelect,
        error_messages=_none("trạng thái"),
    )
    sort = forms.ChoiceField(
        label="Xếp theo",
        required=False,
        widget=QuickSelect,
        error_messages=_none("cách xếp"),
        choices=[(code, label) for code, (label, _) in SORTS.items()],
    )
    todo = forms.ChoiceField(
        label="Việc",
        required=False,
        choices=_choices("Mọi việc", [(code, each.label) for code, each in TODOS.items()]),
        widget=QuickSelect,
        error_messages=_none("việc"),
    )
    measure = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)
    format = forms.ChoiceField(required=False, choices=[("", ""), ("xlsx", "xlsx")])

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.fields["type"].queryset = types_of(user)
        self._offer_schemes()

    def _offer_schemes(self) -> None:
        """The names of the chosen type, or the chosen one alone: all of them would be thousands."""
        if not (self.data.get("type") or self.data.get("scheme")) or self.data.get("measure"):
            self.fields["scheme"].widget = forms.HiddenInput()
            return
        offered = Scheme.objects.filter(type__code=self.data.get("type") or None)
        if (chosen := self.data.get("scheme", "")).isdecimal() and len(chosen) < 19:
            offered |= Scheme.objects.filter(pk=int(chosen))
        names = offered.filter(merged_into=None).in_name_order().values_list("pk", "name")
        self.fields["scheme"].widget.choices = _choices("Mọi mô hình", names[:500])

    def clean(self):
        if strange := set(self.data) - set(self.fields):
            name = sorted(strange)[0][:40]
            raise forms.ValidationError(f"Danh sách không có bộ lọc “{name}”. Bỏ nó khỏi địa chỉ.")
        asked = self.cleaned_data
        # A list needs no unit, unlike a number.
        if asked.get("measure") and not asked.get("unit") and not self.user.home_unit:
            raise forms.ValidationError("Chọn một đơn vị để xem số liệu này.")
        if asked.get("measure"):
            asked["todo"] = ""
        if asked.get("todo") and (asked.get("on") or localdate()) != localdate():
            self.add_error("on", "Việc cần làm là của hôm nay: bỏ trống ngày này.")
        return asked

    @property
    def uses_more(self) -> bool:
        """Whether one of the filters that are folded away is in use."""
        usual = {"todo": "", "block": "", "sort": "name", "on": localdate(), "map": Map.THEN}
        asked = self.cleaned_data
        return any(
            name in self.errors or (asked.get(name) or default) != default
            for name, default in usual.items()
        )

    @cached_property
    def found_measure(self):
        """The measure behind which to look; None without one, or when there is no such measure."""
        found = registry.measure(self.cleaned_data["measure"])
        return found if found and found.list_view == LIST else None

    @cached_property
    def has_scope(self) -> bool:
        return bool(self.cleaned_data["unit"] or self.cleaned_data["measure"])

    @cached_property
    def day(self):
        """Figures are of this day."""
        return self.scope.window.end if self.has_scope else self.cleaned_data["on"] or localdate()

    @cached_property
    def _matching(self):
        if self.found_measure:
            points = self.found_measure.behind(self.scope.window)
        else:
            task = self.cleaned_data["todo"]
            points = points_to_do(task, self.user) if task else SchemePoint.objects.recorded()
            points = points if self.day >= localdate() else points.begun_by(self.day)
        points = self.narrow(points)
        if self.has_scope:
            return within(points, self.scope, self.user)
        return points.visible_to(self.user)

    @property
    def points(self):
        """The rows, in order: of the screen, of all its pages, and of the file."""
        points = self._matching.with_figures(self.day).with_suspension(self.day)
        return self._ordered(points.for_lists())

    @property
    def keys(self):
        """The rows' keys alone, in the same order: a page is cut out before its rows are read."""
        sort = self.cleaned_data["sort"] or "name"
        if sort == "name":
            return InNameOrder(self._matching)
        by_figures = sort == "members"
        points = self._matching.with_figures(self.day) if by_figures else self._matching
        return self._ordered(points).values_list("pk", flat=True)

    def rows(self, keys) -> list[SchemePoint]:
        """The rows with these keys, in their order: what the columns of a list read of them."""
        points = SchemePoint.objects.with_figures(self.day).with_suspension(self.day)
        return points.only(*READ).in_order(keys)

    def _ordered(self, points):
        _, order = SORTS[self.cleaned_data["sort"] or "name"]
        return points.order_by(*order, "pk")

    def narrow(self, points):
        asked = self.cleaned_data
        if asked["type"]:
            points = points.filter(scheme__type=asked["type"])
        if asked["scheme"]:
            points = points.filter(scheme=asked["scheme"])
        if asked["block"]:
            points = points.filter(block=asked["block"])
        if asked["status"] == "active":
            points = points.confirmed().active_on(self.day)
        elif asked["status"] == "waiting":
            points = points.waiting()
        elif asked["status"] == "returned":
            points = points.returned()
        elif asked["status"] == "suspended":
            points = points.confirmed().suspended_on(self.day).exclude(ended_on__lt=self.day)
        elif asked["status"] == "preparing":
            points = points.preparing()
        elif asked["status"] == "ended":
            points = points.ended_by(self.day)
        return points.search(asked["q"], self.user) if asked["q"] else points

    @cached_property
    def number(self):
        """The number behind which this list stands, counted as every table counts it."""
        measure = self.found_measure
        narrowed = measure.variant(
            records=lambda window: self.narrow(measure.behind(window)), where=None
        )
        found = figures([narrowed], self.scope, self.user).total
        return found.get(measure.code, Quantity(0))  # of no records there are no numbers

    def counts(self, rows: int) -> str:
        """Of a list behind a number: how many rows it has, and what they add up to."""
        measure, number = self.found_measure, self.number
        records = f"{vn_number(rows)} hồ sơ"
        if not measure.adds_up:
            return f"{number} tên {measure.unit} trong {records}"
        if measure.unit == "hồ sơ":
            return records
        if number.value is None:
            return f"{records} · số {measure.unit} chưa rõ"
        more = f" + {vn_number(number.unknown)} chưa rõ" if number.unknown else ""
        return f"{records} · {replace(number, unknown=0)} {measure.unit}{more}"

    @property
    def task(self) -> str:
        """What is to be done with the rows, in words."""
        return (
            dict(self.fields["todo"].choices)[asked] if (asked := self.cleaned_data["todo"]) else ""
        )

    @property
    def words(self) -> list[str]:
        """What was asked for, for the head of a file."""
        asked, lines = self.cleaned_data, []
        if self.has_scope:
            lines.append(f"Đơn vị: {self.scope.unit.full_name} ({self.scope.map_text})")
        lines.append(f"Số liệu đến ngày {vn_date(self.day)}")
        if self.found_measure:
            lines.append(f"{self.found_measure.label}: {self.number}")
        for name in ("todo", "type", "scheme", "block", "status", "q"):
            if value := asked[name]:
                field = self.fields[name]
                words = dict(field.choices)[value] if name in ("todo", "block", "status") else value
                lines.append(f"{field.label}: {words}")
        return lines


class SchemeFilter(forms.Form):
    """`?q=&type=` of the catalogue."""

    q = TextField(label="Tìm", required=False, max_length=200)
    type = forms.ModelChoiceField(
        label="Loại hình",
        queryset=SchemeType.objects.all(),
        to_field_name="code",
        required=False,
        empty_label="Mọi loại hình",
        error_messages=_none("loại hình"),
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user = user
        self.fields["type"].queryset = types_of(user)

    def schemes(self):
        schemes = Scheme.objects.filter(merged_into=None)
        if self.cleaned_data["type"]:
            schemes = schemes.filter(type=self.cleaned_data["type"])
        return schemes.search(self.cleaned_data["q"]).select_related("type").in_name_order()
