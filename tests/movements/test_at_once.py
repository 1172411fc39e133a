"""Two requests at the very same moment, on two connections."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest
from django.contrib.admin import ModelAdmin
from django.db import connection
from django.test import Client
from django.urls import reverse

from antq.accounts import batch_views
from antq.accounts.models import User
from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.units.forms import ProfileForm
from antq.units.models import AdministrativeUnit, ResidentialArea, UnitProfile
from movements.models import Scheme, SchemePoint, SchemeType
from movements.views import types
from tests.factories import make_point, make_unit, make_user, unit
from tests.movements.pages import NEW, retyped, typed


@pytest.fixture
def commune(django_db_setup, django_db_blocker):
    """Rows that every connection sees; taken away afterwards, the units of Viet Nam are not."""
    with django_db_blocker.unblock():
        types = set(SchemeType.objects.values_list("pk", flat=True))
        commune = make_unit()
        yield commune
        ReviewEvent.objects.all().delete()
        SchemePoint.objects.all().delete()
        Scheme.objects.all().delete()
        SchemeType.objects.exclude(pk__in=types).delete()
        ResidentialArea.objects.filter(unit=commune).delete()
        User.objects.all().delete()
        AdministrativeUnit.objects.filter(pk__in=[commune.pk]).delete()
        AdministrativeUnit.objects.filter(pk=commune.parent_id).delete()


def at_once(*requests):
    """Run each (user, url, data) as a POST in a thread of its own; returns the responses."""
    start = Barrier(len(requests))

    def send(user, url, data):
        client = Client()
        client.force_login(user)
        start.wait()
        try:
            return client.post(url, data)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        futures = [pool.submit(send, *request) for request in requests]
        return [future.result() for future in futures]


def test_a_double_click_makes_one_point(commune):
    officer = make_user(Role.COMMUNE_OFFICER, commune)
    data = typed(commune)
    responses = at_once(*[(officer, reverse(NEW), data)] * 4)

    point = SchemePoint.objects.get()
    assert {response.status_code for response in responses} == {302}
    assert {response.url for response in responses} == {
        reverse("movements:point-detail", args=[point.pk])
    }
    assert Scheme.objects.count() == 1
    assert ResidentialArea.objects.filter(unit=commune).count() == 1
    assert point.states.count() == 1
    assert ReviewEvent.objects.about(point).count() == 1


def test_two_leaders_make_one_acceptance_and_one_message(commune):
    point = make_point(unit=commune, status=Status.WAITING)
    leaders = [make_user(Role.COMMUNE_LEADER, commune) for _ in range(2)]
    url = reverse("movements:point-confirm", args=[point.pk])
    at_once(*[(leader, url, {}) for leader in leaders])

    point.refresh_from_db()
    assert (point.status, point.version) == (Status.CONFIRMED, 2)
    assert ReviewEvent.objects.about(point).count() == 1


def test_of_two_editors_one_saves_and_one_is_told(client, commune):
    point = make_point(unit=commune)
    editors = [make_user(Role.COMMUNE_OFFICER, commune) for _ in range(2)]
    client.force_login(editors[0])
    url = reverse("movements:point-edit", args=[point.pk])
    names = ("Siu Bin", "Rơ Châm Bình")
    sent = [retyped(client, point, leader=name) for name in names]
    responses = at_once(*[(user, url, data) for user, data in zip(editors, sent, strict=True)])

    point.refresh_from_db()
    assert sorted(response.status_code for response in responses) == [200, 302]
    told = next(response for response in responses if response.status_code == 200)
    assert told.context["form"].conflict
    saved = names[0] if responses[0].status_code == 302 else names[1]
    assert (point.leader, point.version) == (saved, 2)
    assert ReviewEvent.objects.about(point).count() == 1


def test_two_of_a_province_return_a_line_once(commune):
    staff = [make_user(Role.PROVINCE_STAFF, commune.parent) for _ in range(2)]
    point = make_point(unit=commune)
    url = reverse("movements:point-return-lines", args=[point.pk])
    responses = at_once(*[(user, url, {"version": 1, "why_": "Xem lại"}) for user in staff])

    assert 302 in {response.status_code for response in responses}
    assert {response.status_code for response in responses} <= {200, 302, 404}
    assert point.returned_lines.count() == 1
    assert ReviewEvent.objects.about(point).count() == 1


@pytest.fixture
def between_check_and_write(monkeypatch):
    """Two requests meet here: each has looked before either writes. What follows is free."""

    def meet(owner, name):
        real, start, turns = getattr(owner, name), Barrier(2), count()

        def write(*args, **kwargs):
            if next(turns) < 2:
                start.wait(timeout=30)
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, write)

    return meet


def test_of_two_who_make_one_type_the_second_is_told(commune, between_check_and_write):
    staff = [make_user(Role.PROVINCE_STAFF, commune.parent) for _ in range(2)]
    data = {"name": "Đèn đường an ninh", "programme": "movement", "block": "residential"}
    between_check_and_write(types, "save_with_note")
    responses = at_once(*[(user, reverse("movements:type-create"), data) for user in staff])

    made = SchemeType.objects.get(name=data["name"])
    first, second = sorted(responses, key=lambda each: -each.status_code)
    assert (first.status_code, first.url) == (
        302,
        reverse("movements:type-detail", args=[made.pk]),
    )
    assert second.status_code == 200
    assert second.context["form"].non_field_errors() == ["Loại hình này đã có."]
    assert second.context["form"]["name"].value() == data["name"]
    assert ReviewEvent.objects.about(made).count() == 1


def test_of_two_who_write_the_size_of_a_year_the_second_sees_the_first(
    commune, between_check_and_write
):
    officers = [make_user(Role.COMMUNE_OFFICER, commune) for _ in range(2)]
    url = f"{reverse('units:profile-list')}?unit={commune.key}&year=2025"
    seen = "None|None|None"
    between_check_and_write(ProfileForm, "save")
    responses = at_once(
        *[
            (user, url, {"households": number, "population": "5000", "seen": seen})
            for user, number in zip(officers, ("100", "200"), strict=True)
        ]
    )

    stored = UnitProfile.objects.get(unit=commune, year=2025)
    assert sorted(response.status_code for response in responses) == [200, 302]
    told = next(response for response in responses if response.status_code == 200)
    (error,) = told.context["form"].non_field_errors()
    assert f"Số hộ: {stored.households}" in error
    assert told.context["form"]["households"].value() == str(300 - stored.households)


def test_of_two_who_add_one_area_in_the_admin_the_second_is_told(commune, between_check_and_write):
    admins = [make_user(Role.ADMIN, unit("VN")) for _ in range(2)]
    data = {"unit": commune.pk, "name": "Thôn Hai", "aliases": "", "valid_from": "", "valid_to": ""}
    between_check_and_write(ModelAdmin, "save_model")
    url = reverse("admin:units_residentialarea_add")
    responses = at_once(*[(user, url, data) for user in admins])

    assert ResidentialArea.objects.filter(unit=commune).count() == 1
    assert sorted(response.status_code for response in responses) == [200, 302]
    told = next(response for response in responses if response.status_code == 200)
    form = told.context["adminform"].form
    assert form.non_field_errors() == ["Địa bàn này đã có trong danh sách của xã."]


def test_a_list_of_accounts_tells_of_one_that_was_made_meanwhile(commune, monkeypatch):
    admin, real, turns = make_user(Role.ADMIN, unit("VN")), batch_views.make_accounts, count()

    def in_the_admin():
        make_user(username="nay.linh")
        connection.close()

    def make(lines):
        if not next(turns):
            with ThreadPoolExecutor(1) as pool:
                pool.submit(in_the_admin).result()
        return real(lines)

    monkeypatch.setattr(batch_views, "make_accounts", make)
    line = f"{commune.name}\tcán bộ\tNay Linh\t\tnay.linh"
    data = {"province": commune.parent.key, "lines": line, "step": "make"}
    (response,) = at_once((admin, reverse("accounts:batch"), data))

    assert response.status_code == 200
    (read,) = response.context["lines"]
    assert read.errors == ["Tên đăng nhập “nay.linh” đã có. Chọn tên khác."]
    assert User.objects.filter(username="nay.linh").count() == 1
