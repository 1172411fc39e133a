"""What the database refuses of periodic figures, who sees them, and how they read."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from antq.accounts.roles import Role
from antq.core.numbers import Quantity
from antq.core.permissions import Permission
from antq.review.choices import ReturnStatus
from antq.units.choices import Level
from antq.units.models import UnitSuccession
from movements.models import Figure, FormRow, Indicator, Period, ProvinceTiming, UnitReport
from tests.factories import (
    make_form,
    make_indicator,
    make_period,
    make_report,
    make_unit,
    make_user,
    unit,
)

pytestmark = pytest.mark.django_db
MORNING = timezone.make_aware(timezone.datetime(2026, 10, 17, 8))


@contextmanager
def refused(constraint: str):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        yield


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"value": -1}, "figure_not_negative"),
        ({"value": 1, "denominator": -17}, "figure_not_negative"),
        ({"value": 18, "denominator": 17}, "figure_part_of_whole"),
        ({"value": None, "qualifier": "over"}, "figure_qualifier_of_value"),
        ({"value": 300, "qualifier": "many"}, "figure_qualifier_of_value"),
        ({"value": None, "is_nothing": True}, "figure_nothing_is_zero"),
        ({"value": 3, "is_nothing": True}, "figure_nothing_is_zero"),
        ({"value": 0, "qualifier": "about", "is_nothing": True}, "figure_nothing_is_zero"),
        ({"value": 3, "counted": 4}, "figure_counted_whole"),
    ],
)
def test_a_figure_is_refused(values, constraint):
    report, indicator = make_report(), make_indicator()

    with refused(constraint):
        Figure.objects.create(report=report, indicator=indicator, **values)


def test_a_report_has_an_indicator_once():
    indicator = make_indicator()
    report = make_report(figures={indicator: 3})

    with refused("figure_once"):
        Figure.objects.create(report=report, indicator=indicator, value=4)


@pytest.mark.parametrize(
    ("values", "text", "quantity"),
    [
        ({"value": 14}, "14", Quantity(Decimal(14))),
        ({"value": 300, "qualifier": "over"}, "hơn 300", Quantity(Decimal(300), "over")),
        ({"value": Decimal("5.60")}, "5,6", Quantity(Decimal("5.6"))),
        ({"value": 9, "denominator": 17}, "9/17", Quantity(Decimal(9))),
        ({"value": 0, "is_nothing": True}, "0", Quantity(Decimal(0))),
        ({"value": None}, "chưa rõ", Quantity(None, "", 1)),
        ({"value": None, "denominator": 17}, "chưa rõ/17", Quantity(None, "", 1)),
    ],
)
def test_a_figure_reads_as_it_was_written(values, text, quantity):
    indicator = make_indicator(kind="ratio" if "denominator" in values else "flow")
    figure = make_report(figures={indicator: values}).figures.get()

    assert (figure.text, figure.quantity) == (text, quantity)
    assert figure.counted_quantity is None


def test_what_was_counted_stands_beside_what_was_declared():
    counted = {"counted": 28, "counted_unknown": 2}
    figure = make_report(figures={make_indicator(): {"value": None} | counted}).figures.get()

    assert figure.quantity.value is None
    assert str(figure.counted_quantity) == "28 + 2 chưa rõ"


@pytest.mark.parametrize(
    ("indicator", "values", "field"),
    [
        ({"kind": "flow"}, {"value": 3, "denominator": 4}, "denominator"),
        ({"kind": "flow"}, {"value": Decimal("1.5")}, "value"),
        ({"kind": "flow", "places": 1}, {"value": Decimal("1.25")}, "value"),
    ],
)
def test_a_figure_fits_its_indicator(indicator, values, field):
    figure = Figure(report=make_report(), indicator=make_indicator(**indicator), **values)

    with pytest.raises(ValidationError) as error:
        figure.full_clean()
    assert set(error.value.message_dict) == {field}


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"source": "computed"}, "indicator_computed_from_a_measure"),
        ({"kind": "level"}, "indicator_known_kind"),
        ({"denominator_label": "tổng số"}, "indicator_ratio_has_denominator"),
        ({"places": 3}, "indicator_places"),
    ],
)
def test_an_indicator_is_refused(values, constraint):
    with refused(constraint):
        make_indicator(**values)


def test_an_indicator_names_a_measure_that_there_is():
    values = {"label": "Số điểm", "unit": "điểm", "kind": "stock", "source": "computed"}
    Indicator(code="A1", measure="points.active", **values).full_clean()

    with pytest.raises(ValidationError, match=r"points\.none"):
        Indicator(code="A2", measure="points.none", **values).full_clean()
    with pytest.raises(ValidationError, match="chữ hoa"):
        Indicator(code="a-3", measure="points.active", **values).full_clean()


@pytest.mark.parametrize("change", [{"kind": "stock"}, {"code": "KHAC"}, {"unit": "buổi"}])
def test_what_an_indicator_means_stays_once_there_are_figures(change):
    indicator = make_indicator()
    Indicator.objects.filter(pk=indicator.pk).update(**change)
    Indicator.objects.filter(pk=indicator.pk).update(code="CU", kind="flow", unit="việc")
    make_report(figures={indicator: 3})

    with refused("indicator_fixed_once_used"):
        Indicator.objects.filter(pk=indicator.pk).update(**change)
    Indicator.objects.filter(pk=indicator.pk).update(label="Tên khác", order=7)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"kinds": []}, "form_has_kinds"),
        ({"kinds": ["week"]}, "form_has_kinds"),
        ({"due_days": 5, "due_days_district": 4}, "reportform_due_upwards"),
        (
            {"valid_from": date(2026, 1, 1), "valid_to": date(2025, 1, 1)},
            "form_ends_after_it_begins",
        ),
    ],
)
def test_a_form_is_refused(values, constraint):
    with refused(constraint):
        make_form(**values)


def test_a_row_and_a_timing_stand_once():
    indicator, province = make_indicator(), make_unit(Level.PROVINCE)
    form = make_form(indicator)
    ProvinceTiming.objects.create(form=form, province=province)

    with refused("form_row_once"):
        FormRow.objects.create(form=form, indicator=indicator)
    with refused("province_timing_once"):
        ProvinceTiming.objects.create(form=form, province=province)
    with refused("provincetiming_due_upwards"):
        ProvinceTiming.objects.create(form=make_form(), province=province, due_days=9)


DAYS = {"first": date(2026, 9, 15), "last": date(2026, 10, 14)}


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"first": date(2026, 10, 15)}, "period_ends_after_it_begins"),
        ({"due": date(2026, 10, 13)}, "period_due_after_it_ends"),
        ({"due_province": date(2026, 10, 15)}, "period_due_after_it_ends"),
        ({"number": None}, "period_says_which"),
        ({"number": 13}, "period_says_which"),
        ({"kind": "ad_hoc"}, "period_says_which"),
        ({"locked_at": MORNING}, "period_locked_by_somebody"),
    ],
)
def test_a_period_is_refused(values, constraint):
    with refused(constraint):
        make_period(**values)


def test_periods_of_a_kind_and_an_owner_lie_apart():
    form, province = make_form(), make_unit(Level.PROVINCE)
    next_month = {"number": 11, "first": date(2026, 10, 15), "last": date(2026, 11, 14)}
    for owner in (None, province):
        make_period(form=form, owner=owner)
        with refused("period_once"):
            make_period(form=form, owner=owner)
        with refused("periods_apart"):
            make_period(form=form, owner=owner, **next_month | {"first": date(2026, 10, 14)})
        make_period(form=form, owner=owner, **next_month)
    for _ in range(2):  # as many collections for one occasion as there are occasions
        make_period(form=form, kind="ad_hoc", year=None, number=None)
    make_period(form=form, kind="quarter", number=4)

    assert form.periods.count() == 7


@pytest.mark.parametrize(
    "change", [{"first": date(2026, 9, 16)}, {"last": date(2026, 10, 13)}, {"number": 9}]
)
def test_a_period_with_reports_keeps_its_window(change):
    period = make_period()
    Period.objects.filter(pk=period.pk).update(**change)
    Period.objects.filter(pk=period.pk).update(number=10, **DAYS)
    make_report(period=period)

    with refused("period_keeps_window"):
        Period.objects.filter(pk=period.pk).update(**change)
    Period.objects.filter(pk=period.pk).update(due=date(2026, 10, 20), label="Tháng 10")


def test_a_period_says_what_is_wrong_with_it():
    form = make_form(kinds=["month"])
    period = Period(form=form, kind="year", year=2026, number=1, label="Năm 2026", **DAYS)
    period.due, period.owner = date(2026, 10, 16), make_unit()

    with pytest.raises(ValidationError) as error:
        period.full_clean()
    assert set(error.value.message_dict) == {"owner"}
    period.owner = None
    with pytest.raises(ValidationError) as error:
        period.full_clean()
    assert set(error.value.message_dict) == {"kind"}
    period.kind, period.first = "month", date(2026, 11, 1)
    with pytest.raises(ValidationError) as error:
        period.full_clean()
    assert "last" in error.value.message_dict


def test_a_unit_reports_once_in_a_period_unless_it_was_by_mistake():
    report = make_report()
    same = {"period": report.period, "unit": report.unit}

    with refused("unit_report_once"):
        make_report(**same)
    mistake = {"status": ReturnStatus.VOIDED, "status_reason": "Nhập nhầm kỳ"}
    UnitReport.objects.filter(pk=report.pk).update(**mistake)
    make_report(**same)
    assert UnitReport.objects.recorded().count() == 1


def test_reports_and_figures_are_seen_from_above_and_not_from_another_province():
    province = make_unit(Level.PROVINCE)
    commune = make_unit(parent=province)
    indicator, period = make_indicator(), make_period()
    report = make_report(period=period, unit=commune, figures={indicator: 3})
    total = make_report(period=period, unit=province, figures={indicator: 300})
    stranger = make_report(period=period, figures={indicator: 5})

    seen = {
        "commune": make_user(Role.COMMUNE_OFFICER, commune),
        "province": make_user(Role.PROVINCE_STAFF, province),
        "neighbour": make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE)),
        "nobody": make_user(),
    }
    expected = {
        "commune": {report},
        "province": {report, total},
        "neighbour": set(),
        "nobody": set(),
    }

    for who, user in seen.items():
        assert set(UnitReport.objects.visible_to(user)) == expected.get(who, set()), who
        figures = Figure.objects.visible_to(user)
        assert {each.report for each in figures} == expected.get(who, set()), who
        mine = UnitReport.objects.allowing(user, Permission.RECORD_EDIT)
        assert set(mine) == expected.get(who, set()), who
    assert stranger in UnitReport.objects.visible_to(make_user(Role.VIEWER, unit("VN")))


def test_periods_are_seen_where_they_are_asked():
    province, other = make_unit(Level.PROVINCE), make_unit(Level.PROVINCE)
    commune, neighbour = make_unit(parent=province), make_unit(parent=province)
    form = make_form()
    national, own = make_period(form=form), make_period(form=form, owner=province)
    foreign = make_period(form=form, owner=other)
    once = make_period(form=form, owner=province, kind="ad_hoc", year=None, number=None)
    once.units.add(neighbour)

    def ours(user):
        return set(Period.objects.visible_to(user).filter(form=form))

    assert ours(make_user(Role.COMMUNE_OFFICER, commune)) == {national, own, once}
    assert ours(make_user(Role.PROVINCE_STAFF, other)) == {national, foreign}
    assert ours(make_user(Role.PROVINCE_STAFF, unit("VN"))) == {national, own, foreign, once}
    assert ours(make_user()) == set()
    assert set(Period.objects.asked_of(commune).filter(form=form)) == {national, own}
    assert set(Period.objects.asked_of(neighbour).filter(form=form)) == {national, own, once}
    assert set(own.expected_units()) == {commune, neighbour}
    assert set(once.expected_units()) == {neighbour}
    staff = make_user(Role.PROVINCE_STAFF, province)
    assert set(Period.objects.configurable_by(staff).filter(form=form)) == {own, once}


def test_a_period_of_the_old_province_is_seen_in_the_one_of_today():
    old, today = unit("P64@2025-06-30"), unit("P52@2025-07-01")
    assert (old.name, today.name) == ("Tỉnh Gia Lai", "Tỉnh Gia Lai")
    assert UnitSuccession.objects.filter(predecessor=old, successor=today).exists()
    days = {"first": date(2021, 12, 15), "last": date(2022, 12, 14)}
    year = {"kind": "year", "year": 2022, "number": 1, "label": "Năm 2022"}
    period = make_period(owner=old, **year, **days)
    report = make_report(period=period, unit=old, figures={make_indicator(): 13000})
    staff = make_user(Role.PROVINCE_STAFF, today)
    commune = make_user(Role.COMMUNE_OFFICER, unit("W24100@2025-07-01"))

    assert period in Period.objects.visible_to(staff)
    assert report in UnitReport.objects.visible_to(staff)
    assert report not in UnitReport.objects.visible_to(commune)
    assert period in Period.objects.asked_of(old)


def test_late_is_after_the_day_of_the_own_level():
    province = make_unit(Level.PROVINCE)
    period = make_period(due_province=date(2026, 10, 20))  # communes: 16/10
    sent_late = make_report(period=period, unit=make_unit(parent=province), first_sent_at=MORNING)
    waiting = make_report(period=period, unit=make_unit(parent=province))
    total = make_report(period=period, unit=province)
    in_time = timezone.make_aware(timezone.datetime(2026, 10, 16, 23, 30))
    make_report(period=period, unit=make_unit(parent=province), first_sent_at=in_time)

    assert set(UnitReport.objects.late(date(2026, 10, 16))) == {sent_late}
    assert set(UnitReport.objects.late(date(2026, 10, 17))) == {sent_late, waiting}
    assert set(UnitReport.objects.late(date(2026, 10, 21))) == {sent_late, waiting, total}
    assert period.due_for(Level.PROVINCE) == date(2026, 10, 20)
    assert period.due_for(Level.DISTRICT) == period.due_for(Level.COMMUNE) == period.due


@pytest.mark.parametrize("rows", [1, 3])
def test_lines_of_a_report_cost_the_same_for_more_rows(rows, django_assert_num_queries):
    asked = [make_indicator() for _ in range(rows)]
    extra = make_indicator(label="Ngoài biểu")
    report = make_report(
        period=make_period(form=make_form(*asked)),
        figures={asked[0]: {"value": 300, "qualifier": "over"}, extra: None},
    )
    report = UnitReport.objects.select_related("period__form").get(pk=report.pk)

    with django_assert_num_queries(2):
        lines = report.review_lines()

    texts = ["hơn 300", *["–"] * (rows - 1), "chưa rõ"]
    labels = [each.label for each in [*asked, extra]]
    assert [(line.label, line.text) for line in lines.values()] == list(
        zip(labels, texts, strict=True)
    )
    assert list(lines) == [each.code for each in [*asked, extra]]
    assert lines[asked[0].code].value == {
        "value": "300",
        "denominator": None,
        "qualifier": "over",
        "is_nothing": False,
    }


def test_a_locked_period_says_so():
    report = make_report()
    assert report.locked_text() == ""

    lock = {"locked_at": MORNING, "locked_by": make_user()}
    Period.objects.filter(pk=report.period_id).update(**lock)
    assert "đã chốt số liệu" in report.locked_text()
