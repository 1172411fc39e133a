"""The papers of a dossier: their pages, and the only addresses at which a file is opened."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from antq.core.numbers import vn_number
from antq.core.permissions import Permission
from antq.files.responses import file_response, thumbnail_response
from antq.review.services import TransitionError
from movements.forms.dossier import PaperForm
from movements.forms.steps import ReasonForm
from movements.models import Document, DocumentKind, SchemePoint
from movements.services import dossier as services
from movements.views.detail import visible_point

READ_ONLY = (
    "Chỉ được xem hồ sơ này: tài khoản không có quyền sửa điểm mô hình, "
    "hoặc điểm đã hủy do nhập nhầm."
)
TWICE = "Biểu này đã được lưu một lần, không ghi thêm."


def document_create(request, pk):
    point = _editable_point(request.user, pk)
    known = DocumentKind.objects.filter(code=request.GET.get("kind", "")[:50]).first()
    form = PaperForm(*_sent(request), point=point, user=request.user, initial={"kind": known})
    if not _saved(form):
        return _page(request, form)
    number = form.written
    said = "Đã thêm giấy tờ" if number == 1 else f"Đã thêm {vn_number(number)} tệp"
    messages.success(request, f"{said} vào hồ sơ.") if number else messages.warning(request, TWICE)
    another = "another" in request.POST
    return _go(request, reverse("movements:point-document", args=[pk]) if another else _home(point))


def document_edit(request, pk):
    paper = _paper(request.user, pk)
    point = _editable_point(request.user, paper.point_id)
    form = PaperForm(*_sent(request), point=point, user=request.user, instance=paper)
    if not _saved(form):
        return _page(request, form)
    messages.success(request, "Đã lưu giấy tờ.")
    return _go(request, _home(point))


def document_remove(request, pk):
    paper = _paper(request.user, pk)
    point = _editable_point(request.user, paper.point_id)
    form = ReasonForm(_sent(request)[0], initial={"version": paper.version})
    if form.is_valid():
        try:
            services.remove_paper(paper, by=request.user, **form.cleaned_data)
        except TransitionError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, "Đã bỏ giấy tờ khỏi hồ sơ.")
            return redirect(_home(point))
    context = {"paper": paper, "point": point, "form": form, "home": _home(point)}
    return render(request, "movements/document_remove.html", context)


@require_safe
def document_file(request, pk):
    paper = _paper(request.user, pk)
    if paper.file is None:
        raise Http404("Giấy tờ này chưa có tệp.")
    return file_response(paper.file, as_attachment="save" in request.GET)


@require_safe
def document_thumbnail(request, pk):
    paper = _paper(request.user, pk)
    if paper.file is None:
        raise Http404
    return thumbnail_response(paper.file)


def _paper(user, pk: int) -> Document:
    papers = Document.objects.visible_to(user).select_related("file", "kind", "event", "point")
    return get_object_or_404(papers, pk=pk)


def _editable_point(user, pk: int) -> SchemePoint:
    """404 for a point out of scope; a reader is told that he may not."""
    point = visible_point(user, pk)
    mine = SchemePoint.objects.allowing(user, Permission.RECORD_EDIT).recorded()
    if not mine.filter(pk=pk).exists():
        raise PermissionDenied(READ_ONLY)
    return point


def _sent(request) -> tuple:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _saved(form: PaperForm) -> bool:
    if not form.is_valid():
        return False
    try:
        form.written = form.save()
    except TransitionError as error:
        form.add_error(None, str(error))
        return False
    return True


def _page(request, form: PaperForm):
    context = {"form": form, "point": form.point, "home": _home(form.point)}
    return render(request, "movements/document_form.html", context)


def _home(point: SchemePoint) -> str:
    return f"{reverse('movements:point-detail', args=[point.pk])}#ho-so"


def _go(request, url: str):
    """To the next page; static/js/upload.js goes there by itself, so that its message is seen."""
    if request.headers.get("X-Upload"):
        return JsonResponse({"go": url})
    return redirect(url)
