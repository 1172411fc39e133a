"""Every table of units. A unit changed by law is closed here, a new one opened, and both linked."""

from datetime import date
from operator import attrgetter

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Q, Value
from django.utils.timezone import localdate

from antq.core.dates import vn_date
from antq.core.db import VnKey
from antq.units.models import (
    AdministrativeUnit,
    GroupMember,
    Organization,
    ResidentialArea,
    UnitLink,
    UnitProfile,
    UnitSuccession,
)


class PlacedChoices(AutocompleteJsonView):
    """Hundreds of communes share a name: a unit is offered with its district and province."""

    def serialize_result(self, obj, to_field_name):
        text = obj.full_name if isinstance(obj, AdministrativeUnit) else str(obj)
        return super().serialize_result(obj, to_field_name) | {"text": text}


admin.site.autocomplete_view = lambda request: PlacedChoices.as_view(admin_site=admin.site)(request)


class PlacedFields:
    """For an admin or inline with fields for a unit: they show it with its province."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.related_model is AdministrativeUnit:
            field.queryset = field.queryset.with_place()
            field.label_from_instance = attrgetter("full_name")
        return field

    @admin.display(description="đơn vị", ordering="unit__sort_key")
    def placed_unit(self, row):
        return row.unit.full_name if row.unit else "–"


class UnitSearch:
    """Searches rows by the unit that `search_unit` names, as the page of units does."""

    search_unit = "unit"

    def get_search_results(self, request, queryset, search_term):
        if search_term.strip():
            found = AdministrativeUnit.objects.search(search_term).order_by()
            queryset = queryset.filter(**{f"{self.search_unit}__in": found})
        return queryset, False


class NameSearch:
    """Searches a table with a `search_key`: all words, diacritics and case make no difference."""

    def get_search_results(self, request, queryset, search_term):
        for word in search_term.split()[:10]:
            queryset = queryset.filter(search_key__contains=VnKey(Value(word)))
        return queryset, False


class ValidityFilter(admin.SimpleListFilter):
    title = "hiệu lực"
    parameter_name = "validity"

    def lookups(self, request, model_admin):
        return [("today", "đang có hiệu lực"), ("past", "đã hết"), ("future", "chưa bắt đầu")]

    def queryset(self, request, queryset):
        day = localdate()
        begun = Q(valid_from=None) | Q(valid_from__lte=day)
        lasts = Q(valid_to=None) | Q(valid_to__gte=day)
        rows = {"today": begun & lasts, "past": ~lasts, "future": ~begun}
        return queryset.filter(rows.get(self.value(), Q()))


class OpenSpan:
    """Spans whose open sides are stored as the first and the last day that there is."""

    @admin.display(description="từ ngày", ordering="valid_from")
    def since(self, row):
        return {None: "–", date.min: "từ đầu"}.get(row.valid_from) or vn_date(row.valid_from)

    @admin.display(description="đến hết ngày", ordering="valid_to")
    def until(self, row):
        return {None: "–", date.max: "đến nay"}.get(row.valid_to) or vn_date(row.valid_to)


class RowInline(PlacedFields, admin.TabularInline):
    extra = 0


class BecameInline(RowInline):
    model = UnitSuccession
    fk_name = "predecessor"
    autocomplete_fields = ["successor"]
    verbose_name_plural = "Thành đơn vị nào"


class CameFromInline(RowInline):
    model = UnitSuccession
    fk_name = "successor"
    autocomplete_fields = ["predecessor"]
    verbose_name_plural = "Từ đơn vị nào"


class MemberInline(RowInline):
    model = GroupMember
    fk_name = "group"
    autocomplete_fields = ["unit"]
    verbose_name_plural = "Các đơn vị của cụm, khu vực"


class ProfileInline(admin.TabularInline):
    model = UnitProfile
    extra = 0


@admin.register(AdministrativeUnit)
class UnitAdmin(PlacedFields, admin.ModelAdmin):
    list_display = ["placed_name", "level", "code", "valid_from", "valid_to"]
    list_filter = ["level", ValidityFilter, "kind"]
    show_facets = admin.ShowFacets.NEVER  # its link is not in Django's Vietnamese
    list_select_related = ["parent__parent__parent"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["search_key"]  # for the box alone; see get_search_results
    search_help_text = "Có dấu hoặc không dấu; có thể thêm tên huyện, tỉnh, hoặc gõ mã, khóa."
    ordering = ["sort_key", "valid_from", "pk"]
    autocomplete_fields = ["parent"]
    readonly_fields = ["placed_name"]
    fieldsets = [
        (None, {"fields": ["placed_name", "key", "code", "name", "level", "kind", "parent"]}),
        ("Hiệu lực", {"fields": [("valid_from", "valid_to")]}),
        ("Khác", {"fields": ["aliases", ("latitude", "longitude", "area_km2")]}),
    ]

    @admin.display(description="tên đầy đủ", ordering="sort_key")
    def placed_name(self, unit):
        return unit.full_name if unit.pk else "–"

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "key"] if obj else self.readonly_fields

    def get_inlines(self, request, obj):
        if obj is None:
            return [CameFromInline]
        members = [MemberInline] if obj.level == "group" else []
        return [*members, CameFromInline, BecameInline, ProfileInline]

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if not term:
            return queryset, False
        exact = queryset.filter(Q(key=term) | Q(code=term))
        return (exact if exact.exists() else queryset.search(term)).with_place(), False


@admin.register(UnitSuccession)
class SuccessionAdmin(PlacedFields, UnitSearch, admin.ModelAdmin):
    list_display = ["before", "after", "effective_on", "is_primary"]
    list_filter = ["effective_on", "is_primary"]
    show_facets = admin.ShowFacets.NEVER
    list_select_related = [
        "predecessor__parent__parent__parent",
        "successor__parent__parent__parent",
    ]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["predecessor__name"]
    search_help_text = "Tên đơn vị cũ."
    search_unit = "predecessor"
    ordering = ["-effective_on", "pk"]
    autocomplete_fields = ["predecessor", "successor"]

    @admin.display(description="đơn vị cũ", ordering="predecessor__sort_key")
    def before(self, row):
        return row.predecessor.full_name

    @admin.display(description="đơn vị mới", ordering="successor__sort_key")
    def after(self, row):
        return row.successor.full_name


@admin.register(GroupMember)
class MemberAdmin(PlacedFields, UnitSearch, admin.ModelAdmin):
    list_display = ["placed_unit", "group", "valid_from", "valid_to"]
    list_filter = [ValidityFilter]
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ["unit__parent__parent__parent", "group"]
    search_fields = ["unit__name"]
    ordering = ["group__sort_key", "unit__sort_key", "pk"]
    autocomplete_fields = ["group", "unit"]


@admin.register(ResidentialArea)
class AreaAdmin(PlacedFields, NameSearch, admin.ModelAdmin):
    list_display = ["name", "placed_unit", "valid_from", "valid_to"]
    list_filter = [ValidityFilter]
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ["unit__parent__parent__parent"]
    search_fields = ["search_key"]
    ordering = ["sort_key", "pk"]
    autocomplete_fields = ["unit", "successors"]


@admin.register(Organization)
class OrganizationAdmin(PlacedFields, NameSearch, admin.ModelAdmin):
    list_display = ["name", "kind", "placed_unit", "parent"]
    list_filter = ["kind", ValidityFilter]
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ["unit__parent__parent__parent", "parent"]
    search_fields = ["search_key"]
    ordering = ["sort_key", "pk"]
    autocomplete_fields = ["unit", "parent"]


@admin.register(UnitProfile)
class ProfileAdmin(PlacedFields, UnitSearch, admin.ModelAdmin):
    list_display = ["placed_unit", "year", "residential_areas", "households", "population"]
    list_filter = ["year"]
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ["unit__parent__parent__parent"]
    search_fields = ["unit__name"]
    ordering = ["-year", "unit__sort_key", "pk"]
    autocomplete_fields = ["unit"]


@admin.register(UnitLink)
class LinkAdmin(OpenSpan, UnitSearch, admin.ModelAdmin):
    """Computed by the database: to be looked at, to explain where a record counts."""

    list_display = ["below", "above", "since", "until"]
    list_display_links = None
    list_select_related = [
        "descendant__parent__parent__parent",
        "ancestor__parent__parent__parent",
    ]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["descendant__name"]
    search_help_text = "Tên đơn vị có hồ sơ."
    search_unit = "descendant"
    ordering = ["descendant", "valid_from", "pk"]

    @admin.display(description="hồ sơ của")
    def below(self, link):
        return link.descendant.full_name

    @admin.display(description="tính vào")
    def above(self, link):
        return link.ancestor.full_name

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
