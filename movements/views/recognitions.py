"""What points, schemes and units were honoured for."""

from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from antq.core.permissions import Permission
from antq.reports import registry
from antq.reports.counting import within
from antq.reports.forms import ScopeForm
from antq.review.services import TransitionError
from antq.units.models import AdministrativeUnit
from movements.forms.judging import RecognitionFilter, RecognitionForm
from movements.forms.steps import ReasonForm
from movements.models import Recognition
from movements.services import judging
from movements.services.names import schemes_of
from movements.views.life import editable_point

LIST = "movements:recognition-list"
PAGE = 50


def recognition_list(request):
    form = RecognitionFilter(request.GET)
    if not form.is_valid():
        raise BadRequest(" ".join(error for errors in form.errors.values() for error in errors))
    asked, rows = form.cleaned_data, Recognition.objects.visible_to(request.user)
    unit = None
    if asked["measure"]:
        rows, unit = _behind(asked["measure"], request)
    elif asked["unit"]:
        unit = get_object_or_404(
            AdministrativeUnit.objects.visible_to(request.user), key=asked["unit"]
        )
        rows = rows.under_today(unit)
    rows = rows.narrowed(**{name: asked[name] for name in ("scheme", "level", "kind", "year", "q")})
    page = Paginator(rows.with_places(), PAGE).get_page(asked["page"] or 1)
    context = {
        "form": form,
        "unit": unit,
        "add_unit": unit or request.user.home_unit,
        "page_obj": page,
        "may_edit": request.user.may(Permission.RECORD_EDIT),
    }
    return render(request, "movements/recognition_list.html", context)


def _behind(code: str, request):
    """The records behind a number of a report, as it counted them, and its unit."""
    measure, form = registry.measure(code), ScopeForm(request.GET, user=request.user)
    if measure is None or measure.list_view != LIST or not form.is_valid():
        raise Http404("Không có số liệu này, hoặc đơn vị không thuộc phạm vi của tài khoản.")
    return within(measure.behind(form.scope.window), form.scope, request.user), form.scope.unit


def create(request):
    """`?point=`, or `?unit=` with or without `&scheme=`: what it is that was honoured."""
    return _page(request, _blank(request))


def _blank(request) -> Recognition:
    asked = request.GET
    if "point" in asked:
        point = editable_point(request.user, _number(asked["point"]))
        return Recognition(point=point, unit=point.unit, client_uuid=uuid4())
    units = AdministrativeUnit.objects.allowing(request.user, Permission.RECORD_EDIT)
    if not request.user.may(Permission.RECORD_EDIT):
        raise PermissionDenied("Tài khoản chỉ được xem, không được ghi công nhận.")
    wanted = asked.get("unit") or getattr(request.user.home_unit, "key", "")
    unit = units.filter(key=wanted).first()
    if unit is None:
        raise Http404("Đơn vị không thuộc phạm vi của tài khoản.")
    scheme = None
    if "scheme" in asked:
        scheme = get_object_or_404(schemes_of(request.user), pk=_number(asked["scheme"]))
    return Recognition(unit=unit, scheme=scheme, client_uuid=uuid4())


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


def edit(request, pk):
    return _page(request, _editable(request.user, pk))


def _editable(user, pk: int) -> Recognition:
    row = get_object_or_404(Recognition.objects.visible_to(user).with_places(), pk=pk)
    if not Recognition.objects.allowing(user, Permission.RECORD_EDIT).filter(pk=pk).exists():
        raise PermissionDenied("Tài khoản chỉ được xem công nhận này.")
    return row


def _page(request, row: Recognition):
    form = RecognitionForm(request.POST if request.method == "POST" else None, instance=row)
    if form.is_valid():
        if twin := _twin(request.user, form):
            return redirect(_after(twin))
        try:
            judging.save_recognition(row, by=request.user, version=form.cleaned_data["version"])
        except (TransitionError, IntegrityError) as error:
            text = str(error) if isinstance(error, TransitionError) else judging.CHANGED_SINCE
            form.add_error(None, text)
        else:
            messages.success(request, "Đã ghi công nhận.")
            return redirect(_after(row))
    context = {"form": form, "recognition": row, "back": _after(row), "point": row.point}
    if row.pk:
        context["remover"] = ReasonForm(auto_id="remove-%s")
    return render(request, "movements/recognition_form.html", context)


def _twin(user, form: RecognitionForm) -> Recognition | None:
    """What this very form has already made."""
    if form.instance.pk:
        return None
    mine = Recognition.objects.visible_to(user)
    return mine.filter(client_uuid=form.cleaned_data["client_uuid"]).first()


def _after(row: Recognition) -> str:
    if row.point_id:
        return reverse("movements:point-detail", args=[row.point_id])
    if row.scheme_id:
        return reverse("movements:scheme-detail", args=[row.scheme_id])
    return f"{reverse('movements:recognition-list')}?{urlencode({'unit': row.unit.key})}"


@require_POST
def remove(request, pk):
    row = _editable(request.user, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Ghi lý do xóa công nhận, rồi xóa lại.")
        return redirect("movements:recognition-edit", pk=pk)
    after = _after(row)
    try:
        judging.remove_recognition(row, reason=form.cleaned_data["reason"], by=request.user)
    except TransitionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Đã xóa công nhận.")
    return redirect(after)
