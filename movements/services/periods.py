"""Periods are opened by their form's rule, and keep the days they were opened with."""

from datetime import date, timedelta

from django.db import transaction

from antq.accounts.models import User
from antq.review import services as review
from antq.review.models import ReviewEvent
from antq.units.models import AdministrativeUnit
from movements.models import Period, ReportForm
from movements.models.indicators import Timing
from movements.windows import PERIODIC, PeriodKind, Slot, slots_of, window

DAY = timedelta(days=1)
LONGEST_GAP = 2  # months between the ends of the years of two rules


@transaction.atomic
def open_year(
    form: ReportForm,
    *,
    owner: AdministrativeUnit | None,
    year: int,
    by: User,
    is_demo: bool = False,
) -> list[Period]:
    """Open the periods of a year that are not open yet, for a province or the whole country.

    Where the rule is another one than for the year before or after, the periods at that border
    reach to each other, so that no day is left out or counted twice. Returns what was opened.
    """
    # Of two who open the same year at once, the second waits, and finds it opened.
    form = ReportForm.objects.select_for_update(no_key=True).get(pk=form.pk)
    timing = form.timing_for(owner)
    known = Period.objects.filter(form=form, owner=owner, year__in=(year - 1, year, year + 1))
    opened = {each.slot: each for each in known}
    kinds = [kind for kind in PERIODIC if kind in form.kinds]
    slots = [slot for kind in kinds for slot in _slots(timing, kind, year, opened)]
    new = {slot: window(timing.window_rule, slot) for slot in slots if slot not in opened}
    begins, ends = _borders(new, opened)
    made = []
    for slot, (first, last) in new.items():
        is_month = slot.kind == PeriodKind.MONTH
        days = begins.get((is_month, first), first), ends.get((is_month, last), last)
        if form.is_valid_on(last):
            made.append(_period(form, owner, slot, *days, timing))
    for each in made:
        each.opened_by, each.is_demo = by, is_demo
    Period.objects.bulk_create(made)
    lines = (review.line(each, action="Mở kỳ báo cáo", by=by) for each in made)
    ReviewEvent.objects.bulk_create(lines)
    return made


def _slots(timing: Timing, kind: str, year: int, opened: dict[Slot, Period]) -> list[Slot]:
    """The periods of the year; before them the months that an earlier rule left to this one."""
    slots = slots_of(timing.window_rule, kind, year)
    left = []
    while (slot := (left or slots)[0].before) not in opened and len(left) < LONGEST_GAP:
        left.insert(0, slot)
    return left + slots if kind == PeriodKind.MONTH and slot in opened else slots


def _borders(new: dict[Slot, tuple], opened: dict[Slot, Period]) -> tuple[dict, dict]:
    """First days and last days at what is open: {(is it a month's, day by the rule): day}.

    Longer periods begin and end together, whichever of them were open before.
    """
    later = {slot.before: period for slot, period in opened.items()}
    begins, ends = {}, {}
    for slot, (first, last) in new.items():
        if slot.kind == PeriodKind.NINE_MONTHS:
            continue  # between two of them lie three months
        if slot.before in opened:
            begins[slot.kind == PeriodKind.MONTH, first] = opened[slot.before].last + DAY
        if slot in later:
            ends[slot.kind == PeriodKind.MONTH, last] = later[slot].first - DAY
    return begins, ends


def _period(form, owner, slot: Slot, first: date, last: date, timing: Timing) -> Period:
    return Period(
        form=form,
        owner=owner,
        kind=slot.kind,
        year=slot.year,
        number=slot.number,
        label=slot.label,
        first=first,
        last=last,
        due=last + timedelta(days=timing.due_days),
        due_district=last + timedelta(days=timing.due_days_district),
        due_province=last + timedelta(days=timing.due_days_province),
    )
