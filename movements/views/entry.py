"""Entering a new point and changing one."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html

from antq.accounts import drafts
from antq.core.permissions import Permission
from antq.review.choices import Status
from movements.choices import PREPARING
from movements.forms.life import PreparingForm, replica_of
from movements.forms.points import PointForm
from movements.models import SchemePoint
from movements.services.entry import EntryError

NEW_DRAFT = "point-create"
CARRIED = ("unit", "type", "scheme", "decision_number", "decision_on", "decision_by")


def point_create(request):
    refuse_readers(request)
    if request.method != "POST":
        draft = drafts.typed(request, NEW_DRAFT)
        again = _typed(draft) if draft else _carried(request.GET) | example(request)
        return _page(request, PointForm(user=request.user, initial=again), draft)
    form = PointForm(request.POST, user=request.user)
    saved = _saved(form)
    # Looked for afterwards: of two requests at once, one fails and finds what the other made.
    twin = None if saved else _twin(form)
    if twin:
        messages.warning(
            request,
            "Biểu này đã được lưu một lần, không ghi thêm: đây là điểm đã lưu. "
            "Muốn ghi điểm khác, bấm “Thêm điểm” để mở biểu mới.",
        )
    elif not saved:
        return _page(request, form)
    else:
        _say_saved(request, form)
        if "another" in request.POST:
            return _another(form)
    return redirect("movements:point-detail", pk=(twin or form.instance).pk)


def _another(form: PointForm):
    """A new form with what the next point has in common with this one: scheme and decision."""
    kept = {name: form[name].data for name in CARRIED if form[name].data}
    kept["scheme"] = form.instance.scheme_id
    return redirect(f"{reverse('movements:point-create')}?{urlencode(kept)}")


def point_edit(request, pk):
    """The row is locked from the check of its version until it is written."""
    with transaction.atomic():
        points = _editable(request.user)
        if request.method == "POST":
            points = points.select_for_update(of=("self",))
        point = get_object_or_404(points, pk=pk)
        data = request.POST if request.method == "POST" else None
        draft = drafts.typed(request, f"point-edit:{pk}")
        initial = _typed(draft) if draft else None
        form = form_of(point)(data, user=request.user, instance=point, initial=initial)
        if not _saved(form):
            return _page(request, form, draft)
    _say_saved(request, form)
    return redirect("movements:point-detail", pk=pk)


def point_fields(request):
    """The parts of the form that depend on the type and the unit; what was typed is kept."""
    refuse_readers(request)
    return _parts(request, PointForm(user=request.user, initial=_typed(request.GET)))


def point_edit_fields(request, pk):
    """The same of a known point, with its figures of the day that is given."""
    point = get_object_or_404(_editable(request.user), pk=pk)
    form = form_of(point)(user=request.user, instance=point, initial=_typed(request.GET))
    form.show_day()
    return _parts(request, form)


def preparing_fields(request):
    """The same of a point that does not run yet."""
    refuse_readers(request)
    return _parts(request, PreparingForm(user=request.user, initial=_typed(request.GET)))


def form_of(point: SchemePoint) -> type[PointForm]:
    return PreparingForm if point.stage in PREPARING else PointForm


def example(request) -> dict:
    """`?replicate=`: what a new point takes over from the one that is replicated."""
    if "replicate" not in request.GET:
        return {}
    pk = request.GET["replicate"]
    seen = SchemePoint.objects.visible_to(request.user).recorded().select_related("scheme__type")
    return replica_of(get_object_or_404(seen, pk=pk if pk.isdecimal() and len(pk) < 19 else 0))


def _carried(given) -> dict:
    return {name: given[name] for name in CARRIED if name in given}


def _typed(fields) -> dict:
    return fields.dict() | {"areas": fields.getlist("areas")}


def _parts(request, form: PointForm):
    typed = request.GET
    if typed.get("type") and form.chosen_type is None:
        raise BadRequest("Không có loại hình này. Chọn lại loại hình.")
    if typed.get("unit") and form.chosen_unit is None:
        raise Http404("Đơn vị không thuộc phạm vi của tài khoản.")
    return render(request, "movements/_point_parts.html", {"form": form})


def _editable(user):
    points = SchemePoint.objects.allowing(user, Permission.RECORD_EDIT).recorded()
    return points.select_related("scheme__type", "unit__parent__parent__parent", "host", "source")


def refuse_readers(request) -> None:
    if not request.user.may(Permission.RECORD_EDIT):
        raise PermissionDenied("Tài khoản chỉ được xem, không được nhập điểm mô hình.")


def _saved(form: PointForm) -> bool:
    if not form.is_valid():
        return False
    try:
        form.save()
    except EntryError as error:
        known = SchemePoint.objects.visible_to(form.user).at_place_of(form.instance).first()
        form.add_error(None, _with_link(str(error), known))
        return False
    return True


def _with_link(text: str, known: SchemePoint | None):
    if known is None:
        return text
    url = reverse("movements:point-detail", args=[known.pk])
    return format_html('{} <a href="{}">Mở điểm đã có: {}</a>', text, url, known)


def _twin(form: PointForm) -> SchemePoint | None:
    """The point that this very form has already made."""
    uuid = form.cleaned_data.get("client_uuid")
    if uuid is None:
        return None
    return SchemePoint.objects.visible_to(form.user).filter(client_uuid=uuid).first()


def _say_saved(request, form: PointForm) -> None:
    waits = form.instance.status == Status.WAITING
    text = "Đã lưu và trình lãnh đạo duyệt." if waits else "Đã lưu."
    said = [text, form.place_notice, form.made_notice, form.doubt]
    if "another" in request.POST:
        said.insert(0, f"{form.instance}:")
    messages.success(request, " ".join(part for part in said if part))


def _page(request, form: PointForm, draft=None):
    context = {
        "form": form,
        "confirms": request.user.may(Permission.RECORD_CONFIRM),
        "origin": form.origin,
        "draft": f"point-edit:{form.instance.pk}" if form.instance.pk else NEW_DRAFT,
        "restored": draft is not None,
    }
    return render(request, "movements/schemepoint_form.html", context)
