from django.urls import path

from antq.units import views, views_csv, views_profiles

app_name = "units"
urlpatterns = [
    path("", views.UnitList.as_view(), name="unit-list"),
    path("search.json", views.search, name="search"),
    path("profiles/", views_profiles.profile_list, name="profile-list"),
    path("csv/units/", views_csv.csv_units, name="csv-units"),
    path("csv/areas/", views_csv.csv_areas, name="csv-areas"),
    # A key may have a slash in it: W00007@2025-06-30/W00025 is a part of a divided commune.
    path("<path:key>/", views.UnitDetail.as_view(), name="unit-detail"),
]
