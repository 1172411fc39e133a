"""A point is entered under a name at the very moment at which the name is merged."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from antq.accounts.models import User
from antq.accounts.roles import Role
from antq.review.models import ReviewEvent
from antq.units.models import AdministrativeUnit
from movements.models import Scheme, SchemePoint, SchemeType
from movements.services.merge import merge_schemes
from tests.factories import make_point, make_scheme, make_unit, make_user, unit


@pytest.fixture
def commune(django_db_setup, django_db_blocker):
    """Rows that every connection sees; taken away afterwards."""
    with django_db_blocker.unblock():
        types = set(SchemeType.objects.values_list("pk", flat=True))
        commune = make_unit()
        yield commune
        ReviewEvent.objects.all().delete()
        SchemePoint.objects.all().delete()
        Scheme.objects.exclude(merged_into=None).delete()
        Scheme.objects.all().delete()
        SchemeType.objects.exclude(pk__in=types).delete()
        User.objects.all().delete()
        AdministrativeUnit.objects.filter(pk=commune.pk).delete()
        AdministrativeUnit.objects.filter(pk=commune.parent_id).delete()


def test_it_waits_and_stands_under_the_name_that_stays(commune):
    into = make_scheme()
    source = make_scheme(type=into.type)
    by = make_user(Role.ADMIN, unit("VN"))
    held, entering = Event(), Event()

    def enter():
        held.wait()
        entering.set()
        try:
            return make_point(scheme=source, unit=commune)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        entered = pool.submit(enter)
        with transaction.atomic():
            merge_schemes(source, into, by=by)
            held.set()
            entering.wait()
            assert not SchemePoint.objects.exists()
        point = SchemePoint.objects.get(pk=entered.result().pk)

    assert point.scheme == into
    assert not source.points.exists()
