"""Steps in the life of a point: POST only; who may make which, and when, the services know."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from antq.core.numbers import vn_number
from antq.core.permissions import Permission
from antq.review import services as review
from antq.review.choices import Status
from movements.choices import PREPARING
from movements.forms.steps import EndForm, ReasonForm, StepForm
from movements.models import SchemePoint
from movements.services import points as services
from movements.views.detail import detail_page, visible_point

MOST_AT_ONCE = 200


def take_step(request, pk: int, act, done: str, *, panel: str = "", form_class=StepForm):
    """Run `act(point, cleaned data)` on a point that the user may see; say what came of it: what
    `act` returns, or `done`.

    panel: of the page, that is shown again with what was typed when the step was not taken.
    """
    point = visible_point(request.user, pk)
    form = form_class(request.POST, auto_id=f"{panel}-%s")
    if form.is_valid():
        try:
            said = act(point, **form.cleaned_data)
        except review.TransitionError as error:
            if error.field:
                form.add_error(error.field, str(error))
            else:
                messages.error(request, str(error))
        else:
            messages.success(request, said or done)
            return redirect("movements:point-detail", pk=point.pk)
    return detail_page(request, point, tried=panel, form=form)


def _decided(request, pk: int, act, done: str, **panel):
    """After a leader's decision: how many more wait, and the next of them."""
    response = take_step(request, pk, act, done, **panel)
    mine = SchemePoint.objects.allowing(request.user, Permission.RECORD_CONFIRM).waiting()
    if response.status_code == 302 and (first := mine.order_by("created_at", "pk").first()):
        url = reverse("movements:point-detail", args=[first.pk])
        text = f"Còn {vn_number(mine.count())} hồ sơ chờ duyệt"
        messages.info(request, format_html('{}. <a href="{}">Mở hồ sơ tiếp theo</a>', text, url))
    return response


@require_POST
def confirm(request, pk):
    def act(point, version):
        review.move_to(Status.CONFIRMED, record=point, by=request.user, version=version)
        if point.stage in PREPARING:
            return "Đã duyệt. Điểm chưa ra mắt nên chưa tính vào số liệu."
        return ""

    return _decided(request, pk, act, "Đã duyệt. Điểm này được tính vào số liệu.")


@require_POST
def send_back(request, pk):
    def act(point, **given):
        review.move_to(Status.RETURNED, record=point, by=request.user, **given)

    done = "Đã trả lại để bổ sung."
    return _decided(request, pk, act, done, panel="return", form_class=ReasonForm)


@require_POST
def void(request, pk):
    def act(point, **given):
        services.void(point, by=request.user, **given)

    done = "Đã hủy do nhập nhầm. Điểm này không còn trong sổ."
    return take_step(request, pk, act, done, panel="void", form_class=ReasonForm)


@require_POST
def ask_end(request, pk):
    """Asked by an officer, the end waits for the leader; asked by the leader, it stands."""
    may_confirm = SchemePoint.objects.allowing(request.user, Permission.RECORD_CONFIRM)
    stands = may_confirm.filter(pk=pk).exists()

    def act(point, **given):
        with transaction.atomic():
            services.ask_end(point, by=request.user, **given)
            if stands:
                services.confirm_end(point, by=request.user)

    done = "Đã ghi ngày kết thúc." if stands else "Đã trình lãnh đạo duyệt kết thúc."
    return take_step(request, pk, act, done, panel="end", form_class=EndForm)


@require_POST
def confirm_end(request, pk):
    def act(point, version):
        services.confirm_end(point, by=request.user, version=version)

    return _decided(request, pk, act, "Đã duyệt kết thúc.")


@require_POST
def refuse_end(request, pk):
    def act(point, **given):
        services.refuse_end(point, by=request.user, **given)

    done = "Không đồng ý kết thúc: điểm tiếp tục hoạt động."
    return _decided(request, pk, act, done, panel="end-refuse", form_class=ReasonForm)


def ticked_point(value: str) -> tuple[int, int | None]:
    """'12:3' → point 12 as it was in version 3; what is no such thing → point 0, which is none."""
    numbers = [
        int(part) if part.isdecimal() and len(part) < 19 else 0 for part in value.split(":")[:2]
    ]
    return numbers[0], numbers[1] if len(numbers) > 1 else None


@require_POST
def confirm_many(request):
    """Each ticked point by itself: one that cannot be confirmed does not hold up the others."""
    ticked = dict(map(ticked_point, request.POST.getlist("point")[:MOST_AT_ONCE]))
    mine = SchemePoint.objects.visible_to(request.user).for_lists()
    points = list(mine.filter(pk__in=ticked))
    confirmed = {"điểm mới": 0, "đề nghị kết thúc": 0}
    for point in points:
        kind = "đề nghị kết thúc" if point.end_asked_on else "điểm mới"
        try:
            services.confirm(point, by=request.user, version=ticked[point.pk])
        except review.TransitionError as error:
            messages.error(request, f"{point}: {error}")
        else:
            confirmed[kind] += 1
    if done := [f"{vn_number(count)} {kind}" for kind, count in confirmed.items() if count]:
        messages.success(request, f"Đã duyệt {', '.join(done)}.")
    if not points:
        messages.warning(request, "Đánh dấu các điểm cần duyệt rồi bấm lại.")
    return redirect(f"{reverse('movements:point-list')}?status=waiting")
