import re
import unicodedata

from django import forms
from django.contrib import admin
from django.contrib.auth import password_validation, update_session_auth_hash
from django.contrib.auth.admin import GroupAdmin  # noqa: F401 – importing it registers Group
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.i18n import JavaScriptCatalog

from antq.accounts import lockout
from antq.accounts.batch_views import slips_page
from antq.accounts.models import Assignment, SignInFailure, User
from antq.accounts.one_time import Slip, give_password
from antq.accounts.roles import Role
from antq.core.permissions import Permission
from antq.units.admin import PlacedFields, RowInline, ValidityFilter

TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


def may_enter(request) -> bool:
    """The role decides, on the day; `is_staff` alone opens nothing."""
    return request.user.is_active and request.user.holds_everywhere(Permission.ADMINISTER)


@login_not_required
def sign_in(request, extra_context=None):
    """There is one sign-in page: that of the site."""
    if request.user.is_authenticated and not may_enter(request):
        raise PermissionDenied("Trang quản trị chỉ dành cho người quản trị hệ thống.")
    target = request.GET.get("next", reverse("admin:index"))
    return redirect(f"{reverse('accounts:sign-in')}?{urlencode({'next': target})}")


def in_vietnamese_order(request, app_label=None):
    """Django sorts its menus by code points, which puts Đ behind everything."""

    def key(entry):
        bare = unicodedata.normalize("NFD", entry["name"].lower().replace("đ", "d\u0306"))
        return TONES.sub("", bare)

    apps = admin.AdminSite.get_app_list(admin.site, request, app_label)
    for app in apps:
        app["models"].sort(key=key)
    return sorted(apps, key=key)


admin.site.has_permission = may_enter
admin.site.login = sign_in
# Django's scripts speak from its own catalogue alone; what that lacks is in ours.
admin.site.i18n_javascript = JavaScriptCatalog.as_view(
    packages=["django.contrib.admin", "antq.core"]
)
admin.site.get_app_list = in_vietnamese_order
admin.site.site_header = admin.site.site_title = "Quản trị ANTQ"
admin.site.index_title = "Các bảng dữ liệu"
admin.site.unregister(Group)  # roles are code: see `roles`


class AccountForm(forms.ModelForm):
    new_password = forms.CharField(label="Mật khẩu mới", strip=False, required=False)

    class Meta:
        model = User
        fields = ["username", "full_name", "position", "is_active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["new_password"]
        field.required = self.instance.pk is None
        field.validators = ()  # stored as its hash
        field.widget.attrs["autocomplete"] = "off"
        field.help_text = " ".join(password_validation.password_validators_help_texts())
        if not field.required:
            field.help_text = f"Để trống nếu không đổi. {field.help_text}"

    def _post_clean(self):
        # As in Django's own forms: only now does the instance have the names to compare with.
        super()._post_clean()
        password = self.cleaned_data.get("new_password")
        if password:
            try:
                password_validation.validate_password(password, self.instance)
            except forms.ValidationError as error:
                self.add_error("new_password", error)

    def save(self, commit=True):
        if self.cleaned_data["new_password"]:
            self.instance.set_password(self.cleaned_data["new_password"])
        return super().save(commit)


class AssignmentInline(RowInline):
    model = Assignment
    autocomplete_fields = ["unit"]
    extra = 1


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    form = AccountForm
    inlines = [AssignmentInline]
    fields = [
        "username",
        "new_password",
        "full_name",
        "position",
        "is_active",
        "must_change_password",
        "last_login",
        "date_joined",
    ]
    readonly_fields = ["must_change_password", "last_login", "date_joined"]
    actions = ["issue_passwords"]
    list_display = ["username", "full_name", "position", "roles", "is_active", "last_login"]
    list_filter = ["assignments__role", "is_active", "is_demo"]
    search_fields = ["username", "full_name"]
    ordering = ["username"]

    @admin.display(description="vai trò")
    def roles(self, user):
        return "; ".join(
            f"{held.get_role_display()}, {held.unit.name}{held.unit.until}"
            for held in user.assignments.all()
        )

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("assignments__unit")

    def lookup_allowed(self, lookup, value, request):
        # A filter in the address must not tell the hash of a password letter by letter.
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    @admin.action(description="Cấp lại mật khẩu và in phiếu cho các tài khoản đã chọn")
    def issue_passwords(self, request, queryset):
        """For who forgot, or lost the slip: new passwords, shown once, to be changed at once."""
        users = queryset.exclude(pk=request.user.pk).filter(is_demo=False)
        slips = []
        with transaction.atomic():
            for user in users.select_for_update().order_by("username"):
                password = give_password(user)
                user.save(update_fields=["password", "must_change_password"])
                slips.append(Slip(user, str(user.home_unit or ""), password))
        if slips:
            return slips_page(request, slips)
        self.message_user(request, "Chọn tài khoản của người khác, không phải tài khoản minh họa.")
        return None

    def save_model(self, request, obj, form, change):
        if form.cleaned_data["new_password"]:
            obj.must_change_password = obj != request.user
        super().save_model(request, obj, form, change)
        if obj == request.user:
            update_session_auth_hash(request, obj)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        user = form.instance
        user.is_staff = user.assignments.filter(role=Role.ADMIN).exists()
        user.save(update_fields=["is_staff"])


@admin.register(Assignment)
class AssignmentAdmin(PlacedFields, admin.ModelAdmin):
    list_display = ["user", "role", "placed_unit", "valid_from", "valid_to"]
    list_select_related = ["user", "unit__parent__parent__parent"]
    list_filter = ["role", ValidityFilter]
    search_fields = ["user__username", "user__full_name", "unit__name"]
    autocomplete_fields = ["user", "unit"]
    ordering = ["user__username", "pk"]


@admin.register(SignInFailure)
class SignInFailureAdmin(admin.ModelAdmin):
    """What lock-out counts: to be looked at, and forgotten."""

    list_display = ["at", "username", "address"]
    list_filter = ["at"]
    search_fields = ["username", "address"]
    ordering = ["-at"]
    actions = ["unlock_usernames", "unlock_addresses"]

    @admin.action(description="Mở khóa tên đăng nhập của các dòng đã chọn")
    def unlock_usernames(self, request, queryset):
        self._unlock(request, queryset.values_list("username", flat=True))

    @admin.action(description="Mở khóa địa chỉ mạng của các dòng đã chọn")
    def unlock_addresses(self, request, queryset):
        self._unlock(request, queryset.exclude(address=None).values_list("address", flat=True))

    def _unlock(self, request, found):
        names = sorted(set(found))
        for name in names:
            lockout.unlock(name)
        self.message_user(request, f"Đã mở khóa: {', '.join(names) or 'không có'}.")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
