"""Two requests at the very same moment, on two connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from antq.accounts.models import User
from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.units.models import AdministrativeUnit, ResidentialArea
from movements.models import Scheme, SchemePoint, SchemeType
from tests.factories import make_point, make_unit, make_user
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
