"""Which names of the catalogue a name is near to, however it is written."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from antq.accounts.models import User
from antq.core.permissions import Permission
from movements.choices import CatalogueStatus
from movements.models import Scheme, SchemeType
from movements.services.places import province_of

SHORTEST = 3  # letters of a key; fewer are near to everything
FEW = 5
MOST = 200  # are looked at, before those that the user may not choose are left out
NEAR = "select scheme_id, is_same, nearness from near_names(scheme_key(%s), %s)"
NEAR_EACH = """
select s.id, n.scheme_id from movements_scheme s
cross join lateral near_names(scheme_key(s.name), %s) as n where s.id = any(%s)
order by s.id, n.is_same desc, n.nearness desc, n.scheme_id
"""


@dataclass(frozen=True)
class Near:
    """is_same: one of its names differs from what was typed only in the way of writing."""

    scheme: Scheme
    is_same: bool
    is_of_type: bool


def provinces_of(user: User) -> set:
    return {province_of(held.unit) for held in user.current_assignments} - {None}


def types_of(user: User) -> QuerySet[SchemeType]:
    """National types, and those of the user's own province; all of them for the country."""
    if user.holds_everywhere(Permission.RECORD_VIEW):
        return SchemeType.objects.all()
    return SchemeType.objects.filter(Q(owner=None) | Q(owner__in=provinces_of(user)))


def schemes_of(user: User) -> QuerySet[Scheme]:
    """Names that the user may choose: those of the catalogue, and its province's new ones."""
    names = Scheme.objects.filter(merged_into=None, type__in=types_of(user))
    if user.holds_everywhere(Permission.RECORD_VIEW):
        return names
    return names.filter(Q(status=CatalogueStatus.ACCEPTED) | Q(owner__in=provinces_of(user)))


def near_schemes(
    name: str, type: SchemeType | None, limit: int = FEW, *, among: QuerySet[Scheme] | None = None
) -> list[Near]:
    """The names nearest to what was typed: the same name first, then those of the type.

    among: the names to choose from; all that are not merged when not given.
    """
    if len(name.strip()) < SHORTEST:
        return []
    with connection.cursor() as cursor:
        cursor.execute(NEAR, [name.replace("\n", " "), MOST])
        order = {key: (not same, -near) for key, same, near in cursor.fetchall()}
    names = Scheme.objects.all() if among is None else among
    found = [
        Near(scheme, not order[scheme.pk][0], type is not None and scheme.type_id == type.pk)
        for scheme in names.filter(pk__in=order, merged_into=None).select_related("type")
    ]
    found.sort(key=lambda each: (not each.is_same, not each.is_of_type, *order[each.scheme.pk]))
    return found[:limit]


def same_name(name: str, type: SchemeType, *, among: QuerySet[Scheme]) -> Scheme | None:
    """The name of the type that is this one, written in another way ("ANTT")."""
    near = near_schemes(name, type, 1, among=among.filter(type=type))
    return near[0].scheme if near and near[0].is_same else None


def with_near(schemes: QuerySet[Scheme], limit: int = 3) -> list[Scheme]:
    """The schemes, each with `near`: the names nearest to it into which it may go."""
    rows = list(schemes)
    near = {row.pk: [] for row in rows}
    with connection.cursor() as cursor:
        cursor.execute(NEAR_EACH, [MOST, list(near)])
        for key, other in cursor.fetchall():
            near[key].append(other)
    others = {key for keys in near.values() for key in keys}
    found = Scheme.objects.select_related("type").in_bulk(others)
    for row in rows:
        near_ones = [found[key] for key in near[row.pk] if key != row.pk]
        row.near = [each for each in near_ones if each.owner_id in (None, row.owner_id)][:limit]
    return rows
