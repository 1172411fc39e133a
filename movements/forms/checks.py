"""What must be true of a point as a whole; each error stands beside the field that mends it."""

from datetime import date

from django import forms
from django.utils.text import Truncator
from django.utils.timezone import localdate, localtime

from antq.core.dates import PartialDay, vn_date
from antq.core.numbers import Qualifier
from antq.core.text import clean_text, lower_first
from antq.units.models import AdministrativeUnit, ResidentialArea
from movements.choices import EventKind
from movements.forms.attributes import PREFIX
from movements.models import Scheme
from movements.models.points import FIGURES
from movements.services.names import same_name, schemes_of
from movements.services.places import areas_of, gone_areas, named, units_then
from movements.services.stages import FIRST_STEPS

SILENT = ("client_uuid", "version", "usual_block", "shown_for", "as_of", "is_other_scheme")
LONGEST_VALUE, LONGEST_TRAIL = 60, 500


def gone_words(area: ResidentialArea) -> str:
    """That it is an area of the past, and what it is now."""
    now = ", ".join(str(each) for each in area.successors.all())
    now = f"nay là {now}. Chọn tên hiện nay." if now else "không còn trong danh sách."
    return f"{area} có đến hết ngày {vn_date(area.valid_to)}, {now}"


class PartChecks:
    """Of a form with `definitions`: the attributes that it has fields for."""

    def check_parts(self, cleaned) -> None:
        """A part is not greater than its whole, where both are known; "hơn 12" may be any more."""
        open_ended = (Qualifier.OVER, Qualifier.ABOUT)
        for definition in self.definitions:
            name, whole = f"{PREFIX}{definition.key}", definition.part_of
            if whole not in FIGURES:
                whole = f"{PREFIX}{whole}"
            part, total = cleaned.get(name), cleaned.get(whole)
            if not definition.part_of or not part or not total or total.qualifier in open_ended:
                continue
            if part.value > total.value:
                label = lower_first(self.fields[whole].label)
                self.add_error(name, f"Không được lớn hơn {label} ({total}). Sửa một trong hai số.")


class PointChecks(PartChecks):
    """The cross checks of `PointForm`."""

    def clean(self):
        cleaned = super().clean()
        self._check_scheme(cleaned)
        begun = self._check_days(cleaned)
        self._check_force(cleaned, begun)
        self.place = self._check_place(cleaned, begun) if begun else None
        self._check_areas(cleaned)
        self.check_parts(cleaned)
        self._check_version(cleaned)
        return cleaned

    doubt = ""

    def _check_force(self, cleaned, begun: date | None) -> None:
        """A force exists by a law, between its days; where no law is named, it is a doubt."""
        kind, launched = cleaned.get("type"), cleaned.get("launched")
        if kind is None or begun is None:
            return
        found = kind.outside(begun, launched.last if launched else begun)
        if found and kind.legal_basis:
            field = "launched" if launched else "seen_on"
            self.add_error(field, f"{found} Xem lại ngày, hoặc chọn loại hình khác.")
        elif found:
            self.doubt = f"{found} Xem lại ngày."

    def _check_areas(self, cleaned) -> None:
        """Of a commune, and of today, unless the point is there already."""
        unit, names = cleaned.get("unit"), cleaned.get("areas")
        if not unit or not names:
            return
        if unit.level != "commune":
            self.add_error("areas", "Địa bàn thuộc một xã. Chọn xã ở ô Đơn vị, hoặc để trống.")
            return
        held = self.initial.get("areas") or () if self.instance.pk else ()
        for area in gone_areas(unit, [name for name in names if name not in held]):
            self.add_error("areas", gone_words(area))
        for name in names:
            if named(areas_of(unit), name).count() > 1:
                text = f"Xã có nhiều địa bàn tên “{name}”. Đổi tên ở trang Địa bàn."
                self.add_error("areas", text)

    def _check_scheme(self, cleaned) -> None:
        kind, name = cleaned.get("type"), cleaned.get("new_scheme")
        if kind is None or self.has_error("scheme") or self.has_error("new_scheme"):
            return
        if not name:
            if not cleaned.get("scheme"):
                self.add_error("scheme", "Chọn tên mô hình, hoặc nhập ở ô “Thêm tên mô hình”.")
            return
        if cleaned.get("scheme") and "scheme" in self.changed_data:
            self.add_error("new_scheme", "Đã chọn một tên trong danh mục: xóa ô này, hoặc bỏ chọn.")
        known = Scheme.objects.filter(type=kind, merged_into=None)
        cleaned["scheme"] = named(known, name).order_by("pk").first()
        if not cleaned["scheme"]:
            self._ask_whether_other(kind, name, cleaned)

    def _ask_whether_other(self, kind, name: str, cleaned) -> None:
        """The same name in another way of writing: asked once, because two names count twice."""
        self.near_same = same_name(name, kind, among=schemes_of(self.user))
        if self.near_same and not cleaned.get("is_other_scheme"):
            self.add_error(
                "new_scheme",
                f"Tên này gần giống “{self.near_same}” đã có. Chọn tên đó ở ô Tên mô hình, hoặc "
                "đánh dấu “Là mô hình khác”.",
            )

    def _check_days(self, cleaned) -> date | None:
        """The first day on which the point is known to run, where all days fit together."""
        today, launched, seen = localdate(), cleaned.get("launched"), cleaned.get("seen_on")
        if self.has_error("launched"):
            return None
        if launched and launched.day > today:
            self.add_error("launched", "Ngày ra mắt chưa đến. Ghi điểm khi đã ra mắt.")
            return None
        for name in ("seen_on", "decision_on", "as_of"):
            if cleaned.get(name) and cleaned[name] > today:
                self.add_error(name, "Ngày này chưa đến. Nhập hôm nay hoặc một ngày đã qua.")
        if self.has_error("seen_on") and not launched:
            return None
        if not launched and not seen:
            self.add_error("seen_on", "Chưa rõ ngày ra mắt thì ghi một ngày điểm đang hoạt động.")
            return None
        begun = launched.day if launched else seen
        if cleaned.get("as_of") and cleaned["as_of"] < begun:
            self.add_error(
                "as_of",
                f"Không được trước ngày điểm bắt đầu ({vn_date(begun)}). Sửa một trong hai ngày.",
            )
        self._check_life(begun, launched, "launched" if launched else "seen_on")
        return begun

    def _check_life(self, begun: date, launched: PartialDay | None, field: str) -> None:
        """It begins after all that prepared it, and before whatever happened to it since."""
        end = self.instance.ended_on or self.instance.end_asked_on
        if end and begun > end:
            self.add_error(field, f"Không được sau ngày kết thúc ({vn_date(end)}).")
        elif self.instance.pk and {"launched", "seen_on"} & set(self.changed_data):
            self._check_events(begun, launched, field)

    def _check_events(self, begun: date, launched: PartialDay | None, field: str) -> None:
        """A month or a year may be any day of it; the event of the launch follows what is saved."""
        latest = launched.last if launched else begun
        for event in self.instance.life_events.all():
            if event.kind == EventKind.LAUNCH:
                if not launched:
                    told = f"Đã ghi việc “{event}”: không để trống ngày ra mắt."
                    self.add_error("launched", told)
                    return
            elif event.kind in FIRST_STEPS:
                if latest < event.on:
                    self.add_error(field, f"Không được trước việc đã ghi: {event}. Xem lại ngày.")
                    return
            elif begun > PartialDay(event.on, event.precision).last:
                self.add_error(field, f"Không được sau việc đã ghi: {event}. Xem lại ngày.")
                return

    def _check_place(self, cleaned, begun: date) -> AdministrativeUnit | None:
        """The unit of that time; asked for where there were several, refused where none was."""
        unit, launched = cleaned.get("unit"), cleaned.get("launched")
        if unit is None:
            return None
        field = "launched" if launched else "seen_on"
        if self.instance.pk and not {"unit", "then_unit", field} & set(self.changed_data):
            return self.instance.unit
        self.then_choices = units_then(unit, begun, launched.last if launched else begun)
        if self._keeps_own(unit, begun):
            return self.instance.unit
        if not self.then_choices:
            self.add_error(
                field,
                f"{unit.full_name} có từ ngày {vn_date(unit.valid_from)}, trước đó không tiếp nối "
                "đơn vị nào. Xem lại ngày này hoặc đơn vị.",
            )
            return None
        if len(self.then_choices) == 1:
            place = self.then_choices.pop()
            self.place_notice = "" if place == unit else f"Ghi theo nơi khi đó: {place.full_name}."
            return place
        self.ask_then()
        for place in self.then_choices:
            if place.key == cleaned.get("then_unit"):
                return place
        self.add_error(
            "then_unit",
            f"Ngày {vn_date(begun)} {lower_first(unit.name)} chưa thành lập. "
            "Chọn xã của điểm khi đó.",
        )
        return None

    place_notice = ""

    def _keeps_own(self, unit: AdministrativeUnit, begun: date) -> bool:
        """It is recorded at a place that the form does not offer: a district, say."""
        if not self.instance.pk or self.initial["unit"] != unit.key:
            return False
        own = self.instance.unit
        return own not in self.then_choices and own.is_valid_on(begun)

    def ask_then(self) -> None:
        """Show the question, where there is more than one answer."""
        if len(self.then_choices) < 2:
            self.then_choices = []
            return
        choices = [("", "Chọn xã khi đó")]
        choices += [(place.key, place.full_name) for place in self.then_choices]
        self.fields["then_unit"].widget = forms.Select(choices=choices)

    def _check_version(self, cleaned) -> None:
        """Someone saved in between: say so once; the next save is a knowing one."""
        point = self.instance
        if not point.pk or cleaned.get("version") == point.version:
            return
        self.conflict = True
        self.data = self.data.copy()
        self.data["version"] = point.version
        who = str(point.updated_by) if point.updated_by else "Người khác"
        at = localtime(point.updated_at)
        when = f"{at:%H:%M} ngày {vn_date(at.date())}"
        self.add_error(
            None,
            f"{who} đã lưu điểm này lúc {when}, sau khi biểu này được mở. Nội dung vừa nhập còn "
            "ở dưới, chưa lưu. Xem chỗ khác nhau, sửa nếu cần, rồi lưu lại.",
        )

    @property
    def differences(self) -> list[tuple[str, str, str]]:
        """(field, what is saved, what was typed) wherever they differ."""
        return [
            (
                self.fields[name].label,
                self._words(name, self.initial.get(name)),
                self._words(name, self[name].data),
            )
            for name in self.changed_data
            if name not in SILENT
        ]

    @property
    def changed_words(self) -> str:
        """What was changed, from what to what, for the trail: figures first, with their day."""
        names = [name for name in self.changed_data if name not in SILENT]
        figures = [name for name in self.figure_names if name in names]
        words = [self._change(name, self.figures_before) for name in figures]
        if words:
            words[-1] += f" (tính đến ngày {vn_date(self.cleaned_data['as_of'])})"
        words += [self._change(name, self.initial) for name in names if name not in figures]
        return Truncator("; ".join(words)).chars(LONGEST_TRAIL)

    def _change(self, name: str, before: dict) -> str:
        old, new = self._words(name, before.get(name)), self._words(name, self[name].data)
        # As typed, control characters and all: the database takes no NUL.
        old, new = (Truncator(clean_text(text)).chars(LONGEST_VALUE) for text in (old, new))
        return f"{self.fields[name].label}: {old} → {new}"

    def _words(self, name: str, value) -> str:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            key = field.to_field_name or "pk"
            try:
                return str(field.queryset.model.objects.get(**{key: value}))
            except (field.queryset.model.DoesNotExist, ValueError):
                return "–"
        if isinstance(value, list):
            return ", ".join(value) or "–"
        choices = dict(getattr(field, "choices", None) or getattr(field.widget, "choices", ()))
        value = choices.get(value, value)
        return str(field.prepare_value(value) or "–")
