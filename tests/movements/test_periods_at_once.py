"""Two who open or lock at the very same moment, on two connections."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from antq.accounts.models import User
from antq.review.models import ReviewEvent
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit
from movements.models import Period, ReportForm, UnitReport
from movements.services.periods import open_year
from tests.factories import make_form, make_report, make_unit, make_user


@pytest.fixture
def shared(django_db_setup, django_db_blocker):
    """Rows that every connection sees; taken away afterwards."""
    with django_db_blocker.unblock():
        form, province, by = make_form(), make_unit(Level.PROVINCE), make_user()
        yield form, province, by
        ReviewEvent.objects.all().delete()
        UnitReport.objects.all().delete()
        Period.objects.all().delete()
        ReportForm.objects.filter(pk=form.pk).delete()
        User.objects.all().delete()
        AdministrativeUnit.objects.filter(pk=province.pk).delete()


def test_a_year_opened_twice_at_once_is_opened_once(shared):
    form, province, by = shared

    def act(_):
        try:
            return len(open_year(form, owner=province, year=2026, by=by))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(act, range(2))) == [0, 20]
    assert form.periods.count() == ReviewEvent.objects.count() == 20


def test_nobody_locks_a_period_while_a_step_of_its_report_is_made(shared):
    form, province, by = shared
    period = open_year(form, owner=province, year=2026, by=by)[0]
    report = make_report(period=period, unit=province)

    def lock():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("set local lock_timeout = '300ms'")
                Period.objects.filter(pk=period.pk).update(locked_at=timezone.now(), locked_by=by)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert report.locked_text() == ""
            with pytest.raises(OperationalError, match="lock timeout"):
                pool.submit(lock).result()
        pool.submit(lock).result()
    assert "đã chốt số liệu" in report.locked_text()
