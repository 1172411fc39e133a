"""Small makers of rows. Names are unique; what a test does not say is plausible."""

from datetime import date, timedelta
from itertools import count

from antq.accounts.models import Assignment, User
from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.units.choices import Kind, Level
from antq.units.models import AdministrativeUnit
from movements.models import (
    Figure,
    FormRow,
    Indicator,
    Period,
    ReportForm,
    Scheme,
    SchemePoint,
    SchemeType,
    UnitReport,
)

_numbers = count(1)
PASSWORD = "mat-khau-thu-2026"
_KINDS = {
    Level.PROVINCE: (Kind.PROVINCE, "Tỉnh Thử"),
    Level.DISTRICT: (Kind.RURAL_DISTRICT, "Huyện Thử"),
    Level.COMMUNE: (Kind.COMMUNE, "Xã Thử"),
    Level.PART: (Kind.COMMUNE, "Xã Thử, phần"),
    Level.GROUP: (Kind.CLUSTER, "Cụm Thử"),
}


def unit(key: str) -> AdministrativeUnit:
    """A real unit by its key: unit('W24100@2025-07-01') is Xã Ia Dreh."""
    return AdministrativeUnit.objects.get(key=key)


def make_unit(level=Level.COMMUNE, parent=None, **values) -> AdministrativeUnit:
    """A made-up unit; a commune without a parent gets a province of its own."""
    number = next(_numbers)
    kind, name = _KINDS[level]
    if parent is None:
        parent = unit("VN") if level == Level.PROVINCE else make_unit(Level.PROVINCE)
    values = {"name": f"{name} {number}", "kind": kind, **values}
    return AdministrativeUnit.objects.create(key=f"T{number}", level=level, parent=parent, **values)


def make_user(role=None, unit=None, **values) -> User:
    """An account; with a role, it holds it in `unit` (a new commune when none is given)."""
    values = {"username": f"nguoi{next(_numbers)}", **values}
    user = User.objects.create_user(password=PASSWORD, **values)
    if role is not None:
        Assignment.objects.create(user=user, role=Role(role), unit=unit or make_unit())
    return user


def make_type(**values) -> SchemeType:
    number = next(_numbers)
    values = {"code": f"loai-{number}", "name": f"Loại hình {number}", **values}
    return SchemeType.objects.create(**values)


def make_scheme(**values) -> Scheme:
    values.setdefault("name", f"Mô hình {next(_numbers)}")
    if "type" not in values:
        values["type"] = make_type()
    return Scheme.objects.create(**values)


def make_point(**values) -> SchemePoint:
    """A confirmed point launched on 1/8/2025 with a state from that day; see `record_state`."""
    from movements.services.points import record_state  # noqa: PLC0415 – tests of units need no points

    figures = {
        name: values.pop(name)
        for name in ("teams", "members", "households", "attributes", "qualifiers")
        if name in values
    }
    as_of = values.pop("as_of", None)
    values.setdefault("status", Status.CONFIRMED)
    if "launched_on" not in values and "seen_on" not in values:
        values["launched_on"] = date(2025, 8, 1)
    if "unit" not in values:
        values["unit"] = make_unit()
    if "scheme" not in values:
        values["scheme"] = make_scheme()
    point = SchemePoint.objects.create(**values)
    record_state(point, as_of=as_of or point.begun_on, by=None, **figures)
    return point


def make_indicator(**values) -> Indicator:
    number = next(_numbers)
    values = {"code": f"CT{number}", "label": f"Chỉ tiêu {number}", "unit": "việc", **values}
    return Indicator.objects.create(**{"kind": "flow", **values})


def make_form(*indicators, **values) -> ReportForm:
    """A form of all periods with these rows."""
    number = next(_numbers)
    values = {"code": f"bieu-{number}", "title": f"Biểu {number}", **values}
    values.setdefault("kinds", ["month", "quarter", "half", "nine_months", "year"])
    form = ReportForm.objects.create(**values)
    for order, indicator in enumerate(indicators, start=1):
        FormRow.objects.create(form=form, indicator=indicator, order=order)
    return form


def make_period(**values) -> Period:
    """Tháng 10/2026 of NĐ 09/2019 of a form of its own, for the whole country."""
    values = {
        "kind": "month",
        "year": 2026,
        "number": 10,
        "label": "Tháng 10/2026",
        "first": date(2026, 9, 15),
        "last": date(2026, 10, 14),
        **values,
    }
    values.setdefault("due", values["last"] + timedelta(days=2))
    if "form" not in values:
        values["form"] = make_form()
    return Period.objects.create(**values)


def make_report(**values) -> UnitReport:
    """A draft of a commune; `figures`: {indicator: value, or the values of its columns}."""
    figures = values.pop("figures", {})
    for name, make in (("period", make_period), ("unit", make_unit)):
        if name not in values:
            values[name] = make()
    report = UnitReport.objects.create(**values)
    for indicator, value in figures.items():
        columns = value if isinstance(value, dict) else {"value": value}
        Figure.objects.create(report=report, indicator=indicator, **columns)
    return report
