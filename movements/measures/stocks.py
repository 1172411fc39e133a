"""What the register holds on a day: schemes, points, teams, members, attributes."""

from django.db.models import Count, Q, Sum
from django.db.models.lookups import IsNull

from antq.core.db import JsonNumber, QualifierBit
from antq.reports.measures import Measure, MeasureProvider
from antq.reports.windows import Window
from movements.choices import Block
from movements.models import Scheme, SchemeAttribute, SchemePoint, SchemeType

LIST = "movements:point-list"


# Statutory forces are no scheme, but their teams and members count.
SCHEMES = Q(scheme__type__counts_as_scheme=True)
FORCES = Q(scheme__type__counts_as_scheme=False)


def active(window: Window):
    """Confirmed points active on the last day, forces too, with their figures of that day."""
    return SchemePoint.objects.confirmed().active_on(window.end).with_figures(window.end)


def waiting(window: Window):
    """New points, and ends, that wait for the leader; whatever the day, they wait now."""
    return SchemePoint.objects.waiting()


def kept(window: Window):
    """What shows that a unit keeps the book: any confirmed point begun by then, ended or not."""
    return SchemePoint.objects.confirmed().begun_by(window.end)


active_points = Measure(
    code="points.active",
    label="Số điểm mô hình",
    unit="điểm",
    records=active,
    where=SCHEMES,
    value=Sum("count"),
    unknown=Count("pk", filter=Q(count=None)),
    kept=kept,
    list_view=LIST,
    explanation="Điểm: mỗi nơi (thôn, trường, cơ quan …) đang thực hiện một mô hình là một điểm.",
)
distinct_schemes = active_points.variant(
    code="schemes.distinct",
    label="Số mô hình (tên)",
    unit="mô hình",
    value=Count("scheme", distinct=True),
    unknown=None,
    adds_up=False,
    explanation=(
        "Mô hình: đếm theo tên. Một mô hình ở ba xã là 1 mô hình và 3 điểm; "
        "số của tỉnh không phải là tổng số của các xã."
    ),
)
waiting_points = active_points.variant(
    code="points.waiting",
    label="Số hồ sơ điểm chờ duyệt",
    unit="hồ sơ",
    records=waiting,
    is_of_book=False,
    where=None,
    value=Count("pk"),
    unknown=None,
)
force_points = active_points.variant(
    code="forces.active", label="Số tổ, đội của lực lượng nòng cốt", unit="đơn vị", where=FORCES
)


def _figure(name: str, label: str, unit: str, explanation: str) -> Measure:
    """A figure of the points' states; a blank one is unknown where the type expects one."""
    blank = {f"shown_{name}": None, f"scheme__type__expects_{name}": True}
    return Measure(
        code=name,
        label=label,
        unit=unit,
        records=active,
        value=Sum(f"shown_{name}"),
        unknown=Count("pk", filter=Q(**blank)),
        qualifier=QualifierBit("shown_qualifiers", name),
        kept=kept,
        list_view=LIST,
        explanation=explanation,
    )


teams = _figure(
    "teams",
    "Số tổ",
    "tổ",
    "Tổ: nhóm người thực hiện tại điểm; một điểm có thể có nhiều tổ. Gồm cả tổ, đội của lực lượng "
    "nòng cốt.",
)
force_teams = teams.variant(
    code="teams.forces", label="Số tổ, đội của lực lượng nòng cốt", where=FORCES
)
members = _figure("members", "Số thành viên", "người", "Thành viên của các điểm và lực lượng.")
households = _figure("households", "Số hộ tham gia", "hộ", "Hộ tham gia tại các điểm.")
# Of schemes alone, without the statutory forces.
scheme_teams = teams.variant(code="teams.schemes", label="Số tổ của các mô hình", where=SCHEMES)
scheme_members = members.variant(
    code="members.schemes", label="Số thành viên của các mô hình", where=SCHEMES
)
scheme_households = households.variant(
    code="households.schemes", label="Số hộ tham gia các mô hình", where=SCHEMES
)


def _block(block: Block) -> Measure:
    return active_points.variant(
        code=f"points.block.{block.value}",
        label=f"Số điểm khối {block.label}",
        where=SCHEMES & Q(block=block),
    )


residential_points = _block(Block.RESIDENTIAL)
commune_points = _block(Block.COMMUNE)
agency_points = _block(Block.AGENCY)
enterprise_points = _block(Block.ENTERPRISE)
school_points = _block(Block.SCHOOL)
religious_points = _block(Block.RELIGIOUS)
cross_area_points = _block(Block.CROSS_AREA)


def _attribute(row: SchemeAttribute) -> Measure:
    """The sum of an additive attribute over the points of every type that has it."""
    number = JsonNumber("shown_attributes", row.key)
    having = SchemeType.objects.filter(attributes__key=row.key)
    expecting = SchemeType.objects.filter(attributes__key=row.key, attributes__is_expected=True)
    blank = IsNull(number, True) & Q(scheme__type__in=expecting)
    return Measure(
        code=f"attribute.{row.key}",
        label=row.label,
        unit=row.unit,
        records=active,
        where=Q(scheme__type__in=having),
        narrow=Scheme.objects.filter(type__in=having),
        value=Sum(number),
        unknown=Count("pk", filter=blank),
        qualifier=QualifierBit("shown_qualifiers", row.key),
        kept=kept,
        list_view=LIST,
    )


def _find_attribute(key: str) -> Measure | None:
    row = SchemeAttribute.objects.additive().filter(key=key).first()
    return _attribute(row) if row else None


def _every_attribute() -> list[Measure]:
    rows = SchemeAttribute.objects.additive().order_by("key", "pk").distinct("key")
    return [_attribute(row) for row in rows]


attributes = MeasureProvider("attribute.", _find_attribute, _every_attribute)
