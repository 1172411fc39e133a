"""What points, schemes and units were honoured for."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.units.choices import Level
from movements.choices import CatalogueStatus
from movements.models import Recognition, SchemePoint
from tests.factories import make_point, make_scheme, make_unit, make_user
from tests.movements.pages import retyped

pytestmark = pytest.mark.django_db
NEW, LIST = reverse("movements:recognition-create"), reverse("movements:recognition-list")


@pytest.fixture
def commune():
    return make_unit()


@pytest.fixture
def officer(client, commune):
    user = make_user(Role.COMMUNE_OFFICER, commune)
    client.force_login(user)
    return user


@pytest.fixture
def point(commune):
    return make_point(unit=commune)


def send(client, about, **data):
    values = {
        "client_uuid": str(uuid4()),
        "level": "province",
        "kind": "example",
        "on": "20/07/2026",
        "number": "12/QĐ-UBND",
        "by": "UBND tỉnh",
    }
    return client.post(f"{NEW}?{about}", values | data, follow=True)


def test_a_point_is_recognised(client, officer, point):
    response = send(client, f"point={point.pk}")
    row = Recognition.objects.get()
    assert (row.point, row.unit, row.scheme) == (point, point.unit, None)
    assert (row.level, row.kind, row.on, row.number) == (
        "province",
        "example",
        date(2026, 7, 20),
        "12/QĐ-UBND",
    )
    assert row.created_by == officer
    assert "Điển hình tiên tiến, cấp tỉnh" in response.content.decode()
    assert ReviewEvent.objects.about(point).get().action == "Ghi công nhận"


def test_a_scheme_is_recognised_in_a_unit(client, officer, commune):
    scheme = make_scheme()
    response = send(client, f"scheme={scheme.pk}", on="2025")
    row = Recognition.objects.get()
    assert (row.scheme, row.point, row.unit) == (scheme, None, commune)
    assert (row.on, row.precision, row.on_text) == (date(2025, 1, 1), "year", "2025")
    assert "Điển hình tiên tiến" in response.content.decode()


def test_a_unit_is_recognised(client, officer, commune):
    response = send(client, f"unit={commune.key}", on="")
    row = Recognition.objects.get()
    assert (row.unit, row.scheme, row.point, row.on) == (commune, None, None, None)
    assert [each.pk for each in response.context["page_obj"]] == [row.pk]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"level": "district", "on": "01/07/2025"}, "level"),
        ({"level": "district", "on": "2026"}, "level"),
        ({"level": ""}, "level"),
        ({"kind": "khác"}, "kind"),
        ({"on": "01/01/2099"}, "on"),
        ({"on": "31/02/2026"}, "on"),
        ({"number": "x" * 61}, "number"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, officer, point, data, field):
    response = send(client, f"point={point.pk}", **data)
    assert list(response.context["form"].errors) == [field]
    assert not Recognition.objects.exists()


def test_the_district_recognised_until_the_end_of_june_2025(client, officer, point):
    refused = send(client, f"point={point.pk}", level="district", on="01/07/2025")
    assert "không còn cấp huyện" in refused.content.decode()
    send(client, f"point={point.pk}", level="district", on="30/06/2025")
    assert Recognition.objects.get().level == "district"


def test_a_double_click_makes_one(client, officer, point):
    uuid = str(uuid4())
    for _ in range(2):
        send(client, f"point={point.pk}", client_uuid=uuid)
    assert Recognition.objects.count() == 1


def test_it_is_changed_and_a_second_editor_is_told(client, officer, point):
    send(client, f"point={point.pk}")
    row = Recognition.objects.get()
    url = reverse("movements:recognition-edit", args=[row.pk])
    data = {"client_uuid": row.client_uuid, "version": "1", "level": "ministry", "kind": "praise"}
    client.post(url, data)
    row.refresh_from_db()
    assert (row.level, row.version, row.on) == ("ministry", 2, None)
    response = client.post(url, data | {"level": "commune"})
    assert "vừa được người khác ghi" in response.content.decode()
    row.refresh_from_db()
    assert row.level == "ministry"


def test_it_is_removed_with_a_reason(client, officer, point):
    send(client, f"point={point.pk}")
    url = reverse("movements:recognition-remove", args=[Recognition.objects.get().pk])
    client.post(url, {"reason": " "})
    assert Recognition.objects.exists()
    client.post(url, {"reason": "của điểm khác"})
    assert not Recognition.objects.exists()
    last = ReviewEvent.objects.about(point).last()
    assert (last.action, "của điểm khác" in last.reason) == ("Xóa công nhận", True)


def test_the_list_shows_exactly_the_own_ones_and_filters(client, officer, commune, point):
    def made(**values):
        values = {"unit": commune, "level": "commune", "kind": "praise", **values}
        return Recognition.objects.create(**values).pk

    of_point = made(point=point, on=date(2026, 1, 1))
    of_unit = made(level="province", on=date(2025, 1, 1))
    made(unit=make_unit(), level="province")

    def shown(**asked):
        return [row.pk for row in client.get(LIST, asked).context["page_obj"]]

    assert shown() == [of_point, of_unit]
    assert shown(level="province") == [of_unit]
    assert shown(year="2026") == [of_point]
    assert shown(scheme=point.scheme_id) == [of_point]
    assert shown(q=point.scheme.name) == [of_point]
    assert shown(kind="example") == []
    assert shown(unit=commune.key) == [of_point, of_unit]


@pytest.mark.parametrize("query", ["level=x", "year=x", "scheme=x", "page=0", "kind=%27", "q=%00"])
def test_garbage_in_the_address_is_refused(client, officer, query):
    assert client.get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["point=0", "point=x", "unit=x", "scheme=x", "scheme=" + "9" * 30]
)
def test_what_is_not_there_is_not_found(client, officer, query):
    assert client.get(f"{NEW}?{query}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same(client, officer, commune, count, django_assert_num_queries):
    for _ in range(count):
        made = make_point(unit=commune)
        Recognition.objects.create(unit=commune, point=made, level="commune", kind="praise")
    with django_assert_num_queries(8):  # two are the savepoint round the session
        client.get(LIST)


def test_others_find_nothing_and_change_nothing(client, commune, point):
    row = Recognition.objects.create(
        unit=commune, point=point, level="commune", kind="praise", note="Chữ kín"
    )
    client.force_login(make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE)))
    edit = reverse("movements:recognition-edit", args=[row.pk])
    remove = reverse("movements:recognition-remove", args=[row.pk])
    assert client.get(edit).status_code == 404
    assert client.post(edit, {}).status_code == 404
    assert client.post(remove, {"reason": "x"}).status_code == 404
    assert client.get(f"{NEW}?point={point.pk}").status_code == 404
    assert client.get(f"{NEW}?unit={commune.key}").status_code == 404
    assert client.get(LIST, {"unit": commune.key}).status_code == 404
    assert "Chữ kín" not in client.get(LIST).content.decode()

    client.force_login(make_user(Role.COMMITTEE, commune))
    assert client.get(LIST).context["page_obj"].object_list[0] == row
    assert client.get(edit).status_code == 403
    assert client.post(remove, {"reason": "x"}).status_code == 403
    assert Recognition.objects.filter(pk=row.pk, version=1).exists()


def test_it_counts_where_its_point_counts(client, officer, commune, point):
    """The province puts the point in another commune: what it was honoured for goes along."""
    send(client, f"point={point.pk}")
    other = make_unit(parent=commune.parent)
    client.force_login(make_user(Role.PROVINCE_STAFF, commune.parent))
    edit = reverse("movements:point-edit", args=[point.pk])
    client.post(edit, retyped(client, point) | {"unit": other.key})

    point.refresh_from_db()
    assert (point.unit, Recognition.objects.get().unit) == (other, other)


def test_of_a_voided_point_it_stays(client, officer, point):
    send(client, f"point={point.pk}")
    SchemePoint.objects.update(status=Status.VOIDED, status_reason="nhầm")
    row = Recognition.objects.get()

    remove = reverse("movements:recognition-remove", args=[row.pk])
    response = client.post(remove, {"reason": "nhầm"}, follow=True)

    assert "đã hủy do nhập nhầm" in response.content.decode()
    assert Recognition.objects.get() == row


def test_a_scheme_that_one_may_not_choose_is_not_found(client, officer, commune):
    """A name of another province that waits, and one that is merged away."""
    kept = make_scheme()
    for scheme in (
        make_scheme(owner=make_unit(Level.PROVINCE), status=CatalogueStatus.PROPOSED),
        make_scheme(merged_into=kept),
    ):
        about = f"unit={commune.key}&scheme={scheme.pk}"
        assert send(client, about).status_code == 404
    assert not Recognition.objects.exists()
