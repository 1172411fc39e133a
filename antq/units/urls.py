from django.urls import path

from antq.units import views

app_name = "units"
urlpatterns = [
    path("", views.UnitList.as_view(), name="unit-list"),
    path("search.json", views.search, name="search"),
    # A key may have a slash in it: W00007@2025-06-30/W00025 is a part of a divided commune.
    path("<path:key>/", views.UnitDetail.as_view(), name="unit-detail"),
]
