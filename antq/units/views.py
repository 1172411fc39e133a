"""Units to browse, to search and to pick. They are reference: all who are signed in read them."""

from django.db.models import Prefetch
from django.http import JsonResponse
from django.utils.timezone import localdate
from django.views.generic import DetailView, ListView

from antq.units.choices import Level
from antq.units.forms import BrowseForm, PickerForm
from antq.units.models import AdministrativeUnit, UnitLink, UnitSuccession
from antq.units.models.units import RANK

PICKS = 20


class BrowseMixin:
    """A page with a day in its address; a wrong one is said beside the field, with status 400."""

    def dispatch(self, request, *args, **kwargs):
        self.form = BrowseForm(request.GET)
        self.status = 200 if self.form.is_valid() else 400
        return super().dispatch(request, *args, **kwargs)

    def render_to_response(self, context, **kwargs):
        return super().render_to_response(context | {"form": self.form}, status=self.status)


class UnitList(BrowseMixin, ListView):
    """The provinces on a day; for `?q=`, the units of all times that are found."""

    template_name = "units/unit_list.html"

    def get_queryset(self):
        units = AdministrativeUnit.objects.prefetch_related("parent__parent__parent")
        if not self.form.is_valid():
            return units.none()
        if text := self.form.cleaned_data["q"]:
            became = UnitSuccession.objects.with_places()
            return units.search(text).prefetch_related(Prefetch("successions", became))
        provinces = units.filter(level=Level.PROVINCE).valid_on(self.form.day())
        return provinces.with_commune_count(day=self.form.day()).in_name_order()

    def get_paginate_by(self, queryset):
        return 20 if self.form.cleaned_data.get("q") else None

    def get_context_data(self, **kwargs):
        return super().get_context_data(day=self.form.day(), **kwargs)


class UnitDetail(BrowseMixin, DetailView):
    template_name = "units/unit_detail.html"
    slug_field = slug_url_kwarg = "key"
    queryset = AdministrativeUnit.objects.with_place()
    context_object_name = "unit"

    def get_context_data(self, **kwargs):
        unit, day = self.object, self.form.day(default=self.object.nearest_day)
        children = AdministrativeUnit.objects.children_of(unit, day=day)
        return super().get_context_data(
            day=day,
            children=children.with_commune_count(day=day),
            others=unit.children.filter(level__in=[Level.PART, Level.GROUP]).in_name_order(),
            came_from=unit.precessions.with_places(),
            became=unit.successions.with_places(),
            groups=unit.memberships.with_places(),
            members=unit.members.with_places(),
            areas=unit.areas.valid_on(day).order_by("sort_key"),
            counts_under=_above(unit, localdate()),
            is_mine=AdministrativeUnit.objects.visible_to(self.request.user).contains(unit),
            **kwargs,
        )


def _above(unit, day):
    """The other units under which the records of `unit` count on `day`, the nearest first."""
    links = UnitLink.objects.valid_on(day).filter(descendant=unit).exclude(ancestor=unit)
    places = [link.ancestor for link in links.select_related("ancestor__parent__parent")]
    return sorted(places, key=lambda place: RANK[place.level])


def search(request):
    """For pickers: at most 20 units, `[{value, text}]`."""
    form = PickerForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"error": form.message}, status=400)
    units = form.units(request.user).prefetch_related("parent__parent__parent")[:PICKS]
    found = [{"value": unit.key, "key": unit.key, "text": unit.full_name} for unit in units]
    return JsonResponse(found, safe=False)
