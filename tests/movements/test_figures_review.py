"""A report of a commune goes up, one figure comes back, and its period is locked."""

import pytest
from django.utils import timezone

from antq.accounts.roles import Role
from antq.review.choices import ReturnStatus, ReturnStep
from antq.review.lines import changes_since_sent_before
from antq.review.returns import move_to, sign_and_send, steps_for, writing
from antq.review.services import TransitionError
from antq.units.choices import Level
from movements.models import Period
from tests.factories import (
    make_form,
    make_indicator,
    make_period,
    make_report,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


def write(report, by, indicator, value):
    keys = [indicator.code]
    with writing(report, by=by, version=report.version, keys=keys) as fresh:
        fresh.figures.update_or_create(indicator=indicator, defaults={"value": value})


def test_a_figure_comes_back_alone_and_a_locked_period_stays():
    province = make_unit(Level.PROVINCE)
    commune = make_unit(parent=province)
    officer = make_user(Role.COMMUNE_OFFICER, commune)
    leader = make_user(Role.COMMUNE_LEADER, commune)
    staff = make_user(Role.PROVINCE_STAFF, province)
    sessions, people = make_indicator(label="Số buổi"), make_indicator(label="Số lượt")
    report = make_report(
        period=make_period(form=make_form(sessions, people)),
        unit=commune,
        figures={sessions: 14, people: 2310},
    )

    sign_and_send(report, by=leader, version=report.version)
    lines = {people.code: "Tăng hơn hai lần, ghi rõ lý do"}
    move_to(report, ReturnStep.RETURN, by=staff, version=report.version, lines=lines)
    with pytest.raises(TransitionError, match="Số buổi"):
        write(report, officer, sessions, 15)
    write(report, officer, people, 1060)
    sign_and_send(report, by=leader, version=report.version)

    (change,) = changes_since_sent_before(report)
    assert (change.label, change.old, change.new) == ("Số lượt", "2.310", "1.060")
    move_to(report, ReturnStep.ACCEPT, by=staff, version=report.version)
    assert report.status == ReturnStatus.ACCEPTED
    assert {each.indicator: each.value for each in report.figures.all()} == {
        sessions: 14,
        people: 1060,
    }

    lock = {"locked_at": timezone.now(), "locked_by": staff}
    Period.objects.filter(pk=report.period_id).update(**lock)
    assert steps_for(report, staff) == []
    with pytest.raises(TransitionError, match="đã chốt số liệu"):
        move_to(report, ReturnStep.REOPEN, by=staff, version=report.version, reason="Sửa")
