"""How points are judged: the grade of a year, one or many at once."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from antq.core.permissions import Permission
from antq.review.services import TransitionError
from movements.forms import layout
from movements.forms.judging import EvaluationForm, GradeRowForm, GridFilter, thresholds
from movements.forms.steps import ReasonForm
from movements.models import SchemeEvaluation, SchemePoint
from movements.services import judging
from movements.views.detail import visible_point
from movements.views.life import editable_point
from movements.views.steps import take_step

PAGE = 100
PAPER = ("decision_number", "decision_on", "decision_by", "note", "client_uuid", "version")


def create(request, pk):
    return _page(request, SchemeEvaluation(point=editable_point(request.user, pk)))


def edit(request, pk, evaluation):
    point = editable_point(request.user, pk)
    row = get_object_or_404(point.evaluations.select_related("grade__scale"), pk=evaluation)
    row.point = point
    return _page(request, row)


def _page(request, row: SchemeEvaluation):
    point = row.point
    form = EvaluationForm(request.POST if request.method == "POST" else None, instance=row)
    if form.is_valid() and _saved(request, form, point):
        return redirect("movements:point-detail", pk=point.pk)
    context = {"form": form, "point": point, "evaluation": row}
    if row.pk:
        context["remover"] = ReasonForm(auto_id="remove-%s")
    return render(request, "movements/evaluation_form.html", context)


def _saved(request, form: EvaluationForm, point) -> bool:
    given = form.cleaned_data
    grade, score, year = given["grade"], given["score"], given["year"]
    paper = {name: given[name] for name in PAPER}
    try:
        judging.evaluate(point, year=year, score=score, grade=grade, by=request.user, **paper)
    except TransitionError as error:
        form.add_error(error.field or None, str(error))
        return False
    messages.success(request, f"Đã ghi xếp loại năm {year}: {grade}.")
    if doubt := judging.contradiction(form.scale, score, grade):
        messages.warning(request, doubt)
    return True


@require_POST
def remove(request, pk, evaluation):
    rows = visible_point(request.user, pk).evaluations.select_related("grade", "point")
    row = get_object_or_404(rows, pk=evaluation)

    def act(point, *, reason, version):
        judging.remove_evaluation(row, reason=reason, by=request.user)

    return take_step(request, pk, act, "Đã xóa xếp loại.", form_class=ReasonForm)


def grid(request):
    """The points of a commune in a year, each with its score and its grade: all saved, or none."""
    if not request.user.may(Permission.RECORD_EDIT):
        raise PermissionDenied("Tài khoản chỉ được xem, không được ghi xếp loại.")
    asked = GridFilter(request.GET, user=request.user)
    known = {"asked": asked, "unit_search": layout.commune_search()}
    if not asked.is_valid():
        if asked.has_error("unit", "invalid_choice"):
            raise Http404("Đơn vị không thuộc phạm vi của tài khoản.")
        status = 400 if request.GET else 200
        return render(request, "movements/evaluation_grid.html", known, status=status)
    unit, year = asked.cleaned_data["unit"], asked.cleaned_data["year"]
    scale = judging.scale_for(unit, year)
    points = SchemePoint.objects.allowing(request.user, Permission.RECORD_EDIT)
    points = points.graded_in(year).under([unit], day=localdate())
    keys = points.values_list("pk", flat=True)
    page = Paginator(keys, PAGE).get_page(asked.cleaned_data["page"] or 1)
    rows = _rows(request, page, year, scale)
    if request.method == "POST" and _all_saved(request, rows, year):
        return redirect(request.get_full_path())
    context = {
        **known,
        "thresholds": thresholds(scale),
        "page_obj": page,
        "rows": rows,
        "wrong": sum(bool(form.errors) for _, form in rows),
    }
    return render(request, "movements/evaluation_grid.html", context)


def _rows(request, page, year: int, scale) -> list[tuple[SchemePoint, GradeRowForm]]:
    points = SchemePoint.objects.select_related("scheme", "unit", "host")
    points = points.prefetch_related("areas").in_bulk(list(page))
    points = [points[key] for key in page]
    found = SchemeEvaluation.objects.filter(point__in=points, year=year).select_related("grade")
    known = {row.point_id: row for row in found}
    grades = {str(grade.pk): grade for grade in scale.grades.all()} if scale else {}
    data = request.POST if request.method == "POST" else None
    given = {"scale": scale, "grades": grades}
    return [
        (point, GradeRowForm(data, prefix=f"p{point.pk}", known=known.get(point.pk), **given))
        for point in points
    ]


def _all_saved(request, rows, year: int) -> bool:
    """Every line that was typed, or nothing: the errors stand in their lines."""
    if any([not form.is_valid() for _, form in rows]):  # noqa: C419 – each says its errors
        return False
    # In one order for everybody: each line locks its point until the last one is written.
    typed = sorted((row for row in rows if row[1].is_typed), key=lambda row: row[0].pk)
    try:
        with transaction.atomic():
            doubts = [_graded(request, point, form, year) for point, form in typed]
    except (TransitionError, IntegrityError):
        return False
    for doubt in filter(None, doubts):
        messages.warning(request, doubt)
    text = f"Đã ghi xếp loại năm {year} của {len(typed)} điểm." if typed else "Không có gì đổi."
    messages.success(request, text)
    return True


def _graded(request, point, form: GradeRowForm, year: int) -> str:
    given = form.cleaned_data
    known, paper = form.known, {}
    if known:
        paper = {name: getattr(known, name) for name in PAPER[:4]}
    try:
        judging.evaluate(
            point,
            year=year,
            score=given["score"],
            grade=given["grade"],
            by=request.user,
            version=given["version"] or 0,
            **paper,
        )
    except TransitionError as error:
        form.add_error(None, str(error))
        raise
    doubt = judging.contradiction(form.scale, given["score"], given["grade"])
    return doubt and f"{point}: {doubt}"
