"""Numbers of one type of scheme: cameras (T04), fire safety (T05)."""

from decimal import Decimal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, DecimalField, ExpressionWrapper, F, Q, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, NullIf, Round
from django.db.models.lookups import IsNull

from antq.core.db import JsonNumber, QualifierBit
from antq.core.numbers import vn_number
from antq.reports.measures import Kind, Measure
from antq.reports.windows import Window
from movements.measures.stocks import (
    SCHEMES,
    active,
    active_points,
    households,
    members,
    teams,
)
from movements.models import Scheme

# Codes of types in the reference data.
CAMERA, FIRE_GROUP, FIRE_POINT, CIVIL_DEFENCE = (
    "camera",
    "to-lien-gia-pccc",
    "diem-chua-chay",
    "doi-dan-phong",
)


def _of(code: str) -> dict:
    """`where` and `narrow` of the measures of one type."""
    return {
        "where": Q(scheme__type__code=code),
        "narrow": Scheme.objects.filter(type__code=code),
    }


def _attribute(code: str, key: str, label: str, unit: str, *, is_expected=False) -> Measure:
    """The sum of an attribute over the points of one type alone."""
    number = JsonNumber("shown_attributes", key)
    return active_points.variant(
        code=f"{code}.{key}",
        label=label,
        unit=unit,
        **_of(code),
        value=Sum(number),
        unknown=Count("pk", filter=IsNull(number, True)) if is_expected else None,
        qualifier=QualifierBit("shown_qualifiers", key),
    )


def least_to_most(values: list) -> str:
    """'30', or '30–60' where places differ."""
    least, most = min(values), max(values)
    return vn_number(least) if least == most else f"{vn_number(least)}–{vn_number(most)}"


camera_points = active_points.variant(
    code="camera.points", label="Số điểm lắp đặt camera", **_of(CAMERA)
)
camera_eyes = _attribute(CAMERA, "camera_eyes", "Số mắt camera", "mắt", is_expected=True)
eyes_public = _attribute(CAMERA, "eyes_public", "Số mắt camera công cộng", "mắt")
eyes_integrated = _attribute(
    CAMERA, "eyes_household_integrated", "Số mắt của hộ dân được tích hợp", "mắt"
)
eyes_broken = _attribute(CAMERA, "eyes_broken", "Số mắt camera hỏng", "mắt")
_place = KeyTextTransform("monitoring_place", F("shown_attributes"))
monitoring_places = camera_points.variant(
    code="camera.places",
    label="Nơi đặt màn hình giám sát",
    unit="",
    value=ArrayAgg(_place, distinct=True, filter=IsNull(_place, False)),
    unknown=None,
    adds_up=False,
    shown="; ".join,
)
_days = JsonNumber("shown_attributes", "retention_days")
retention_days = camera_points.variant(
    code="camera.days",
    label="Thời gian lưu dữ liệu",
    unit="ngày",
    value=ArrayAgg(_days, distinct=True, filter=IsNull(_days, False)),
    unknown=None,
    adds_up=False,
    shown=least_to_most,
)

_FUNDING = ("funding_state", "funding_social", "funding_other")
_known = Q(*((f"{name}__isnull", False) for name in _FUNDING), _connector=Q.OR)
_all = sum((Coalesce(F(name), 0) for name in _FUNDING[1:]), Coalesce(F(_FUNDING[0]), 0))
_money = DecimalField(max_digits=20, decimal_places=6)


def _funding(code: str, label: str, amount, known: Q, **more) -> Measure:
    return active_points.variant(
        code=code,
        label=label,
        unit="triệu đồng",
        **more,
        value=Sum(ExpressionWrapper(amount * Decimal("0.000001"), _money), filter=known),
        unknown=None,
    )


camera_funding = _funding(
    "camera.funding", "Kinh phí của mô hình camera", _all, _known, **_of(CAMERA)
)
state_funding = _funding(
    "funding.state",
    "Kinh phí từ ngân sách nhà nước",
    F("funding_state"),
    Q(funding_state__isnull=False),
    where=SCHEMES,
)
social_funding = _funding(
    "funding.social",
    "Kinh phí xã hội hóa",
    F("funding_social"),
    Q(funding_social__isnull=False),
    where=SCHEMES,
)


def _funded_cameras(window: Window):
    return active(window).filter(_known, scheme__type__code=CAMERA)


_share = Sum(Coalesce("funding_social", 0)) * Decimal(100) / NullIf(Sum(_all), 0)
social_share = Measure(
    code="camera.social_share",
    label="Tỷ lệ xã hội hóa (%)",
    unit="%",
    kind=Kind.RATIO,
    records=_funded_cameras,
    value=Round(ExpressionWrapper(_share, _money), 1),
    adds_up=False,
    kept=camera_points.kept,
    list_view=camera_points.list_view,
)

fire_teams = teams.variant(code="fire.teams", label="Số tổ liên gia", **_of(FIRE_GROUP))
fire_households = households.variant(
    code="fire.households", label="Số hộ của tổ liên gia", **_of(FIRE_GROUP)
)
fire_bells = _attribute(FIRE_GROUP, "bells", "Chuông báo cháy", "chuông")
fire_buttons = _attribute(FIRE_GROUP, "alarm_buttons", "Nút ấn báo cháy", "nút")
fire_extinguishers = _attribute(FIRE_GROUP, "extinguishers", "Bình chữa cháy", "bình")
fire_tools = _attribute(FIRE_GROUP, "breaking_tools", "Dụng cụ phá dỡ", "bộ")
public_points = active_points.variant(
    code="fire.points", label="Số điểm chữa cháy công cộng", **_of(FIRE_POINT)
)
public_extinguishers = _attribute(FIRE_POINT, "extinguishers", "Bình tại điểm công cộng", "bình")
public_tools = _attribute(FIRE_POINT, "breaking_tools", "Xà beng, búa, kìm", "bộ")
defence_teams = teams.variant(
    code="defence.teams",
    label="Số đội dân phòng",
    unit="đội",
    **_of(CIVIL_DEFENCE),
)
defence_members = members.variant(
    code="defence.members",
    label="Số đội viên dân phòng",
    **_of(CIVIL_DEFENCE),
)
