"""Entering a new point and changing one."""

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from antq.core.permissions import Permission
from antq.review.choices import Status
from movements.forms.points import PointForm
from movements.models import SchemePoint
from movements.services.entry import EntryError


def point_create(request):
    _refuse_readers(request)
    if request.method != "POST":
        return _page(request, PointForm(user=request.user))
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
    return redirect("movements:point-detail", pk=(twin or form.instance).pk)


def point_edit(request, pk):
    """The row is locked from the check of its version until it is written."""
    with transaction.atomic():
        points = SchemePoint.objects.allowing(request.user, Permission.RECORD_EDIT).recorded()
        points = points.select_related("scheme__type", "unit__parent__parent__parent", "host")
        if request.method == "POST":
            points = points.select_for_update(of=("self",))
        point = get_object_or_404(points, pk=pk)
        data = request.POST if request.method == "POST" else None
        form = PointForm(data, user=request.user, instance=point)
        if not _saved(form):
            return _page(request, form)
    _say_saved(request, form)
    return redirect("movements:point-detail", pk=pk)


def point_fields(request):
    """The parts of the form that depend on the type and the unit; what was typed is kept."""
    _refuse_readers(request)
    typed = request.GET.dict()
    typed["areas"] = request.GET.getlist("areas")
    form = PointForm(user=request.user, initial=typed)
    if typed.get("type") and form.chosen_type is None:
        raise BadRequest("Không có loại hình này. Chọn lại loại hình.")
    if typed.get("unit") and form.chosen_unit is None:
        raise Http404("Đơn vị không thuộc phạm vi của tài khoản.")
    return render(request, "movements/_point_parts.html", {"form": form})


def _refuse_readers(request) -> None:
    if not request.user.may(Permission.RECORD_EDIT):
        raise PermissionDenied("Tài khoản chỉ được xem, không được nhập điểm mô hình.")


def _saved(form: PointForm) -> bool:
    if not form.is_valid():
        return False
    try:
        form.save()
    except EntryError as error:
        form.add_error(None, str(error))
        return False
    return True


def _twin(form: PointForm) -> SchemePoint | None:
    """The point that this very form has already made."""
    uuid = form.cleaned_data.get("client_uuid")
    if uuid is None:
        return None
    return SchemePoint.objects.visible_to(form.user).filter(client_uuid=uuid).first()


def _say_saved(request, form: PointForm) -> None:
    waits = form.instance.status == Status.WAITING
    text = "Đã lưu và trình lãnh đạo duyệt." if waits else "Đã lưu."
    messages.success(request, f"{text} {form.place_notice}".strip())


def _page(request, form: PointForm):
    confirms = request.user.may(Permission.RECORD_CONFIRM)
    return render(request, "movements/schemepoint_form.html", {"form": form, "confirms": confirms})
