"""The accounts with which the demo is shown, and the cluster that one of them steers."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from antq.accounts.models import Assignment, User
from antq.accounts.roles import Role
from antq.units.choices import Kind, Level
from antq.units.models import AdministrativeUnit, GroupMember, UnitSuccession

PASSWORD = "antq-demo-2026"
# One hash for all, and the same one each time: loading again ends nobody's session.
SALT = "antqDemoAccounts2026"

LAST_DISTRICT_DAY, FIRST_CLUSTER_DAY = date(2025, 6, 30), date(2025, 7, 1)
COUNTRY, GIA_LAI, IA_DREH = "VN", "P52@2025-07-01", "W24100@2025-07-01"
KRONG_PA, CLUSTER = "D637@2025-06-30", "G-KRONGPA"
CLUSTER_MEMBERS = [  # Phú Túc, Ia Rsai, Uar, Ia Dreh
    "W24076@2025-07-01",
    "W24112@2025-07-01",
    "W24109@2025-07-01",
    IA_DREH,
]


@dataclass(frozen=True)
class DemoAccount:
    username: str
    full_name: str
    position: str
    role: Role
    unit: str
    valid_from: date | None = None


ACCOUNTS = [
    DemoAccount("xa", "Nay H’Linh", "Cán bộ Công an xã Ia Dreh", Role.COMMUNE_OFFICER, IA_DREH),
    DemoAccount(
        "xa.truong", "Trần Quốc Minh", "Trưởng Công an xã Ia Dreh", Role.COMMUNE_LEADER, IA_DREH
    ),
    DemoAccount(
        "xa.ubnd",
        "Ksor Thuân",
        "Chủ tịch UBND xã, Trưởng Ban Chỉ đạo xã Ia Dreh",
        Role.COMMITTEE,
        IA_DREH,
    ),
    DemoAccount(
        "huyen",
        "Lê Văn Phúc",
        "Ban Chỉ đạo huyện Krông Pa (đến 30/6/2025), nay là Cụm Krông Pa",
        Role.COMMITTEE,
        CLUSTER,
        FIRST_CLUSTER_DAY,
    ),
    DemoAccount(
        "tinh",
        "Nguyễn Thị Thu Hà",
        "Cán bộ PV05, Công an tỉnh Gia Lai",
        Role.PROVINCE_STAFF,
        GIA_LAI,
    ),
    DemoAccount(
        "tinh.thanhhoa",
        "Lê Đình Sơn",
        "Cán bộ PV05, Công an tỉnh Thanh Hóa",
        Role.PROVINCE_STAFF,
        "P38",
    ),
    DemoAccount(
        "tinh.tuyenquang",
        "Hoàng Thị Nga",
        "Cán bộ PV05, Công an tỉnh Tuyên Quang",
        Role.PROVINCE_STAFF,
        "P08@2025-07-01",
    ),
    DemoAccount(
        "tinh.daklak",
        "Phạm Văn Dũng",
        "Cán bộ PV05, Công an tỉnh Đắk Lắk",
        Role.PROVINCE_STAFF,
        "P66@2025-07-01",
    ),
    DemoAccount("trunguong", "Đỗ Minh Quân", "Theo dõi toàn quốc", Role.VIEWER, COUNTRY),
    DemoAccount("admin", "Vũ Hải Nam", "Quản trị hệ thống", Role.ADMIN, COUNTRY),
]


class NotADemoError(Exception):
    """Demo accounts have a public password: they are made in a demo only."""


@transaction.atomic
def make_demo_accounts() -> list[tuple[str, str]]:
    """Make the cluster and the accounts, or bring them up to date: [(username, who it is)].

    A real account that happens to have one of the names stays as it is and is left out.
    Raises NotADemoError outside the demo.
    """
    if not settings.DEMO:
        raise NotADemoError("Demo accounts are made only with ANTQ_DEMO=1.")
    make_cluster()
    password = make_password(PASSWORD, salt=SALT)
    return [
        (account.username, account.position) for account in ACCOUNTS if _make(account, password)
    ]


def make_cluster() -> AdministrativeUnit:
    """Cụm Krông Pa: what followed the district, from the day on which it ended."""
    cluster, _ = AdministrativeUnit.objects.get_or_create(
        key=CLUSTER,
        defaults={
            "name": "Cụm Krông Pa",
            "level": Level.GROUP,
            "kind": Kind.CLUSTER,
            "parent": _unit(GIA_LAI),
            "valid_from": FIRST_CLUSTER_DAY,
        },
    )
    for key in CLUSTER_MEMBERS:
        GroupMember.objects.get_or_create(
            group=cluster, unit=_unit(key), defaults={"valid_from": FIRST_CLUSTER_DAY}
        )
    UnitSuccession.objects.get_or_create(
        predecessor=_unit(KRONG_PA),
        successor=cluster,
        defaults={"effective_on": FIRST_CLUSTER_DAY, "is_primary": True},
    )
    return cluster


def _make(account: DemoAccount, password: str) -> bool:
    if User.objects.filter(username=account.username, is_demo=False).exists():
        return False
    is_admin = account.role == Role.ADMIN
    user, _ = User.objects.update_or_create(
        username=account.username,
        defaults={
            "password": password,
            "full_name": account.full_name,
            "position": account.position,
            "is_active": True,
            "must_change_password": False,
            "is_staff": is_admin,
            "is_superuser": is_admin,
            "is_demo": True,
        },
    )
    _hold(user, account.role, account.unit, valid_from=account.valid_from)
    if account.unit == CLUSTER:
        _hold(user, account.role, KRONG_PA, valid_to=LAST_DISTRICT_DAY)
    return True


def _hold(user, role, key, **days):
    Assignment.objects.get_or_create(user=user, role=role, unit=_unit(key), defaults=days)


def _unit(key: str) -> AdministrativeUnit:
    return AdministrativeUnit.objects.get(key=key)
