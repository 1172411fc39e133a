"""A CSV of units (of an administrator) or residential areas (of a province): seen, then saved."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from antq.core.numbers import vn_number
from antq.core.permissions import Permission
from antq.units import area_csv, unit_checks, unit_csv
from antq.units.models import AdministrativeUnit
from antq.units.tables import MOST_BYTES, Column, TableError, decoded, template

SHOWN = 200
# What a page carries to its second step; the limit of a request is 2.5 MB.
MOST_CARRIED, KEPT = 2_000_000, 24 * 3600
STALE = "Bản xem trước đã quá một ngày hoặc không phải của tài khoản này. Chọn lại tệp."


@dataclass(frozen=True)
class Intake:
    """check(text, user) → a plan with `rows` and `faults`; write(plan, data) → what was done."""

    name: str
    columns: list[Column]
    examples: list[dict]
    check: Callable
    write: Callable


def _write_units(plan, data) -> str:
    unit_csv.write_units(plan)
    return (
        f"Đã lưu: {vn_number(len(plan.new))} đơn vị mới, {vn_number(len(plan.closing))} đơn vị "
        f"hết hiệu lực, {vn_number(len(plan.pairs))} quan hệ cũ – mới."
    )


def _write_areas(plan, data) -> str:
    added = area_csv.write_areas(plan, with_near="with_near" in data)
    return f"Đã thêm {vn_number(added)} địa bàn."


def _check_areas(text, user):
    scope = AdministrativeUnit.objects.allowing(user, Permission.CONFIGURE)
    return area_csv.check_areas(text, scope=scope)


UNITS = Intake(
    "units",
    unit_csv.COLUMNS,
    unit_csv.EXAMPLES,
    lambda text, user: unit_checks.check_units(text),
    _write_units,
)
AREAS = Intake("areas", area_csv.COLUMNS, area_csv.EXAMPLES, _check_areas, _write_areas)


def csv_units(request):
    if not request.user.holds_everywhere(Permission.ADMINISTER):
        raise PermissionDenied("Chỉ quản trị hệ thống được nạp đơn vị hành chính.")
    return _page(request, UNITS)


def csv_areas(request):
    if not request.user.may(Permission.CONFIGURE):
        raise PermissionDenied("Chỉ cán bộ cấp tỉnh được nạp địa bàn của nhiều xã.")
    return _page(request, AREAS)


def _page(request, intake: Intake):
    if "template" in request.GET:
        response = HttpResponse(template(intake.columns, intake.examples), content_type="text/csv")
        response["Content-Disposition"] = f'attachment; filename="mau-{intake.name}.csv"'
        return response
    if request.method != "POST":
        return _shown(request, intake)
    try:
        text, carried = _sent(request, intake)
        plan = intake.check(text, request.user)
        if "save" in request.POST and not plan.faults:
            messages.success(request, intake.write(plan, request.POST))
            return redirect(request.path)
    except TableError as error:
        return _shown(request, intake, error=str(error))
    return _shown(request, intake, plan=plan, carried=carried)


def _sent(request, intake: Intake) -> tuple[str, str]:
    """(the text of the table, the same signed for the next step): of a file, or of the preview."""
    salt = f"csv:{intake.name}:{request.user.pk}"
    if file := request.FILES.get("file"):
        if file.size > MOST_BYTES:
            decoded(b" " * (MOST_BYTES + 1))
        text = decoded(file.read())
        carried = signing.dumps(text, salt=salt, compress=True)
        if len(carried) > MOST_CARRIED:
            raise TableError("Tệp quá lớn. Chia thành nhiều tệp.")
        return text, carried
    carried = request.POST.get("carried", "")
    if not carried:
        raise TableError("Chọn một tệp CSV rồi bấm “Xem trước”.")
    try:
        return signing.loads(carried, salt=salt, max_age=KEPT), carried
    except signing.BadSignature as error:
        raise TableError(STALE) from error


def _shown(request, intake: Intake, *, plan=None, carried="", error=""):
    context = {"intake": intake, "plan": plan, "carried": carried, "error": error, "shown": SHOWN}
    if plan:
        context["faults"] = sorted(plan.faults, key=lambda fault: fault.line)
    status = 400 if error else 200
    return render(request, f"units/csv_{intake.name}.html", context, status=status)
