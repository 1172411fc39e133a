"""Two who decide about one point at the very same moment, on two connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from antq.accounts.models import User
from antq.accounts.roles import Role
from antq.review.models import ReviewEvent
from antq.units.models import AdministrativeUnit, UnitSuccession
from movements.models import LifecycleEvent, Scheme, SchemePoint, SchemeType
from movements.services import lifecycle
from movements.services import points as services
from tests.factories import make_point, make_unit, make_user
from tests.movements.test_at_once import at_once
from tests.movements.test_succession import LAST, follow, left_in

URL = reverse("movements:succession-worklist")


@pytest.fixture
def shared(django_db_setup, django_db_blocker):
    """Rows that every connection sees; taken away afterwards."""
    with django_db_blocker.unblock():
        types = set(SchemeType.objects.values_list("pk", flat=True))
        commune = make_unit()
        old = follow(make_unit(parent=commune.parent, valid_to=LAST), commune)
        yield commune, old
        ReviewEvent.objects.all().delete()
        LifecycleEvent.objects.all().delete()
        SchemePoint.objects.update(merged_into=None)
        SchemePoint.objects.all().delete()
        Scheme.objects.all().delete()
        SchemeType.objects.exclude(pk__in=types).delete()
        User.objects.all().delete()
        UnitSuccession.objects.filter(predecessor=old).delete()
        AdministrativeUnit.objects.filter(pk__in=[commune.pk, old.pk]).delete()
        AdministrativeUnit.objects.filter(pk=commune.parent_id).delete()


def test_of_two_who_decide_at_once_one_is_told(shared):
    commune, old = shared
    point = left_in(old)
    people = [make_user(Role.COMMUNE_OFFICER, commune) for _ in range(2)]
    data = {"point": [point.pk], f"do-{point.pk}": "keep", f"version-{point.pk}": 1}

    responses = at_once(*[(each, URL, data) for each in people])

    assert sorted(response.status_code for response in responses) == [200, 302]
    told = next(response for response in responses if response.status_code == 200)
    assert "đã được rà soát" in told.content.decode()
    assert ReviewEvent.objects.about(point).count() == 1


def test_two_merges_into_each_other_at_once_do_not_wait_for_ever(shared):
    commune, old = shared
    first = left_in(old)
    second = left_in(old, scheme=first.scheme, location="Ngã ba")
    people = [make_user(Role.COMMUNE_OFFICER, commune) for _ in range(2)]
    pairs = [(first, second), (second, first)]
    sent = [
        {
            "point": [point.pk],
            f"do-{point.pk}": f"merge:{into.pk}",
            f"version-{point.pk}": 1,
            "on": "30/06/2026",
        }
        for point, into in pairs
    ]

    responses = at_once(*[(who, URL, data) for who, data in zip(people, sent, strict=True)])

    assert sorted(response.status_code for response in responses) == [200, 302]
    first.refresh_from_db(), second.refresh_from_db()
    assert [point.end_asked_on for point in (first, second)].count(None) == 1


def is_free(point) -> bool:
    """Whether somebody else could change the row at this moment."""

    def ask():
        try:
            with transaction.atomic():
                SchemePoint.objects.select_for_update(nowait=True).get(pk=point.pk)
        except OperationalError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask).result()


@pytest.mark.parametrize("is_older", [True, False])
def test_the_receiving_point_is_held_while_a_merge_is_confirmed(shared, monkeypatch, is_older):
    """Else it could end at the same instant, and the merged point would have gone into nothing."""
    commune, _ = shared
    one, other = make_point(unit=commune), make_point(unit=commune)
    point, into = (one, other) if is_older else (other, one)
    officer, leader = (
        make_user(role, commune) for role in (Role.COMMUNE_OFFICER, Role.COMMUNE_LEADER)
    )
    lifecycle.ask_merge(point, into, date(2026, 6, 30), "cùng thôn", officer)
    seen, save = [], services._save

    def look_and_save(*args):
        seen.append(is_free(into))
        save(*args)

    monkeypatch.setattr(services, "_save", look_and_save)
    services.confirm_end(point, by=leader)

    assert seen == [False]
    assert is_free(into)
    assert (point.ended_on, point.merged_into) == (date(2026, 6, 30), into)
