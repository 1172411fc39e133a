"""Test vectors of the cut-off rules, and that no day is missed or counted twice."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movements.windows import (
    PERIODIC,
    PeriodKind,
    Slot,
    WindowRule,
    parts,
    slot_on,
    slots_of,
    window,
    year_until,
)

MONTH, QUARTER, HALF, NINE, YEAR = PERIODIC
EVEN = (MONTH, QUARTER, HALF, YEAR)  # those that cut a year without a rest
GOVERNMENT, CALENDAR, POLICE, SAFETY = WindowRule
DAY = timedelta(days=1)

rules = st.sampled_from(list(WindowRule))
kinds = st.sampled_from(PERIODIC)
years = st.integers(1990, 2099)
days = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("rule", "slot", "first", "last"),
    [
        # NĐ 09/2019/NĐ-CP
        (GOVERNMENT, Slot(MONTH, 2026, 8), date(2026, 7, 15), date(2026, 8, 14)),
        (GOVERNMENT, Slot(MONTH, 2026, 1), date(2025, 12, 15), date(2026, 1, 14)),
        (GOVERNMENT, Slot(MONTH, 2026, 10), date(2026, 9, 15), date(2026, 10, 14)),
        (GOVERNMENT, Slot(QUARTER, 2026, 1), date(2025, 12, 15), date(2026, 3, 14)),
        (GOVERNMENT, Slot(QUARTER, 2026, 3), date(2026, 6, 15), date(2026, 9, 14)),
        (GOVERNMENT, Slot(QUARTER, 2023, 1), date(2022, 12, 15), date(2023, 3, 14)),
        (GOVERNMENT, Slot(HALF, 2026, 1), date(2025, 12, 15), date(2026, 6, 14)),
        (GOVERNMENT, Slot(HALF, 2026, 2), date(2026, 6, 15), date(2026, 12, 14)),
        (GOVERNMENT, Slot(NINE, 2026), date(2025, 12, 15), date(2026, 9, 14)),
        (GOVERNMENT, Slot(YEAR, 2026), date(2025, 12, 15), date(2026, 12, 14)),
        (GOVERNMENT, Slot(YEAR, 2022), date(2021, 12, 15), date(2022, 12, 14)),
        # calendar
        (CALENDAR, Slot(MONTH, 2026, 2), date(2026, 2, 1), date(2026, 2, 28)),
        (CALENDAR, Slot(MONTH, 2028, 2), date(2028, 2, 1), date(2028, 2, 29)),
        (CALENDAR, Slot(QUARTER, 2026, 4), date(2026, 10, 1), date(2026, 12, 31)),
        (CALENDAR, Slot(HALF, 2026, 2), date(2026, 7, 1), date(2026, 12, 31)),
        (CALENDAR, Slot(NINE, 2026), date(2026, 1, 1), date(2026, 9, 30)),
        (CALENDAR, Slot(YEAR, 2026), date(2026, 1, 1), date(2026, 12, 31)),
        # police year
        (POLICE, Slot(MONTH, 2026, 8), date(2026, 7, 15), date(2026, 8, 14)),
        (POLICE, Slot(QUARTER, 2026, 1), date(2025, 11, 15), date(2026, 2, 14)),
        (POLICE, Slot(HALF, 2026, 1), date(2025, 11, 15), date(2026, 5, 14)),
        (POLICE, Slot(NINE, 2026), date(2025, 11, 15), date(2026, 8, 14)),
        (POLICE, Slot(YEAR, 2026), date(2025, 11, 15), date(2026, 11, 14)),
        # residential areas "An toàn về ANTT"
        (SAFETY, Slot(YEAR, 2026), date(2025, 11, 1), date(2026, 10, 31)),
        (SAFETY, Slot(MONTH, 2026, 2), date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_vectors(rule, slot, first, last):
    assert window(rule, slot) == (first, last)
    assert slot_on(rule, slot.kind, first) == slot_on(rule, slot.kind, last) == slot
    assert slot_on(rule, slot.kind, first - DAY) != slot
    assert slot_on(rule, slot.kind, last + DAY) != slot


def test_a_session_of_15_december_belongs_to_the_next_year():
    day = date(2025, 12, 15)
    found = {kind: slot_on(GOVERNMENT, kind, day) for kind in PERIODIC}

    assert found == {
        MONTH: Slot(MONTH, 2026, 1),
        QUARTER: Slot(QUARTER, 2026, 1),
        HALF: Slot(HALF, 2026, 1),
        NINE: Slot(NINE, 2026),
        YEAR: Slot(YEAR, 2026),
    }


@given(rules, st.sampled_from(EVEN), years)
def test_the_periods_of_a_year_hold_each_of_its_days_once(rule, kind, year):
    first, last = window(rule, Slot(YEAR, year))
    spans = [window(rule, slot) for slot in slots_of(rule, kind, year)]

    assert len(spans) == {MONTH: 12, QUARTER: 4, HALF: 2, YEAR: 1}[kind]
    assert (spans[0][0], spans[-1][1]) == (first, last)
    for (_, ended), (begun, _) in pairwise(spans):
        assert begun == ended + DAY
    assert 365 <= (last - first).days + 1 <= 366


@given(rules, st.sampled_from(EVEN), days)
def test_every_day_lies_in_exactly_one_period_of_a_kind(rule, kind, day):
    slot = slot_on(rule, kind, day)
    later = slot_on(rule, kind, window(rule, slot)[1] + DAY)
    around = [slot.before.before, slot.before, slot, later]

    assert later.before == slot
    assert [each for each in around if _holds(rule, each, day)] == [slot]


@given(rules, days)
def test_nine_months_hold_the_days_of_the_first_nine(rule, day):
    slot = slot_on(rule, NINE, day)
    months = slots_of(rule, MONTH, slot_on(rule, YEAR, day).year)

    assert (slot_on(rule, MONTH, day) in months[:9]) is (slot is not None)
    if slot:
        assert _holds(rule, slot, day)
        assert window(rule, slot) == (window(rule, months[0])[0], window(rule, months[8])[1])


@given(rules, kinds, years, st.data())
def test_the_period_before_ends_the_day_before(rule, kind, year, data):
    slot = data.draw(st.sampled_from(slots_of(rule, kind, year)))

    assert slot.year_before.label != slot.label
    if kind == NINE:
        assert slot.before == slot.year_before
    else:
        assert window(rule, slot.before)[1] == window(rule, slot)[0] - DAY
    # The same days a year earlier.
    first = window(rule, slot)[0]
    assert window(rule, slot.year_before)[0] == first.replace(year=first.year - 1)


@given(rules, st.sampled_from(PERIODIC[1:]), kinds, years, st.data())
def test_parts_make_the_whole(rule, kind, short, year, data):
    slot = data.draw(st.sampled_from(slots_of(rule, kind, year)))
    spans = [window(rule, part) for part in parts(rule, slot, short)]

    lasts = {MONTH: 1, QUARTER: 3, HALF: 6, NINE: 9, YEAR: 12}
    cuts = short != NINE and short != kind and lasts[kind] % lasts[short] == 0
    assert bool(spans) is cuts
    if cuts:
        assert (spans[0][0], spans[-1][1]) == window(rule, slot)
        assert all(b[0] == a[1] + DAY for a, b in pairwise(spans))


@given(rules, days)
def test_the_year_so_far_begins_with_the_year(rule, day):
    first, last = year_until(rule, day)

    assert last == day
    assert (
        slot_on(rule, YEAR, first) == slot_on(rule, YEAR, day) != slot_on(rule, YEAR, first - DAY)
    )


def test_the_months_of_a_police_year():
    labels = [slot.label for slot in slots_of(POLICE, MONTH, 2026)]

    assert labels == ["Tháng 12/2025", *(f"Tháng {number}/2026" for number in range(1, 12))]


@pytest.mark.parametrize(
    ("slot", "label"),
    [
        (Slot(MONTH, 2026, 8), "Tháng 8/2026"),
        (Slot(QUARTER, 2026, 3), "Quý III/2026"),
        (Slot(HALF, 2026, 1), "6 tháng đầu năm 2026"),
        (Slot(HALF, 2026, 2), "6 tháng cuối năm 2026"),
        (Slot(NINE, 2026), "9 tháng đầu năm 2026"),
        (Slot(YEAR, 2026), "Năm 2026"),
    ],
)
def test_labels(slot, label):
    assert slot.label == label


def test_a_collection_for_one_occasion_has_no_rule():
    assert PeriodKind.AD_HOC not in PERIODIC


def _holds(rule, slot, day) -> bool:
    first, last = window(rule, slot)
    return first <= day <= last
