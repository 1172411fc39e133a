"""Home by role: what is to be done, with its number and its one action; who neglects the book."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from antq.accounts.models import Assignment, Draft
from antq.accounts.roles import Role
from antq.core.dates import months_before
from antq.review.choices import Status
from antq.units.choices import Level
from antq.units.models import GroupMember
from movements.choices import CatalogueStatus
from movements.models import DocumentKind, ReturnedLine, SchemePoint
from tests.factories import make_point, make_scheme, make_unit, make_user

pytestmark = pytest.mark.django_db
DASHBOARD, ATTENTION = "/dashboard/", "/attention/"
LIST, WORKLIST = "/movements/points/", "/movements/points/old-units/"
TODAY = localdate()
OLD = months_before(TODAY, 6) - timedelta(days=1)


@pytest.fixture
def province():
    return make_unit(Level.PROVINCE)


@pytest.fixture
def commune(province):
    return make_unit(parent=province)


@pytest.fixture(autouse=True)
def no_common_checklist():
    DocumentKind.objects.update(in_every_checklist=False)


def make_done(unit, **values):
    """A point with nothing left to do, because a school needs no village."""
    return make_point(unit=unit, **{"launched_on": TODAY, "block": "school", **values})


def home(client, user=None):
    """[(how much, what, where)] of both lists of home."""
    if user:
        client.force_login(user)
    context = client.get("/").context
    return [(line.tag, line.title, line.url) for line in [*context["first"], *context["then"]]]


def everything_to_do(commune, user):
    make_done(commune, status=Status.WAITING)
    make_done(commune, end_asked_on=TODAY, end_reason="không còn")
    make_done(commune, status=Status.RETURNED, status_reason="thiếu ngày")
    point = make_done(commune, launched_on=OLD)
    make_done(commune, count=None)
    make_done(commune, block="residential")
    ReturnedLine.objects.create(
        point=point, field="leader", label="Người phụ trách", reason="sai", returned_by=user
    )
    Draft.objects.create(user=user, form="point-create", fields=[["note", ["đang gõ"]]])


def test_an_officer_sees_each_thing_with_its_number_and_its_list(client, commune):
    user = make_user(Role.COMMUNE_OFFICER, commune)
    everything_to_do(commune, user)

    assert home(client, user) == [
        ("1 dòng", "Dòng tỉnh trả lại", "/movements/returned-lines/"),
        ("1 điểm", "Trả lại để bổ sung", f"{LIST}?todo=returned"),
        ("2 hồ sơ", "Đã trình, chờ lãnh đạo duyệt", f"{LIST}?todo=waiting"),
        ("Đang soạn", "Thêm điểm mô hình", f"{LIST}new/?draft=1"),
        ("1 điểm", "Sáu tháng không có thông tin", f"{LIST}?todo=dormant"),
        ("1 điểm", "Còn số liệu chưa rõ", f"{LIST}?todo=incomplete"),
        ("1 điểm", "Chưa ghi thôn, tổ dân phố", f"{LIST}?todo=no-area"),
    ]
    text = client.get("/").content.decode()
    assert "Báo cáo" not in text  # nothing is due that does not exist


def test_a_leader_approves_and_every_link_opens_exactly_what_it_counts(client, commune):
    user = make_user(Role.COMMUNE_LEADER, commune)
    everything_to_do(commune, user)

    lines = home(client, user)

    assert lines[1] == ("2 hồ sơ", "Duyệt hồ sơ cán bộ trình", f"{LIST}?todo=confirm")
    assert "Duyệt các điểm đã chọn" in client.get(lines[1][2]).content.decode()
    for tag, _, url in lines:
        if "todo=" in url:
            page = client.get(url).context["page_obj"]
            assert f"{page.paginator.count} " == tag.removesuffix("điểm").removesuffix("hồ sơ")


def test_a_commune_with_everything_done_is_told_so(client, commune):
    make_done(commune)

    assert home(client, make_user(Role.COMMUNE_OFFICER, commune)) == []
    text = client.get("/").content.decode()
    assert "Không có việc nào đang chờ." in text and "đã đủ thông tin" in text


def test_points_of_an_old_commune_lead_to_their_worklist(client, commune):
    part = make_unit(Level.PART, parent=commune, valid_to=date(2025, 6, 30))
    make_done(part, launched_on=date(2025, 1, 1), checked_on=TODAY)

    assert home(client, make_user(Role.COMMUNE_OFFICER, commune)) == [
        ("1 điểm", "Rà soát điểm của đơn vị cũ", WORKLIST)
    ]


def test_drafts_are_the_users_own_and_only_forms_that_open_again(client, commune):
    user = make_user(Role.COMMUNE_OFFICER, commune)
    for form in ("point-edit:12", "point-many", "point-bulk", "point-edit", "khác:1"):
        Draft.objects.create(user=user, form=form)
    Draft.objects.create(user=make_user(), form="point-create")

    assert [line[1:] for line in home(client, user)] == [
        ("Thêm nhiều điểm", f"{LIST}many/?draft=1"),
        ("Sửa điểm mô hình", f"{LIST}12/edit/?draft=1"),
    ]


def test_home_of_two_communes_shows_both_books(client):
    first, second = make_unit(), make_unit()
    user = make_user(Role.COMMUNE_OFFICER, first)
    Assignment.objects.create(user=user, role=Role.COMMUNE_OFFICER, unit=second)
    make_point(unit=first)
    make_point(unit=second, count=3)
    client.force_login(user)

    books = client.get("/").context["books"]

    assert [(unit, str(book[1][1].quantity)) for unit, book in books] == [
        (first, "1"),
        (second, "3"),
    ]
    there = client.get(DASHBOARD, {"unit": second.key}).context["board"]
    assert there.crumbs == []


def test_the_province_sees_its_own_work_and_that_of_its_communes(client, province, commune):
    staff = make_user(Role.PROVINCE_STAFF, province)
    everything_to_do(commune, staff)
    make_done(make_unit(), launched_on=OLD)
    make_scheme(name="Tên mới", status=CatalogueStatus.PROPOSED, owner=province)
    SchemePoint.objects.update(looked_version=1)
    changed = make_done(commune, version=2, looked_version=1)

    assert home(client, staff) == [
        ("1 điểm", "Thay đổi xã ghi, tỉnh chưa xem", "/movements/differences/"),
        ("1 tên", "Tên mô hình mới", reverse("movements:name-queue")),
        ("Đang soạn", "Thêm điểm mô hình", f"{LIST}new/?draft=1"),
        ("2 hồ sơ", "Chờ lãnh đạo xã duyệt", f"{LIST}?todo=confirm"),
        ("1 điểm", "Lãnh đạo xã trả lại cán bộ", f"{LIST}?todo=returned"),
        ("1 điểm", "Dòng trả lại xã chưa trả lời", f"{LIST}?todo=lines"),
        ("1 điểm", "Sáu tháng không có thông tin", f"{LIST}?todo=dormant"),
        ("1 điểm", "Còn số liệu chưa rõ", f"{LIST}?todo=incomplete"),
        ("1 điểm", "Chưa ghi thôn, tổ dân phố", f"{LIST}?todo=no-area"),
    ]
    assert changed.version == 2


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.COMMUNE_LEADER, Role.PROVINCE_STAFF])
def test_home_costs_the_same_queries_whatever_it_shows(
    client, province, role, count, django_assert_num_queries
):
    communes = [make_unit(parent=province) for _ in range(count)]
    user = make_user(role, province if role == Role.PROVINCE_STAFF else communes[0])
    for commune in communes:
        make_done(commune, launched_on=OLD)
        make_done(commune, status=Status.WAITING, count=None)
    client.force_login(user)

    # session, user, roles; all that is to be done; drafts; distinct count, sums, qualifiers, the
    # kept book; the session is prolonged (three). A province: its communes, when each entered
    # something
    with django_assert_num_queries(13 if role == Role.PROVINCE_STAFF else 11):
        client.get("/")


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.VIEWER])
def test_home_of_who_looks_on_is_the_dashboard(client, province, role):
    client.force_login(make_user(role, province))

    assert client.get("/")["Location"] == DASHBOARD
    menu = client.get(DASHBOARD).context["shell"]["menu"]
    assert [item["label"] for item in menu][:2] == ["Tổng quan", "Việc cần lưu ý"]


def test_the_menu_of_who_enters_begins_with_what_is_to_be_done(client, province, commune):
    for role, place in [(Role.PROVINCE_STAFF, province), (Role.COMMUNE_LEADER, commune)]:
        client.force_login(make_user(role, place))
        labels = [item["label"] for item in client.get("/").context["shell"]["menu"]]
        assert labels[0] == "Việc cần làm" and "Việc cần lưu ý" not in labels


def entered_long_ago(point):
    SchemePoint.objects.filter(pk=point.pk).update(created_at="2025-01-01T00:00:00Z")


def test_units_that_neglect_their_book_come_first_with_their_names(client, province):
    busy, quiet, empty = (
        make_unit(parent=province, name=name) for name in ("Xã A", "Xã B", "Xã C")
    )
    make_done(busy)
    entered_long_ago(make_done(quiet, launched_on=OLD))
    make_done(empty, status=Status.VOIDED, status_reason="nhầm")
    make_done(make_unit())
    client.force_login(make_user(Role.PROVINCE_STAFF, province))

    found = client.get("/").context["neglected"]
    rows = client.get(ATTENTION).context["rows"]

    assert (found.empty, found.quiet) == ([empty], [quiet])
    assert [(row.unit, row.entered_on) for row in rows] == [
        (empty, None),
        (quiet, OLD),
        (busy, TODAY),
    ]
    text = client.get("/").content.decode()
    assert "Xã C" in text and "Xã B" in text


def test_what_was_said_or_entered_lately_wakes_a_unit(client, province):
    said, entered = make_unit(parent=province), make_unit(parent=province)
    point = make_done(said, launched_on=OLD)
    entered_long_ago(point)
    SchemePoint.objects.filter(pk=point.pk).update(checked_on=TODAY)
    make_done(entered, launched_on=OLD)
    client.force_login(make_user(Role.PROVINCE_STAFF, province))

    assert client.get("/").context["neglected"].quiet == []


def test_a_committee_sees_its_units_and_each_number_opens_its_list(client, province):
    inside, outside = make_unit(parent=province), make_unit(parent=province)
    group = make_unit(Level.GROUP, parent=province)
    GroupMember.objects.create(group=group, unit=inside)
    make_done(inside, launched_on=OLD)
    make_done(inside, status=Status.WAITING)
    make_done(outside, launched_on=OLD)
    client.force_login(make_user(Role.COMMITTEE, group))

    rows = client.get(ATTENTION).context["rows"]

    assert [row.unit for row in rows] == [inside]
    shown = {label: cell for label, cell in rows[0].cells if cell.url}
    assert {label: str(cell.quantity) for label, cell in shown.items()} == {
        "Chờ duyệt": "1",
        "6 tháng không có thông tin": "1",
    }
    for cell in shown.values():
        assert client.get(cell.url).context["page_obj"].paginator.count == cell.quantity.value
    assert client.get(ATTENTION, {"unit": outside.key}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_attention_costs_the_same_queries_whatever_it_shows(
    client, province, count, django_assert_num_queries
):
    for _ in range(count):
        make_done(make_unit(parent=province), launched_on=OLD)
    client.force_login(make_user(Role.COMMITTEE, province))

    # session, user, roles; units, all numbers, the last days; the session is prolonged (three)
    with django_assert_num_queries(9):
        client.get(ATTENTION)


def test_an_account_without_a_unit_is_told_so(client):
    client.force_login(make_user())

    assert client.get(ATTENTION).status_code == 400
