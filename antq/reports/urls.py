from django.urls import path

from antq.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:code>/", views.report, name="report"),
]
