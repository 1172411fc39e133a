"""One row of the table of "Thêm nhiều điểm": cells of plain text, so that Excel can be pasted."""

import re
import unicodedata
from dataclasses import dataclass
from uuid import UUID, uuid5

from django import forms

from antq.core.forms import NamesField, QuantityField, TextField, refuse_long
from movements.choices import Block, DataType
from movements.forms.attributes import NO, PREFIX, YES, fields_for, values_from
from movements.forms.checks import PartChecks
from movements.models import SchemeAttribute
from movements.models.points import FIGURES
from movements.services.many import Spot
from movements.services.places import HOST_KINDS

MOST_ATTRIBUTES = 6
UNKNOWN = ("", "chua ro", "–", "-")
YES_WORDS = ("co", "yes", "x", "1", "✓", "v", "dung")
NO_WORDS = ("khong", "no", "0", "khong co", "chua", "chua co")


def bare(text: str) -> str:
    """Without diacritics and case: how a word that was typed is compared with one that is known."""
    apart = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(char for char in apart if not unicodedata.combining(char)).strip()


class AreasField(NamesField):
    """Names in one cell: "Thôn 1; Thôn 2", also on lines of their own, as Excel has them."""

    widget = forms.TextInput

    def to_python(self, value):
        return super().to_python(re.split(r"[;,\n]", refuse_long(str(value or ""), 2000)))


class WordField(TextField):
    """One of a few words, typed without looking it up: "co" is "Có". words: {as typed: value}."""

    def __init__(self, *, words: dict[str, str], shown: list[str], **kwargs):
        super().__init__(max_length=150, **kwargs)
        self.words, self.shown = words, shown

    def clean(self, value):
        text = super().clean(value)
        if bare(text) in UNKNOWN:
            return ""
        if (found := self.words.get(bare(text))) is None:
            raise forms.ValidationError(f"Ghi một trong: {', '.join(self.shown)}; hoặc để trống.")
        return found


@dataclass(frozen=True)
class Column:
    """heads: what the column is called in other people's tables, to know it by in a paste."""

    name: str
    label: str
    heads: str = ""
    kind: str = "text"
    options: tuple[str, ...] = ()

    @property
    def list_id(self) -> str:
        return f"known-{self.name}" if self.options else ""


NUMBER = "num"
AREAS = Column(
    "areas",
    "Địa bàn (thôn, buôn, tổ dân phố)",
    "địa bàn|thôn|buôn|làng|tổ dân phố|tdp|khu phố|thôn buôn|tên thôn|khu dân cư",
)
HOST = Column("host", "Cơ quan, cơ sở", "cơ quan|đơn vị áp dụng|cơ sở|trường|doanh nghiệp|giáo xứ")
OTHERS = (
    Column("location", "Vị trí", "vị trí|địa điểm|nơi đặt|địa chỉ"),
    Column("leader", "Người phụ trách", "phụ trách|tổ trưởng|đội trưởng|nhóm trưởng|đứng đầu"),
    Column("teams", "Số tổ", "số tổ|số đội|số nhóm", NUMBER),
    Column("members", "Số thành viên", "thành viên|số người", NUMBER),
    Column("households", "Số hộ", "số hộ|hộ tham gia|hộ gia đình|hộ dân", NUMBER),
)


def main_attributes(definitions: list[SchemeAttribute]) -> list[SchemeAttribute]:
    """Those that fit beside the figures: first what must be given, is missed, or is a number."""

    def rank(definition):
        asked = definition.is_required, definition.is_expected, definition.is_number
        return tuple(not each for each in asked)

    chosen = sorted(definitions, key=rank)
    required = sum(definition.is_required for definition in definitions)
    return chosen[: max(MOST_ATTRIBUTES, required)]


def columns_for(block: str, definitions: list[SchemeAttribute], areas: list[str]) -> list[Column]:
    first = [AREAS] if block not in HOST_KINDS else [HOST, AREAS]
    known = tuple(areas)
    return [
        *(Column(c.name, c.label, c.heads, c.kind, known if c is AREAS else ()) for c in first),
        *OTHERS,
        *(_attribute_column(definition) for definition in definitions),
    ]


def _attribute_column(definition: SchemeAttribute) -> Column:
    options = ()
    if definition.data_type == DataType.BOOLEAN:
        options = (YES[1], NO[1])
    elif definition.data_type == DataType.CHOICE:
        options = tuple(definition.choice_list)
    kind = NUMBER if definition.is_number else "text"
    heads = f"{definition.label}|{definition.heading}"
    return Column(f"{PREFIX}{definition.key}", definition.heading, heads, kind, options)


def _words_field(definition: SchemeAttribute) -> WordField:
    common = {"label": definition.label, "required": definition.is_required}
    if definition.data_type == DataType.BOOLEAN:
        words = dict.fromkeys(YES_WORDS, YES[0]) | dict.fromkeys(NO_WORDS, NO[0])
        return WordField(words=words, shown=[YES[1], NO[1]], **common)
    words = {bare(choice): choice for choice in definition.choice_list}
    return WordField(words=words, shown=definition.choice_list, **common)


class RowForm(PartChecks, forms.Form):
    areas = AreasField(label="Địa bàn", required=False)
    host = TextField(label="Cơ quan, cơ sở", required=False, max_length=250)
    location = TextField(label="Vị trí", required=False, max_length=250)
    leader = TextField(label="Người phụ trách", required=False, max_length=150)
    teams = QuantityField(label="Số tổ", required=False)
    members = QuantityField(label="Số thành viên", required=False)
    households = QuantityField(label="Số hộ tham gia", required=False)

    def __init__(self, data, *, definitions, **kwargs):
        super().__init__(data, **kwargs)
        self.definitions = definitions
        self.fields |= fields_for(definitions)
        for definition in definitions:
            if definition.data_type in (DataType.BOOLEAN, DataType.CHOICE):
                self.fields[f"{PREFIX}{definition.key}"] = _words_field(definition)

    def clean(self):
        cleaned = super().clean()
        if self.says_where and self.spot == Spot((), "", ""):
            self.add_error("areas", "Ghi địa bàn hoặc vị trí để biết điểm ở đâu.")
        self.check_parts(cleaned)
        return cleaned

    @property
    def says_where(self) -> bool:
        """Whether its place could be read; the other cells may be wrong."""
        return {"areas", "host", "location"} <= set(self.cleaned_data)

    @property
    def spot(self) -> Spot:
        cleaned = self.cleaned_data
        return Spot(tuple(cleaned["areas"]), cleaned["location"], cleaned["host"])

    @property
    def figures(self) -> dict:
        """As a state stores them."""
        cleaned = self.cleaned_data
        attributes, qualifiers = values_from(self.definitions, cleaned)
        given = {name: str(cleaned[name].qualifier) for name in FIGURES}
        qualifiers |= {name: qualifier for name, qualifier in given.items() if qualifier}
        figures = {name: cleaned[name].value for name in FIGURES}
        return figures | {"attributes": attributes, "qualifiers": qualifiers}


@dataclass(frozen=True)
class Cell:
    column: Column
    name: str
    value: str
    errors: list[str]


class TableRow:
    """A row as it was typed, and its form where there is anything in it."""

    def __init__(self, typed, index: int, columns: list[Column], definitions):
        self.number, self.index, self.columns = index + 1, index, columns
        self._texts = {column.name: typed.get(self.name(column), "") for column in columns}
        self.is_used = any(text.strip() for text in self._texts.values())
        self.form = RowForm(typed, definitions=definitions, prefix=f"row-{index}")

    def name(self, column: Column) -> str:
        return f"row-{self.index}-{column.name}"

    def uuid(self, table: UUID) -> UUID:
        """The same whenever the same table is sent: a dropped line makes no second point."""
        return uuid5(table, str(self.index))

    def refuse(self, message, field: str = "areas") -> None:
        """Beside the first cell of the row that says where its point is."""
        shown = {column.name for column in self.columns}
        self.form.add_error(field if field in shown else self.columns[0].name, message)

    def cells(self, with_errors: bool) -> list[Cell]:
        errors = self.form.errors if with_errors and self.is_used else {}
        return [
            Cell(column, self.name(column), self._texts[column.name], errors.get(column.name, []))
            for column in self.columns
        ]


def usual_block(block: str | None) -> str:
    return block if block in Block.values else Block.RESIDENTIAL
