"""The life of points and how they are judged: to look at; scales of grades, to change."""

from django.contrib import admin

from antq.units.admin import PlacedFields
from movements.models import (
    Grade,
    GradingScale,
    LifecycleEvent,
    Recognition,
    SchemeEvaluation,
    Team,
)


class LookOnly(PlacedFields, admin.ModelAdmin):
    """Written on the pages of the site, which check the step and write the trail."""

    search_fields = ["point__scheme__name", "point__unit__name"]
    list_select_related = ["point__scheme", "point__unit"]

    @admin.display(description="điểm")
    def where(self, row):
        return f"{row.point.scheme} – {row.point.unit}" if row.point else "–"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class GradeInline(admin.TabularInline):
    model = Grade
    extra = 0
    fields = ["name", "slot", "minimum", "order"]


@admin.register(GradingScale)
class GradingScaleAdmin(PlacedFields, admin.ModelAdmin):
    list_display = ["name", "owner", "is_confirmed", "valid_from", "valid_to"]
    list_filter = ["is_confirmed"]
    list_select_related = ["owner"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["owner"]
    inlines = [GradeInline]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


@admin.register(Team)
class TeamAdmin(LookOnly):
    list_display = ["name", "where", "leader", "members", "households", "ended_on"]


@admin.register(LifecycleEvent)
class LifecycleEventAdmin(LookOnly):
    list_display = ["where", "kind", "on", "until", "decision_number"]
    list_filter = ["kind"]
    date_hierarchy = "on"


@admin.register(SchemeEvaluation)
class SchemeEvaluationAdmin(LookOnly):
    list_display = ["where", "year", "score", "grade"]
    list_filter = ["year"]
    list_select_related = [*LookOnly.list_select_related, "grade"]


@admin.register(Recognition)
class RecognitionAdmin(LookOnly):
    list_display = ["placed_unit", "scheme", "where", "level", "kind", "on", "number"]
    list_filter = ["level", "kind"]
    list_select_related = [*LookOnly.list_select_related, "unit__parent__parent", "scheme"]
    search_fields = ["scheme__name", "point__scheme__name", "unit__name"]
