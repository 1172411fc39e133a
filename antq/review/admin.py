"""Sources and routes; and the trail, to look at."""

from django.contrib import admin

from antq.review.models import ReviewEvent, Route, RouteStep, Source


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["title", "kind", "publisher", "number", "issued_on", "is_demo"]
    list_filter = ["kind", "is_demo"]
    search_fields = ["title", "publisher", "author", "number"]
    date_hierarchy = "issued_on"

    def has_delete_permission(self, request, obj=None):
        """Not while a record names it; asking each of them for its name would take a while."""
        if obj is None:
            return False
        used = (getattr(obj, found.get_accessor_name()) for found in obj._meta.related_objects)
        return not any(records.exists() for records in used)


class StepInline(admin.TabularInline):
    model = RouteStep
    extra = 0


@admin.register(Route)
class RouteAdmin(admin.ModelAdmin):
    """A return that was sent goes on by the route by which it was sent, as that is then."""

    list_display = ["kind", "level", "owner", "valid_from", "valid_to", "basis"]
    list_filter = ["kind", "level"]
    list_select_related = ["owner__parent"]
    autocomplete_fields = ["owner"]
    search_fields = ["basis", "owner__name"]
    inlines = [StepInline]


@admin.register(ReviewEvent)
class ReviewEventAdmin(admin.ModelAdmin):
    """Written by the steps themselves; nobody changes it."""

    list_display = ["at", "action", "target", "target_id", "old_status", "new_status", "by"]
    list_filter = ["new_status", "is_on_behalf", "target"]
    list_select_related = ["by"]
    search_fields = ["action", "reason", "by__username", "by__full_name", "=target_id"]
    date_hierarchy = "at"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
