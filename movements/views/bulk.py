"""One step for many chosen points, each by itself, with a result for each."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.shortcuts import redirect, render
from django.utils.timezone import localdate

from antq.core.permissions import Permission
from antq.review import services as review
from movements.forms.bulk import BlockForm, DecisionForm, ManyEndForm, ManyVoidForm
from movements.models import SchemePoint
from movements.services import many
from movements.services import points as services
from movements.services.checking import mark_checked
from movements.views.entry import refuse_readers
from movements.views.steps import ticked_point


@dataclass(frozen=True)
class Way:
    """name: of the button. stops: it cannot be undone."""

    name: str
    title: str
    button: str
    form_class: type
    stops: bool = False


WAYS = [
    Way("decision", "Ghi quyết định thành lập", "Ghi quyết định", DecisionForm),
    Way("block", "Đổi khối", "Đổi khối", BlockForm),
    Way("checked", "Vẫn hoạt động, số liệu không đổi", "Ghi đã rà soát hôm nay", forms.Form),
    Way("end", "Kết thúc hoạt động", "Kết thúc các điểm đã chọn", ManyEndForm, True),
    Way("void", "Hủy do nhập nhầm", "Hủy các điểm đã chọn", ManyVoidForm, True),
]


def point_bulk(request):
    """POST: the chosen points come from the list; with `way`, it is taken."""
    refuse_readers(request)
    points = _chosen(request)
    if not points:
        if request.method == "POST":
            messages.warning(request, "Đánh dấu các điểm cần sửa rồi bấm lại.")
        return redirect("movements:point-list")
    name = request.POST.get("way", "")
    if name and name not in {way.name for way in WAYS}:
        raise BadRequest("Không có cách sửa này. Mở lại từ danh sách.")
    panels = [(way, _form(way, request.POST if way.name == name else None)) for way in WAYS]
    taken = next(((way, form) for way, form in panels if way.name == name), None)
    if taken is None or not taken[1].is_valid():
        return render(request, "movements/point_bulk.html", {"panels": panels, "points": points})
    way, form = taken
    results = many.one_by_one(points, _step(way.name, form.cleaned_data, points, request.user))
    done = sum(not result.fault for result in results)
    context = {"way": way, "results": results, "done": done, "refused": len(results) - done}
    return render(request, "movements/point_bulk_result.html", context)


def _chosen(request) -> list[SchemePoint]:
    """The ticked points that the user may see, each as it was in the version that was ticked."""
    ticked = dict(map(ticked_point, request.POST.getlist("point")[: many.MOST_AT_ONCE]))
    points = SchemePoint.objects.visible_to(request.user).filter(pk__in=ticked)
    points = list(points.for_lists().order_by("scheme__sort_key", "pk"))
    for point in points:
        point.seen_version = ticked[point.pk] or point.version
    return points


def _form(way: Way, data):
    return way.form_class(data, prefix=way.name, initial={"on": localdate()})


def _step(name: str, given: dict, points: list[SchemePoint], user):
    """What is done with each point; it raises TransitionError where it may not."""
    mine = SchemePoint.objects.allowing(user, Permission.RECORD_CONFIRM)
    confirms = set(mine.filter(pk__in=[point.pk for point in points]).values_list("pk", flat=True))

    def change(point):
        many.set_fields(point, given, by=user, version=point.seen_version)

    def check(point):
        point.version = point.seen_version
        if not mark_checked([point], by=user):
            raise review.TransitionError(
                "Chỉ rà soát điểm đã duyệt, đang hoạt động, thuộc quyền nhập của tài khoản và chưa "
                "bị sửa sau khi trang này mở."
            )

    def end(point):
        services.ask_end(point, by=user, version=point.seen_version, **given)
        if point.pk in confirms:
            services.confirm_end(point, by=user)

    def void(point):
        services.void(point, by=user, version=point.seen_version, **given)

    return {"checked": check, "end": end, "void": void}.get(name, change)
