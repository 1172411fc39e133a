"""Forms of how points are judged: the grade of a year, one or many, and recognition."""

from uuid import uuid4

from django import forms
from django.utils.timezone import localdate

from antq.core.dates import EARLIEST_YEAR, PartialDay
from antq.core.forms import DayField, NumberField, PartialDayField, TextField
from antq.core.permissions import Permission
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit
from movements.choices import RecognitionKind, RecognitionLevel
from movements.forms import layout
from movements.forms.steps import not_to_come
from movements.models import Grade, Recognition, Scheme, SchemeEvaluation
from movements.models.judging import LAST_DISTRICT_DAY
from movements.services.judging import proposed, scale_for
from movements.services.places import home_of

YEAR_ERRORS = {"invalid": "Nhập năm gồm bốn chữ số, ví dụ 2026."}
MANY = 200


def score_field() -> NumberField:
    return NumberField(label="Điểm số", required=False, places=2, maximum=100)


def take_proposal(form, scale, score, grade):
    """The grade that was chosen, or the one that the score says where none was."""
    grade = grade or proposed(scale, score)
    if grade is None and not form.has_error("score"):
        form.add_error("grade", "Chọn mức xếp loại.")
    return grade


class EvaluationForm(forms.ModelForm):
    """The grade of a point for a year; left open, it is the one that the score says.

    Grades and thresholds are those of the year that is graded, whenever that is written.
    """

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    year = forms.IntegerField(
        label="Năm", min_value=EARLIEST_YEAR, max_value=2100, error_messages=YEAR_ERRORS
    )
    score = score_field()
    grade = forms.ModelChoiceField(
        label="Xếp loại",
        queryset=Grade.objects.none(),
        required=False,
        error_messages={"invalid_choice": "Mức này không có trong thang của năm đã ghi. Chọn lại."},
    )
    decision_number = TextField(label="Số văn bản", required=False, max_length=60)
    decision_on = DayField(label="Ngày văn bản", required=False)
    decision_by = TextField(label="Cơ quan xếp loại", required=False, max_length=150)
    note = TextField(
        label="Kết quả nổi bật",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    class Meta:
        model = SchemeEvaluation
        fields = ["score", "grade", "decision_number", "decision_on", "decision_by", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        row = self.instance
        known = {"client_uuid": uuid4(), "version": 0, "year": localdate().year}
        if row.pk:
            known = {"client_uuid": row.client_uuid, "version": row.version, "year": row.year}
            self.fields["year"].disabled = True
        self.initial = {**known, **self.initial}
        self.scale = scale = scale_for(home_of(row.point.unit), self._year())
        grades = Grade.objects.filter(scale=scale) | Grade.objects.filter(pk=row.grade_id)
        self.fields["grade"].queryset = grades.order_by("order", "pk")
        self.fields["grade"].empty_label = "Theo điểm số"
        self.fields["grade"].help_text = thresholds(scale)

    def _year(self) -> int:
        """The year that is graded: its scale is offered, and judges the score."""
        try:
            return self.fields["year"].clean(self["year"].value())
        except forms.ValidationError:  # is said when the form is checked
            return self.initial["year"]

    def clean_decision_on(self):
        return not_to_come(self.cleaned_data["decision_on"])

    def clean(self):
        cleaned = super().clean()
        if not self.has_error("grade"):
            score, grade = cleaned.get("score"), cleaned.get("grade")
            cleaned["grade"] = take_proposal(self, self.scale, score, grade)
        return cleaned

    @property
    def helper(self):
        paper = [("decision_number", 4), ("decision_on", 4), ("decision_by", 4)]
        line = [("year", 3), ("score", 3), ("grade", 6)]
        return layout.lines(line, paper, [("note", 12)], hidden=["client_uuid", "version"])


def thresholds(scale) -> str:
    """'Tốt: từ 90; Khá: từ 70 …', and how certain it is."""
    if scale is None:
        return "Chưa có thang xếp loại của năm này."
    known = [each for each in scale.grades.all() if each.minimum is not None]
    said = "; ".join(f"{each.name}: từ {each.minimum.normalize():f}" for each in known)
    doubt = "" if scale.is_confirmed else " Ngưỡng tham khảo, chưa đối chiếu văn bản."
    return f"{scale.name}. {said}.{doubt}".replace("..", ".")


class GridFilter(forms.Form):
    """`?unit=&year=` of the page on which many points are graded."""

    unit = forms.ModelChoiceField(
        label="Đơn vị",
        queryset=AdministrativeUnit.objects.none(),
        to_field_name="key",
        error_messages={
            "required": "Chọn một xã.",
            "invalid_choice": "Chọn một xã thuộc phạm vi của tài khoản.",
        },
    )
    year = forms.IntegerField(
        label="Năm", min_value=EARLIEST_YEAR, max_value=2100, error_messages=YEAR_ERRORS
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)

    def __init__(self, data, *, user):
        units = AdministrativeUnit.objects.allowing(user, Permission.RECORD_EDIT)
        units = units.valid_on(localdate()).filter(level=Level.COMMUNE).with_place()
        units = units.in_name_order()
        self.few = list(units[: MANY + 1])
        first = self.few[0].key if len(self.few) == 1 else ""
        super().__init__({"unit": first, "year": localdate().year, **data.dict()})
        field = self.fields["unit"]
        field.queryset = units
        field.label_from_instance = lambda unit: unit.full_name

    def clean_year(self):
        if self.cleaned_data["year"] > localdate().year:
            raise forms.ValidationError("Năm này chưa đến.")
        return self.cleaned_data["year"]


class GradeRowForm(forms.Form):
    """One line of that page, which writes its fields itself: a hundred widgets cost more than all
    the rest. grades: {key: Grade}, read once for all lines."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    score = score_field()
    grade = forms.ChoiceField(label="Xếp loại", required=False)

    def __init__(self, *args, scale, grades, known=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.scale, self.grades, self.known = scale, grades, known
        offered = [(key, grade.name) for key, grade in grades.items()]
        if known and str(known.grade_id) not in grades:
            offered.append((str(known.grade_id), known.grade.name))
        self.fields["grade"].choices = [("", "Theo điểm số"), *offered]
        self.initial = {"version": 0}
        if known:
            grade = str(known.grade_id)
            self.initial = {"version": known.version, "score": known.score, "grade": grade}

    @property
    def shown_version(self) -> str:
        return str(self["version"].value() or 0)

    @property
    def shown_score(self):
        return self.fields["score"].prepare_value(self["score"].value()) or ""

    @property
    def shown_grade(self) -> str:
        return str(self["grade"].value() or "")

    @property
    def is_typed(self) -> bool:
        return bool({"score", "grade"} & set(self.changed_data))

    def clean(self):
        cleaned = super().clean()
        if not self.is_typed or self.has_error("grade"):
            return cleaned
        key, score = cleaned.get("grade"), cleaned.get("score")
        grade = self.grades.get(key) or (self.known.grade if self.known and key else None)
        if self.known and not key and score is None and not self.has_error("score"):
            self.add_error("grade", "Muốn bỏ xếp loại đã ghi, mở trang của điểm.")
        else:
            cleaned["grade"] = take_proposal(self, self.scale, score, grade)
        return cleaned


class RecognitionForm(forms.ModelForm):
    """What a point, a scheme in a unit, or a unit was honoured for; which of them the page says."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    on = PartialDayField(
        label="Ngày", required=False, help_text="Ngày, tháng/năm hoặc năm; chưa rõ để trống."
    )
    number = TextField(label="Số văn bản", required=False, max_length=60)
    by = TextField(label="Cơ quan công nhận", required=False, max_length=200)
    note = TextField(
        label="Nội dung",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    class Meta:
        model = Recognition
        fields = ["level", "kind", "number", "by", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        row = self.instance
        known = {"client_uuid": row.client_uuid, "version": row.version if row.pk else None}
        known["on"] = row.on and PartialDay(row.on, row.precision)
        self.initial = {**known, **self.initial}

    def clean_on(self):
        found = self.cleaned_data["on"]
        if found and found.day > localdate():
            raise forms.ValidationError("Ngày này chưa đến.")
        return found

    def clean(self):
        cleaned = super().clean()
        on, district = cleaned.get("on"), cleaned.get("level") == RecognitionLevel.DISTRICT
        if on and district and on.day > LAST_DISTRICT_DAY:
            self.add_error(
                "level", "Từ 01/7/2025 không còn cấp huyện. Chọn cấp khác, hoặc xem lại ngày."
            )
        return cleaned

    def _post_clean(self):
        on = self.cleaned_data.get("on")
        self.instance.on = on.day if on else None
        self.instance.precision = on.precision if on else "day"
        self.instance.client_uuid = self.cleaned_data.get("client_uuid", self.instance.client_uuid)
        super()._post_clean()

    @property
    def helper(self):
        return layout.lines(
            [("level", 4), ("kind", 4), ("on", 4)],
            [("number", 4), ("by", 8)],
            [("note", 12)],
            hidden=["client_uuid", "version"],
        )


class RecognitionFilter(forms.Form):
    """`?q=&unit=&scheme=&level=&kind=&year=` of the list; `measure=`: what is behind a number."""

    q = TextField(label="Tìm", required=False, max_length=200)
    unit = forms.CharField(label="Đơn vị", required=False, max_length=60)
    scheme = forms.ModelChoiceField(queryset=Scheme.objects.all(), required=False)
    level = forms.ChoiceField(
        label="Cấp", required=False, choices=[("", "Mọi cấp"), *RecognitionLevel.choices]
    )
    kind = forms.ChoiceField(
        label="Hình thức", required=False, choices=[("", "Mọi hình thức"), *RecognitionKind.choices]
    )
    year = forms.IntegerField(
        label="Năm",
        required=False,
        min_value=EARLIEST_YEAR,
        max_value=2100,
        error_messages=YEAR_ERRORS,
    )
    measure = forms.CharField(required=False, max_length=100)
    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)
