"""For any history of units and any day: where records count, by the database and by hand."""

from collections import Counter
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from antq.units.choices import Level
from antq.units.models import AdministrativeUnit, GroupMember, UnitSuccession
from tests.units import histories
from tests.units.histories import DAYS, FIRST, day, expected, stored, write

pytestmark = pytest.mark.django_db


@contextmanager
def undone():
    """Each example begins with the units of the country alone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(max_examples=150, deadline=None)
@given(history=histories.histories())
def test_records_count_under_exactly_one_unit_of_each_level_above_or_none(history):
    """As the slow way says, on every day; never under two of one level, nor under a closed one."""
    with undone():
        links = stored(write(history))

    assert links == expected(history)
    levels = Counter(
        (number, on, history.levels[ancestor])
        for number, ancestor, on in links
        if history.levels[ancestor] != Level.GROUP
    )
    assert [found for found, count in levels.items() if count > 1] == []
    assert all(_is_valid(history.spans[ancestor], on) for _, ancestor, on in links)


def _is_valid(span, on):
    return (span[0] is None or span[0] <= on) and (span[1] is None or on <= span[1])


@settings(max_examples=60, deadline=None)
@given(history=histories.histories(size=6), data=st.data())
def test_links_stay_true_through_any_changes(history, data):
    """Each change computes only what it touches; the result is that of everything from nothing."""
    with undone():
        units = write(history)
        for _ in range(data.draw(st.integers(1, 4), label="changes")):
            change = data.draw(st.sampled_from(CHANGES), label="change")
            change(history, units, data)
            assert stored(units) == expected(history)


@settings(max_examples=3, deadline=None)
@given(history=histories.histories(size=6), data=st.data())
def test_links_after_changes_are_those_computed_from_nothing(history, data):
    with undone():
        units = write(history)
        data.draw(st.sampled_from(CHANGES))(history, units, data)
        computed, kept = histories.full_links()
        assert kept == computed


def _change_span(history, units, data):
    number = data.draw(st.sampled_from(history.numbers))
    span = data.draw(histories.spans)
    history.spans[number] = span
    made = units[number]
    made.valid_from, made.valid_to = day(span[0]), day(span[1])
    made.save()


def _change_parent_in_bulk(history, units, data):
    """Two at once: a new place may come from the one change and its level from the other."""
    for number in data.draw(st.lists(st.sampled_from(history.numbers), max_size=2, unique=True)):
        others = [other for other in range(len(units)) if other != number]
        history.parents[number] = data.draw(st.sampled_from(others))
        units[number].parent = units[history.parents[number]]
    AdministrativeUnit.objects.bulk_update(units[1:], ["parent"])


def _change_level_in_sql(history, units, data):
    number = data.draw(st.sampled_from(history.numbers))
    history.levels[number] = data.draw(
        st.sampled_from([level for level in Level.values if level != Level.COUNTRY])
    )
    units[number].level = history.levels[number]
    with connection.cursor() as cursor:
        cursor.execute(
            "update units_administrativeunit set level = %s where id = %s",
            [history.levels[number], units[number].pk],
        )


def _add_succession(history, units, data):
    row = data.draw(st.tuples(*[st.sampled_from(history.numbers)] * 2, st.booleans()))
    kept = histories.allowed_successions([*history.successions, row])
    if len(kept) > len(history.successions):
        history.successions = kept
        UnitSuccession.objects.create(
            predecessor=units[row[0]],
            successor=units[row[1]],
            effective_on=FIRST,
            is_primary=row[2],
        )


def _turn_primaries_off_or_away(history, units, data):
    """Every succession of a unit at once: an update of many rows, or a delete of them."""
    old = data.draw(st.sampled_from(history.numbers))
    rows = UnitSuccession.objects.filter(predecessor=units[old])
    if data.draw(st.booleans()):
        rows.update(is_primary=False)
        history.successions = [
            (first, new, is_primary and first != old)
            for first, new, is_primary in history.successions
        ]
    else:
        rows.delete()
        history.successions = [row for row in history.successions if row[0] != old]


def _move_successor(history, units, data):
    if not history.successions:
        return
    index = data.draw(st.integers(0, len(history.successions) - 1))
    old, new, is_primary = history.successions[index]
    other = data.draw(st.sampled_from(history.numbers))
    if other == old or any(row[:2] == (old, other) for row in history.successions):
        return
    history.successions[index] = old, other, is_primary
    rows = UnitSuccession.objects.filter(predecessor=units[old], successor=units[new])
    rows.update(successor=units[other])


def _add_member(history, units, data):
    groups = [n for n in history.numbers if history.levels[n] == Level.GROUP]
    if not groups:
        return
    row = (
        data.draw(st.sampled_from(groups)),
        data.draw(st.sampled_from(history.numbers)),
        data.draw(histories.spans),
    )
    kept = histories.allowed_members([*history.members, row])
    if len(kept) > len(history.members):
        history.members = kept
        group, member, (begin, end) = row
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into units_groupmember (group_id, unit_id, valid_from, valid_to)"
                " values (%s, %s, %s, %s)",
                [units[group].pk, units[member].pk, day(begin), day(end)],
            )


def _open_and_then_drop_members(history, units, data):
    """All members become members for ever (where each is one once), or none is left."""
    pairs = [row[:2] for row in history.members]
    if data.draw(st.booleans()) and len(set(pairs)) == len(pairs):
        history.members = [(*pair, histories.ALWAYS) for pair in pairs]
        GroupMember.objects.all().update(valid_from=None, valid_to=None)
    else:
        history.members = []
        GroupMember.objects.all().delete()


CHANGES = [
    _change_span,
    _change_parent_in_bulk,
    _change_level_in_sql,
    _add_succession,
    _turn_primaries_off_or_away,
    _move_successor,
    _add_member,
    _open_and_then_drop_members,
]


def test_the_slow_way_itself():
    """A commune in a district, both closed after day 3; both have successors; and a gap."""
    history = histories.History(
        levels=["country", "province", "district", "commune", "commune", "group"],
        parents=[None, 0, 1, 2, 1, 1],
        spans=[(None, None), (None, None), (None, 3), (None, 3), (5, None), (4, None)],
        successions=[(3, 4, True), (2, 5, True)],
        members=[(5, 4, (6, None))],
    )

    found = {on: histories.counts_under(history, 3, on) for on in DAYS}

    assert found[-1] == found[3] == {3, 2, 1, 0}
    assert found[4] == set()  # the successor opens on day 5
    assert found[5] == {4, 1, 0}
    assert found[6] == found[8] == {4, 5, 1, 0}
