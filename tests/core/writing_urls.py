"""A page that writes when it is opened; none of ours does."""

from django.http import HttpResponse
from django.urls import path

from antq.urls import urlpatterns as site
from tests.core.logged_rows import make_organization


def writes(request):
    make_organization()
    return HttpResponse("")


urlpatterns = [path("writes/", writes), *site]
