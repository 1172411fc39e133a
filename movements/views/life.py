"""Steps in the life of a point, and entering one that does not run yet."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from antq.core.permissions import Permission
from antq.review.choices import Status
from antq.review.services import TransitionError
from movements.forms.life import EventForm, PreparingForm, WithdrawForm
from movements.models import SchemePoint
from movements.services import lifecycle, withdrawal
from movements.services.entry import EntryError
from movements.views.detail import visible_point
from movements.views.entry import example
from movements.views.steps import take_step


def editable_point(user, pk: int) -> SchemePoint:
    """404 for a point that the user may not see, 403 for one that may only be seen."""
    point = visible_point(user, pk)
    mine = SchemePoint.objects.allowing(user, Permission.RECORD_EDIT).recorded()
    if not mine.filter(pk=pk).exists():
        raise PermissionDenied("Tài khoản chỉ được xem điểm này, hoặc điểm đã hủy.")
    return point


@require_POST
def record(request, pk):
    def act(point, *, kind, on, note, version, client_uuid, **paper):
        lifecycle.record_event(
            point,
            kind,
            on,
            by=request.user,
            decision=lifecycle.Decision(**paper),
            note_text=note,
            version=version,
            client_uuid=client_uuid,
        )
        if kind == "launch" and point.status == Status.WAITING:
            return "Đã ghi ra mắt và trình lãnh đạo duyệt."
        return ""

    return take_step(request, pk, act, "Đã ghi.", panel="life", form_class=EventForm)


@require_POST
def withdraw(request, pk):
    def act(point, *, event, **given):
        withdrawal.withdraw_event(point, event, by=request.user, **given)

    done = "Đã rút việc ghi sau cùng."
    return take_step(request, pk, act, done, panel="life-withdraw", form_class=WithdrawForm)


def prepare(request):
    """A point that is being prepared: it counts nowhere until it is launched."""
    if not request.user.may(Permission.RECORD_EDIT):
        raise PermissionDenied("Tài khoản chỉ được xem, không được nhập điểm mô hình.")
    if request.method == "POST":
        form = PreparingForm(request.POST, user=request.user)
    else:
        form = PreparingForm(user=request.user, initial=example(request))
    if form.is_valid():
        try:
            form.save()
        except (EntryError, TransitionError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Đã lưu. Điểm chưa ra mắt nên chưa tính vào số liệu.")
            return redirect("movements:point-detail", pk=form.instance.pk)
        if twin := _twin(form):
            messages.warning(request, "Biểu này đã được lưu một lần, không ghi thêm.")
            return redirect("movements:point-detail", pk=twin.pk)
    return render(request, "movements/_life_prepare.html", {"form": form})


def _twin(form: PreparingForm) -> SchemePoint | None:
    uuid = form.cleaned_data.get("client_uuid")
    return SchemePoint.objects.visible_to(form.user).filter(client_uuid=uuid).first()
