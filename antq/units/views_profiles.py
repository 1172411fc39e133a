"""The size of a unit year by year: a commune keeps its own, a province sees and fills its table."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render

from antq.core.clashes import once_more
from antq.core.numbers import vn_number
from antq.core.permissions import Permission
from antq.units import profiles
from antq.units.choices import Level
from antq.units.forms import PasteForm, ProfileForm, ProfileScope
from antq.units.models import AdministrativeUnit, UnitProfile


@once_more
def profile_list(request):
    scope = ProfileScope(request.GET, user=request.user)
    if not scope.is_valid():
        if scope.has_error("unit"):
            raise Http404(scope.errors["unit"][0])
        return render(request, "units/profile_list.html", {"scope": scope}, status=400)
    if scope.chosen_unit is None:
        raise Http404("Tài khoản chưa được giao đơn vị nào.")
    if scope.chosen_unit.level == Level.COMMUNE:
        return _commune(request, scope)
    return _table(request, scope)


def _may_edit(user, unit) -> bool:
    mine = AdministrativeUnit.objects.allowing(user, Permission.RECORD_EDIT)
    return mine.filter(pk=unit.pk).exists()


def _commune(request, scope):
    """Its years, and a form for the chosen one."""
    unit, may_edit = scope.chosen_unit, _may_edit(request.user, scope.chosen_unit)
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied("Tài khoản chỉ được xem số liệu của đơn vị này.")
        with transaction.atomic():
            known = UnitProfile.objects.select_for_update().filter(
                unit=unit, year=scope.chosen_year
            )
            instance = known.first() or UnitProfile(unit=unit, year=scope.chosen_year)
            form = ProfileForm(request.POST, instance=instance)
            if form.is_valid():
                form.save()
                messages.success(request, f"Đã lưu quy mô của {unit} năm {scope.chosen_year}.")
                return redirect(scope.address)
    else:
        known = UnitProfile.objects.filter(unit=unit, year=scope.chosen_year).first()
        form = ProfileForm(instance=known or UnitProfile(unit=unit, year=scope.chosen_year))
    context = {
        "scope": scope,
        "form": form if may_edit else None,
        "years": unit.profiles.order_by("-year"),
        "labels": list(profiles.FIGURES.values()),
    }
    return render(request, "units/profile_list.html", context)


def _table(request, scope):
    """The communes of a province in a year; pasted rows are seen before they are saved."""
    unit = None if scope.chosen_unit.level == Level.COUNTRY else scope.chosen_unit
    lines, total = profiles.table_of(unit, scope.chosen_year)
    may_edit = unit is not None and _may_edit(request.user, unit)
    context = {
        "scope": scope,
        "lines": lines,
        "total": total,
        "labels": list(profiles.FIGURES.values()),
        "paste": PasteForm() if may_edit else None,
    }
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied("Tài khoản chỉ được xem số liệu của đơn vị này.")
        form = context["paste"] = PasteForm(request.POST)
        if form.is_valid():
            communes = profiles.communes_of(scope.chosen_unit, scope.chosen_year)
            mine = communes.allowing(request.user, Permission.RECORD_EDIT)
            rows, faults = profiles.read_pasted(
                form.cleaned_data["rows"], scope=mine, year=scope.chosen_year
            )
            if "save" in request.POST and not faults:
                changed = profiles.write_pasted(rows, scope.chosen_year)
                messages.success(request, f"Đã lưu số liệu của {vn_number(changed)} đơn vị.")
                return redirect(scope.address)
            context |= {"rows": rows, "faults": faults, "changed": sum(r.changes for r in rows)}
    return render(request, "units/profile_list.html", context)
