from django.contrib import admin

from antq.files.models import StoredFile


@admin.register(StoredFile)
class StoredFileAdmin(admin.ModelAdmin):
    """To look at only: a file comes, goes and is opened with its record."""

    list_display = ["name", "kind", "size", "uploaded_at", "uploaded_by"]
    list_filter = ["kind"]
    list_select_related = ["uploaded_by"]
    search_fields = ["name", "sha256"]
    fields = ["name", "kind", "size", "sha256", "uploaded_at", "uploaded_by"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
