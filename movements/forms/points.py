"""The form of a point: one for a new one and for an edit."""

from uuid import uuid4

from django import forms
from django.utils.timezone import localdate

from antq.core.dates import PartialDay
from antq.core.forms import (
    DayField,
    NameField,
    NamesField,
    NumberField,
    PartialDayField,
    QuantityField,
    TextField,
)
from antq.units.models import AdministrativeUnit
from movements.choices import Block
from movements.forms import layout
from movements.forms.catalogue import SchemeField
from movements.forms.checks import PointChecks
from movements.forms.figures import PointFigures
from movements.forms.offers import PointOffers
from movements.models import Scheme, SchemePoint, SchemeType
from movements.services.entry import Entry, change_point, enter_point
from movements.services.places import areas_of, home_of, hosts_of, unknown_names

MOST_MONEY = 10**15
TEXTS = ("location", "decision_number", "decision_by", "leader", "note")


def money(label: str) -> NumberField:
    return NumberField(label=label, required=False, maximum=MOST_MONEY)


class PointForm(PointOffers, PointFigures, PointChecks, forms.ModelForm):
    """What a point is, where it is, and how large on a day; checked as a whole, written at once."""

    parts_address = "movements:point-fields"
    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    usual_block = forms.CharField(widget=forms.HiddenInput, required=False)
    shown_for = forms.CharField(widget=forms.HiddenInput, required=False)
    replicated_from = forms.ModelChoiceField(
        SchemePoint.objects.none(), widget=forms.HiddenInput, required=False
    )
    type = forms.ModelChoiceField(label="Loại hình", queryset=SchemeType.objects.none())
    scheme = SchemeField(
        label="Tên mô hình (như trong quyết định)",
        queryset=Scheme.objects.none(),
        required=False,
        error_messages={"invalid_choice": "Tên này không thuộc loại hình đã chọn. Chọn lại."},
    )
    new_scheme = TextField(
        label="Thêm tên mô hình",
        required=False,
        max_length=250,
        help_text="Chỉ khi chưa có trong danh mục; tên mới chờ cấp tỉnh xem.",
    )
    is_other_scheme = forms.BooleanField(label="Là mô hình khác", required=False)
    origin = None  # the point after whose example a new one is made
    near_same = None  # a name that is this one in another way of writing
    unit = forms.ModelChoiceField(
        label="Đơn vị",
        queryset=AdministrativeUnit.objects.none(),
        to_field_name="key",
        error_messages={"invalid_choice": "Chọn một đơn vị thuộc phạm vi của tài khoản."},
    )
    then_unit = forms.CharField(label="Khi đó thuộc xã nào?", required=False, max_length=60)
    areas = NamesField(
        label="Địa bàn (thôn, làng, buôn, tổ dân phố)",
        required=False,
        help_text="Chọn hoặc gõ tên mới. Chung cả xã thì để trống.",
    )
    host = NameField(
        label="Cơ quan, đơn vị, cơ sở áp dụng",
        required=False,
        max_length=250,
        help_text="Chọn hoặc gõ tên mới. Không có thì để trống.",
    )
    source_title = NameField(
        label="Nguồn số liệu",
        required=False,
        max_length=300,
        help_text="Văn bản, báo cáo, bài báo mà số liệu được lấy từ đó. Không có thì để trống.",
    )
    count = NumberField(
        label="Số điểm",
        required=False,
        minimum=1,
        help_text="Thường là 1. Chỉ biết tổng của nhiều nơi thì ghi tổng; chưa rõ thì để trống.",
    )
    launched = PartialDayField(
        label="Ngày ra mắt", required=False, help_text="Ngày, tháng/năm hoặc năm; chưa rõ để trống."
    )
    seen_on = DayField(
        label="Ngày ghi nhận đang hoạt động",
        required=False,
        help_text="Chỉ dùng khi chưa rõ ngày ra mắt.",
    )
    as_of = DayField(label="Số liệu tính đến ngày")
    teams = QuantityField(label="Số tổ", required=False)
    members = QuantityField(label="Số thành viên", required=False)
    households = QuantityField(label="Số hộ tham gia", required=False)
    decision_on = DayField(label="Ngày quyết định", required=False)
    funding_state = money("Ngân sách nhà nước (đồng)")
    funding_social = money("Xã hội hóa (đồng)")
    funding_other = money("Nguồn khác (đồng)")

    class Meta:
        model = SchemePoint
        fields = [
            "location",
            "block",
            "count",
            "seen_on",
            "decision_number",
            "decision_on",
            "decision_by",
            "leader",
            "funding_state",
            "funding_social",
            "funding_other",
            "note",
        ]
        field_classes = dict.fromkeys(TEXTS, TextField)
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, data=None, *, user, instance=None, initial=None):
        asked = initial if data is None else data
        stored = self._stored(instance, asked or {}) if instance else self._fresh()
        super().__init__(data, instance=instance, initial={**stored, **(initial or {})})
        self.user, self.then_choices, self.conflict = user, [], False
        self.offer_all()

    @property
    def helper(self):
        return layout.whole(self)

    @property
    def parts_helper(self):
        return layout.parts(self)

    def _fresh(self) -> dict:
        today = localdate()
        block = {"block": Block.RESIDENTIAL, "usual_block": Block.RESIDENTIAL}
        return {"client_uuid": uuid4(), "count": 1, "as_of": today, "seen_on": today, **block}

    def _stored(self, point: SchemePoint, asked) -> dict:
        home = self.home = home_of(point.unit)
        launched = point.launched_on and PartialDay(point.launched_on, point.launched_precision)
        return {
            "client_uuid": point.client_uuid,
            "version": point.version,
            "type": point.scheme.type_id,
            "scheme": point.scheme_id,
            "unit": home.key,
            "then_unit": "" if home == point.unit else point.unit.key,
            "areas": [area.name for area in point.areas_on(localdate())],
            "host": point.host.name if point.host else "",
            "source_title": point.source.title if point.source else "",
            "launched": launched,
            "as_of": localdate(),
            **self.take_shown(point, asked.get("shown_for")),
        }

    def save(self) -> SchemePoint:
        """Write it all, or raise EntryError and write nothing."""
        cleaned, point = self.cleaned_data, self.instance
        self.made_notice = self._new_places(cleaned["unit"])
        launched = cleaned["launched"]
        point.launched_on = launched.day if launched else None
        point.launched_precision = launched.precision if launched else "day"
        if launched and point.pk is None:
            point.seen_on = None  # the form proposed today; a known launch says more
        point.unit = self.place
        entry = Entry(
            home=cleaned["unit"],
            type=cleaned["type"],
            scheme=cleaned["scheme"],
            scheme_name=cleaned["new_scheme"],
            as_of=cleaned["as_of"],
            areas=cleaned["areas"],
            host=cleaned["host"],
            source=cleaned["source_title"],
            figures=self.figures,
        )
        if point.pk is None:
            point.client_uuid = cleaned["client_uuid"]
            point.replicated_from = cleaned["replicated_from"]
            enter_point(point, entry, by=self.user)
        else:
            change_point(point, entry, by=self.user, changed=self.changed_words)
        return point

    def _new_places(self, unit: AdministrativeUnit) -> str:
        """Names that saving adds to the lists of the unit: a slip of the pen is seen at once."""
        areas = unknown_names(areas_of(unit), self.cleaned_data["areas"])
        hosts = unknown_names(hosts_of(unit), [self.cleaned_data["host"]])
        made = (("địa bàn", areas), ("cơ quan, cơ sở", hosts))
        return " ".join(f"Đã thêm {what} mới: {', '.join(names)}." for what, names in made if names)
