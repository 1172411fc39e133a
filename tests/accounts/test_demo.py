import pytest
from django.contrib.auth import authenticate

from antq.accounts import demo
from antq.accounts.models import Assignment, User
from antq.accounts.roles import Role
from antq.units.models import AdministrativeUnit, GroupMember, UnitLink, UnitSuccession
from tests.factories import make_user, unit

pytestmark = pytest.mark.django_db
ROLES = {
    ("xa", Role.COMMUNE_OFFICER, "W24100@2025-07-01", "Xã Ia Dreh", None, None),
    ("xa.truong", Role.COMMUNE_LEADER, "W24100@2025-07-01", "Xã Ia Dreh", None, None),
    ("xa.ubnd", Role.COMMITTEE, "W24100@2025-07-01", "Xã Ia Dreh", None, None),
    ("huyen", Role.COMMITTEE, "D637@2025-06-30", "Huyện Krông Pa", None, "2025-06-30"),
    ("huyen", Role.COMMITTEE, "G-KRONGPA", "Cụm Krông Pa", "2025-07-01", None),
    ("tinh", Role.PROVINCE_STAFF, "P52@2025-07-01", "Tỉnh Gia Lai", None, None),
    ("tinh.thanhhoa", Role.PROVINCE_STAFF, "P38", "Tỉnh Thanh Hóa", None, None),
    ("tinh.tuyenquang", Role.PROVINCE_STAFF, "P08@2025-07-01", "Tỉnh Tuyên Quang", None, None),
    ("tinh.daklak", Role.PROVINCE_STAFF, "P66@2025-07-01", "Tỉnh Đắk Lắk", None, None),
    ("trunguong", Role.VIEWER, "VN", "Việt Nam", None, None),
    ("admin", Role.ADMIN, "VN", "Việt Nam", None, None),
}
KRONG_PA_TODAY = {"Xã Phú Túc", "Xã Ia Rsai", "Xã Uar", "Xã Ia Dreh"}


@pytest.fixture(autouse=True)
def demo_is_on(settings):
    settings.DEMO = True


def roles():
    held = Assignment.objects.filter(user__is_demo=True).select_related("user", "unit")
    return {
        (
            row.user.username,
            row.role,
            row.unit.key,
            row.unit.name,
            row.valid_from and row.valid_from.isoformat(),
            row.valid_to and row.valid_to.isoformat(),
        )
        for row in held
    }


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (User, Assignment, AdministrativeUnit, GroupMember, UnitSuccession, UnitLink)
    ]


def test_demo_accounts_hold_exactly_their_roles():
    made = demo.make_demo_accounts()

    assert roles() == ROLES
    assert [name for name, _ in made] == [account.username for account in demo.ACCOUNTS]
    assert dict(made)["xa.truong"] == "Trưởng Công an xã Ia Dreh"
    for name, _ in made:
        user = authenticate(None, username=name, password="antq-demo-2026")
        assert user.is_demo and user.full_name
        assert (user.is_staff, user.is_superuser) == ((name == "admin"),) * 2
        assert user.current_assignments


def test_demo_accounts_again_change_nothing():
    demo.make_demo_accounts()
    before = everything()

    demo.make_demo_accounts()

    assert everything() == before


def test_demo_accounts_repair_what_a_visitor_changed():
    demo.make_demo_accounts()
    user = User.objects.get(username="xa")
    user.set_password("doi-mat-khau-99")
    user.is_active = False
    user.save()

    demo.make_demo_accounts()

    assert authenticate(None, username="xa", password="antq-demo-2026") == user


def test_a_real_account_of_that_name_stays_as_it_is():
    real = make_user(username="admin", full_name="Người Thật")

    made = demo.make_demo_accounts()

    assert "admin" not in dict(made)
    assert len(made) == 9
    real.refresh_from_db()
    assert (real.full_name, real.is_staff, real.is_demo) == ("Người Thật", False, False)
    assert not real.assignments.exists()
    assert authenticate(None, username="admin", password="antq-demo-2026") is None


def test_demo_accounts_are_refused_outside_the_demo(settings):
    settings.DEMO = False

    with pytest.raises(demo.NotADemoError):
        demo.make_demo_accounts()

    assert not User.objects.exists()
    assert not AdministrativeUnit.objects.filter(key="G-KRONGPA").exists()


def test_the_cluster_is_today_what_the_district_was():
    demo.make_demo_accounts()
    cluster = unit("G-KRONGPA")

    assert cluster.full_name == "Cụm Krông Pa, Tỉnh Gia Lai"
    members = GroupMember.objects.filter(group=cluster).select_related("unit")
    assert {member.unit.name for member in members} == KRONG_PA_TODAY
    below = UnitLink.objects.filter(ancestor=cluster, descendant__level="commune")
    old = below.filter(descendant__parent=unit("D637@2025-06-30"))
    assert old.count() == 14  # every commune of the district
    assert UnitLink.objects.filter(ancestor=cluster, descendant=unit("D637@2025-06-30")).exists()
    communes_today = below.filter(descendant__valid_to=None)
    assert {link.descendant.name for link in communes_today} == KRONG_PA_TODAY
