"""Periodic figures: indicators, forms and periods, to change; reports, to look at."""

from django import forms
from django.contrib import admin

from antq.units.admin import PlacedFields, UnitSearch
from movements.models import (
    Figure,
    FormRow,
    Indicator,
    Period,
    ProvinceTiming,
    ReportForm,
    UnitReport,
)
from movements.windows import PeriodKind


@admin.register(Indicator)
class IndicatorAdmin(PlacedFields, admin.ModelAdmin):
    list_display = ["label", "code", "unit", "kind", "source", "group", "owner", "is_active"]
    list_filter = ["kind", "source", "is_active", "group"]
    list_select_related = ["owner"]
    search_fields = ["label", "code"]
    autocomplete_fields = ["part_of", "owner"]

    def get_readonly_fields(self, request, obj=None):
        """What its figures mean stays, once there are some; the database holds to it."""
        return ["code", "kind", "unit"] if obj and obj.figures.exists() else []


class ReportFormForm(forms.ModelForm):
    kinds = forms.TypedMultipleChoiceField(
        label="Các kỳ báo cáo",
        choices=PeriodKind,
        widget=forms.CheckboxSelectMultiple,
    )


class FormRowInline(admin.TabularInline):
    model = FormRow
    extra = 0
    fields = ["order", "group", "indicator", "is_asked"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("indicator")

    def get_formset(self, request, obj=None, **kwargs):
        """The indicators are read once, not for each row."""
        formset = super().get_formset(request, obj, **kwargs)
        if "indicator" in formset.form.base_fields:
            field = formset.form.base_fields["indicator"]
            field.choices = list(field.choices)
        return formset


class TimingInline(PlacedFields, admin.TabularInline):
    model = ProvinceTiming
    extra = 0
    autocomplete_fields = ["province"]


@admin.register(ReportForm)
class ReportFormAdmin(PlacedFields, admin.ModelAdmin):
    form = ReportFormForm
    list_display = ["title", "code", "window_rule", "due_days", "owner", "is_confirmed"]
    list_filter = ["window_rule", "is_confirmed"]
    list_select_related = ["owner"]
    search_fields = ["title", "code"]
    autocomplete_fields = ["owner"]
    inlines = [FormRowInline, TimingInline]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


class PeriodForm(forms.ModelForm):
    def clean(self):
        """The reports of a period are about its days: they stay, and the database holds to it."""
        fixed = {"form", "owner", "kind", "year", "number", "first", "last"}
        if self.instance.pk and fixed & set(self.changed_data) and self.instance.reports.exists():
            for name in fixed & set(self.changed_data):
                self.add_error(name, "Kỳ đã có báo cáo nên không đổi được.")
        return super().clean()


@admin.register(Period)
class PeriodAdmin(PlacedFields, admin.ModelAdmin):
    """A period is locked on the pages of the site, which keep its figures."""

    form = PeriodForm
    list_display = ["label", "form", "owner", "first", "last", "due", "locked_at", "is_demo"]
    list_filter = ["kind", "form", "is_demo"]
    list_select_related = ["form", "owner"]
    search_fields = ["label", "form__title"]
    autocomplete_fields = ["form", "owner", "units"]
    date_hierarchy = "last"
    readonly_fields = ["opened_at", "opened_by", "locked_at", "locked_by", "is_demo"]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.opened_by = request.user
        super().save_model(request, obj, form, change)


class FigureInline(admin.TabularInline):
    model = Figure
    extra = 0
    fields = ["indicator", "text", "is_nothing", "as_of", "source", "note"]
    readonly_fields = ["text"]
    can_delete = False

    @admin.display(description="số liệu")
    def text(self, figure):
        return figure.text

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("indicator", "source")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(UnitReport)
class UnitReportAdmin(PlacedFields, UnitSearch, admin.ModelAdmin):
    """Written on the pages of the site, which check each step and write the trail."""

    list_display = [
        "period",
        "form_title",
        "placed_unit",
        "status",
        "number",
        "issued_on",
        "is_demo",
    ]
    list_filter = ["status", "period__form", "is_demo"]
    list_select_related = ["period__form", "unit__parent__parent__parent"]
    search_fields = ["unit__name"]
    inlines = [FigureInline]

    @admin.display(description="biểu báo cáo")
    def form_title(self, report):
        return report.period.form

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
