"""Random histories of made-up units, and a second, slow way to say where records count.

The slow way asks for one unit and one day at a time and knows nothing of spans; the database
computes spans for all days at once. They must agree.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection
from hypothesis import strategies as st

from antq.units.choices import Level
from antq.units.models import AdministrativeUnit, GroupMember, UnitLink, UnitSuccession
from antq.units.models.units import RANK
from tests.factories import unit

FIRST = date(2030, 1, 1)
# A day before every change, the days on which things change, a day after all of them.
DAYS = range(-1, 9)
CHANGES = range(8)
ROOT = 0  # the country, always there; made-up units are 1, 2, 3 …
ALWAYS = (None, None)


@dataclass
class History:
    """levels, parents and spans by number of unit; the rest are rows. A span's side may be None."""

    levels: list[str]
    parents: list[int]
    spans: list[tuple[int | None, int | None]]
    successions: list[tuple[int, int, bool]] = field(default_factory=list)
    members: list[tuple[int, int, tuple[int | None, int | None]]] = field(default_factory=list)

    @property
    def numbers(self):
        return range(1, len(self.levels))


def _within(span, day):
    begin, end = span
    return (begin is None or begin <= day) and (end is None or day <= end)


def place_of_records(history, number, day):
    """Where the records of a unit stand on a day: the first unit of its line that has not ended."""
    follower = {old: new for old, new, is_primary in history.successions if is_primary}
    been = set()
    while number is not None and number not in been:
        begin, end = history.spans[number]
        if end is None or day <= end:
            return number if begin is None or begin <= day else None
        been.add(number)
        number = follower.get(number, history.parents[number])
    return None


def counts_under(history, number, day):
    """Every unit under which the records of a unit count on a day, itself included."""
    rank = [RANK[level] for level in history.levels]
    found = set()
    place = place_of_records(history, number, day)
    while place is not None:
        found.add(place)
        for group, member, span in history.members:
            if member == place and _within(span, day):
                stands = place_of_records(history, group, day)
                is_group = stands is not None and history.levels[stands] == Level.GROUP
                if is_group and rank[stands] > rank[place]:
                    found.add(stands)
        parent = history.parents[place]
        above = place_of_records(history, parent, day) if parent is not None else None
        place = above if above is not None and rank[above] > rank[place] else None
    return found


spans = st.tuples(st.none() | st.sampled_from(CHANGES), st.none() | st.sampled_from(CHANGES)).map(
    lambda span: tuple(sorted(span)) if None not in span else span
)


@st.composite
def histories(draw, size=8):
    """Units of every level with any parent, any span and any successions: also foolish ones."""
    made = [level for level in Level.values if level != Level.COUNTRY]
    count = draw(st.integers(2, size))
    levels = [Level.COUNTRY, *(draw(st.sampled_from(made)) for _ in range(count))]
    numbers = st.integers(1, count)
    # Mostly a sensible parent, so that chains grow long; now and then any unit at all.
    parents = [None]
    for number in range(1, count + 1):
        higher = [n for n in range(count + 1) if RANK[levels[n]] > RANK[levels[number]]]
        other = [n for n in range(count + 1) if n != number]
        parents.append(draw(st.sampled_from(higher) | st.sampled_from(higher + other)))
    rows = draw(st.lists(st.tuples(numbers, numbers, st.booleans()), max_size=2 * count))
    groups = [number for number in range(1, count + 1) if levels[number] == Level.GROUP]
    members = st.tuples(st.sampled_from(groups), numbers, spans) if groups else st.nothing()
    return History(
        levels=levels,
        parents=parents,
        spans=[ALWAYS, *(draw(spans) for _ in range(count))],
        successions=allowed_successions(rows),
        members=allowed_members(draw(st.lists(members, max_size=count)) if groups else []),
    )


def allowed_successions(rows):
    """What the constraints let through: a pair once, one primary successor, never itself."""
    pairs, kept, placed = set(), [], set()
    for old, new, is_primary in rows:
        if old != new and (old, new) not in pairs and not (is_primary and old in placed):
            pairs.add((old, new))
            placed |= {old} if is_primary else set()
            kept.append((old, new, is_primary))
    return kept


def allowed_members(rows):
    """What the constraints let through: a unit is in a group once a day."""
    kept = []
    for group, member, span in rows:
        days = {day for day in DAYS if _within(span, day)}
        clash = any(
            (group, member) == row[:2] and any(_within(row[2], day) for day in days) for row in kept
        )
        if group != member and not clash:
            kept.append((group, member, span))
    return kept


def day(number):
    return None if number is None else FIRST + timedelta(days=number)


def write(history):
    """Make the history's rows; returns its units, the root first."""
    root = unit("VN")
    units = AdministrativeUnit.objects.bulk_create(
        AdministrativeUnit(
            key=f"H{number}",
            name=f"Đơn vị {number}",
            level=history.levels[number],
            kind="xa",
            parent=root,
            valid_from=day(history.spans[number][0]),
            valid_to=day(history.spans[number][1]),
        )
        for number in history.numbers
    )
    units = [root, *units]
    for number in history.numbers:
        units[number].parent = units[history.parents[number]]
    AdministrativeUnit.objects.bulk_update(units[1:], ["parent"])
    UnitSuccession.objects.bulk_create(
        UnitSuccession(
            predecessor=units[old],
            successor=units[new],
            effective_on=FIRST,
            is_primary=is_primary,
        )
        for old, new, is_primary in history.successions
    )
    GroupMember.objects.bulk_create(
        GroupMember(
            group=units[group], unit=units[member], valid_from=day(span[0]), valid_to=day(span[1])
        )
        for group, member, span in history.members
    )
    return units


def expected(history):
    """{(unit, ancestor, day)} by the slow way."""
    return {
        (number, ancestor, day)
        for number in history.numbers
        for day in DAYS
        for ancestor in counts_under(history, number, day)
    }


def stored_spans(units):
    """{(unit, ancestor): [(first, last)]} in days of the history, as the database has them."""
    number_of = {made.pk: number for number, made in enumerate(units)}
    found = {}
    links = UnitLink.objects.filter(descendant__in=units[1:]).order_by("valid_from")
    for link in links:
        pair = number_of[link.descendant_id], number_of[link.ancestor_id]
        begin = DAYS[0] if link.valid_from == date.min else (link.valid_from - FIRST).days
        end = DAYS[-1] if link.valid_to == date.max else (link.valid_to - FIRST).days
        # What is open reaches the end of all days; what is not, a day on which something changed.
        assert link.valid_from == date.min or begin in DAYS[1:]
        assert link.valid_to == date.max or end in CHANGES or end + 1 in CHANGES
        found.setdefault(pair, []).append((begin, end))
    return found


def stored(units):
    """{(unit, ancestor, day)} by the links; fails when spans of one pair overlap or touch."""
    found = set()
    for (number, ancestor), pair_spans in stored_spans(units).items():
        last = None
        for begin, end in pair_spans:
            assert begin <= end
            assert last is None or begin > last + 1, (number, ancestor, pair_spans)
            last = end
            found |= {(number, ancestor, day) for day in range(begin, end + 1)}
    return found


def full_links():
    """What a computation of everything from nothing gives, beside what stands in the table."""
    with connection.cursor() as cursor:
        cursor.execute("select * from computed_unit_links(null) order by 1, 2, 3")
        computed = cursor.fetchall()
    in_order = UnitLink.objects.order_by("descendant_id", "ancestor_id", "valid_from")
    kept = list(in_order.values_list("descendant_id", "ancestor_id", "valid_from", "valid_to"))
    return computed, kept
