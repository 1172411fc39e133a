"""Data of the size of a real province, and of the country around it, for measuring.

All of it is made up; units of the made-up province are called "Đo". Deterministic: the same
arguments make the same rows.
"""

import random
from datetime import date, timedelta
from itertools import count
from uuid import UUID

from antq.accounts.models import Assignment, User
from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.units.choices import Kind, Level
from antq.units.models import AdministrativeUnit, ResidentialArea, UnitProfile
from antq.units.services import links_later
from movements.choices import Block, CatalogueStatus, EventKind
from movements.models import (
    Grade,
    LifecycleEvent,
    PointState,
    Scheme,
    SchemeEvaluation,
    SchemePoint,
    SchemeType,
)

COMMUNES, AREAS = 170, 12
# As reports count: a province of 33.100 points has 38 of them, the country has 2.500 for 124.000.
NAMES, NAMES_ELSEWHERE = 38, 75
TODAY = date(2026, 11, 14)
PASSWORD = "mat-khau-do-2026"
BATCH = 2000


def make(*, points: int, elsewhere: int, months: int) -> AdministrativeUnit:
    """A province of 170 communes with `points` over `months`; `elsewhere` points in the rest.

    Returns the province. Its accounts are do.xa, do.truong, do.tinh and do.tw.
    """
    chance = random.Random(20261114)
    province, communes = _units()
    areas = _areas(communes)
    others = list(
        AdministrativeUnit.objects.filter(level=Level.COMMUNE, valid_to=None)
        .exclude(parent=province)
        .order_by("pk")
    )
    numbers = count(1)
    names = _schemes([province.pk], NAMES) | _schemes(
        sorted({other.parent_id for other in others}), NAMES_ELSEWHERE
    )
    _points(communes, areas, names, points, months, chance, numbers)
    _points(others, {}, names, elsewhere, months, chance, numbers)
    _accounts(province, communes[0])
    return province


def _units():
    root = AdministrativeUnit.objects.get(level=Level.COUNTRY)
    with links_later():
        province = AdministrativeUnit.objects.create(
            key="DO", code="", name="Tỉnh Đo", level=Level.PROVINCE, kind=Kind.PROVINCE, parent=root
        )
        communes = AdministrativeUnit.objects.bulk_create(
            AdministrativeUnit(
                key=f"DO{number}",
                name=f"Xã Đo {number}",
                level=Level.COMMUNE,
                kind=Kind.COMMUNE,
                parent=province,
                latitude=13 + number % 13 / 10,
                longitude=107 + number / 100,
            )
            for number in range(COMMUNES)
        )
    return province, communes


def _schemes(provinces: list[int], number: int) -> dict[int, list[Scheme]]:
    """{province id: its own names, the most usual first}"""
    types = list(SchemeType.objects.filter(is_active=True).order_by("order", "pk"))
    made = Scheme.objects.bulk_create(
        Scheme(
            name=f"{types[at % len(types)].name} kiểu {at} ({province})",
            type=types[at % len(types)],
            owner_id=province,
            status=CatalogueStatus.ACCEPTED,
        )
        for province in provinces
        for at in range(number)
    )
    found = {}
    for scheme in made:
        found.setdefault(scheme.owner_id, []).append(scheme)
    return found


def _areas(communes) -> dict[int, list[ResidentialArea]]:
    made = ResidentialArea.objects.bulk_create(
        ResidentialArea(unit=commune, name=f"Thôn {number}")
        for commune in communes
        for number in range(1, AREAS + 1)
    )
    UnitProfile.objects.bulk_create(
        UnitProfile(
            unit=commune, year=2026, residential_areas=AREAS, households=2500, population=9000
        )
        for commune in communes
    )
    found = {}
    for area in made:
        found.setdefault(area.unit_id, []).append(area)
    return found


def _points(units, areas, names, number, months, chance, numbers) -> None:
    attributes = {
        kind.pk: [each for each in kind.attributes.all() if each.is_number]
        for kind in SchemeType.objects.prefetch_related("attributes")
    }
    for start in range(0, number, BATCH):
        made, states, links = [], [], []
        for at in range(start, min(start + BATCH, number)):
            unit = units[at % len(units)]
            schemes = names[unit.parent_id]
            # Some names are everywhere, most of them here and there.
            (scheme,) = chance.choices(schemes, [1 / (2 + rank) for rank in range(len(schemes))])
            launched = TODAY - timedelta(days=chance.randrange(30 * months))
            values = {each.key: chance.randrange(1, 30) for each in attributes[scheme.type_id]}
            figures = {
                "teams": chance.choice([None, 1, 2, 3]),
                "members": chance.randrange(3, 40),
                "households": chance.randrange(5, 200),
                "attributes": values,
            }
            point = SchemePoint(
                scheme=scheme,
                unit=unit,
                location=f"Nơi {next(numbers)}",
                block=chance.choice(Block.values),
                launched_on=launched,
                leader=f"Người phụ trách {at % 997}",
                decision_number=f"{at % 300}/QĐ-UBND",
                decision_on=launched,
                funding_social=chance.choice([None, 5_000_000, 20_000_000]),
                status=Status.WAITING if at % 100 == 0 else Status.CONFIRMED,
                ended_on=TODAY if at % 40 == 7 else None,
                client_uuid=UUID(int=chance.getrandbits(128), version=4),
                checked_on=launched,
                looked_version=1,
                **figures,
            )
            made.append(point)
        SchemePoint.objects.bulk_create(made)
        for at, point in enumerate(made):
            states += _states(point)
            if of_unit := areas.get(point.unit_id):
                area = of_unit[at % len(of_unit)]
                links.append(SchemePoint.areas.through(schemepoint=point, residentialarea=area))
        PointState.objects.bulk_create(states)
        _life(made, chance)
        SchemePoint.areas.through.objects.bulk_create(links)


def _life(points: list[SchemePoint], chance) -> None:
    """One of a hundred is suspended; those that ran last year have a grade."""
    LifecycleEvent.objects.bulk_create(
        LifecycleEvent(point=point, kind=EventKind.SUSPENSION, on=TODAY - timedelta(days=20))
        for point in points[::100]
        if point.ended_on is None and point.launched_on < TODAY - timedelta(days=20)
    )
    grades = list(Grade.objects.order_by("pk"))
    SchemeEvaluation.objects.bulk_create(
        SchemeEvaluation(point=point, year=TODAY.year - 1, grade=chance.choice(grades))
        for point in points
        if point.launched_on.year < TODAY.year and point.status == Status.CONFIRMED
    )


def _states(point: SchemePoint) -> list[PointState]:
    """One every half year, each a little larger than the one before."""
    days, day = [], point.launched_on
    while day <= TODAY:
        days.append(day)
        day += timedelta(days=182)
    states = []
    for at, day in enumerate(days):
        last = at == len(days) - 1
        states.append(
            PointState(
                point=point,
                as_of=day,
                valid_from=day if at else date.min,
                valid_to=date.max if last else days[at + 1] - timedelta(days=1),
                teams=point.teams,
                members=max(1, point.members - len(days) + 1 + at),
                households=point.households,
                attributes=point.attributes,
            )
        )
    return states


def _accounts(province, commune) -> None:
    root = AdministrativeUnit.objects.get(level=Level.COUNTRY)
    for name, role, unit in [
        ("do.xa", Role.COMMUNE_OFFICER, commune),
        ("do.truong", Role.COMMUNE_LEADER, commune),
        ("do.tinh", Role.PROVINCE_STAFF, province),
        ("do.tw", Role.VIEWER, root),
    ]:
        user = User.objects.create_user(name, password=PASSWORD)
        Assignment.objects.create(user=user, role=role, unit=unit)
