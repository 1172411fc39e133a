"""What every page of the admin does otherwise than Django's own.

The button "Lịch sử" tells what the change log says of a row, deleted ones too; and of two who
write the same row at once the second reads so beside the field.
"""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.template.response import TemplateResponse

from antq.core.changes import Entry, Names, tell
from antq.core.clashes import once_more
from antq.core.log_lines import event_model_of, history_of

PAGE = 50


def history_view(self, request, object_id, extra_context=None):
    """Instead of Django's own list, which knows only what was done in the admin, by field name."""
    if not self.has_view_permission(request):
        raise PermissionDenied
    row = self.get_object(request, unquote(object_id)) or _gone(self.model, unquote(object_id))
    found = history_of(self.model, row.pk) if event_model_of(self.model) else []
    number = request.GET.get("page", "1")
    page = Paginator([Entry(moment) for moment in found], PAGE).get_page(number)
    tell(page.object_list, row, Names(known=[row]))
    context = {
        **self.admin_site.each_context(request),
        "title": f"Lịch sử: {row}",
        "opts": self.opts,
        "row": row,
        "is_logged": event_model_of(self.model) is not None,
        "exists": self.model._base_manager.filter(pk=row.pk).exists(),
        "page_obj": page,
    }
    return TemplateResponse(request, "admin/change_log.html", context)


def _gone(model, object_id: str):
    """A row that was deleted, as the log knew it last."""
    log = event_model_of(model)
    try:
        pk = model._meta.pk.to_python(object_id)
        event = log and log.objects.filter(pgh_obj_id=pk).order_by("-pgh_id").first()
    except (ValidationError, ValueError, OverflowError):
        event = None
    if not event:
        raise Http404("Không có dòng này.")
    return Names().as_row(model, event)


admin.ModelAdmin.history_view = history_view
admin.ModelAdmin.changeform_view = once_more(admin.ModelAdmin.changeform_view)
