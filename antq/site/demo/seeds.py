"""Enters what the newspaper pieces state; see `seed_facts`."""

from antq.review.choices import Status
from antq.review.models import Source
from antq.review.models.sources import SourceKind
from antq.site.demo.rows import entered, organization, scheme_named
from antq.site.demo.seed_facts import DOCUMENTS, Document, Fact
from antq.units.models import AdministrativeUnit
from movements.models import SchemePoint
from movements.services.points import record_state


def enter_seeds() -> int:
    """Returns how many points were entered."""
    return sum(_enter(document) for document in DOCUMENTS)


def _enter(document: Document) -> int:
    source, _ = Source.objects.get_or_create(
        title=document.title,
        publisher=document.publisher,
        issued_on=document.issued_on,
        defaults={
            "kind": SourceKind.NEWSPAPER,
            "author": document.author,
            "issued_precision": document.issued_precision,
            "is_demo": True,
        },
    )
    if entered(source):
        return 0
    for fact in document.facts:
        _enter_fact(fact, document, source)
    return len(document.facts)


def _enter_fact(fact: Fact, document: Document, source: Source) -> None:
    unit = AdministrativeUnit.objects.get(key=fact.unit)
    scheme = scheme_named(fact.scheme, type_code=fact.type, aliases=fact.aliases)
    for body in fact.leads:
        scheme.lead_organizations.add(organization(body.name, kind=body.kind, unit=unit))
    host = fact.host and organization(fact.host.name, kind=fact.host.kind, unit=unit)
    point = SchemePoint.objects.create(
        scheme=scheme,
        unit=unit,
        host=host,
        block=fact.block,
        count=fact.count,
        seen_on=document.seen_on,
        status=Status.CONFIRMED,
        source=source,
        is_demo=True,
    )
    record_state(point, as_of=document.seen_on, by=None, teams=fact.teams)
