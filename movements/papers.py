"""Which papers a point's dossier needs and has, for many points at once."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce


class DossierQuerySet(QuerySet):
    """Part of `PointQuerySet`."""

    def with_dossier(self):
        """`papers_needed`, `papers_there`: of the kinds on the type's checklist, how many it has.

        A type without a checklist of its own has the common one. For the rows of a page: of
        thousands, `incomplete` knows faster which lack one.
        """
        papers, kinds, listed = self._dossier_tables()
        size = listed.filter(schemetype=OuterRef("scheme__type")).values("schemetype")
        common = kinds.filter(in_every_checklist=True).values("in_every_checklist")
        of_type = listed.filter(schemetype=OuterRef("point__scheme__type"))
        counts = Exists(of_type.filter(documentkind=OuterRef("kind"))) | (
            Q(kind__in_every_checklist=True) & ~Exists(of_type)
        )
        there = papers.filter(counts, point=OuterRef("pk")).values("point")
        number = {"number": Count("pk")}
        return self.annotate(
            papers_needed=Coalesce(
                Subquery(size.annotate(**number).values("number")),
                Subquery(common.annotate(**number).values("number")),
                0,
            ),
            papers_there=Coalesce(
                Subquery(there.annotate(number=Count("kind", distinct=True)).values("number")), 0
            ),
        )

    def incomplete(self):
        """Points of which a paper is missing that their checklist asks for."""
        papers, kinds, listed = self._dossier_tables()

        def lacking(kind: str):
            return ~Exists(papers.filter(point=OuterRef(OuterRef("pk")), kind=OuterRef(kind)))

        own = listed.filter(lacking("documentkind"), schemetype=OuterRef("scheme__type"))
        common = kinds.filter(lacking("pk"), in_every_checklist=True)
        has_own = Q(scheme__type__in=listed.values("schemetype"))
        return self.filter(Exists(own) | ~has_own & Exists(common))

    def _dossier_tables(self):
        """Papers, kinds of papers, and which kinds a type lists."""
        paper = self.model.documents.rel.related_model
        kind = paper.kind.field.related_model
        listed = self.model.scheme.field.related_model.type.field.related_model.checklist.through
        return paper.objects.order_by(), kind.objects.order_by(), listed.objects.all()
