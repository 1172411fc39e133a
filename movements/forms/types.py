"""The forms of a type of schemes, and of what its points have."""

from django import forms

from antq.core.forms import NumberField, TextField
from antq.core.permissions import Permission
from antq.units.models import AdministrativeUnit
from movements.choices import DataType
from movements.forms import layout
from movements.forms.catalogue import Stamped
from movements.models import SchemeAttribute, SchemeType
from movements.models.points import FIGURES
from movements.services.types import (
    FIXED,
    free_code,
    free_key,
    next_order,
    shared_with,
    used_choices,
)

NUMBERS = (DataType.INTEGER, DataType.DECIMAL)
WHOLES = (("", "không"), ("teams", "Số tổ"), ("members", "Số thành viên"), ("households", "Số hộ"))
EXPECTS = tuple(f"expects_{name}" for name in FIGURES)


def _lines(form, *lines):
    """Short fields side by side; those that this form does not ask for are left out."""
    asked = ([(name, width) for name, width in line if name in form.fields] for line in lines)
    return layout.lines(*(line for line in asked if line), hidden=["seen"])


class TypeForm(Stamped, forms.ModelForm):
    """Of a province that has no other choice, `owner` is not asked."""

    class Meta:
        model = SchemeType
        fields = [
            "name",
            "aliases",
            "owner",
            "programme",
            "block",
            "counts_as_scheme",
            *EXPECTS,
            "is_active",
        ]
        field_classes = {"name": TextField, "aliases": TextField}
        widgets = {"aliases": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "is_active": "Bỏ đánh dấu: không chọn được cho điểm mới; điểm đã có giữ nguyên."
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self._offer_owners(user)
        if not self.instance.pk:
            del self.fields["is_active"]
        self.take_stamp()
        self.helper = _lines(
            self,
            [("name", 12)],
            [("aliases", 12)],
            [("owner", 12)],
            [("programme", 6), ("block", 6)],
            [("counts_as_scheme", 12)],
            [(name, 4) for name in EXPECTS],
            [("is_active", 12)],
        )

    def _offer_owners(self, user) -> None:
        everywhere = user.holds_everywhere(Permission.CONFIGURE)
        owners = AdministrativeUnit.objects.filter(pk__in=user.unit_ids(Permission.CONFIGURE))
        owners = list(owners.exclude(level="country"))
        if self.instance.pk or everywhere or len(owners) == 1:
            del self.fields["owner"]
            if not self.instance.pk:
                self.instance.owner = None if everywhere else owners[0]
            return
        field = self.fields["owner"]
        field.queryset = AdministrativeUnit.objects.filter(pk__in=[each.pk for each in owners])
        field.required, field.help_text = True, ""

    def clean(self):
        cleaned = super().clean()
        if not self.instance.pk and cleaned.get("name"):
            owner = cleaned.get("owner") or self.instance.owner
            self.instance.code = free_code(cleaned["name"], owner)
        return cleaned

    def _get_validation_exclusions(self):
        """The owner is known though it is not asked: a name is once in a province."""
        return super()._get_validation_exclusions() - {"owner"}


class AttributeForm(Stamped, forms.ModelForm):
    """is_used: points have it, so its kind of data stands."""

    minimum = NumberField(label="Nhỏ nhất", required=False, minimum=-(10**12), places=2)
    maximum = NumberField(label="Lớn nhất", required=False, minimum=-(10**12), places=2)
    shared = forms.ChoiceField(
        label="Cộng chung với số liệu cả nước",
        required=False,
        help_text="Chỉ khi là cùng một thứ, đếm cùng một cách. Không đổi được về sau.",
    )
    part_of = forms.ChoiceField(
        label="Là một phần của", required=False, help_text="Không được vượt số đã chọn."
    )

    class Meta:
        model = SchemeAttribute
        fields = [
            "label",
            "short_label",
            "data_type",
            "shared",
            "unit",
            "adds_up",
            "part_of",
            "choices",
            "minimum",
            "maximum",
            "is_required",
            "is_expected",
        ]
        field_classes = dict.fromkeys(["label", "short_label", "unit", "choices"], TextField)
        widgets = {"choices": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "choices": "Chỉ cho kiểu “chọn một”. Mỗi dòng một lựa chọn.",
            "is_required": "Không lưu được điểm khi để trống.",
        }

    def __init__(self, *args, is_used=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_used, self.before = is_used, self.instance.choice_list
        others = self.instance.type.attributes.exclude(pk=self.instance.pk)
        wholes = [(each.key, each.label) for each in others if each.is_number]
        self.fields["part_of"].choices = [*WHOLES, *wholes]
        if self.instance.pk:
            del self.fields["shared"]
        else:
            national = shared_with(self.instance.type)
            known = [(each.key, f"{each.label} ({each.unit})") for each in national]
            self.fields["shared"].choices = [("", "không, chỉ riêng loại hình này"), *known]
        if is_used:
            self.fields["data_type"].help_text = FIXED
        self.take_stamp()
        self.helper = _lines(
            self,
            [("label", 8), ("short_label", 4)],
            [("data_type", 4), ("unit", 4), ("adds_up", 4)],
            [("choices", 12)],
            [("minimum", 3), ("maximum", 3), ("part_of", 6)],
            [("shared", 12)],
            [("is_required", 6), ("is_expected", 6)],
        )

    def clean_data_type(self):
        kind = self.cleaned_data["data_type"]
        if self.is_used and kind != self.initial["data_type"]:
            raise forms.ValidationError(FIXED)
        return kind

    def clean(self):
        cleaned = super().clean()
        kind = cleaned.get("data_type")
        if kind == DataType.CHOICE:
            self._check_choices(cleaned)
        elif cleaned.get("choices"):
            self.add_error("choices", "Chỉ kiểu “chọn một” có các lựa chọn. Xóa, hoặc đổi kiểu.")
        if kind not in NUMBERS:
            for name in ("minimum", "maximum", "part_of"):
                if cleaned.get(name) not in (None, ""):
                    self.add_error(name, "Chỉ dùng cho kiểu số. Để trống, hoặc đổi kiểu.")
        self._take_key(cleaned)
        return cleaned

    def _check_choices(self, cleaned) -> None:
        kept = {line.strip() for line in (cleaned.get("choices") or "").splitlines()} - {""}
        if not kept:
            self.add_error("choices", "Ghi các lựa chọn, mỗi dòng một lựa chọn.")
        elif self.is_used and (lost := used_choices(self.instance, set(self.before) - kept)):
            self.add_error("choices", f"Đã có điểm chọn: {', '.join(lost)}. Giữ lại lựa chọn này.")

    def _take_key(self, cleaned) -> None:
        if self.instance.pk or not cleaned.get("label"):
            return
        self.instance.order = next_order(self.instance.type)
        self.instance.key = cleaned.get("shared") or free_key(cleaned["label"], self.instance.type)
        if cleaned.get("shared"):
            same = shared_with(self.instance.type).filter(key=cleaned["shared"]).first()
            if same and (same.data_type, same.adds_up) != (
                cleaned.get("data_type"),
                cleaned.get("adds_up"),
            ):
                self.add_error(
                    "shared",
                    f"Số liệu đó là {same.get_data_type_display()}, "
                    f"{same.get_adds_up_display()}: chọn kiểu và cách tổng hợp như vậy.",
                )
