"""One unsaved row of every logged table, with what it stands on; and a value to change in it."""

from datetime import date
from decimal import Decimal
from itertools import count

from antq.accounts.models import Assignment, User
from antq.accounts.roles import Role
from antq.files.models import StoredFile
from antq.review.models import ReturnedItem, ReviewEvent, Route, RouteStep, Source
from antq.units import models as units
from antq.units.choices import Kind, Level, OrganizationKind
from movements import models as movements
from tests.factories import (
    make_form,
    make_indicator,
    make_period,
    make_point,
    make_report,
    make_scheme,
    make_type,
    make_unit,
    make_user,
    unit,
)

_numbers = count(1)
DAY = date(2025, 8, 1)


def named(name: str) -> str:
    return f"{name} {next(_numbers)}"


def make_area():
    return units.ResidentialArea.objects.create(unit=make_unit(), name=named("Thôn"))


def make_organization():
    return units.Organization.objects.create(
        name=named("Trường"), kind=OrganizationKind.SCHOOL, unit=make_unit()
    )


def make_kind():
    return movements.DocumentKind.objects.create(code=named("giay").replace(" ", "-"), name="Giấy")


def make_scale():
    return movements.GradingScale.objects.create(code=named("thang").replace(" ", "-"), name="T")


def make_grade():
    return movements.Grade.objects.create(scale=make_scale(), name="Tốt", slot="good")


def make_route_values():
    """A province's own, so that it stands beside those of all."""
    return {
        "kind": "unit_report",
        "level": Level.COMMUNE,
        "owner": make_unit(Level.PROVINCE),
    }


# {model: (how a row is made, a field, another value of it)}; no field: such a row never changes
ROWS = {
    units.AdministrativeUnit: (
        lambda: {
            "key": named("K"),
            "name": named("Xã"),
            "level": Level.COMMUNE,
            "kind": Kind.COMMUNE,
            "parent": make_unit(Level.PROVINCE),
        },
        "aliases",
        "Tên khác",
    ),
    units.GroupMember: (
        lambda: {
            "group": make_unit(Level.GROUP, parent=make_unit(Level.PROVINCE)),
            "unit": make_unit(),
        },
        "valid_from",
        DAY,
    ),
    units.UnitSuccession: (
        lambda: {"predecessor": make_unit(), "successor": make_unit(), "effective_on": DAY},
        "effective_on",
        date(2025, 7, 1),
    ),
    units.ResidentialArea: (
        lambda: {"unit": make_unit(), "name": named("Thôn")},
        "aliases",
        "Khác",
    ),
    units.places.AreaSuccession: (
        lambda: {"from_residentialarea": make_area(), "to_residentialarea": make_area()},
        None,
        None,
    ),
    units.Organization: (
        lambda: {"name": named("Trường"), "kind": OrganizationKind.SCHOOL, "unit": unit("VN")},
        "aliases",
        "Khác",
    ),
    units.UnitProfile: (lambda: {"unit": make_unit(), "year": 2026}, "households", 5),
    User: (lambda: {"username": named("nguoi")}, "full_name", "Họ tên mới"),
    Assignment: (
        lambda: {"user": make_user(), "role": Role.VIEWER, "unit": make_unit()},
        "valid_to",
        DAY,
    ),
    StoredFile: (
        lambda: {
            "name": "a.pdf",
            "kind": "pdf",
            "file": "files/a.pdf",
            "size": 1,
            "sha256": "0" * 64,
        },
        "name",
        "b.pdf",
    ),
    Source: (lambda: {"kind": "report", "title": named("Báo cáo")}, "number", "12/BC"),
    Route: (make_route_values, "basis", "Công văn"),
    RouteStep: (
        lambda: {
            "route": Route.objects.create(**make_route_values()),
            "order": 1,
            "duty": "review",
            "permission": "RETURN_REVIEW",
            "level": Level.PROVINCE,
        },
        "is_on",
        False,
    ),
    ReturnedItem: (
        lambda: {
            "event": ReviewEvent.objects.create(
                target="x.Y", target_id=1, action="Trả lại", by=make_user()
            ),
            "key": "TT_BUOI",
            "label": "Số buổi",
            "reason": "Xem lại",
            "old_value": {"value": 1},
        },
        "new_text",
        "12",
    ),
    movements.DocumentKind: (
        lambda: {"code": named("giay").replace(" ", "-"), "name": "Giấy"},
        "name",
        "Giấy khác",
    ),
    movements.SchemeType: (
        lambda: {"code": named("loai").replace(" ", "-"), "name": named("Loại")},
        "legal_basis",
        "Luật",
    ),
    movements.SchemeAttribute: (
        lambda: {"type": make_type(), "key": "mat", "label": "Số mắt"},
        "label",
        "Số mắt camera",
    ),
    movements.Scheme: (lambda: {"type": make_type(), "name": named("Mô hình")}, "aliases", "Khác"),
    movements.TypeChecklist: (
        lambda: {"schemetype": make_type(), "documentkind": make_kind()},
        None,
        None,
    ),
    movements.LeadOrganization: (
        lambda: {"scheme": make_scheme(), "organization": make_organization()},
        None,
        None,
    ),
    movements.SchemePoint: (
        lambda: {
            "scheme": make_scheme(),
            "unit": make_unit(),
            "launched_on": DAY,
            "attributes": {"a": 1},
        },
        "leader",
        "Nguyễn Văn Mới",
    ),
    movements.PointState: (
        lambda: {
            "point": build_saved(movements.SchemePoint),
            "as_of": DAY,
            "valid_from": date.min,
            "valid_to": date.max,
        },
        "members",
        12,
    ),
    movements.PointArea: (
        lambda: {"schemepoint": make_point(), "residentialarea": make_area()},
        None,
        None,
    ),
    movements.Team: (lambda: {"point": make_point(), "name": "Tổ 1"}, "leader", "Trần Thị Mới"),
    movements.LifecycleEvent: (
        lambda: {"point": make_point(), "kind": "review", "on": DAY},
        "note",
        "Sơ kết",
    ),
    movements.Document: (lambda: {"point": make_point(), "kind": make_kind()}, "number", "5/QĐ"),
    movements.GradingScale: (
        lambda: {"code": named("thang").replace(" ", "-"), "name": "Thang"},
        "basis",
        "Hướng dẫn",
    ),
    movements.Grade: (
        lambda: {"scale": make_scale(), "name": "Khá", "slot": "fair"},
        "name",
        "Khá tốt",
    ),
    movements.SchemeEvaluation: (
        lambda: {"point": make_point(), "year": 2025, "grade": make_grade()},
        "note",
        "Kết quả",
    ),
    movements.Recognition: (
        lambda: {"unit": make_unit(), "level": "commune", "kind": "praise"},
        "number",
        "7/QĐ",
    ),
    movements.Indicator: (
        lambda: {"code": f"CT_{next(_numbers)}", "label": "Chỉ tiêu", "unit": "vụ", "kind": "flow"},
        "explanation",
        "Cách tính khác",
    ),
    movements.ReportForm: (
        lambda: {"code": named("bieu").replace(" ", "-"), "title": "Biểu", "kinds": ["month"]},
        "title",
        "Biểu khác",
    ),
    movements.FormRow: (
        lambda: {"form": make_form(), "indicator": make_indicator()},
        "group",
        "Nhóm khác",
    ),
    movements.ProvinceTiming: (
        lambda: {"form": make_form(), "province": make_unit(Level.PROVINCE)},
        "due_days",
        1,
    ),
    movements.Period: (
        lambda: {
            "form": make_form(),
            "kind": "month",
            "year": 2025,
            "number": 8,
            "label": "Tháng 8/2025",
            "first": date(2025, 7, 15),
            "last": date(2025, 8, 14),
            "due": date(2025, 8, 16),
        },
        "note",
        "Ghi chú",
    ),
    movements.PeriodUnit: (
        lambda: {"period": make_period(), "administrativeunit": make_unit()},
        None,
        None,
    ),
    movements.UnitReport: (
        lambda: {"period": make_period(), "unit": make_unit()},
        "number",
        "15/BC",
    ),
    movements.Figure: (
        lambda: {"report": make_report(), "indicator": make_indicator(), "value": 12},
        "value",
        Decimal("14.50"),
    ),
    movements.ReturnedLine: (
        lambda: {
            "point": make_point(),
            "label": "Dòng",
            "reason": "Xem lại",
            "returned_by": make_user(),
        },
        "reason",
        "Xem lại số",
    ),
}


def build(model):
    """An unsaved row."""
    return model(**ROWS[model][0]())


def build_saved(model):
    row = build(model)
    row.save()
    return row
