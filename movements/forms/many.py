"""The form of "Thêm nhiều điểm": what its points have in common, and a table of their places."""

import re

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html

from antq.core.numbers import vn_number
from movements.forms import layout
from movements.forms.attributes import PREFIX
from movements.forms.checks import gone_words
from movements.forms.points import PointForm
from movements.forms.rows import TableRow, columns_for, main_attributes, usual_block
from movements.models import SchemePoint
from movements.services.entry import Entry, sources_of
from movements.services.many import MOST_AT_ONCE, Line, LineError, Places, enter_points
from movements.services.places import areas_of

FIRST_ROWS = MORE_ROWS = 10
ROW = re.compile(r"row-(\d{1,3})-")
PARTS = "movements:point-many-fields"


class ManyForm(PointForm):
    """typed: a table that is not sent yet (a draft, or one whose type was changed)."""

    parts_address = PARTS
    version = shown_for = areas = host = count = teams = members = households = None
    funding_state = funding_social = funding_other = None

    class Meta(PointForm.Meta):
        fields = ["block", "seen_on", "decision_number", "decision_on", "decision_by"]
        widgets = {}

    def __init__(self, data=None, *, user, typed=None, more=0):
        self.definitions = []
        super().__init__(data, user=user, initial=typed.dict() if typed else None)
        block = self["block"].value()
        areas = areas_of(self.chosen_unit).order_by("sort_key") if self.chosen_unit else ()
        names = [area.name for area in areas]
        self.columns = columns_for(usual_block(block), self.main, names)
        self.rows = self._rows_of(data if data is not None else typed or {}, more)

    @property
    def helper(self):
        return layout.many(self)

    @property
    def parts_helper(self):
        return layout.many_parts(self)

    def _offer_types(self) -> None:
        super()._offer_types()
        for name in [name for name in self.fields if name.startswith(PREFIX)]:
            del self.fields[name]
        self.main = main_attributes(self.definitions)

    def _offer_place(self) -> None:
        """The places are in the rows; the block says whether they are bodies."""
        titles = sources_of(self.user).order_by("title").values_list("title", flat=True)[:200]
        self.fields["source_title"].offer(titles, self["source_title"].value() or "")
        self.fields["block"].widget.attrs |= layout.refresh(self)

    def _rows_of(self, typed, more: int) -> list[TableRow]:
        sent = {int(found[1]) for found in map(ROW.match, typed) if found}
        rows = max(FIRST_ROWS, max(sent, default=-1) + 1 + more)
        if rows > MOST_AT_ONCE:
            rows = max(MOST_AT_ONCE, max(sent) + 1)  # nothing that was typed is lost
        return [TableRow(typed, index, self.columns, self.main) for index in range(rows)]

    @cached_property
    def used(self) -> list[TableRow]:
        return [row for row in self.rows if row.is_used]

    @property
    def shown_rows(self) -> list[tuple[TableRow, list]]:
        return [(row, row.cells(self.is_bound)) for row in self.rows]

    @property
    def wrong_in_common(self) -> int:
        return len(set(self.errors) - {"__all__"})

    @property
    def wrong_cells(self) -> list[tuple[TableRow, object]]:
        """What is to be mended, row by row."""
        if not self.is_bound:
            return []
        return [(row, cell) for row in self.used for cell in row.cells(True) if cell.errors]

    def clean(self):
        cleaned = super().clean()
        if not self.used:
            self.add_error(None, "Chưa có dòng nào: mỗi điểm ghi một dòng trong bảng dưới đây.")
        if len(self.used) > MOST_AT_ONCE:
            rows, most = vn_number(len(self.used)), vn_number(MOST_AT_ONCE)
            self.add_error(
                None,
                f"Bảng có {rows} dòng, mỗi lần lưu không quá {most} dòng. Cắt bớt các dòng cuối "
                "ra một bảng khác, lưu bảng này rồi nhập tiếp.",
            )
        elif cleaned.get("unit"):
            self._check_places(cleaned)
        return cleaned

    def is_valid(self):
        return super().is_valid() and all(row.form.is_valid() for row in self.used)

    def _check_places(self, cleaned) -> None:
        """One place, one point: in the table, and against what stands in the book."""
        for row in self.used:
            row.form.full_clean()
        good = [row for row in self.used if row.form.says_where]
        self.places = places = Places(cleaned["unit"], [row.form.spot for row in good])
        taken = {}
        if cleaned.get("scheme") and self.place and cleaned.get("client_uuid"):
            mine = [row.uuid(cleaned["client_uuid"]) for row in good]
            taken = places.taken(cleaned["scheme"], self.place, but=mine)
        seen = {}
        for row in good:
            key = places.key(row.form.spot)
            if row.form.spot.areas and cleaned["unit"].level != "commune":
                row.refuse("Địa bàn thuộc một xã. Chọn xã ở ô Đơn vị, hoặc để trống.")
            elif gone := [places.gone[name] for name in row.form.spot.areas if name in places.gone]:
                row.refuse(gone_words(gone[0]))
            elif key in seen:
                row.refuse(
                    f"Trùng nơi với dòng {seen[key]}: mỗi nơi một dòng. Là hai điểm khác nhau thì "
                    "ghi rõ vị trí."
                )
            elif key in taken:
                row.refuse(self._known(taken[key]))
            seen.setdefault(key, row.number)

    def _known(self, pk: int):
        point = SchemePoint.objects.visible_to(self.user).filter(pk=pk).first()
        if point is None:
            return "Điểm này đã có trong sổ: cùng mô hình, cùng nơi."
        text = 'Đã có trong sổ: <a href="{}">{}</a>. Bỏ dòng này, hoặc ghi rõ vị trí khác.'
        return format_html(text, reverse("movements:point-detail", args=[pk]), point)

    def save(self) -> list[SchemePoint]:
        """Write all rows, or raise LineError and write none; returns the points written now."""
        lines = [self._line(row) for row in self.used]
        try:
            written = enter_points(lines, by=self.user)
        except LineError as error:
            row = next(row for row in self.used if row.number == error.line.number)
            row.refuse(str(error))
            raise
        self.known_count = len(lines) - len(written)
        return [line.point for line in written]

    def _line(self, row: TableRow) -> Line:
        cleaned, own = self.cleaned_data, row.form.cleaned_data
        launched = cleaned["launched"]
        common = {name: cleaned[name] for name in self._meta.fields}
        point = SchemePoint(
            **common | {"seen_on": None if launched else cleaned["seen_on"]},
            client_uuid=row.uuid(cleaned["client_uuid"]),
            unit=self.place,
            launched_on=launched.day if launched else None,
            launched_precision=launched.precision if launched else "day",
            location=own["location"],
            leader=own["leader"],
        )
        entry = Entry(
            home=cleaned["unit"],
            type=cleaned["type"],
            scheme=cleaned["scheme"],
            scheme_name=cleaned["new_scheme"],
            as_of=cleaned["as_of"],
            areas=own["areas"],
            host=own["host"],
            source=cleaned["source_title"],
            figures=row.form.figures,
        )
        return Line(row.number, point, entry)

    @property
    def made_notice(self) -> str:
        """Names that saving added to the lists of the unit: a slip of the pen is seen at once."""
        made = (("địa bàn", self.places.new_areas), ("cơ quan, cơ sở", self.places.new_hosts))
        return " ".join(f"Đã thêm {what} mới: {', '.join(names)}." for what, names in made if names)
