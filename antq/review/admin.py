"""Sources; and the trail, to look at."""

from django.contrib import admin

from antq.review.models import ReviewEvent, Source


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


@admin.register(ReviewEvent)
class ReviewEventAdmin(admin.ModelAdmin):
    """Written by the steps themselves; nobody changes it."""

    list_display = ["at", "action", "target", "target_id", "old_status", "new_status", "by"]
    list_filter = ["new_status", "target"]
    list_select_related = ["by"]
    search_fields = ["action", "reason", "by__username", "by__full_name", "=target_id"]
    date_hierarchy = "at"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
