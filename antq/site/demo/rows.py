"""Rows on which several parts of the demo data stand."""

from django.db.models import Value

from antq.core.db import VnKey
from antq.review.models import Source
from antq.units.models import AdministrativeUnit, Organization
from movements.models import Scheme, SchemePoint, SchemeType


def entered(source: Source) -> bool:
    """Whether the points of a source are there."""
    return SchemePoint.objects.filter(source=source).exists()


def scheme_named(name: str, *, type_code: str, aliases: tuple[str, ...] = ()) -> Scheme:
    """The scheme of the catalogue, which is national and may have been there before."""
    kind = SchemeType.objects.get(code=type_code)
    known = Scheme.objects.filter(type=kind, merged_into=None, name_key=VnKey(Value(name))).first()
    return known or Scheme.objects.create(
        type=kind, name=name, aliases="\n".join(aliases), is_demo=True
    )


def organization(name: str, *, kind: str, unit: AdministrativeUnit) -> Organization:
    values = {"kind": kind, "is_demo": True}
    return Organization.objects.get_or_create(name=name, unit=unit, valid_to=None, defaults=values)[
        0
    ]
