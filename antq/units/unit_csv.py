"""A CSV of new administrative units, and of units that end: what a resolution changes."""

from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError

from antq.units.choices import Kind, Level
from antq.units.models import AdministrativeUnit, UnitSuccession
from antq.units.models.units import RANK
from antq.units.services import links_later
from antq.units.tables import Column, Fault, TableError

COLUMNS = [
    Column(
        "key", "khóa", "Không đổi, dùng trong địa chỉ; nên ghi mã và ngày, W24100@2027-01-01.", True
    ),
    Column("code", "mã", "Mã theo danh mục; để trống nếu không có."),
    Column("name", "tên", "Cả loại: “Xã Ia Dreh”."),
    Column("level", "cấp", "province, district, commune, part, group; hoặc “cấp tỉnh”, “cấp xã” …"),
    Column("kind", "loại", "tinh, xa, phuong, dac_khu …; hoặc “tỉnh”, “xã”, “phường”, “đặc khu”."),
    Column("parent", "thuộc", "Khóa của đơn vị cấp trên, đã có hoặc ở trong tệp này."),
    Column("valid_from", "có hiệu lực từ", "Ngày có hiệu lực; để trống nếu có từ trước."),
    Column("valid_to", "đến hết ngày", "Ngày cuối cùng; để trống nếu đang có hiệu lực."),
    Column(
        "predecessors", "đơn vị cũ", "Khóa các đơn vị cũ có hồ sơ chuyển về đây, cách nhau bằng |."
    ),
    Column("partly_from", "một phần của", "Khóa các đơn vị cũ chỉ có một phần địa giới về đây."),
    Column("aliases", "tên khác", "Tên gọi khác, cách nhau bằng |."),
    Column("latitude", "vĩ độ", "Độ thập phân, 13.35."),
    Column("longitude", "kinh độ", "Độ thập phân, 108.72."),
]
EXAMPLES = [
    {
        "key": "W24100@2027-01-01",
        "code": "24100",
        "name": "Xã Ia Dreh",
        "level": "commune",
        "kind": "xa",
        "parent": "P52@2025-07-01",
        "valid_from": "01/01/2027",
        "predecessors": "W24100@2025-07-01|W24109@2025-07-01",
    },
    {"key": "W24100@2025-07-01", "valid_to": "31/12/2026"},
    {"key": "W24109@2025-07-01", "valid_to": "31/12/2026"},
]
KINDS = {
    Level.PROVINCE: {Kind.PROVINCE, Kind.CENTRAL_CITY},
    Level.DISTRICT: {Kind.RURAL_DISTRICT, Kind.URBAN_DISTRICT, Kind.TOWN, Kind.CITY},
    Level.COMMUNE: {Kind.COMMUNE, Kind.WARD, Kind.TOWNSHIP, Kind.SPECIAL_ZONE},
    Level.PART: {Kind.COMMUNE, Kind.WARD, Kind.TOWNSHIP, Kind.SPECIAL_ZONE},
    Level.GROUP: {Kind.CLUSTER, Kind.AREA},
}


@dataclass
class UnitRow:
    """A line that could be read. state: new, closing, there. unit: as it will be stored."""

    line: int
    unit: AdministrativeUnit
    parent: str
    predecessors: list[str]
    partly_from: list[str]
    state: str = "new"


@dataclass
class UnitPlan:
    rows: list[UnitRow] = field(default_factory=list)
    pairs: list[tuple[str, str, date, bool]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    without_heir: list[AdministrativeUnit] = field(default_factory=list)

    def of_state(self, state: str) -> list[UnitRow]:
        return [row for row in self.rows if row.state == state]

    @property
    def new(self) -> list[UnitRow]:
        return self.of_state("new")

    @property
    def closing(self) -> list[UnitRow]:
        return self.of_state("closing")

    @property
    def there(self) -> list[UnitRow]:
        return self.of_state("there")


def write_units(plan: UnitPlan) -> None:
    """Close, create and link in one transaction. Raises TableError when the database refuses."""
    try:
        with links_later():
            _write(plan)
    except IntegrityError as error:
        raise TableError(
            "Có người vừa sửa đơn vị hành chính. Xem trước lại tệp rồi lưu."
        ) from error


def _write(plan: UnitPlan) -> None:
    AdministrativeUnit.objects.bulk_update(
        [row.unit for row in plan.closing], ["valid_to"], batch_size=1000
    )
    ids = dict(AdministrativeUnit.objects.values_list("key", "pk"))
    # Those above before those below, so that a foreign key always finds its row.
    for rank in sorted(set(RANK.values()), reverse=True):
        rows = [row for row in plan.new if RANK[row.unit.level] == rank]
        for row in rows:
            row.unit.parent_id = ids[row.parent]
        made = AdministrativeUnit.objects.bulk_create([r.unit for r in rows], batch_size=1000)
        ids |= {unit.key: unit.pk for unit in made}
    UnitSuccession.objects.bulk_create(
        (
            UnitSuccession(
                predecessor_id=ids[old], successor_id=ids[new], effective_on=day, is_primary=primary
            )
            for old, new, day, primary in plan.pairs
        ),
        batch_size=1000,
    )
