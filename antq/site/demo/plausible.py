"""Writes the made-up points of Gia Lai: some in every commune, many in the cluster Krông Pa."""

from datetime import timedelta
from random import Random

from django.utils.timezone import localdate

from antq.accounts.models import User
from antq.review.choices import Status
from antq.review.models import Source
from antq.review.models.sources import SourceKind
from antq.review.services import move_to
from antq.site.demo.catalogue import areas_of, deep_units, described
from antq.site.demo.drafts import Draft, Fate, deep_drafts, light_drafts
from antq.site.demo.rows import entered, scheme_named
from antq.units.choices import Level
from antq.units.models import (
    AdministrativeUnit,
    Organization,
    ResidentialArea,
    UnitProfile,
    UnitSuccession,
)
from movements.models import PointState, SchemePoint
from movements.services.points import FIRST, LAST, ask_end, confirm_end, record_state

STAFF = "tinh"  # acts for communes that have no demo account of their own
SOURCE = "Số liệu minh họa, không phải số liệu thật"


def enter_plausible() -> int:
    """Returns how many points were entered."""
    source, _ = Source.objects.get_or_create(
        title=SOURCE,
        publisher="",
        issued_on=None,
        defaults={"kind": SourceKind.OTHER, "is_demo": True},
    )
    if entered(source):
        return 0
    communes = list(
        AdministrativeUnit.objects.filter(parent__key=described()["province"], level=Level.COMMUNE)
        .valid_on(localdate())
        .order_by("key")
    )
    drafts = _drafts(communes)
    _profiles(communes)
    points = _write(drafts, _areas(communes), _hosts(drafts), source)
    _go_on(points)
    return len(points)


def _drafts(communes: list[AdministrativeUnit]) -> list[Draft]:
    today, deep, before = localdate(), deep_units(), {}
    steps = UnitSuccession.objects.filter(
        successor__in=communes, is_primary=True, predecessor__level=Level.COMMUNE
    )
    for step in steps.select_related("predecessor").order_by("predecessor__key"):
        before.setdefault(step.successor_id, []).append(step.predecessor)
    drafts = []
    for unit in communes:
        if unit.key in deep:
            drafts += deep_drafts(unit, today)
        else:
            drafts += light_drafts(unit, before.get(unit.pk, []), today)
    return drafts


def _areas(communes: list[AdministrativeUnit]) -> dict:
    ResidentialArea.objects.bulk_create(
        [
            ResidentialArea(unit=unit, name=name, valid_from=unit.valid_from, is_demo=True)
            for unit in communes
            for name in areas_of(unit)
        ],
        ignore_conflicts=True,
    )
    known = ResidentialArea.objects.filter(unit__in=communes, valid_to=None)
    return {(area.unit_id, area.name): area for area in known}


def _profiles(communes: list[AdministrativeUnit]) -> None:
    """Sizes of last year and this; the list of areas is complete in the cluster alone."""
    deep, year, rows = deep_units(), localdate().year, []
    for unit in communes:
        random = Random(f"profile {unit.key}")
        areas = len(areas_of(unit)) + (0 if unit.key in deep else random.randint(3, 11))
        households = areas * random.randint(130, 260)
        for each in (year - 1, year):
            households += households // 80
            people = round(households * random.uniform(3.8, 4.6))
            rows.append(UnitProfile(unit=unit, year=each, residential_areas=areas, is_demo=True))
            rows[-1].households, rows[-1].population = households, people
    UnitProfile.objects.bulk_create(rows, ignore_conflicts=True)


def _hosts(drafts: list[Draft]) -> dict:
    hosted = {(draft.unit.pk, draft.host): draft for draft in drafts if draft.host}
    Organization.objects.bulk_create(
        [
            Organization(name=name, kind=draft.scheme["host"], unit=draft.unit, is_demo=True)
            for (_, name), draft in hosted.items()
        ],
        ignore_conflicts=True,
    )
    units = {unit for unit, _ in hosted}
    known = Organization.objects.filter(unit__in=units, valid_to=None)
    return {(host.unit_id, host.name): host for host in known}


def _write(drafts: list[Draft], areas: dict, hosts: dict, source: Source) -> list:
    """Points with their first figures, in bulk; a place where there is such a point is left out.

    Returns pairs of a draft and its point.
    """
    schemes = {
        each["name"]: scheme_named(each["name"], type_code=each["type"])
        for each in described()["schemes"]
    }
    running = SchemePoint.objects.recorded().filter(ended_on=None)
    taken = set(running.values_list("scheme", "unit", "host", "area_key"))
    written, located = [], []
    for draft in drafts:
        area = areas.get((draft.unit.pk, draft.area))
        host = hosts.get((draft.unit.pk, draft.host))
        point = _point(draft, schemes[draft.scheme["name"]], area, host, source)
        if (point.scheme_id, point.unit_id, point.host_id, point.area_key) in taken:
            continue
        written.append((draft, point))
        if area:
            located.append((point, area))
    SchemePoint.objects.bulk_create(point for _, point in written)
    in_area = SchemePoint.areas.through
    in_area.objects.bulk_create(
        in_area(schemepoint=point, residentialarea=area) for point, area in located
    )
    PointState.objects.bulk_create(_first_state(draft, point) for draft, point in written)
    return written


def _point(draft: Draft, scheme, area, host, source: Source) -> SchemePoint:
    return SchemePoint(
        scheme=scheme,
        unit=draft.unit,
        host=host,
        area_key=str(area.pk) if area else "",
        block=draft.scheme["block"],
        launched_on=draft.launched_on,
        status=Status.CONFIRMED,
        source=source,
        is_demo=True,
        **draft.fields,
        **draft.figures,
    )


def _first_state(draft: Draft, point: SchemePoint) -> PointState:
    return PointState(
        point=point,
        as_of=draft.launched_on,
        valid_from=FIRST,
        valid_to=LAST,
        **draft.figures,
    )


def _go_on(points: list) -> None:
    """What happened to the points since: new figures, and the steps of review."""
    people = {user.username: user for user in User.objects.all()}
    for draft, point in points:
        for day, figures in draft.later:
            record_state(point, as_of=day, by=None, **figures)
        if draft.fate != Fate.CONFIRMED:
            commune = deep_units()[draft.unit.key]
            officer = people[commune.get("officer", STAFF)]
            leader = people[commune.get("leader", STAFF)]
            _review(point, draft.fate, officer, leader)


def _review(point: SchemePoint, fate: Fate, officer: User, leader: User) -> None:
    words, today = described()["words"], localdate()
    if fate in (Fate.WAITING, Fate.RETURNED):
        point.status, point.created_by = Status.WAITING, officer
        point.save(update_fields=["status", "created_by"])
        if fate == Fate.RETURNED:
            move_to(Status.RETURNED, record=point, by=leader, reason=words["returned"])
        return
    ended_on = max(point.launched_on, today - timedelta(days=30))
    ask_end(point, on=ended_on, reason=words["ended"], by=officer)
    if fate == Fate.ENDED:
        confirm_end(point, by=leader)
