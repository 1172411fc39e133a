"""Who may do what, where and when."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from antq.accounts.roles import PERMITS, Role
from antq.core.history import logged
from antq.core.permissions import Permission
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit
from antq.units.models.units import RANK, ends_after_it_begins
from antq.units.querysets import DatedQuerySet, ScopedQuerySet


class AccountManager(UserManager):
    use_in_migrations = False

    def get_by_natural_key(self, username):
        return super().get_by_natural_key(self.model.normalize_username(username))

    @transaction.atomic
    def create_superuser(self, username, email=None, password=None, **values):
        """The first account of an installation: without the role it could open nothing."""
        country = AdministrativeUnit.objects.filter(level=Level.COUNTRY).first()
        if country is None:
            raise ValueError("There are no units yet: run manage.py load_units first.")
        user = super().create_superuser(username, email, password, **values)
        user.assignments.create(role=Role.ADMIN, unit=country)
        return user


@logged(exclude=("password", "last_login"))
class User(AbstractUser):
    """An account. What it may do comes from its assignments, not from groups."""

    first_name = last_name = None
    full_name = models.CharField("họ và tên", max_length=150, blank=True)
    position = models.CharField("chức vụ", max_length=150, blank=True)
    must_change_password = models.BooleanField(
        "phải đổi mật khẩu",
        default=False,
        help_text="Mật khẩu do người khác cấp: phải đổi ở lần đăng nhập tới.",
    )
    is_demo = models.BooleanField("tài khoản minh họa", default=False, editable=False)

    REQUIRED_FIELDS = []

    objects = AccountManager()

    class Meta:
        verbose_name = verbose_name_plural = "tài khoản"

    def __str__(self):
        return self.full_name or self.username

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return self.username

    @classmethod
    def normalize_username(cls, username):
        """One way of writing a name: " XA" and "Xa" are the account "xa"."""
        return super().normalize_username(username).strip().lower()

    @cached_property
    def current_assignments(self) -> list["Assignment"]:
        """The roles held today, with their units; read once per request."""
        held = self.assignments.valid_on(localdate())
        return list(held.select_related("unit__parent__parent").order_by("pk"))

    def unit_ids(self, permission: Permission) -> frozenset[int]:
        """The units in which a role held today permits this."""
        return frozenset(
            held.unit_id for held in self.current_assignments if permission in PERMITS[held.role]
        )

    def holds_everywhere(self, permission: Permission) -> bool:
        return any(
            permission in PERMITS[held.role] and held.unit.level == Level.COUNTRY
            for held in self.current_assignments
        )

    def may(self, permission: Permission) -> bool:
        """Whether any role held today permits this somewhere: for menus; rows need `allowing`."""
        return any(permission in PERMITS[held.role] for held in self.current_assignments)

    @cached_property
    def home_unit(self) -> AdministrativeUnit | None:
        """The unit whose figures this user sees first: the highest one of the roles held today."""
        held = [assignment.unit for assignment in self.current_assignments]
        return max(held, key=lambda unit: RANK[unit.level], default=None)


class AssignmentQuerySet(ScopedQuerySet, DatedQuerySet):
    pass


@logged()
class Assignment(models.Model):
    """A role in a unit between two days. A user may hold several."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="assignments", verbose_name="tài khoản"
    )
    role = models.CharField("vai trò", max_length=20, choices=Role)
    unit = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="assignments", verbose_name="đơn vị"
    )
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "vai trò"
        constraints = [
            ends_after_it_begins("assignment_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["user", "role", "unit", "valid_from"],
                nulls_distinct=False,
                name="assignment_once",
                violation_error_message="Tài khoản đã có vai trò này ở đơn vị đó.",
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}, {self.unit}"

    def clean(self):
        """The tables that an administrator edits know no scope."""
        super().clean()
        if self.role == Role.ADMIN and self.unit_id and self.unit.level != Level.COUNTRY:
            raise ValidationError({"unit": "Quản trị hệ thống được giao cho cả nước (Việt Nam)."})


class SignInFailure(models.Model):
    """A failed sign-in: what lock-out counts. Deleting the rows unlocks (see `lockout`)."""

    username = models.CharField("tên đăng nhập", max_length=150)
    address = models.GenericIPAddressField("địa chỉ mạng", null=True)
    at = models.DateTimeField("lúc", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "đăng nhập không thành công"
        indexes = [
            models.Index(fields=["username", "at"], name="failure_by_username"),
            models.Index(fields=["address", "at"], name="failure_by_address"),
        ]

    def __str__(self):
        return f"{self.username} ({self.address})"


class Draft(models.Model):
    """A form as it was typed and not saved yet: one per user and form, wiped when it is saved.

    form: names the form, e.g. 'point-create' or 'point-edit:12'. fields: [[name, [values]]].
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="drafts", verbose_name="tài khoản")
    form = models.CharField("biểu", max_length=100)
    fields = models.JSONField("nội dung đang soạn", default=list)
    updated_at = models.DateTimeField("lúc", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "bản đang soạn"
        constraints = [models.UniqueConstraint(fields=["user", "form"], name="draft_once")]

    def __str__(self):
        return f"{self.user}: {self.form}"
