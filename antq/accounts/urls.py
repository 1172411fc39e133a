from django.urls import path

from antq.accounts import batch_views, drafts, views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("drafts/", drafts.draft, name="drafts"),
    path("batch/", batch_views.batch, name="batch"),
    path("password/", views.ChangePassword.as_view(), name="password-change"),
]
