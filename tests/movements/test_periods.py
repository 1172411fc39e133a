"""Periods are opened by a rule, keep their days, and leave no day out when the rule changes."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antq.review.models import ReviewEvent
from antq.units.choices import Level
from movements.models import ProvinceTiming
from movements.services.periods import open_year
from movements.windows import PeriodKind, WindowRule
from tests.factories import make_form, make_unit, make_user
from tests.faults import all_or_nothing

pytestmark = pytest.mark.django_db
EVEN = ("month", "quarter", "half", "year")


@pytest.fixture
def province():
    return make_unit(Level.PROVINCE)


def spans(form, kind):
    found = form.periods.filter(kind=kind).order_by("first")
    return [(each.label, each.first, each.last) for each in found]


def test_a_year_is_opened_in_one_step(province):
    form, by = make_form(), make_user()

    made = open_year(form, owner=province, year=2026, by=by)

    assert [sum(each.kind == kind for each in made) for kind in PeriodKind] == [12, 4, 2, 1, 1, 0]
    month = form.periods.get(kind="month", number=10)
    assert (month.label, month.first, month.last) == (
        "Tháng 10/2026",
        date(2026, 9, 15),
        date(2026, 10, 14),
    )
    assert (month.due, month.due_district, month.due_province) == (
        date(2026, 10, 16),
        date(2026, 10, 18),
        date(2026, 10, 20),
    )
    assert (month.owner, month.opened_by, month.is_demo) == (province, by, False)
    assert ReviewEvent.objects.about(month).get().by == by
    for each in made:
        each.full_clean()


def test_opening_again_opens_only_what_is_missing(province):
    form, by = make_form(kinds=["month", "year"]), make_user()
    open_year(form, owner=province, year=2026, by=by)
    form.periods.get(kind="month", number=3).delete()

    made = open_year(form, owner=province, year=2026, by=by)

    assert [each.label for each in made] == ["Tháng 3/2026"]
    assert (made[0].first, made[0].last) == (date(2026, 2, 15), date(2026, 3, 14))
    assert open_year(form, owner=province, year=2026, by=by) == []
    assert len(open_year(form, owner=None, year=2026, by=by)) == 13


def test_a_province_changes_the_rule_and_opened_periods_keep_their_days(province):
    form, by = make_form(kinds=["month"]), make_user()
    open_year(form, owner=province, year=2026, by=by)
    before = spans(form, "month")
    ProvinceTiming.objects.create(
        form=form,
        province=province,
        window_rule=WindowRule.CALENDAR,
        due_days=5,
        due_days_district=5,
    )

    assert open_year(form, owner=province, year=2026, by=by) == []
    made = open_year(form, owner=province, year=2027, by=by)

    assert spans(form, "month")[:12] == before
    assert (made[0].first, made[0].last, made[0].due) == (
        date(2026, 12, 15),  # goes on where December ended
        date(2027, 1, 31),
        date(2027, 2, 5),
    )
    assert (made[1].first, made[1].last) == (date(2027, 2, 1), date(2027, 2, 28))
    other = open_year(form, owner=make_unit(Level.PROVINCE), year=2027, by=by)
    assert (other[0].first, other[0].last) == (date(2026, 12, 15), date(2027, 1, 14))


def test_opening_a_year_is_all_or_nothing(province):
    form, by = make_form(), make_user()

    steps = all_or_nothing(
        lambda: open_year(form, owner=province, year=2026, by=by),
        lambda: (form.periods.count(), ReviewEvent.objects.count()),
    )

    assert steps > 3
    assert form.periods.count() == ReviewEvent.objects.count() == 20


def test_only_while_the_form_is_valid(province):
    form = make_form(kinds=["quarter"], valid_from=date(2026, 6, 15), valid_to=date(2026, 9, 30))

    made = open_year(form, owner=province, year=2026, by=make_user())

    assert [each.label for each in made] == ["Quý III/2026"]


def test_a_form_for_one_occasion_has_no_year(province):
    assert open_year(make_form(kinds=["ad_hoc"]), owner=province, year=2026, by=make_user()) == []


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.sampled_from(list(WindowRule)), min_size=2, max_size=4))
def test_whatever_rules_follow_on_each_other_each_day_is_reported_once(province, rules):
    """For each kind of period; the nine months begin where their year does."""
    form, by = make_form(), make_user()
    for year, rule in enumerate(rules, start=2024):
        form.window_rule = rule
        form.save()
        open_year(form, owner=province, year=year, by=by)

    edges = set()
    for kind in EVEN:
        found = spans(form, kind)
        assert len({label for label, _, _ in found}) == len(found)
        for (_, _, last), (_, first, _) in pairwise(found):
            assert first == last + timedelta(days=1)
        edges.add((found[0][1], found[-1][2]))
    assert len(edges) == 1
    years = {each.year: each for each in form.periods.filter(kind="year")}
    for nine in form.periods.filter(kind="nine_months"):
        assert nine.first == years[nine.year].first


def test_opening_a_year_before_an_open_one_ends_where_that_begins(province):
    form, by = make_form(kinds=["month", "year"], window_rule=WindowRule.GOVERNMENT), make_user()
    open_year(form, owner=province, year=2026, by=by)
    form.window_rule = WindowRule.CALENDAR
    form.save()

    made = open_year(form, owner=province, year=2025, by=by)

    ends = {each.label: each.last for each in made}
    assert (ends["Tháng 12/2025"], ends["Năm 2025"]) == (date(2025, 12, 14), date(2025, 12, 14))
    assert len(made) == 13
