"""The forms of the catalogue: near names, a name of a scheme, and merging two names."""

from hashlib import sha256

from django import forms
from django.urls import reverse

from antq.core.forms import NamesField, TextField
from antq.units.models import AdministrativeUnit
from movements.forms import layout
from movements.models import Scheme, SchemeType
from movements.services.catalogue import leaders_of
from movements.services.merge import targets_of
from movements.services.names import near_schemes, schemes_of, types_of
from movements.services.places import named

LONGEST_NAME, MOST_FOUND = 250, 20
CHANGED = (
    "Nội dung này vừa được người khác sửa sau khi biểu mở ra. Nội dung vừa nhập còn ở dưới, chưa "
    "lưu. Mở trang chi tiết để xem bản đang lưu, rồi lưu lại."
)


class SchemeField(forms.ModelChoiceField):
    """A name that was merged meanwhile stands for the one into which it was merged."""

    def to_python(self, value):
        key = str(value)
        if isinstance(value, str) and key.isdecimal() and len(key) < 19:
            merged = Scheme.objects.filter(pk=int(key)).exclude(merged_into=None)
            value = merged.values_list("merged_into", flat=True).first() or value
        return super().to_python(value)

    def to_python_or_none(self, value) -> Scheme | None:
        """The row that is picked now; what is wrong is said when the form is checked."""
        try:
            return self.to_python(value)
        except forms.ValidationError:
            return None


class Stamped:
    """Of a form of a row without a version: whoever saves second is told once."""

    def take_stamp(self) -> None:
        shown = [
            (name, str(self.get_initial_for_field(field, name)))
            for name, field in self.fields.items()
        ]
        self.stamp = sha256(repr(shown).encode()).hexdigest()[:16]
        hidden = forms.CharField(widget=forms.HiddenInput, required=False, initial=self.stamp)
        self.fields["seen"] = hidden

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and cleaned.get("seen") != self.stamp:
            self.data = self.data.copy()
            self.data["seen"] = self.stamp
            self.add_error(None, CHANGED)
        return cleaned

    @property
    def changed_words(self) -> str:
        """What was changed, from what to what, for the trail."""
        names = [name for name in self.changed_data if name not in ("seen", "reason")]
        return "; ".join(self._change(name) for name in names)

    def _change(self, name: str) -> str:
        field, old = self.fields[name], self.get_initial_for_field(self.fields[name], name)
        return f"{field.label}: {_words(field, old)} → {_words(field, self.cleaned_data[name])}"


def _words(field, value) -> str:
    if isinstance(field, forms.BooleanField):
        return "có" if value else "không"
    if isinstance(field, forms.ModelChoiceField) and value and not hasattr(value, "pk"):
        key = field.to_field_name or "pk"
        value = field.queryset.model.objects.filter(**{key: value}).first()
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return ", ".join(str(each) for each in value) or "–"
    value = dict(getattr(field, "choices", ())).get(value, value) if value else value
    return ", ".join(str(value).splitlines()) if value not in (None, "") else "–"


class NearForm(forms.Form):
    """`?new_scheme=&type=`: what is being typed in the form of a point."""

    new_scheme = TextField(required=False, max_length=LONGEST_NAME)
    type = forms.ModelChoiceField(queryset=SchemeType.objects.none(), required=False)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user = user
        self.fields["type"].queryset = types_of(user)

    def near(self) -> list:
        typed = self.cleaned_data
        return near_schemes(typed["new_scheme"], typed["type"], among=schemes_of(self.user))


class SchemeSearchForm(forms.Form):
    """`?q=`, for pickers; with `into_of`, the names into which that one may be merged."""

    q = TextField(required=False, max_length=LONGEST_NAME)
    into_of = forms.ModelChoiceField(queryset=Scheme.objects.all(), required=False)

    def found(self, user) -> list[Scheme]:
        source = self.cleaned_data["into_of"]
        names = targets_of(source, user) if source else schemes_of(user)
        names = names.search(self.cleaned_data["q"]).select_related("type")
        return list(names.in_name_order()[:MOST_FOUND])


class SchemeForm(Stamped, forms.ModelForm):
    name = TextField(
        label="Tên mô hình",
        max_length=LONGEST_NAME,
        help_text="Như trong quyết định, không ghi dấu ngoặc kép. Tên cũ thành tên gọi khác.",
    )
    aliases = TextField(
        label="Tên gọi khác",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Mỗi dòng một tên.",
    )
    leaders = NamesField(label="Cơ quan chủ trì", required=False, help_text="Chọn hoặc gõ tên mới.")
    origin_unit = forms.ModelChoiceField(
        label="Nơi xây dựng đầu tiên",
        queryset=AdministrativeUnit.objects.with_place(),
        to_field_name="key",
        required=False,
        error_messages={"invalid_choice": "Không có đơn vị này. Chọn lại."},
    )
    reason = TextField(label="Lý do sửa (nếu cần ghi)", required=False, max_length=300)

    class Meta:
        model = Scheme
        fields = ["name", "aliases", "origin_unit"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        scheme = self.instance
        self.initial["leaders"] = [body.name for body in scheme.lead_organizations.all()]
        self.initial["origin_unit"] = scheme.origin_unit.key if scheme.origin_unit else ""
        known = leaders_of(scheme).order_by("sort_key")[:500]
        self.fields["leaders"].offer([body.name for body in known], self["leaders"].value() or ())
        self._offer_units()
        self.take_stamp()
        self.helper = layout.fields_of(self)

    def _offer_units(self) -> None:
        field = self.fields["origin_unit"]
        try:
            chosen = field.to_python(self["origin_unit"].value())
        except forms.ValidationError:
            chosen = None
        attributes = {"class": "js-unit", "data-url": reverse("units:search")}
        shown = [(chosen.key, chosen.full_name)] if chosen else []
        field.widget = forms.Select(attrs=attributes, choices=[("", "Chưa rõ"), *shown])

    def clean_name(self):
        name, scheme = self.cleaned_data["name"], self.instance
        others = Scheme.objects.filter(type=scheme.type_id, merged_into=None).exclude(pk=scheme.pk)
        if known := named(others, name).first():
            raise forms.ValidationError(
                f"Danh mục đã có “{known}”, cùng tên hoặc có tên gọi khác như vậy. Nếu là một mô "
                "hình, dùng “Gộp vào tên khác”."
            )
        return name


class MergeForm(forms.Form):
    """Into which name; then what was seen of it: the places where both run, another type."""

    into = SchemeField(
        label="Gộp vào tên",
        queryset=Scheme.objects.none(),
        error_messages={
            "required": "Chọn tên mô hình sẽ giữ lại.",
            "invalid_choice": "Không gộp vào tên này được. Chọn tên dùng chung cả nước hoặc tên "
            "của tỉnh mình.",
        },
    )
    across_types = forms.BooleanField(
        label="Hai tên khác loại hình nhưng là một mô hình: vẫn gộp", required=False
    )
    doubles = forms.TypedMultipleChoiceField(label="Là một điểm", coerce=int, required=False)
    reason = TextField(
        label="Lý do, căn cứ (nếu cần ghi)",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data=None, *, source, user):
        super().__init__(data)
        targets = targets_of(source, user).select_related("type", "owner")
        field = self.fields["into"]
        field.queryset = targets
        chosen = field.to_python_or_none((data or {}).get("into"))
        near = [each.scheme for each in near_schemes(source.name, source.type, among=targets)]
        offered = dict.fromkeys([*([chosen] if chosen else []), *near])
        url = f"{reverse('movements:scheme-search')}?into_of={source.pk}"
        field.widget = forms.Select(
            attrs={"class": "js-unit", "data-url": url, "data-placeholder": "Gõ tên sẽ giữ lại"},
            choices=[("", ""), *((each.pk, words_of(each)) for each in offered)],
        )

    def offer_doubles(self, found: list) -> None:
        self.fields["doubles"].choices = [(clash.double.pk, "") for clash in found]


def words_of(scheme: Scheme) -> str:
    return f"{scheme} – {scheme.type}"
