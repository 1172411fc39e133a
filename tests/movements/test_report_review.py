"""The review of returns, on the reports of units: figures, their text, and locked periods."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Event

import pytest
from django.db import connection, transaction
from django.utils.timezone import now

from antq.accounts.models import User
from antq.accounts.roles import Role
from antq.review import returns
from antq.review.choices import ReturnStatus, ReturnStep
from antq.review.lines import changes_since_sent_before
from antq.review.models import ReturnedItem, ReviewEvent
from antq.review.services import TransitionError
from antq.units.models import AdministrativeUnit
from movements.models import Figure, Indicator, Period, ReportForm, UnitReport
from tests.factories import (
    make_form,
    make_indicator,
    make_period,
    make_report,
    make_unit,
    make_user,
)
from tests.faults import all_or_nothing


def scene():
    """(report of two figures, its leader, the province's staff)."""
    sessions, people = make_indicator(code="BUOI_T"), make_indicator(code="LUOT_T")
    commune = make_unit()
    report = make_report(
        unit=commune,
        period=make_period(form=make_form(sessions, people)),
        figures={sessions: 12, people: {"value": 300, "qualifier": "over"}},
    )
    leader = make_user(Role.COMMUNE_LEADER, commune)
    return report, leader, make_user(Role.PROVINCE_STAFF, commune.parent)


def write(report, by, version, **numbers):
    with returns.writing(report, by=by, version=version, keys=numbers) as fresh:
        for code, value in numbers.items():
            fresh.figures.filter(indicator__code=code).update(value=value, qualifier="")


@pytest.mark.django_db
def test_a_figure_comes_back_and_what_became_of_it_is_kept():
    report, leader, staff = scene()
    returns.sign_and_send(report, by=leader, version=1)
    lines = {"LUOT_T": "Tăng gấp đôi"}
    returns.move_to(report, ReturnStep.RETURN, by=staff, version=report.version, lines=lines)
    with pytest.raises(TransitionError, match="Chỉ sửa được các dòng đã trả lại"):
        write(report, leader, report.version, BUOI_T=13)
    write(report, leader, report.version, LUOT_T=310)
    returns.sign_and_send(report, by=leader, version=report.version)

    (change,) = changes_since_sent_before(report)
    (item,) = ReturnedItem.objects.about(report)
    assert (change.key, change.new) == ("LUOT_T", "310")
    assert (item.old_text, item.new_text, item.is_changed) == (change.old, "310", True)
    assert item.old_value["qualifier"] == "over"
    returns.move_to(report, ReturnStep.ACCEPT, by=staff, version=report.version)
    with pytest.raises(TransitionError, match="Đã duyệt"):
        write(report, leader, report.version, LUOT_T=1)
    kept = Figure.objects.get(report=report, indicator__code="LUOT_T")
    assert kept.value == Decimal(310)


@pytest.mark.django_db
def test_a_locked_period_refuses_every_step():
    report, leader, staff = scene()
    returns.sign_and_send(report, by=leader, version=1)
    Period.objects.filter(pk=report.period_id).update(locked_at=now(), locked_by=staff)
    for step in ReturnStep:
        with pytest.raises(TransitionError):
            returns.move_to(report, step, by=staff, version=report.version, reason="Sai")
    with pytest.raises(TransitionError, match="đã chốt số liệu"):
        returns.move_to(report, ReturnStep.ACCEPT, by=staff, version=report.version)
    assert returns.steps_for(report, staff) == []


@pytest.mark.django_db
def test_a_report_that_is_stopped_in_the_middle_leaves_nothing():
    report, leader, staff = scene()

    def stored():
        return (
            UnitReport.objects.filter(pk=report.pk).values().get(),
            list(Figure.objects.filter(report=report).order_by("pk").values()),
            list(ReviewEvent.objects.about(report).values()),
            list(ReturnedItem.objects.about(report).values()),
        )

    def again():
        return UnitReport.objects.get(pk=report.pk)

    steps = [
        lambda: write(again(), leader, 1, BUOI_T=1, LUOT_T=2),
        lambda: returns.sign_and_send(again(), by=leader, version=2),
        lambda: returns.move_to(
            again(), ReturnStep.RETURN, by=staff, version=4, lines={"BUOI_T": "Sai"}
        ),
        lambda: returns.sign_and_send(again(), by=leader, version=5),
        lambda: returns.move_to(again(), ReturnStep.ACCEPT, by=staff, version=7),
    ]
    for step in steps:
        assert all_or_nothing(step, stored) > 5


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """Rows that every connection sees; taken away afterwards."""
    with django_db_blocker.unblock():
        found = scene()
        report, commune = found[0], found[0].unit
        yield found
        ReviewEvent.objects.all().delete()
        report.delete()
        form = report.period.form
        report.period.delete()
        form.rows.all().delete()
        ReportForm.objects.filter(pk=form.pk).delete()
        Indicator.objects.filter(code__in=["BUOI_T", "LUOT_T"]).delete()
        User.objects.all().delete()
        AdministrativeUnit.objects.filter(pk=commune.pk).delete()
        AdministrativeUnit.objects.filter(pk=commune.parent_id).delete()


def test_who_accepts_while_the_period_is_being_locked_waits_and_is_refused(committed):
    report, leader, staff = committed
    returns.sign_and_send(report, by=leader, version=1)
    begun = Event()

    def accept():
        own = UnitReport.objects.get(pk=report.pk)
        begun.set()
        try:
            returns.move_to(own, ReturnStep.ACCEPT, by=staff, version=own.version)
        except TransitionError as refusal:
            return str(refusal)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Period.objects.filter(pk=report.period_id).update(locked_at=now(), locked_by=staff)
            refused = pool.submit(accept)
            begun.wait(timeout=30)
        assert "đã chốt số liệu" in refused.result(timeout=30)
    report.refresh_from_db()
    assert report.status == ReturnStatus.SUBMITTED
    Period.objects.filter(pk=report.period_id).update(locked_at=None, locked_by=None)
