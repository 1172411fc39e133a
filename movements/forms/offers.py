"""What the form of a point offers: that which this user may choose, and which fits together."""

from django import forms
from django.utils.timezone import localdate

from antq.core.permissions import Permission
from antq.units.models import AdministrativeUnit
from movements.forms import layout
from movements.forms.attributes import fields_for
from movements.models import Scheme, SchemePoint, SchemeType
from movements.services.entry import sources_of
from movements.services.names import schemes_of, types_of
from movements.services.places import areas_of, hosts_of, units_then

MANY_UNITS = 200


class PointOffers:
    """The choices of `PointForm`; what depends on the type and the unit follows them."""

    def offer_all(self) -> None:
        self._offer_origins()
        self._offer_units()
        self._offer_types()
        self._suggest_block()
        self._offer_place()

    def _offer_origins(self) -> None:
        """A new point may be made after the example of one that the user sees."""
        if self.instance.pk:
            del self.fields["replicated_from"]
            return
        seen = SchemePoint.objects.visible_to(self.user).recorded()
        self.fields["replicated_from"].queryset = seen.select_related("scheme", "unit", "host")
        self.origin = self._chosen("replicated_from")

    def _offer_units(self) -> None:
        units = AdministrativeUnit.objects.allowing(self.user, Permission.RECORD_EDIT)
        units = units.valid_on(localdate()).filter(level__in=layout.UNIT_LEVELS)
        if self.instance.pk:
            units = units | AdministrativeUnit.objects.filter(key=self.initial["unit"])
        units = units.with_place().in_name_order()
        field = self.fields["unit"]
        field.queryset, first = units, list(units[: MANY_UNITS + 1])
        field.label_from_instance = lambda unit: unit.full_name
        self.only_unit = first[0] if len(first) == 1 else None
        if self.only_unit:
            self.initial["unit"], field.widget = self.only_unit.key, forms.HiddenInput()
        self.chosen_unit = self.only_unit or self._chosen("unit")
        self._draw_units(field, first)

    def _draw_units(self, field, first: list) -> None:
        """All of them where they fit on a page; else what is typed is looked up."""
        if self.only_unit:
            return
        attributes = {"class": "js-select", **layout.refresh(self)}
        if len(first) > MANY_UNITS:
            attributes |= {"class": "js-unit", "data-url": layout.unit_search()}
            first = [self.chosen_unit] if self.chosen_unit else []
        choices = [("", "Chọn đơn vị")] + [(unit.key, unit.full_name) for unit in first]
        field.widget = forms.Select(attrs=attributes, choices=choices)

    def _offer_types(self) -> None:
        own = self.instance.scheme.type_id if self.instance.pk else None
        today = SchemeType.objects.filter(is_active=True).exclude(valid_to__lt=localdate())
        types = (types_of(self.user) & today) | SchemeType.objects.filter(pk=own)
        field = self.fields["type"]
        field.queryset, field.empty_label = types.order_by("order", "sort_key"), "Chọn loại hình"
        field.widget.attrs |= {"class": "js-select", **layout.refresh(self)}
        kind = self.chosen_type = self._chosen("type")
        self.definitions = list(kind.attributes.all()) if kind else []
        self.fields |= fields_for(self.definitions)
        schemes = self.fields["scheme"]
        schemes.widget.attrs["class"] = "js-select"
        schemes.empty_label = "Chọn tên mô hình" if kind else "Chọn loại hình trước"
        known = schemes_of(self.user) | Scheme.objects.filter(pk=self.instance.scheme_id)
        schemes.queryset = known.filter(type=kind, merged_into=None).in_name_order()
        self.fields["new_scheme"].widget.attrs |= layout.near_names()

    def _suggest_block(self) -> None:
        """That of a new point follows its type, unless another was chosen than was suggested."""
        values = self.data if self.is_bound else self.initial
        chosen, suggested = values.get("block"), values.get("usual_block")
        if self.instance.pk or not self.chosen_type or chosen != suggested:
            return
        usual = self.chosen_type.block
        if self.is_bound:
            values = self.data = self.data.copy()
        values["block"] = values["usual_block"] = usual

    def _offer_place(self) -> None:
        areas, hosts = [], []
        if unit := self.chosen_unit:
            areas = areas_of(unit).order_by("sort_key")
            hosts = hosts_of(unit).order_by("sort_key")[:500]
        titles = sources_of(self.user).order_by("title").values_list("title", flat=True)[:200]
        self.fields["source_title"].offer(titles, self["source_title"].value() or "")
        for name, known in (("areas", areas), ("host", hosts)):
            self.fields[name].offer([row.name for row in known], self[name].value() or ())
        if self.instance.pk and self.instance.begun_on:
            self.fields["as_of"].widget.attrs |= layout.refresh(self)
            self.say_known_day()
            begun = self.instance.begun_on
            self.then_choices = units_then(self.home, begun, begun)
            self.ask_then()
            if not self.then_choices:
                self.initial["then_unit"] = ""

    def _chosen(self, name: str):
        """The row that is picked now, or None; what is wrong is said when the form is checked."""
        field = self.fields[name]
        value = self.data.get(name) if self.is_bound else self.initial.get(name)
        try:
            return field.to_python(value)
        except forms.ValidationError:
            return None
