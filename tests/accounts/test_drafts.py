"""Drafts: what was typed and not saved, for its user alone, without secrets."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from antq.accounts import drafts
from antq.accounts.models import Draft
from antq.accounts.roles import Role
from movements.models import SchemePoint
from tests.factories import PASSWORD, make_point, make_unit, make_user
from tests.movements.pages import NEW, retyped, typed

pytestmark = pytest.mark.django_db
URL = "/accounts/drafts/?form="


@pytest.fixture
def own():
    return make_unit()


@pytest.fixture
def officer(client, own):
    user = make_user(Role.COMMUNE_OFFICER, own)
    client.force_login(user)
    return user


def send(client, fields, form="point-create"):
    content = json.dumps({"fields": fields})
    return client.post(URL + form, content, content_type="application/json")


def fields_of(data: dict) -> list:
    return [
        [name, value if isinstance(value, list) else [str(value)]] for name, value in data.items()
    ]


def test_what_is_typed_is_kept_and_given_back_as_it_was(client, officer):
    fields = [["members", ["hơn "]], ["areas", ["Buôn A", "Buôn B"]], ["note", [""]]]

    answer = send(client, fields).json()

    assert set(answer) == {"time", "day"}
    found = client.get(URL + "point-create").json()
    assert found == answer | {"fields": fields}
    assert client.get(URL + "point-edit:1").json() == {}


def test_a_draft_is_written_over_and_dropped(client, officer):
    send(client, [["note", ["a"]]])
    send(client, [["note", ["ab"]]])
    assert Draft.objects.get().fields == [["note", ["ab"]]]

    client.delete(URL + "point-create")

    assert not Draft.objects.exists()
    assert client.get(URL + "point-create").json() == {}


def test_a_draft_is_of_its_user_alone(client, officer, own):
    send(client, [["note", ["của tôi"]]])
    client.force_login(make_user(Role.COMMUNE_OFFICER, own))

    assert client.get(URL + "point-create").json() == {}
    client.delete(URL + "point-create")
    assert "của tôi" not in client.get(reverse(NEW) + "?draft=1").content.decode()
    assert Draft.objects.get().user == officer


def test_secrets_are_never_kept(client, officer):
    secret = [["csrfmiddlewaretoken", ["t"]], ["new_password1", ["p"]], ["Password", ["p"]]]

    send(client, [*secret, ["note", ["n"]]])

    assert Draft.objects.get().fields == [["note", ["n"]]]


@pytest.mark.parametrize("form", ["", "A", "x y", "%00", "a" * 101, "../etc", "-a"])
def test_strange_names_are_refused(client, officer, form):
    assert client.get(URL + form).status_code == 400
    assert send(client, [], form).status_code == 400
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"[]",
        b"{}",
        b"null",
        b'{"fields": 1}',
        b'{"fields": [1]}',
        b'{"fields": [["a"]]}',
        b'{"fields": [["a", [1]]]}',
        b'{"fields": [[1, ["a"]]]}',
        b'{"fields": [["a", null]]}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"fields": [["a", ["' + b"a" * drafts.LONGEST + b'"]]]}',
    ],
)
def test_what_is_no_draft_is_refused(client, officer, content):
    answer = client.post(URL + "point-create", content, content_type="application/json")

    assert answer.status_code == 400
    assert not Draft.objects.exists()


def test_what_a_database_cannot_hold_is_left_out(client, officer):
    content = b'{"fields": [["no\\u0000te", ["a\\u0000b\\ud800c"]]]}'

    client.post(URL + "point-create", content, content_type="application/json")

    assert Draft.objects.get().fields == [["note", ["abc"]]]


def test_the_oldest_of_very_many_go(client, officer):
    for number in range(drafts.MOST + 2):
        send(client, [], f"point-edit:{number}")

    kept = set(Draft.objects.values_list("form", flat=True))
    assert kept == {f"point-edit:{number}" for number in range(2, drafts.MOST + 2)}


def test_an_ended_session_is_said_and_not_a_page(client):
    answer = client.post(
        URL + "point-create", b"{}", content_type="application/json", headers={"HX-Request": "true"}
    )

    assert (answer.status_code, answer.headers["X-Session-Ended"]) == (401, "true")


def test_the_form_of_a_new_point_shows_the_draft_and_saving_drops_it(client, officer, own):
    data = typed(own, launched="03/02/20", members="hơn", areas=["Buôn Mới", "Buôn Cũ"])
    send(client, fields_of(data))

    page = client.get(reverse(NEW) + "?draft=1")

    form, text = page.context["form"], page.content.decode()
    assert form["launched"].value() == "03/02/20"
    assert form["members"].value() == "hơn"
    assert form["areas"].value() == ["Buôn Mới", "Buôn Cũ"]
    assert form["attr_camera_eyes"].value() == "12"
    assert form["client_uuid"].value() == data["client_uuid"]
    assert 'value="hơn"' in text
    assert "data-draft-typed" in text
    assert '<option value="Buôn Mới" selected>' in text

    again = typed(own, client_uuid=data["client_uuid"], _draft="point-create")
    response = client.post(reverse(NEW) + "?draft=1", again)
    assert response.status_code == 302
    assert not Draft.objects.exists()
    assert 'data-saved="point-create"' in client.get("/").content.decode()
    assert 'data-saved=""' in client.get("/").content.decode()


def test_an_error_keeps_the_draft(client, officer, own):
    data = typed(own, launched="31/02/2026", _draft="point-create")
    send(client, fields_of(data))

    client.post(reverse(NEW), data)

    assert Draft.objects.exists()
    assert 'data-saved=""' in client.get("/").content.decode()


def test_saving_another_new_point_keeps_the_draft(client, officer, own):
    """The offered draft was neither restored nor dropped: it is of another point."""
    send(client, fields_of(typed(own, location="Chợ")))

    client.post(reverse(NEW), typed(own, _draft="point-create"))

    assert SchemePoint.objects.count() == 1
    assert Draft.objects.exists()


def test_the_draft_of_an_edit_is_shown_and_a_change_meanwhile_is_told(client, officer, own):
    point = make_point(unit=own)
    form = f"point-edit:{point.pk}"
    edit = reverse("movements:point-edit", args=[point.pk])
    send(client, fields_of(retyped(client, point, leader="Ksor Bi", members="gần")), form)

    page = client.get(f"{edit}?draft=1")
    assert page.context["form"]["leader"].value() == "Ksor Bi"
    assert page.context["form"]["members"].value() == "gần"
    assert f'data-draft="{form}"' in page.content.decode()

    SchemePoint.objects.filter(pk=point.pk).update(version=2, leader="Người khác")
    data = retyped(client, point, leader="Ksor Bi") | {"version": "1", "_draft": form}
    told = client.post(f"{edit}?draft=1", data)
    assert told.context["form"].conflict
    assert Draft.objects.exists()

    saved = client.post(f"{edit}?draft=1", data | {"version": "2"})
    assert saved.status_code == 302
    point.refresh_from_db()
    assert point.leader == "Ksor Bi"
    assert not Draft.objects.exists()


def test_a_page_asked_for_a_draft_that_there_is_not_is_as_usual(client, officer):
    page = client.get(reverse(NEW) + "?draft=1")

    assert page.status_code == 200
    assert "data-draft-typed" not in page.content.decode()


def test_what_a_part_of_a_page_draws_does_not_take_what_was_saved(client, officer, own):
    client.post(reverse(NEW), typed(own, _draft="point-create"))
    client.get(reverse("movements:point-fields"))

    assert 'data-saved="point-create"' in client.get("/").content.decode()


@pytest.mark.parametrize("name", ["", "X", "\0", "a" * 200])
def test_a_strange_name_of_a_draft_does_not_hinder_a_save(client, officer, own, name):
    response = client.post(reverse(NEW), typed(own, _draft=name))

    assert response.status_code == 302
    assert 'data-saved=""' in client.get("/").content.decode()


@pytest.mark.parametrize("who", ["owner", "anybody"])
def test_a_draft_that_nobody_touched_for_long_goes_when_somebody_signs_in(client, officer, who):
    old, young = (Draft.objects.create(user=officer, form=form) for form in ("a", "b"))
    aged = {old: drafts.KEPT + timedelta(minutes=1), young: drafts.KEPT - timedelta(minutes=1)}
    for row, age in aged.items():
        Draft.objects.filter(pk=row.pk).update(updated_at=now() - age)
    user = officer if who == "owner" else make_user()
    client.post(reverse("accounts:sign-out"))

    wrong = {"username": user.username, "password": "khong-dung-2026"}
    client.post(reverse("accounts:sign-in"), wrong)
    assert Draft.objects.count() == 2
    client.post(reverse("accounts:sign-in"), wrong | {"password": PASSWORD})

    assert list(Draft.objects.all()) == [young]
