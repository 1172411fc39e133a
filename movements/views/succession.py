"""What becomes of the points that closed units left: a list to decide on, many at once."""

from collections import Counter

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect, render

from antq.core.numbers import vn_number
from antq.core.permissions import Permission
from antq.reports.views import scope_error
from antq.review.services import TransitionError
from antq.units.models import AdministrativeUnit
from movements.forms.succession import (
    END,
    KEEP,
    MERGE,
    PART,
    DecisionsForm,
    WorklistForm,
    offers_for,
)
from movements.models import SchemePoint
from movements.services import succession as services

PAGE = 50
TITLE = "Rà soát điểm của đơn vị cũ"
DONE = {
    KEEP: "giữ nguyên",
    MERGE: "gộp",
    END: "kết thúc",
    PART: "xác định thuộc phần của xã đã chia",
}


def worklist(request):
    if not request.user.may(Permission.RECORD_EDIT):
        raise PermissionDenied("Tài khoản này không rà soát điểm mô hình.")
    asked = WorklistForm(request.GET, user=request.user)
    if not asked.is_valid():
        return scope_error(request, asked, TITLE)
    if request.method != "POST":
        return _page(request, asked)
    form = _sent(request)
    if not form.is_valid():
        return _page(request, asked, form)
    errors = _decide(request, form)
    return _page(request, asked, form, errors) if errors else redirect(request.get_full_path())


def _sent(request) -> DecisionsForm:
    """What was sent, of the points that the user may see; some may be decided by now."""
    sent = request.POST.getlist("point")[:PAGE]
    keys = [int(pk) for pk in sent if pk.isdecimal() and len(pk) < 19]
    seen = SchemePoint.objects.visible_to(request.user).for_lists().in_bulk(keys)
    points = [seen[key] for key in dict.fromkeys(keys) if key in seen]
    return DecisionsForm(request.POST, points=points, offers=offers_for(points, request.user))


def _decide(request, form: DecisionsForm) -> dict[int, str]:
    """Each decision by itself: one that cannot be taken does not hold up the others."""
    done, errors = Counter(), {}
    for decision in form.decisions():
        try:
            _take(decision, form.cleaned_data, request.user)
        except TransitionError as error:
            errors[decision.point.pk] = str(error)
        else:
            done[decision.kind] += 1
    if done:
        words = [f"{DONE[kind]} {vn_number(number)} điểm" for kind, number in done.items()]
        text = f"Đã ghi: {', '.join(words)}."
        if done[MERGE] + done[END] and not request.user.may(Permission.RECORD_CONFIRM):
            text += " Gộp và kết thúc chờ lãnh đạo duyệt."
        messages.success(request, text)
    return errors


def _take(decision, given: dict, by) -> None:
    step = {"by": by, "version": decision.version}
    if decision.kind == KEEP:
        services.keep(decision.point, **step)
    elif decision.kind == END:
        services.end(decision.point, on=given["on"], reason=given["reason"], **step)
    elif decision.kind == MERGE:
        into = SchemePoint.objects.get(pk=decision.target)
        day = {"on": given["on"], "reason": given["reason"]}
        services.merge(decision.point, into=into, **day, **step)
    else:
        part = AdministrativeUnit.objects.get(pk=decision.target)
        services.move_to_part(decision.point, part=part, **step)


def _page(request, asked: WorklistForm, sent: DecisionsForm | None = None, errors=None):
    """The list as it stands now; what was sent and refused as a whole stays as it was sent."""
    number = asked.cleaned_data["page"] or 1
    page = Paginator(asked.points().values_list("pk", flat=True), PAGE).get_page(number)
    form = sent
    if sent is None or errors:
        form = _fresh(request, list(page.object_list), sent, errors or {})
    shown = {point.pk for point in form.points}
    for point in sent.points if errors else ():
        if point.pk in errors and point.pk not in shown:
            messages.error(request, f"{point}: {errors[point.pk]}")
    context = {
        "asked": asked,
        "form": form,
        "groups": form.groups(errors or {}),
        "page_obj": page,
        "title": TITLE,
    }
    return render(request, "movements/succession_worklist.html", context)


def _fresh(request, keys: list[int], sent: DecisionsForm | None, errors: dict) -> DecisionsForm:
    """The points of a page as they are now; what was chosen and could not be done stays chosen."""
    found = SchemePoint.objects.for_lists().in_bulk(keys)
    points = [found[key] for key in keys if key in found]
    initial = {}
    if errors:
        initial = {name: sent.data.get(name, "") for name in ("on", "reason")}
        failed = (each for each in sent.decisions() if each.point.pk in errors)
        initial |= {f"do-{each.point.pk}": each.chosen for each in failed}
    offers = offers_for(points, request.user)
    return DecisionsForm(points=points, offers=offers, initial=initial)
