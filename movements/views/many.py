"""Many new points in one table; what was typed is a draft until it is saved."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from antq.accounts import drafts
from antq.core.numbers import vn_number
from antq.core.permissions import Permission
from antq.review.choices import Status
from movements.forms.many import MORE_ROWS, ManyForm
from movements.services.many import LineError
from movements.views.entry import refuse_readers

DRAFT = "point-many"


@never_cache  # going back opens a new table: an old one would be sent as the one already saved
def point_many(request):
    refuse_readers(request)
    if request.method != "POST":
        typed = drafts.typed(request, DRAFT)
        form = ManyForm(user=request.user, typed=typed or request.GET)
        return _page(request, form, restored=typed is not None)
    if "more" in request.POST:
        form = ManyForm(user=request.user, typed=request.POST, more=MORE_ROWS)
        return _page(request, form)
    form = ManyForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, form)
    try:
        points = form.save()
    except LineError:
        return _page(request, form)
    _say_saved(request, form, points)
    return redirect(f"{reverse('movements:point-list')}?sort=entered")  # the newest first


def _say_saved(request, form: ManyForm, points) -> None:
    if form.known_count:
        messages.warning(
            request,
            f"{vn_number(form.known_count)} dòng của bảng này đã được lưu từ lần gửi trước, không "
            "ghi thêm. Muốn sửa thì mở điểm trong sổ.",
        )
    if not points:
        return
    waits = points[0].status == Status.WAITING
    done = f"Đã lưu {vn_number(len(points))} điểm" + (" và trình lãnh đạo duyệt." if waits else ".")
    messages.success(request, " ".join(filter(None, [done, form.place_notice, form.made_notice])))


@require_POST
def point_many_fields(request):
    """What depends on the type, the unit and the block; what was typed is kept. Saves nothing."""
    refuse_readers(request)
    form = ManyForm(user=request.user, typed=request.POST)
    only_table = request.headers.get("HX-Trigger-Name") == "block"
    context = {"form": form, "only_table": only_table, "oob": True}
    return render(request, "movements/_point_many_parts.html", context)


def _page(request, form: ManyForm, *, restored=False):
    confirms = request.user.may(Permission.RECORD_CONFIRM)
    context = {"form": form, "confirms": confirms, "restored": restored}
    return render(request, "movements/point_many.html", context)
