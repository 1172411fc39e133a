"""Report pages: the index, and each report on screen or as a workbook."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from antq.reports import registry, xlsx
from antq.reports.forms import ScopeForm
from antq.reports.sheets import build


def index(request):
    return render(request, "reports/index.html", {"reports": registry.reports()})


def report(request, code):
    """One report for `?unit=&on=&map=`; `&format=xlsx` gives the workbook of the same table."""
    found = registry.report(code.upper())
    if found is None:
        raise Http404(f"Không có biểu mẫu {code}. Chọn biểu trong danh sách.")
    form = ScopeForm(request.GET, user=request.user)
    if not form.is_valid():
        return scope_error(request, form, found.title)
    if request.GET.get("format") == "xlsx":
        sheet = build(found, scope=form.scope, user=request.user, page=None)
        return workbook(xlsx.write_form(sheet), f"{found.code}-{sheet.scope.window.end}")
    sheet = build(found, scope=form.scope, user=request.user, page=form.page_number)
    return render(request, "reports/report.html", {"sheet": sheet, "form": form})


def workbook(content: bytes, name: str) -> HttpResponse:
    """A download; the name is ASCII, because old browsers mangle any other."""
    response = HttpResponse(content, content_type=xlsx.XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def scope_error(request, form: ScopeForm, title: str) -> HttpResponse:
    """404 for a unit that is not there or not the user's, 400 for anything else that is wrong."""
    if form.has_error("unit", "invalid_choice"):
        raise Http404("Không có đơn vị này, hoặc đơn vị không thuộc phạm vi của tài khoản.")
    return render(request, "reports/scope_error.html", {"form": form, "title": title}, status=400)
