"""The list of points, also behind a number and as a workbook; and the page of one."""

from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate

from antq.core.permissions import Permission
from antq.reports import xlsx
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from movements.columns import attribute_value, columns_for, figure_value, state_of
from movements.filters import PointFilter
from movements.forms.steps import EndForm, ReasonForm
from movements.models import SchemePoint
from movements.models.points import FIGURES
from movements.services.places import home_of

PAGE = 50
CHUNK = 1000


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
    return render(request, "movements/schemepoint_list.html", context | _may(request, form))


def _cells(point, columns):
    return [(column, column.value(point)) for column in columns]


def _may(request, form) -> dict:
    waiting = form.cleaned_data["status"] == "waiting"
    return {
        "may_enter": request.user.may(Permission.RECORD_EDIT),
        "may_confirm": waiting and request.user.may(Permission.RECORD_CONFIRM),
    }


def _workbook(form: PointFilter, columns) -> FileResponse:
    """Exactly what is shown: same rows in the same order, same columns, all pages."""
    points = form.points.iterator(chunk_size=CHUNK)
    stream = xlsx.write_list(
        "DANH SÁCH ĐIỂM MÔ HÌNH",
        form.words,
        [column.label for column in columns],
        ([column.value(point) for column in columns] for point in points),
    )
    name = f"diem-mo-hinh-{form.day.isoformat()}.xlsx"
    return FileResponse(stream, as_attachment=True, filename=name, content_type=xlsx.XLSX)


def point_detail(request, pk):
    points = SchemePoint.objects.visible_to(request.user).for_lists()
    points = points.select_related("source", "created_by", "updated_by")
    point = get_object_or_404(points, pk=pk)
    definitions = list(point.scheme.type.attributes.all())
    context = {
        "point": point,
        "state": state_of(point, localdate()),
        "home": home_of(point.unit),
        "definitions": definitions,
        "states": [
            _state_row(point.scheme.type, state, definitions)
            for state in point.states.order_by("-as_of")
        ],
        "events": ReviewEvent.objects.about(point).select_related("by"),
        **_steps(request.user, point),
    }
    return render(request, "movements/schemepoint_detail.html", context)


def _state_row(kind, state, definitions):
    """(state, its figures, [(definition, its value as it is shown)])"""
    figures = [
        figure_value(kind, name, getattr(state, name), state.qualifiers.get(name, ""))
        for name in FIGURES
    ]
    values = [
        (
            definition,
            attribute_value(
                definition,
                state.attributes.get(definition.key),
                state.qualifiers.get(definition.key, ""),
            ),
        )
        for definition in definitions
    ]
    return state, figures, values


def _steps(user, point) -> dict:
    """Forms and buttons for what this user may do now; the services check it again."""
    may_edit = SchemePoint.objects.allowing(user, Permission.RECORD_EDIT).filter(pk=point.pk)
    may_confirm = SchemePoint.objects.allowing(user, Permission.RECORD_CONFIRM)
    edits, confirms = may_edit.exists(), may_confirm.filter(pk=point.pk).exists()
    waits = point.status == Status.WAITING
    runs = point.status == Status.CONFIRMED and not point.ended_on
    voids = confirms if point.status == Status.CONFIRMED else edits
    return {
        "may_edit": edits and point.status != Status.VOIDED,
        "may_confirm": confirms and waits,
        "may_void": voids and point.status != Status.VOIDED,
        "may_ask_end": edits and runs and not point.end_asked_on,
        "may_confirm_end": confirms and runs and point.end_asked_on,
        "reason_form": ReasonForm(),
        "end_form": EndForm(initial={"on": localdate()}),
    }
