from django.urls import path

from antq.site import views

app_name = "site"
urlpatterns = [
    path("", views.home, name="home"),
    path("dashboard/", views.dashboard, name="dashboard"),
    path("attention/", views.attention, name="attention"),
    path("healthz", views.healthz, name="healthz"),
]
