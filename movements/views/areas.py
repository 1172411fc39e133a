"""The residential areas of a commune: its list, and how it changes."""

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from antq.core.numbers import vn_number
from antq.core.permissions import Permission
from antq.core.text import clean_text
from antq.units.areas import add_areas, compared
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit, ResidentialArea
from movements.coverage import with_point_count, with_unit_coverage
from movements.forms.areas import AddForm, CloseForm, RearrangeForm, RenameForm
from movements.services import areas as services
from movements.services.places import areas_of, home_of

LONGEST_LOCATION = 250


def _communes(user, permission=None):
    communes = AdministrativeUnit.objects.filter(level=Level.COMMUNE).valid_on(localdate())
    mine = communes.allowing(user, permission) if permission else communes.visible_to(user)
    return mine.with_place()


def _commune(request, key, *, to_edit=True) -> AdministrativeUnit:
    unit = get_object_or_404(_communes(request.user), key=key)
    if to_edit and not _may_edit(request.user, unit):
        raise PermissionDenied("Tài khoản chỉ được xem danh sách địa bàn của xã này.")
    return unit


def _may_edit(user, unit) -> bool:
    return _communes(user, Permission.RECORD_EDIT).filter(pk=unit.pk).exists()


def area_index(request):
    """The communes of the user, each with its areas; of one commune, its own page."""
    communes, home = _communes(request.user).in_name_order(), request.user.home_unit
    of_country = home is None or home.level == Level.COUNTRY
    found = list(communes[:2]) if of_country else with_unit_coverage(communes, localdate())
    if len(found) == 1:
        return redirect("movements:area-list", key=found[0].key)
    may_load = request.user.may(Permission.CONFIGURE)
    context = {"communes": [] if of_country else found, "home": home, "may_load": may_load}
    return render(request, "movements/area_index.html", context)


def area_list(request, key):
    unit, today = _commune(request, key, to_edit=False), localdate()
    with_past = "all" in request.GET
    areas = areas_of(unit)
    if with_past:
        areas = ResidentialArea.objects.under([unit], day=today)
    areas = with_point_count(areas.select_related("unit"), today).prefetch_related("successors")
    areas = list(areas.order_by("sort_key", "valid_from", "pk"))
    current = [area for area in areas if area.is_valid_on(today)]
    context = {
        "unit": unit,
        "areas": areas,
        "current": current,
        "covered": sum(area.point_count > 0 for area in current),
        "with_past": with_past,
        "may_edit": _may_edit(request.user, unit),
    }
    return render(request, "movements/area_list.html", context)


def area_add(request, key):
    """A pasted list: first what will become of each line, then it is saved."""
    unit = _commune(request, key)
    form = AddForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "movements/area_add.html", {"unit": unit, "form": form})
    names, valid_from = form.cleaned_data["names"], form.cleaned_data["valid_from"]
    rows = compared(names, areas_of(unit))
    if "save" in request.POST:
        chosen = set(request.POST.getlist("chosen"))
        names = [row.name for row in rows if row.may_be_added and row.name in chosen]
    elif len(rows) > 1 or rows[0].state != "new":
        context = {"unit": unit, "form": form, "rows": rows, "counts": _counts(rows)}
        return render(request, "movements/area_add.html", context)
    added = add_areas(unit, names, valid_from=valid_from)
    if len(added) == 1:
        messages.success(request, f"Đã thêm {added[0]}.")
    elif added:
        messages.success(request, f"Đã thêm {vn_number(len(added))} địa bàn.")
    else:
        messages.warning(request, "Không có địa bàn nào được thêm.")
    return redirect("movements:area-list", key=unit.key)


def _counts(rows) -> dict[str, int]:
    return {
        state: sum(row.state == state for row in rows)
        for state in ("new", "near", "there", "repeated", "wrong")
    }


def area_detail(request, pk):
    area, unit = _area(request, pk)
    return _area_page(request, area, unit)


def _area(request, pk) -> tuple[ResidentialArea, AdministrativeUnit]:
    areas = ResidentialArea.objects.visible_to(request.user).select_related("unit__parent__parent")
    area = get_object_or_404(areas, pk=pk)
    return area, home_of(area.unit)


def _area_page(request, area, unit, *, rename=None, close=None):
    open_now = area.is_valid_on(localdate()) and _may_edit(request.user, unit)
    context = {
        "area": area,
        "unit": unit,
        "may_edit": open_now,
        "points": services.points_in(area).visible_to(request.user).for_lists()[:200],
        "came_from": area.predecessors.order_by("sort_key"),
        "became": area.successors.order_by("sort_key"),
        "rename": rename or RenameForm(initial={"name": area.name, "known_as": area.name}),
        "close": close or CloseForm(),
    }
    return render(request, "movements/area_detail.html", context)


@require_POST
def area_rename(request, pk):
    def act(area, name, known_as):
        services.rename(area, name=name, known_as=known_as, by=request.user)

    return _change(request, pk, "rename", RenameForm(request.POST), act, "Đã đổi tên địa bàn.")


@require_POST
def area_close(request, pk):
    def act(area, last_day):
        services.close(area, last_day=last_day, by=request.user)

    return _change(request, pk, "close", CloseForm(request.POST), act, "Đã ghi ngày kết thúc.")


def _change(request, pk, name, form, act, done):
    area, unit = _area(request, pk)
    _commune(request, unit.key)
    if form.is_valid():
        try:
            act(area, **form.cleaned_data)
        except services.AreaError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, done)
            return redirect("movements:area-list", key=unit.key)
    return _area_page(request, area, unit, **{name: form})


def area_rearrange(request, key):
    """Old areas that were ticked → new names and a day → what becomes of each point → saved."""
    unit = _commune(request, key)
    if request.method != "POST":
        ticked = RearrangeForm({"area": request.GET.getlist("area")}, unit=unit)
        ticked.full_clean()
        if ticked.has_error("area"):
            messages.error(request, ticked.errors["area"][0])
            return redirect("movements:area-list", key=unit.key)
        olds = ticked.cleaned_data["area"]
        form = RearrangeForm(None, unit=unit, initial={"area": olds})
        return _rearrange_page(request, unit, form, olds)
    form = RearrangeForm(request.POST, unit=unit)
    if not form.is_valid():
        if form.has_error("area"):
            messages.error(request, form.errors["area"][0])
            return redirect("movements:area-list", key=unit.key)
        return _rearrange_page(request, unit, form, form.cleaned_data["area"])
    return _rearranged(request, unit, form)


def _rearranged(request, unit, form):
    """Of a good form: saved if that was asked for and every point has its place, or shown."""
    plan = form.plan
    # Names or days that were changed below the preview want another one.
    same = request.POST.get("previewed") == plan.words
    saving = same and "save" in request.POST
    goes = _by_point(request.POST, "into") if same else {}
    locations = _by_point(request.POST, "location")
    locations = {pk: clean_text(text)[:LONGEST_LOCATION] for pk, text in locations.items()}
    moves = services.moves(plan, goes, locations)
    if saving and not any(move.into is None or move.clash for move in moves):
        try:
            services.rearrange(plan, by=request.user, goes=goes, locations=locations)
        except services.AreaError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _done(plan, moves))
            return redirect("movements:area-list", key=unit.key)
    more = {"plan": plan, "moves": moves, "asked": saving, "typed": locations}
    return _rearrange_page(request, unit, form, plan.olds, **more)


def _done(plan, moves) -> str:
    followed = f" {vn_number(len(moves))} điểm chuyển theo." if moves else ""
    return f"Đã sắp xếp: {plan.words}.{followed}"


def _by_point(data, name: str) -> dict[int, str]:
    """{point: value} of fields named "into-12"."""
    found = {}
    for key in data:
        start, _, number = key.partition("-")
        if start == name and number.isascii() and number.isdecimal() and len(number) < 19:
            found[int(number)] = data[key]
    if any(len(value) > 4 * LONGEST_LOCATION for value in found.values()):
        raise BadRequest("Vị trí dài quá 250 ký tự. Rút ngắn lại.")
    return found


def _rearrange_page(request, unit, form, olds, *, plan=None, moves=(), asked=False, typed=None):
    old_areas = ResidentialArea.objects.filter(pk__in=[old.pk for old in olds])
    context = {
        "unit": unit,
        "form": form,
        "olds": with_point_count(old_areas, localdate()).order_by("sort_key"),
        "plan": plan,
        "moves": moves,
        "asked": asked,
        "typed": typed or {},
        "unsettled": sum(move.into is None or bool(move.clash) for move in moves),
    }
    return render(request, "movements/area_rearrange.html", context)
