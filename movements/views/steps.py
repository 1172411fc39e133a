"""Steps in the life of a point: POST only; who may make which, and when, the services know."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from antq.core.permissions import Permission
from antq.review import services as review
from antq.review.choices import Status
from movements.forms.steps import EndForm, ReasonForm, StepForm
from movements.models import SchemePoint
from movements.services import points as services

MOST_AT_ONCE = 200


def _step(request, pk: int, act, done: str, form_class=StepForm):
    """Run `act(point, cleaned data)` on a point that the user may see; say what came of it."""
    point = get_object_or_404(SchemePoint.objects.visible_to(request.user), pk=pk)
    form = form_class(request.POST)
    if not form.is_valid():
        for field, errors in form.errors.items():
            messages.error(request, f"{form.fields[field].label}: {' '.join(errors)}")
    else:
        try:
            act(point, **form.cleaned_data)
        except review.TransitionError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, done)
    return redirect("movements:point-detail", pk=point.pk)


@require_POST
def confirm(request, pk):
    def act(point, version):
        review.move_to(Status.CONFIRMED, record=point, by=request.user, version=version)

    return _step(request, pk, act, "Đã duyệt. Điểm này được tính vào số liệu.")


@require_POST
def send_back(request, pk):
    def act(point, **given):
        review.move_to(Status.RETURNED, record=point, by=request.user, **given)

    return _step(request, pk, act, "Đã trả lại để bổ sung.", ReasonForm)


@require_POST
def void(request, pk):
    def act(point, **given):
        review.move_to(Status.VOIDED, record=point, by=request.user, **given)

    return _step(request, pk, act, "Đã hủy do nhập nhầm. Điểm này không còn trong sổ.", ReasonForm)


@require_POST
def ask_end(request, pk):
    """Asked by an officer, the end waits for the leader; asked by the leader, it stands."""

    def act(point, **given):
        may_confirm = SchemePoint.objects.allowing(request.user, Permission.RECORD_CONFIRM)
        with transaction.atomic():
            services.ask_end(point, by=request.user, **given)
            if may_confirm.filter(pk=pk).exists():
                services.confirm_end(point, by=request.user)

    return _step(request, pk, act, "Đã ghi ngày kết thúc.", EndForm)


@require_POST
def confirm_end(request, pk):
    def act(point, version):
        services.confirm_end(point, by=request.user, version=version)

    return _step(request, pk, act, "Đã duyệt kết thúc.")


@require_POST
def refuse_end(request, pk):
    def act(point, **given):
        services.refuse_end(point, by=request.user, **given)

    return _step(request, pk, act, "Không đồng ý kết thúc: điểm tiếp tục hoạt động.", ReasonForm)


def _ticked(value: str) -> tuple[int, int | None]:
    """'12:3' → point 12 as it was in version 3; what is no such thing → point 0, which is none."""
    numbers = [
        int(part) if part.isdecimal() and len(part) < 19 else 0 for part in value.split(":")[:2]
    ]
    return numbers[0], numbers[1] if len(numbers) > 1 else None


@require_POST
def confirm_many(request):
    """Each ticked point by itself: one that cannot be confirmed does not hold up the others."""
    ticked = dict(map(_ticked, request.POST.getlist("point")[:MOST_AT_ONCE]))
    mine = SchemePoint.objects.visible_to(request.user).for_lists()
    points = list(mine.filter(pk__in=ticked))
    confirmed = 0
    for point in points:
        try:
            services.confirm(point, by=request.user, version=ticked[point.pk])
        except review.TransitionError as error:
            messages.error(request, f"{point}: {error}")
        else:
            confirmed += 1
    if confirmed:
        messages.success(request, f"Đã duyệt {confirmed} hồ sơ.")
    if not points:
        messages.warning(request, "Đánh dấu các điểm cần duyệt rồi bấm lại.")
    return redirect(f"{reverse('movements:point-list')}?status=waiting")
