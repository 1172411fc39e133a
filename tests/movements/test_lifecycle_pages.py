"""The page of a point as an officer sees its life, and entering one that does not run yet."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from antq.accounts.roles import Role
from antq.review.choices import Status
from movements.choices import EventKind, Stage
from movements.models import LifecycleEvent, Recognition, SchemeEvaluation, SchemePoint, Team
from movements.services import lifecycle
from movements.services.judging import scale_for
from tests.factories import make_point, make_scheme, make_unit, make_user
from tests.movements.pages import NEW, camera, only_point, typed

pytestmark = pytest.mark.django_db
PREPARE = "movements:point-prepare"


@pytest.fixture
def commune():
    return make_unit()


@pytest.fixture
def officer(client, commune):
    user = make_user(Role.COMMUNE_OFFICER, commune)
    client.force_login(user)
    return user


def prepared(commune, **changes) -> dict:
    data = {
        "client_uuid": str(uuid4()),
        "type": camera().pk,
        "new_scheme": "Camera giám sát buôn",
        "unit": commune.key,
        "areas": ["Buôn Nai"],
        "block": "residential",
        "first_step": "survey",
        "first_on": "03/02/2026",
        "decision_number": "7/KH",
        "decision_on": "01/02/2026",
    }
    return data | changes


def page(client, point):
    return client.get(reverse("movements:point-detail", args=[point.pk]))


def step(client, point, **data):
    return client.post(reverse("movements:point-life", args=[point.pk]), data, follow=True)


def messages(response):
    return " ".join(str(message) for message in response.context["messages"])


def test_a_point_is_entered_before_it_runs_and_launched(client, commune, officer):
    response = client.post(reverse(PREPARE), prepared(commune), follow=True)
    point = only_point()
    event = point.life_events.get()

    assert "chưa tính vào số liệu" in messages(response)
    assert (point.stage, point.launched_on, point.seen_on) == (Stage.SURVEY, None, None)
    assert point.status == Status.WAITING
    assert (event.kind, event.on, event.decision_number) == ("survey", date(2026, 2, 3), "7/KH")
    assert "Đang chuẩn bị (khảo sát, chờ duyệt)" in response.content.decode()
    assert not SchemePoint.objects.begun_by(localdate()).exists()

    said = messages(step(client, point, kind="launch", on="05/2026", version=point.version))
    point.refresh_from_db()
    assert said == "Đã ghi ra mắt và trình lãnh đạo duyệt."
    assert (point.launched_on, point.launched_precision) == (date(2026, 5, 1), "month")
    assert (point.stage, point.status) == (Stage.RUNNING, Status.WAITING)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_on": ""}, "first_on"),
        ({"first_on": "31/02/2026"}, "first_on"),
        ({"first_on": "01/01/2099"}, "first_on"),
        ({"decision_on": "01/01/2099"}, "decision_on"),
        ({"first_step": "launch"}, "first_step"),
        ({"type": ""}, "type"),
        ({"unit": "không-có"}, "unit"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_saved(
    client, commune, officer, changes, field
):
    if field == "unit":
        make_unit(parent=commune.parent)
        officer.assignments.create(role=Role.COMMUNE_OFFICER, unit=make_unit())
    response = client.post(reverse(PREPARE), prepared(commune, **changes))
    assert list(response.context["form"].errors) == [field]
    assert not SchemePoint.objects.exists() and not LifecycleEvent.objects.exists()


def test_a_double_click_makes_one_preparing_point(client, commune, officer):
    data = prepared(commune)
    first = client.post(reverse(PREPARE), data)
    second = client.post(reverse(PREPARE), data)
    assert SchemePoint.objects.count() == 1
    assert LifecycleEvent.objects.count() == 1
    assert first.url == second.url


def test_a_reader_may_not_prepare(client, commune):
    client.force_login(make_user(Role.COMMITTEE, commune))
    assert client.get(reverse(PREPARE)).status_code == 403


def test_a_preparing_point_is_edited_without_a_launch_day(client, commune, officer):
    client.post(reverse(PREPARE), prepared(commune))
    point = only_point()
    url = reverse("movements:point-edit", args=[point.pk])
    form = client.get(url).context["form"]
    data = {bound.name: bound.field.prepare_value(bound.value()) or "" for bound in form}

    client.post(url, data | {"leader": "Ksor H'Lan"})

    point.refresh_from_db()
    assert (point.leader, point.stage, point.launched_on) == ("Ksor H'Lan", Stage.SURVEY, None)
    assert [area.name for area in point.areas.all()] == ["Buôn Nai"]
    assert point.states.count() == 1


def test_errors_of_a_step_stand_in_its_form_with_what_was_typed(client, commune, officer):
    point = make_point(unit=commune, launched_on=date(2026, 3, 1))
    response = step(client, point, kind="review", on="28/02/2026", note="Sơ kết quý I")
    (panel,) = [each for each in response.context["life_panels"] if each.is_open]
    assert "Không được trước ngày điểm bắt đầu" in panel.form.errors["on"][0]
    assert "Sơ kết quý I" in response.content.decode()
    assert not LifecycleEvent.objects.exists()


@pytest.mark.parametrize("value", ["", "x", "dissolution", "\x00", "9" * 400])
def test_garbage_is_refused(client, commune, officer, value):
    point = make_point(unit=commune)
    assert step(client, point, kind=value, on=value).status_code in (200, 400)
    assert not LifecycleEvent.objects.exists()


def test_list_and_page_say_suspended_on_that_day(client, commune, officer):
    point = make_point(unit=commune, launched_on=date(2026, 1, 1))
    make_point(unit=commune, launched_on=date(2026, 1, 1))
    step(client, point, kind="suspension", on="01/03/2026")
    step(client, point, kind="resumption", on="01/04/2026")
    url = reverse("movements:point-list")

    def shown(**asked):
        return {row.pk: state[0] for row, state, _ in client.get(url, asked).context["rows"]}

    assert shown(on="15/03/2026")[point.pk] == "suspended"
    assert shown(on="15/04/2026")[point.pk] == "confirmed"
    assert list(shown(on="15/03/2026", status="suspended")) == [point.pk]
    assert point.pk not in shown(on="15/03/2026", status="active")
    assert shown(status="suspended") == {}
    assert "Tạm dừng" not in page(client, point).content.decode().split('id="life"')[0]


def test_the_step_is_withdrawn_on_the_page(client, commune, officer):
    point = make_point(unit=commune, launched_on=date(2026, 1, 1))
    step(client, point, kind="suspension", on="01/03/2026")
    event = point.life_events.get()
    url = reverse("movements:point-life-withdraw", args=[point.pk])
    client.post(url, {"event": event.pk, "reason": "  "})
    assert point.life_events.exists()
    client.post(url, {"event": event.pk, "reason": "Ghi nhầm điểm"})
    point.refresh_from_db()
    assert (point.stage, point.life_events.count()) == (Stage.RUNNING, 0)


def test_a_replica_is_made_after_its_example(client, commune, officer):
    origin = make_point(
        unit=commune,
        scheme=make_scheme(type=camera(), name="Camera an ninh thử"),
        attributes={"camera_eyes": 40, "monitoring_place": "Trụ sở"},
        members=9,
    )
    form = client.get(f"{reverse(NEW)}?replicate={origin.pk}").context["form"]
    assert form["scheme"].value() == origin.scheme_id
    assert form["attr_monitoring_place"].value() == "Trụ sở"
    assert not form["attr_camera_eyes"].value() and not form["members"].value()

    data = typed(commune, new_scheme="", scheme=origin.scheme_id, replicated_from=origin.pk)
    client.post(reverse(NEW), data)
    replica = SchemePoint.objects.exclude(pk=origin.pk).get()
    assert replica.replicated_from == origin
    assert (
        reverse("movements:point-detail", args=[replica.pk])
        in page(client, origin).content.decode()
    )
    assert (
        reverse("movements:point-detail", args=[origin.pk])
        in page(client, replica).content.decode()
    )


@pytest.mark.parametrize("key", ["0", "x", "9" * 30, ""])
def test_an_example_that_is_none_is_not_found(client, officer, key):
    assert client.get(f"{reverse(NEW)}?replicate={key}").status_code == 404


def test_a_point_out_of_scope_is_no_example(client, commune, officer):
    hidden = make_point()
    assert client.get(f"{reverse(NEW)}?replicate={hidden.pk}").status_code == 404
    client.post(reverse(NEW), typed(commune, replicated_from=hidden.pk))
    assert not SchemePoint.objects.filter(replicated_from=hidden).exists()


def test_a_relative_out_of_scope_is_not_named(client, commune, officer):
    hidden = make_point(scheme=make_scheme(name="Mô hình tỉnh khác"))
    point = make_point(unit=commune, replicated_from=hidden)
    assert "Mô hình tỉnh khác" not in page(client, point).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_much_hangs_on_it(
    client, commune, officer, count, django_assert_num_queries
):
    point = make_point(unit=commune, launched_on=date(2023, 1, 1))
    grade = scale_for(commune, 2026).grades.first()
    for number in range(count):
        lifecycle.record_event(
            point, EventKind.REVIEW, lifecycle.PartialDay(date(2025, 1, 1)), by=officer
        )
        Team.objects.create(point=point, name=f"Tổ {number}", members=5)
        SchemeEvaluation.objects.create(point=point, year=2023 + number, grade=grade, score=95)
        Recognition.objects.create(point=point, unit=commune, level="commune", kind="praise")
        make_point(unit=commune, replicated_from=point)
    with django_assert_num_queries(14):  # two are the savepoint round the session
        text = page(client, point).content.decode()
    assert text.count("Tổ ") >= count and text.count("Biểu dương") == count
