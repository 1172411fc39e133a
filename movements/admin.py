"""Every table of the register, for those who administer; what is under review is not changed here."""

from django import forms
from django.contrib import admin

from antq.core.text import clean_text
from movements.models import PointState, Scheme, SchemeAttribute, SchemePoint, SchemeType
from movements.services.points import respan


class AttributeInline(admin.TabularInline):
    model = SchemeAttribute
    extra = 0


@admin.register(SchemeType)
class SchemeTypeAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "programme", "counts_as_scheme", "owner", "is_active", "order"]
    list_editable = ["order"]
    list_filter = ["programme", "counts_as_scheme", "is_active"]
    search_fields = ["name", "aliases", "code"]
    autocomplete_fields = ["owner"]
    inlines = [AttributeInline]


@admin.register(SchemeAttribute)
class SchemeAttributeAdmin(admin.ModelAdmin):
    list_display = ["label", "key", "type", "data_type", "unit", "adds_up", "is_required"]
    list_filter = ["data_type", "adds_up", "type"]
    list_select_related = ["type"]
    search_fields = ["label", "key", "type__name"]
    autocomplete_fields = ["type"]


@admin.register(Scheme)
class SchemeAdmin(admin.ModelAdmin):
    list_display = ["name", "type", "status", "owner", "merged_into"]
    list_filter = ["status", "type"]
    list_select_related = ["type", "owner", "merged_into"]
    search_fields = ["name", "aliases"]
    autocomplete_fields = [
        "type",
        "lead_organizations",
        "origin_unit",
        "owner",
        "merged_into",
        "source",
    ]


class StateInline(admin.TabularInline):
    model = PointState
    extra = 0
    readonly_fields = ["valid_from", "valid_to"]


class PointAdminForm(forms.ModelForm):
    def clean_location(self):
        return clean_text(self.cleaned_data["location"])


@admin.register(SchemePoint)
class SchemePointAdmin(admin.ModelAdmin):
    """The steps of review are made on the pages of the site, which write the trail."""

    form = PointAdminForm
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

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        point = form.instance
        keys = sorted(point.areas.values_list("pk", flat=True))
        point.area_key = ",".join(str(pk) for pk in keys)
        point.save(update_fields=["area_key"])
        respan(point)

    def has_delete_permission(self, request, obj=None):
        return False  # a record entered by mistake is voided, with a reason


@admin.register(PointState)
class PointStateAdmin(admin.ModelAdmin):
    """To look at; they are changed with their point."""

    list_display = ["point", "as_of", "valid_from", "valid_to", "teams", "members", "households"]
    list_select_related = ["point__scheme", "point__unit"]
    search_fields = ["point__scheme__name", "point__unit__name"]
    date_hierarchy = "as_of"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
