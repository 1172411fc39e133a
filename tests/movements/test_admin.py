"""The admin of the register, in the hands of someone who makes mistakes."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from antq.accounts.roles import Role
from antq.review.models import ReviewEvent, Source
from movements.models import PointState, Scheme, SchemeAttribute, SchemePoint, SchemeType
from tests.factories import make_point, make_scheme, make_unit, make_user, unit
from tests.movements.pages import camera

pytestmark = pytest.mark.django_db


@pytest.fixture
def point():
    return make_point(scheme=make_scheme(type=camera()), attributes={"camera_eyes": 8}, members=6)


@pytest.fixture
def admin(client):
    user = make_user(Role.ADMIN, unit("VN"), is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def url(table, name, *args):
    return reverse(f"admin:{table._meta.app_label}_{table._meta.model_name}_{name}", args=args)


def sent(point, **changes) -> dict:
    """What the admin form of a point with one state sends."""
    state = point.states.get()
    data = {
        "scheme": point.scheme_id,
        "unit": point.unit_id,
        "block": point.block,
        "count": 1,
        "launched_on": "01/08/2025",
        "launched_precision": "day",
        "states-TOTAL_FORMS": 1,
        "states-INITIAL_FORMS": 1,
        "states-0-id": state.pk,
        "states-0-point": point.pk,
        "states-0-as_of": "01/08/2025",
        "states-0-members": "6",
        "states-0-attributes": '{"camera_eyes": 8}',
        "states-0-qualifiers": "{}",
    }
    return data | changes


def errors_of(response) -> str:
    assert response.status_code == 200
    forms = [response.context["adminform"].form]
    forms += [form for each in response.context["inline_admin_formsets"] for form in each.formset]
    return " ".join(str(form.errors) for form in forms)


@pytest.mark.parametrize(
    "table", [SchemeType, SchemeAttribute, Scheme, SchemePoint, PointState, Source, ReviewEvent]
)
def test_lists_and_searches_open(client, admin, point, table):
    assert client.get(url(table, "changelist")).status_code == 200
    assert client.get(url(table, "changelist"), {"q": "xã thử"}).status_code == 200
    found = table.objects.first()
    if found:
        assert client.get(url(table, "change", found.pk)).status_code == 200


def test_edit_tells_whoever_has_the_page_open(client, admin, point):
    response = client.post(
        url(SchemePoint, "change", point.pk),
        sent(point, leader="Siu Bin", **{"states-0-attributes": '{"camera_eyes": 9}'}),
    )
    assert response.status_code == 302
    point.refresh_from_db()
    assert (point.leader, point.version, point.updated_by) == ("Siu Bin", 2, admin)
    assert point.attributes == {"camera_eyes": 9}


def test_a_second_state_moves_the_span_of_the_first(client, admin, point):
    more = {
        "states-TOTAL_FORMS": 2,
        "states-1-point": point.pk,
        "states-1-as_of": "01/06/2026",
        "states-1-attributes": '{"camera_eyes": 12}',
        "states-1-qualifiers": '{"camera_eyes": "over"}',
    }
    response = client.post(url(SchemePoint, "change", point.pk), sent(point, **more))
    assert response.status_code == 302
    spans = [(state.as_of, state.valid_to) for state in point.states.order_by("as_of")]
    assert spans == [
        (date(2025, 8, 1), date(2026, 5, 31)),
        (date(2026, 6, 1), date.max),
    ]
    point.refresh_from_db()
    assert (point.attributes, point.members) == ({"camera_eyes": 12}, None)


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ('{"camera_eyes": "nhiều"}', "phải là số"),
        ('{"camera_eyes": true}', "phải là số"),
        ('{"camera_eyes": NaN}', "phải là số"),
        ('{"camera_eyes": 1e999}', "phải là số"),
        ('{"camera_eyes": 1' + "0" * 400 + "}", "phải là số"),
        ('{"camera_eyes": -1}', "từ 0 trở lên"),
        ('{"camera_eyes": 1.5}', "số nguyên"),
        ('{"retention_days": 4000}', "không quá 3.650"),
        ('{"monitoring_place": 5}', "phải là chữ"),
        ('{"monitoring_place": "a\\u0000"}', "phải là chữ"),
        ('{"khong_co": 5}', "không có thông tin"),
        ("[1]", "khóa"),
        ("{", "JSON"),
    ],
)
def test_attributes_are_checked_by_their_definition(client, admin, point, attributes, says):
    data = sent(point, **{"states-0-attributes": attributes})
    assert says in errors_of(client.post(url(SchemePoint, "change", point.pk), data))
    point.refresh_from_db()
    assert point.attributes == {"camera_eyes": 8}


@pytest.mark.parametrize(
    "qualifiers", ['{"members": "nhiều"}', '{"x": "over"}', '{"members": [1]}']
)
def test_qualifiers_are_checked(client, admin, point, qualifiers):
    data = sent(point, **{"states-0-qualifiers": qualifiers})
    assert "over, under hoặc about" in errors_of(
        client.post(url(SchemePoint, "change", point.pk), data)
    )


def test_the_same_place_twice_is_a_message(client, admin, point):
    twin = make_point(unit=point.unit, scheme=point.scheme, location="Ngã ba")
    response = client.post(url(SchemePoint, "change", twin.pk), sent(twin, location=""))
    assert "đã có trong sổ" in errors_of(response)


def test_status_is_not_changed_here(client, admin, point):
    client.post(url(SchemePoint, "change", point.pk), sent(point, status="voided"))
    point.refresh_from_db()
    assert point.status == "confirmed"


def test_a_used_key_stays(client, admin, point):
    eyes = camera().attributes.get(key="camera_eyes")
    data = {
        "type": eyes.type_id,
        "key": "mat",
        "label": eyes.label,
        "data_type": eyes.data_type,
        "adds_up": eyes.adds_up,
        "order": eyes.order,
    }
    response = client.post(url(SchemeAttribute, "change", eyes.pk), data)
    assert "không đổi được" in errors_of(response)


def test_the_trail_is_read_only(client, admin, point):
    event = ReviewEvent.objects.create(target="x", target_id=1, action="thử", by=admin)
    assert client.post(url(ReviewEvent, "change", event.pk), {"action": "khác"}).status_code == 403
    assert client.post(url(ReviewEvent, "delete", event.pk), {"post": "yes"}).status_code == 403
    assert client.get(url(ReviewEvent, "add")).status_code == 403


def test_only_for_who_administers(client, point):
    client.force_login(make_user(Role.PROVINCE_STAFF, make_unit().parent))
    response = client.get(url(SchemePoint, "changelist"))
    assert response.status_code in (302, 403)


def test_figures_of_a_day_to_come_are_refused(client, admin, point):
    day = (localdate() + timedelta(days=1)).strftime("%d/%m/%Y")
    response = client.post(
        url(SchemePoint, "change", point.pk), sent(point, **{"states-0-as_of": day})
    )
    assert "Ngày này chưa đến" in errors_of(response)


@pytest.mark.parametrize(
    "query",
    ["launched_on__year=0", "created_at__year=99999", "status__regex=(", "unit__id__exact=x"],
)
def test_a_filter_that_nobody_clicked_is_no_fault(client, admin, point, query):
    response = client.get(f"{url(SchemePoint, 'changelist')}?{query}")
    assert response.status_code in (200, 302, 400)


def test_a_search_of_very_many_words_asks_few_conditions(client, admin, point):
    with CaptureQueriesContext(connection) as queries:
        client.get(url(SchemePoint, "changelist"), {"q": " ".join(f"từ{n}" for n in range(500))})
    assert max(query["sql"].count("EXISTS") for query in queries) <= 12


def test_the_list_of_states_costs_the_same_for_more_rows(client, admin, point):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(url(PointState, "changelist"))
        return len(queries)

    cost()  # the first page after signing in also writes the session
    once = cost()
    for _ in range(3):
        make_point(location="chợ")
    assert cost() == once


def test_a_used_source_is_not_deleted(client, admin, point):
    source = Source.objects.create(kind="report", title="Báo cáo")
    address = url(Source, "delete", source.pk)
    SchemePoint.objects.filter(pk=point.pk).update(source=source)
    assert client.post(address, {"post": "yes"}).status_code == 403
    SchemePoint.objects.filter(pk=point.pk).update(source=None)
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert not Source.objects.filter(pk=source.pk).exists()
