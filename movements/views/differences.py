"""The province's queue of differences, and the lines that it asks a commune to look at again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from antq.core.numbers import vn_number
from antq.core.permissions import Permission
from antq.review.services import TransitionError
from movements import differences as reading
from movements.forms.differences import AnswerForm, QueueFilter, ReturnForm
from movements.models import ReturnedLine
from movements.querysets import watched_units
from movements.services import differences as services
from movements.views.history import page_of
from movements.views.steps import ticked_point

PAGE = 50


def queue(request):
    _refuse_communes(request)
    points = reading.queue(request.user)
    units = reading.by_unit(points)
    form = QueueFilter(request.GET, units=units)
    if not form.is_valid():
        raise Http404("Đơn vị này không có thay đổi nào cần xem.")
    if key := form.cleaned_data["unit"]:
        units = [each for each in units if each[1] == key]
    points = points.for_lists().select_related("updated_by", "source")
    points = points.order_by("unit__sort_key", "unit", "-updated_at", "-pk")
    page = page_of(request, reading.ByUnit(points, units), PAGE)
    shown = reading.differences(list(page.object_list))
    context = {"form": form, "page_obj": page, "differences": shown}
    return render(request, "movements/differences.html", context)


@require_POST
def looked(request):
    """The ticked points, all of the page, or one by its own button: as the page showed them."""
    _refuse_communes(request)
    pressed = "one" if "one" in request.POST else "shown" if "page" in request.POST else "point"
    sent = request.POST.getlist(pressed)
    seen = dict(map(ticked_point, sent[: services.MANY]))
    seen = {pk: version for pk, version in seen.items() if version}
    number = services.mark_looked(seen, by=request.user)
    if number:
        messages.success(request, f"Đã xem {vn_number(number)} điểm.")
    elif seen:
        messages.info(request, "Các điểm này đã có người xem.")
    else:
        messages.warning(request, "Đánh dấu các điểm đã xem rồi bấm lại.")
    unit = request.POST.get("unit", "")
    still = QueueFilter({"unit": unit}, units=reading.by_unit(reading.queue(request.user)))
    address = reverse("movements:differences")
    return redirect(f"{address}?unit={unit}" if unit and still.is_valid() else address)


def return_lines(request, pk):
    points = reading.queue(request.user).for_lists().select_related("updated_by", "source")
    point = get_object_or_404(points, pk=pk)
    (difference,) = reading.differences([point])
    data = request.POST if request.method == "POST" else None
    form = ReturnForm(data, difference=difference, initial={"version": point.version})
    if data is not None and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            made = services.return_lines(point, form.reasons, by=request.user, version=version)
        except TransitionError as error:
            form.add_error(None, str(error))
            form.data = form.data.copy() | {"version": point.version}
        else:
            messages.success(request, f"Đã trả lại {len(made)} dòng của {point}.")
            return redirect("movements:differences")
    context = {"form": form, "difference": difference, "point": point}
    return render(request, "movements/differences_return.html", context)


def returned_lines(request, *, tried: int = 0, form=None):
    """Lines that the province asks this user's communes to look at again."""
    if not request.user.may(Permission.RECORD_EDIT):
        raise PermissionDenied("Tài khoản chỉ được xem, không trả lời dòng tỉnh trả lại.")
    page = page_of(request, _open(request.user), PAGE)
    rows = [
        (line, form if line.pk == tried else AnswerForm(auto_id=f"answer-{line.pk}-%s"))
        for line in page.object_list
    ]
    return render(request, "movements/returned_lines.html", {"rows": rows, "page_obj": page})


@require_POST
def answer(request, pk):
    line = get_object_or_404(_open(request.user), pk=pk)
    form = AnswerForm(request.POST, auto_id=f"answer-{line.pk}-%s")
    if form.is_valid():
        try:
            services.answer_line(line, form.cleaned_data["answer"], by=request.user)
        except TransitionError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Đã trả lời: {line.label}.")
        return redirect("movements:returned-lines")
    return returned_lines(request, tried=line.pk, form=form)


def _open(user):
    lines = ReturnedLine.objects.allowing(user, Permission.RECORD_EDIT).unanswered()
    lines = lines.select_related(
        "point__scheme", "point__host", "point__unit__parent__parent__parent", "returned_by"
    )
    return lines.prefetch_related("point__areas").order_by("returned_at", "pk")


def _refuse_communes(request) -> None:
    if not watched_units(request.user):
        raise PermissionDenied("Hàng đợi này dành cho cán bộ cấp tỉnh.")
