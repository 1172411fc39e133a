"""The list of points, also behind a number and as a workbook."""

from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import render

from antq.core.permissions import Permission
from antq.reports import xlsx
from movements.columns import columns_for, state_of
from movements.filters import PointFilter
from movements.reading import in_turn

PAGE = 50


def point_list(request):
    form = PointFilter(request.GET, user=request.user)
    if not form.is_valid():
        if form.has_error("unit", "invalid_choice"):
            raise Http404(form.errors["unit"][0])
        return render(request, "movements/schemepoint_list.html", {"form": form}, status=400)
    if form.cleaned_data["measure"] and form.found_measure is None:
        raise Http404("Không có số liệu này. Mở lại danh sách từ bảng tổng hợp.")
    columns = columns_for(
        day=form.day,
        unit=form.scope.unit if form.has_scope else None,
        type=form.cleaned_data["type"],
        measure=form.cleaned_data["measure"],
    )
    if form.cleaned_data["format"]:
        return _workbook(form, columns)
    page = Paginator(form.keys, PAGE).get_page(form.cleaned_data["page"] or 1)
    points = form.rows(page.object_list)
    rows = [(point, state_of(point, form.day), _cells(point, columns)) for point in points]
    context = {"form": form, "columns": columns, "page_obj": page, "rows": rows}
    if form.found_measure:
        context["counts"] = form.counts(page.paginator.count)
    return render(request, "movements/schemepoint_list.html", context | _may(request, form))


def _cells(point, columns):
    return [(column, column.value(point)) for column in columns]


def _may(request, form) -> dict:
    asked = form.cleaned_data
    waiting = asked["status"] == "waiting" or asked["todo"] == "confirm"
    enters = request.user.may(Permission.RECORD_EDIT)
    confirms = waiting and request.user.may(Permission.RECORD_CONFIRM)
    checks = enters and asked["todo"] == "dormant"
    return {
        "may_enter": enters,
        "may_confirm": confirms,
        "may_check": checks,
        "ticks": confirms or enters,
    }


def _workbook(form: PointFilter, columns) -> FileResponse:
    """Exactly what is shown: same rows in the same order, same columns, all pages."""
    stream = xlsx.write_list(
        "DANH SÁCH ĐIỂM MÔ HÌNH",
        form.words,
        [column.label for column in columns],
        (
            [column.value(point) for column in columns]
            for point in in_turn(form.points, "suspended")
        ),
    )
    name = f"diem-mo-hinh-{form.day.isoformat()}.xlsx"
    return FileResponse(stream, as_attachment=True, filename=name, content_type=xlsx.XLSX)
