from django.urls import path

from movements.views import detail, entry, points, schemes, steps

app_name = "movements"
urlpatterns = [
    path("points/", points.point_list, name="point-list"),
    path("points/new/", entry.point_create, name="point-create"),
    path("points/fields/", entry.point_fields, name="point-fields"),
    path("points/confirm/", steps.confirm_many, name="point-confirm-many"),
    path("points/<int:pk>/", detail.point_detail, name="point-detail"),
    path("points/<int:pk>/edit/", entry.point_edit, name="point-edit"),
    path("points/<int:pk>/fields/", entry.point_edit_fields, name="point-edit-fields"),
    path("points/<int:pk>/confirm/", steps.confirm, name="point-confirm"),
    path("points/<int:pk>/return/", steps.send_back, name="point-return"),
    path("points/<int:pk>/void/", steps.void, name="point-void"),
    path("points/<int:pk>/end/", steps.ask_end, name="point-end"),
    path("points/<int:pk>/end/confirm/", steps.confirm_end, name="point-end-confirm"),
    path("points/<int:pk>/end/refuse/", steps.refuse_end, name="point-end-refuse"),
    path("schemes/", schemes.scheme_list, name="scheme-list"),
    path("schemes/<int:pk>/", schemes.scheme_detail, name="scheme-detail"),
]
