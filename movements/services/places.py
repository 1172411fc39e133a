"""Where a point stands: in which unit on its first day, in which areas, with which host."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.utils.timezone import localdate

from antq.core.db import VnKey
from antq.units.choices import Level, OrganizationKind
from antq.units.models import AdministrativeUnit, Organization, ResidentialArea, UnitLink
from antq.units.models.units import RANK
from movements.choices import Block

HOST_KINDS = {
    Block.AGENCY: OrganizationKind.AGENCY,
    Block.ENTERPRISE: OrganizationKind.ENTERPRISE,
    Block.SCHOOL: OrganizationKind.SCHOOL,
    Block.RELIGIOUS: OrganizationKind.RELIGIOUS,
}


def home_of(unit: AdministrativeUnit) -> AdministrativeUnit:
    """The unit of today in which the records of `unit` stand: itself while it is valid."""
    today = localdate()
    if unit.is_valid_on(today):
        return unit
    links = UnitLink.objects.valid_on(today).filter(descendant=unit)
    above = AdministrativeUnit.objects.filter(downlinks__in=links).with_place()
    return min(above, key=lambda found: RANK[found.level], default=unit)


def units_then(unit: AdministrativeUnit, first: date, last: date) -> list[AdministrativeUnit]:
    """The units to which a point of today's `unit` can have belonged when it began.

    It began on a day between `first` and `last` (the day, or the month or year that is known).
    A unit that existed by then is the only one. Otherwise they are the units of its level whose
    records stand in it today; of a divided commune, the part that came to it. Empty: there was
    none.
    """
    if unit.valid_from is None or unit.valid_from <= first:
        return [unit]
    links = UnitLink.objects.valid_on(localdate()).filter(ancestor=unit)
    levels = [unit.level, Level.PART] if unit.level == Level.COMMUNE else [unit.level]
    found = (
        AdministrativeUnit.objects.filter(uplinks__in=links, level__in=levels)
        .filter(Q(valid_from=None) | Q(valid_from__lte=last))
        .filter(Q(valid_to=None) | Q(valid_to__gte=first))
        .with_place()
        .in_name_order()
    )
    divided = {part.parent_id for part in found if part.level == Level.PART}
    return [each for each in found if each.pk not in divided]


def province_of(unit: AdministrativeUnit) -> AdministrativeUnit | None:
    while unit is not None and unit.level != Level.PROVINCE:
        unit = unit.parent
    return unit


def named(rows: QuerySet, name: str) -> QuerySet:
    """Rows that carry this name, or have it among their aliases, however it is written."""
    line = Value("\n", output_field=TextField())
    return rows.alias(
        needle=VnKey(Value(name)),
        own=VnKey("name"),
        lines=Concat(line, VnKey("aliases"), line, output_field=TextField()),
    ).filter(
        Q(own=F("needle"))
        | Q(lines__contains=Concat(line, F("needle"), line, output_field=TextField()))
    )


def found_or_made(rows: QuerySet, name: str, **values):
    """The row with this name among `rows`; made from `values` where there is none.

    Someone else may make it at the same moment: theirs is taken then.
    """
    if found := named(rows, name).order_by("pk").first():
        return found
    try:
        with transaction.atomic():
            return rows.model.objects.create(name=name, **values)
    except IntegrityError:
        if found := named(rows, name).order_by("pk").first():
            return found
        raise


def unknown_names(rows: QuerySet, names: list[str]) -> list[str]:
    """Those that no row has: they will be made."""
    return [name for name in names if name and not named(rows, name).exists()]


def areas_of(unit: AdministrativeUnit) -> QuerySet[ResidentialArea]:
    """The residential areas of a commune of today: none that was merged away.

    Those of a commune that became part of it stand in it too, until they are re-arranged.
    """
    today = localdate()
    areas = ResidentialArea.objects.valid_on(today)
    return areas.under([unit], day=today) if unit.level == Level.COMMUNE else areas.none()


def take_areas(
    unit: AdministrativeUnit, names: list[str], held: Iterable[ResidentialArea] = ()
) -> list[ResidentialArea]:
    """The residential areas of a commune with these names; new ones join its list.

    held: those of the point already, one of the past or of an old commune among them.
    """
    known = {area.name: area for area in held}
    return [known.get(name) or found_or_made(areas_of(unit), name, unit=unit) for name in names]


def gone_areas(unit: AdministrativeUnit, names: list[str]) -> list[ResidentialArea]:
    """Those of the names that only an area of the past has: a new one is not meant by them."""
    today = localdate()
    past = ResidentialArea.objects.filter(valid_to__lt=today).under([unit], day=today)
    unknown = unknown_names(areas_of(unit), names)
    found = (named(past, name).order_by("-valid_to", "-pk").first() for name in unknown)
    return [area for area in found if area]


def hosts_of(unit: AdministrativeUnit) -> QuerySet[Organization]:
    """Bodies that may host a point of a unit: its own, those of its province and of the country."""
    places = [unit.pk]
    if (province := province_of(unit)) is not None:
        places.append(province.pk)
    return Organization.objects.filter(Q(unit__in=places) | Q(unit=None), valid_to=None)


def take_host(unit: AdministrativeUnit, name: str, block: str) -> Organization | None:
    """The body with this name; a new one is of the unit, and of the kind that the block says."""
    if not name:
        return None
    kind = HOST_KINDS.get(block, OrganizationKind.OTHER)
    if found := named(hosts_of(unit), name).order_by(F("unit").desc(nulls_last=True)).first():
        return found
    return found_or_made(hosts_of(unit), name, unit=unit, kind=kind)
