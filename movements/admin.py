"""Every table of the register, for those who administer; no step of review is made here."""

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import prefetch_related_objects

from antq.units.admin import NameSearch, OpenSpan, PlacedFields
from movements import admin_figures, admin_life  # noqa: F401 – register their own
from movements.columns import attribute_value
from movements.models import PointState, Scheme, SchemeAttribute, SchemePoint, SchemeType
from movements.services.points import respan
from movements.services.types import FIXED, is_used

SMALL = {
    models.TextField: {"widget": forms.Textarea(attrs={"rows": 2, "cols": 60})},
    models.JSONField: {"widget": forms.Textarea(attrs={"rows": 2, "cols": 48})},
}


class AttributeForm(forms.ModelForm):
    def clean(self):
        """Stored figures are found by their key: neither it nor its type changes under them."""
        fixed = {"key", "data_type", "type"} & set(self.changed_data)
        if self.instance.pk and fixed and is_used(self.instance):
            for name in fixed:
                self.add_error(name, FIXED)
        return super().clean()


class AttributeSet(forms.BaseInlineFormSet):
    def clean(self):
        super().clean()
        for form in self.deleted_forms:
            if form.instance.pk and is_used(form.instance):
                raise forms.ValidationError(f"{form.instance}: {FIXED}")


class AttributeInline(admin.StackedInline):
    model = SchemeAttribute
    form = AttributeForm
    formset = AttributeSet
    extra = 0
    fields = [
        ("label", "short_label", "key"),
        ("data_type", "unit", "minimum", "maximum"),
        ("adds_up", "order", "is_required", "is_expected"),
        "choices",
    ]
    formfield_overrides = SMALL


@admin.register(SchemeType)
class SchemeTypeAdmin(PlacedFields, admin.ModelAdmin):
    list_display = ["name", "code", "programme", "counts_as_scheme", "owner", "is_active", "order"]
    list_editable = ["order"]
    list_filter = ["programme", "counts_as_scheme", "is_active"]
    list_select_related = ["owner"]
    search_fields = ["name", "aliases", "code"]
    autocomplete_fields = ["owner"]
    inlines = [AttributeInline]
    formfield_overrides = SMALL

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


@admin.register(SchemeAttribute)
class SchemeAttributeAdmin(admin.ModelAdmin):
    form = AttributeForm
    formfield_overrides = SMALL
    list_display = ["label", "key", "type", "data_type", "unit", "adds_up", "is_required"]
    list_filter = ["data_type", "adds_up", "type"]
    list_select_related = ["type"]
    search_fields = ["label", "key", "type__name"]
    autocomplete_fields = ["type"]

    def has_delete_permission(self, request, obj=None):
        """One by one, and only what no point has."""
        return obj is not None and not is_used(obj) and super().has_delete_permission(request, obj)


@admin.register(Scheme)
class SchemeAdmin(PlacedFields, NameSearch, admin.ModelAdmin):
    formfield_overrides = SMALL
    list_display = ["name", "type", "status", "owner", "merged_into"]
    list_filter = ["status", "type"]
    list_select_related = ["type", "owner", "merged_into"]
    search_fields = ["name", "aliases"]
    autocomplete_fields = [
        "type",
        "lead_organizations",
        "origin_unit",
        "owner",
        "source",
    ]
    readonly_fields = ["merged_into"]  # merged on the pages of the site, with all that hangs on it


class ReadableState(OpenSpan):
    """What the type's own columns hold, in words beside the stored keys."""

    @admin.display(description="thông tin riêng (để đọc)")
    def shown(self, state):
        if not state.point_id:
            return "–"
        kind = state.point.scheme.type
        prefetch_related_objects([kind], "attributes")  # once for all states of a point
        held, qualifiers = state.attributes, state.qualifiers
        lines = [
            f"{each.label}: {attribute_value(each, held[each.key], qualifiers.get(each.key, ''))}"
            for each in kind.attributes.all()
            if each.key in held
        ]
        return "; ".join(lines) or "–"


class StateInline(ReadableState, admin.StackedInline):
    model = PointState
    extra = 0
    fields = [
        ("as_of", "since", "until"),
        ("teams", "members", "households"),
        "shown",
        ("attributes", "qualifiers"),
    ]
    readonly_fields = ["since", "until", "shown"]
    formfield_overrides = SMALL


class PointAdminForm(forms.ModelForm):
    def _post_clean(self):
        """The rule that a place runs a scheme once needs the key of its areas."""
        super()._post_clean()
        if self.errors:
            return
        areas = self.cleaned_data["areas"].values_list("pk", flat=True)
        self.instance.area_key = ",".join(str(pk) for pk in sorted(areas))
        try:
            self.instance.validate_constraints()
        except forms.ValidationError as error:
            self.add_error(None, error.messages)


@admin.register(SchemePoint)
class SchemePointAdmin(PlacedFields, admin.ModelAdmin):
    """The steps of review are made on the pages of the site, which write the trail."""

    form = PointAdminForm
    formfield_overrides = SMALL
    list_display = ["scheme", "unit", "status", "count", "launched_on", "members", "is_demo"]
    list_filter = ["status", "block", "is_demo", "scheme__type"]
    list_select_related = ["scheme", "unit"]
    search_fields = ["scheme__name", "unit__name", "location", "leader", "decision_number"]
    autocomplete_fields = ["scheme", "unit", "host", "areas", "source"]
    date_hierarchy = "created_at"
    inlines = [StateInline]
    exclude = ["teams", "members", "households", "attributes", "qualifiers"]  # of the states
    readonly_fields = [
        "status",
        "status_reason",
        "ended_on",
        "end_asked_on",
        "end_reason",
        "version",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
        "is_demo",
    ]

    def save_model(self, request, obj, form, change):
        obj.updated_by = request.user
        if change:
            obj.version += 1  # whoever has the page of the site open is told
        else:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def get_search_results(self, request, queryset, search_term):
        return queryset.search(search_term), False

    def save_formset(self, request, form, formset, change):
        for state in formset.save(commit=False):
            state.valid_from = state.valid_to = state.as_of  # until `respan`
            state.save()
        for state in formset.deleted_objects:
            state.delete()
        respan(form.instance)

    def has_delete_permission(self, request, obj=None):
        return False  # a record entered by mistake is voided, with a reason


@admin.register(PointState)
class PointStateAdmin(ReadableState, admin.ModelAdmin):
    """To look at; they are changed with their point."""

    list_display = ["where", "as_of", "since", "until", "teams", "members", "households"]
    fields = ["where", ("as_of", "since", "until"), ("teams", "members", "households"), "shown"]
    list_select_related = ["point__scheme", "point__unit"]
    search_fields = ["point__scheme__name", "point__unit__name"]
    date_hierarchy = "as_of"

    @admin.display(description="điểm")
    def where(self, state):
        return f"{state.point.scheme} – {state.point.unit}"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
