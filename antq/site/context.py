"""What the frame of every page shows: the menu of this user, who is signed in, the banner."""

from django.conf import settings
from django.urls import reverse

from antq.accounts import drafts
from antq.core.permissions import Permission
from antq.site.home import works_for_a_province, works_in_a_commune

# (label, address name, part of the address that marks it as the current one, permission)
MENU = [
    ("Tổng quan", "site:dashboard", "/dashboard/", Permission.RECORD_VIEW),
    ("Sổ mô hình", "movements:point-list", "/movements/", Permission.RECORD_VIEW),
    ("Biểu mẫu", "reports:index", "/reports/", Permission.RECORD_VIEW),
    ("Đơn vị hành chính", "units:unit-list", "/units/", Permission.RECORD_VIEW),
]


def _items(user) -> list[tuple]:
    """Who enters begins with what is to be done; who steers or looks on, with the dashboard."""
    if works_in_a_commune(user) or works_for_a_province(user):
        return [("Việc cần làm", "site:home", None, Permission.RECORD_EDIT), *MENU]
    attention = ("Việc cần lưu ý", "site:attention", "/attention/", Permission.RECORD_VIEW)
    return [MENU[0], attention, *MENU[1:]]


def shell(request):
    user = getattr(request, "user", None)
    frame = {"demo": settings.DEMO, "version": settings.VERSION}
    if user is not None and user.is_authenticated:
        path = request.path_info
        frame["menu"] = [
            {
                "label": label,
                "url": reverse(name),
                "here": path.startswith(start) if start else path == "/",
            }
            for label, name, start, permission in _items(user)
            if user.may(permission)
        ]
        frame["saved_drafts"] = lambda: drafts.take_saved(request)  # only a whole page asks
        frame["administers"] = user.holds_everywhere(Permission.ADMINISTER)
        frame["who"] = str(user.home_unit or user)
        frame["roles"] = "; ".join(
            f"{held.get_role_display()}, {held.unit.full_name}" for held in user.current_assignments
        )
    return {"shell": frame}
