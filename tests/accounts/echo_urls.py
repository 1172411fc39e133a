"""The site with one page more, which says what was sent to it: for forms that are kept."""

from django.http import JsonResponse
from django.urls import include, path


def echo(request):
    posted = dict(request.POST.lists())
    posted.pop("csrfmiddlewaretoken", None)
    return JsonResponse({"posted": posted, "path": request.get_full_path()})


urlpatterns = [path("echo/", echo, name="echo"), path("", include("antq.urls"))]
