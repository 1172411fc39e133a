"""The province's work on names of schemes: the queue of new ones, an edit, a merge."""

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from antq.core.numbers import vn_number
from antq.core.permissions import Permission
from antq.review.services import TransitionError
from movements.forms.catalogue import MergeForm, NearForm, SchemeForm, SchemeSearchForm, words_of
from movements.models import Scheme, SchemePoint
from movements.services.catalogue import accept, change_scheme, waiting_names
from movements.services.merge import clashes, merge_schemes, orphans
from movements.services.names import with_near

PAGE, MOST_AT_ONCE = 30, 200


def near_names(request):
    """Below the field in which a new name is typed; nothing while there is nothing near."""
    form = NearForm(request.GET, user=request.user)
    near = form.near() if form.is_valid() else []
    return render(request, "movements/_near_names.html", {"near": near})


def scheme_search(request):
    """For pickers: at most 20 names, `[{value, text}]`."""
    form = SchemeSearchForm(request.GET)
    if not form.is_valid():
        said = " ".join(error for errors in form.errors.values() for error in errors)
        return JsonResponse({"error": said}, status=400)
    found = [{"value": each.pk, "text": words_of(each)} for each in form.found(request.user)]
    return JsonResponse(found, safe=False)


def name_queue(request):
    _refuse_others(request)
    names = waiting_names(request.user).with_points_of(request.user)
    number = request.GET.get("page") or "1"
    if not (number.isdecimal() and len(number) < 7):
        raise BadRequest("Số trang không hợp lệ.")
    page = Paginator(names.select_related("type"), PAGE).get_page(number)
    page.object_list = with_near(page.object_list)
    points = SchemePoint.objects.visible_to(request.user).select_related("unit", "created_by")
    first = points.in_bulk([name.first_point for name in page.object_list])
    for name in page.object_list:
        name.came_from = first.get(name.first_point)
    return render(request, "movements/scheme_queue.html", {"page_obj": page})


@require_POST
def accept_names(request):
    """Each ticked name by itself; the button of a row ticks that row alone."""
    _refuse_others(request)
    ticked = request.POST.getlist("only") or request.POST.getlist("name")[:MOST_AT_ONCE]
    keys = [int(each) for each in ticked if each.isdecimal() and len(each) < 19]
    names = list(Scheme.objects.configurable_by(request.user).filter(pk__in=keys))
    done = 0
    for name in names:
        try:
            accept(name, by=request.user)
        except TransitionError as error:
            messages.error(request, str(error))
        else:
            done += 1
    if done:
        messages.success(request, f"Đã đưa {vn_number(done)} tên vào danh mục.")
    if not names:
        messages.warning(request, "Đánh dấu các tên cần đưa vào danh mục rồi bấm lại.")
    return redirect("movements:name-queue")


def scheme_edit(request, pk):
    """The row is locked from the check of what was seen until it is written."""
    with transaction.atomic():
        scheme = _mine(request, pk, lock=request.method == "POST")
        old_name = scheme.name
        form = SchemeForm(request.POST if request.method == "POST" else None, instance=scheme)
        if form.is_valid() and _changed(form, old_name, request.user):
            messages.success(request, "Đã lưu.")
            return redirect("movements:scheme-detail", pk=pk)
    context = {"form": form, "scheme": scheme, "old_name": old_name}
    return render(request, "movements/scheme_form.html", context)


def _changed(form: SchemeForm, old_name: str, user) -> bool:
    given = {name: form.cleaned_data[name] for name in ("leaders", "reason")}
    words = form.changed_words or "Không đổi gì"
    try:
        change_scheme(form.instance, old_name=old_name, words=words, by=user, **given)
    except IntegrityError:
        form.add_error("name", "Có người vừa thêm tên này. Tải lại trang để xem.")
        return False
    return True


def scheme_merge(request, pk):
    """`?into=` shows what merging would do; it is done by POST."""
    source = _mine(request, pk)
    asked = request.POST if request.method == "POST" else request.GET
    form = MergeForm(asked if "into" in asked else None, source=source, user=request.user)
    context = {"form": form, "source": source}
    if into := form.is_bound and form.fields["into"].to_python_or_none(asked.get("into")):
        context |= _preview(source, into, form, request.user)
        if request.method == "POST" and form.is_valid() and _merged(request, source, form):
            return redirect("movements:scheme-detail", pk=into.pk)
    return render(request, "movements/scheme_merge.html", context)


def _preview(source: Scheme, into: Scheme, form: MergeForm, user) -> dict:
    found = clashes(source, into)
    form.offer_doubles(found)
    mine = SchemePoint.objects.visible_to(user).filter(pk__in=[each.double.pk for each in found])
    seen = set(mine.values_list("pk", flat=True))
    return {
        "into": into,
        "clashes": [clash for clash in found if clash.double.pk in seen],
        "hidden_clashes": len(found) - len(seen),
        "orphans": orphans(source, into),
        "points": source.points.recorded().count(),
        "recognitions": source.recognitions.count(),
        "leaders": source.lead_organizations.all(),
    }


def _merged(request, source: Scheme, form: MergeForm) -> bool:
    given = dict(form.cleaned_data)
    into, doubles = given.pop("into"), frozenset(given.pop("doubles"))
    try:
        moved = merge_schemes(source, into, by=request.user, doubles=doubles, **given)
    except TransitionError as error:
        form.add_error(error.field or None, str(error))
        return False
    messages.success(
        request, f"Đã gộp “{source}” vào “{into}”: {vn_number(moved)} hồ sơ điểm chuyển sang."
    )
    return True


def _mine(request, pk: int, *, lock: bool = False) -> Scheme:
    """A name that the user may change; of one that was merged there is nothing to change."""
    schemes = Scheme.objects.select_related("type", "owner", "origin_unit", "merged_into")
    scheme = get_object_or_404(schemes.select_for_update(of=("self",)) if lock else schemes, pk=pk)
    if not Scheme.objects.configurable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied(
            "Tên này thuộc danh mục dùng chung cả nước hoặc của tỉnh khác: chỉ nơi quản lý tên "
            "được sửa, gộp."
        )
    if scheme.merged_into:
        raise PermissionDenied(f"Tên này đã gộp vào “{scheme.merged_into}”: sửa tên đó.")
    return scheme


def _refuse_others(request) -> None:
    if not request.user.may(Permission.CONFIGURE):
        raise PermissionDenied("Chỉ cấp tỉnh xem và đưa tên mới vào danh mục.")
