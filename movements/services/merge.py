"""Two names of one scheme become one, with everything that hangs on them.

Where both ran at one place, that place was counted twice, on past days too. The double is voided:
ending it would leave the past wrong, and deleting it would leave no trace. Its papers, grades
and recognitions go to the point that stays, and so do the points that ended in it. Nobody does this
silently: each such place is shown before, and has to be ticked.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import Truncator

from antq.accounts.models import User
from antq.core.db import VnKey
from antq.core.permissions import Permission
from antq.review import services as review
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.review.services import TransitionError
from movements.models import (
    Document,
    PointState,
    Recognition,
    Scheme,
    SchemeAttribute,
    SchemeEvaluation,
    SchemePoint,
)
from movements.services.catalogue import LONGEST_REASON, all_names, locked, noted

POINT_ACTION = "Gộp tên mô hình"


@dataclass(frozen=True)
class Clash:
    """Both names run at one place: `double` is of the name that goes, `kept` of the other."""

    double: SchemePoint
    kept: SchemePoint


def targets_of(source: Scheme, user: User) -> QuerySet[Scheme]:
    """Into which names `user` may merge it: national ones, and those it may configure."""
    mine = Scheme.objects.configurable_by(user)
    names = Scheme.objects.filter(Q(owner=None) | Q(pk__in=mine.values("pk")), merged_into=None)
    return names.exclude(pk=source.pk)


def clashes(source: Scheme, into: Scheme) -> list[Clash]:
    """The places where both run now; a place runs a scheme once (`point_place_once`)."""
    none = Value(0)
    there = (
        into.points.recorded()
        .filter(ended_on=None, unit=OuterRef("unit"), area_key=OuterRef("area_key"))
        .alias(body=Coalesce("host", none), where=VnKey("location"))
        .filter(body=Coalesce(OuterRef("host"), none), where=VnKey(OuterRef("location")))
    )
    here = source.points.recorded().filter(ended_on=None)
    doubles = here.annotate(kept=Subquery(there.order_by().values("pk")[:1])).exclude(kept=None)
    doubles = list(doubles.for_lists().order_by("unit__sort_key", "pk"))
    kept = SchemePoint.objects.for_lists().in_bulk([each.kept for each in doubles])
    return [Clash(each, kept[each.kept]) for each in doubles]


def orphans(source: Scheme, into: Scheme) -> list[SchemeAttribute]:
    """Attributes with figures of the source's points that the other type has not, or otherwise."""
    if source.type_id == into.type_id:
        return []
    has = {each.key: each.data_type for each in into.type.attributes.all()}
    states = PointState.objects.filter(point__scheme=source)
    return [
        each
        for each in source.type.attributes.all()
        if has.get(each.key) != each.data_type
        and states.filter(attributes__has_key=each.key).exists()
    ]


@transaction.atomic
def merge_schemes(
    source: Scheme,
    into: Scheme,
    *,
    by: User,
    reason: str = "",
    doubles: frozenset[int] = frozenset(),
    across_types: bool = False,
) -> int:
    """Merge one name into another; returns how many points went over.

    doubles: the source's points that are the same as the target's at their place. across_types:
    the types differ, and `by` has seen what no longer shows. Raises TransitionError.
    """
    # In one order whoever merges what, and points first, as who edits a point locks them. Whoever
    # enters one waits for the names; the database then lets its point follow the name.
    pks = [source.pk, into.pk]
    list(SchemePoint.objects.select_for_update().filter(scheme__in=pks).order_by("pk"))
    list(Scheme.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
    source = locked(source, by=by)
    into = Scheme.objects.select_related("type", "merged_into").get(pk=into.pk)
    _check(source, into, by, across_types)
    _take_doubles(source, into, doubles, by)
    words = f"“{source}” gộp vào “{into}”"
    moved = _move_points(source, into, by, f"{words}. {reason}" if reason else words)
    _move_rest(source, into)
    aliases = all_names(into.aliases.splitlines(), [source.name], source.aliases.splitlines())
    into.aliases = "\n".join(name for name in aliases if name.casefold() != into.name.casefold())
    into.save(update_fields=["aliases"])
    source.merged.update(merged_into=into)
    source.merged_into = into
    source.save(update_fields=["merged_into"])
    said = f"{words}; {moved} hồ sơ điểm"
    noted(source, action="Gộp vào tên khác", words=said, reason=reason, by=by)
    noted(into, action="Nhận tên gộp vào", words=said, reason=reason, by=by)
    return moved


def _check(source: Scheme, into: Scheme, by: User, across_types: bool) -> None:
    if into.merged_into_id:
        raise TransitionError(
            f"“{into}” đã gộp vào “{into.merged_into}”. Chọn “{into.merged_into}”.", "into"
        )
    if not targets_of(source, by).filter(pk=into.pk).exists():
        raise TransitionError(
            "Chỉ gộp vào tên dùng chung cả nước, hoặc tên của tỉnh mình; không gộp vào chính nó.",
            "into",
        )
    if source.type_id != into.type_id and not across_types:
        raise TransitionError(
            f"Khác loại hình: “{source.type}” và “{into.type}”. Đánh dấu xác nhận nếu vẫn gộp.",
            "across_types",
        )


def _take_doubles(source: Scheme, into: Scheme, doubles: frozenset[int], by: User) -> None:
    found = clashes(source, into)
    left = [clash for clash in found if clash.double.pk not in doubles]
    if left:
        raise TransitionError(
            f"Còn {len(left)} nơi đang có cả hai tên: đánh dấu “Là một điểm”, hoặc mở điểm để ghi "
            "rõ địa bàn, vị trí rồi gộp lại.",
            "doubles",
        )
    mine = SchemePoint.objects.allowing(by, Permission.RECORD_CONFIRM)
    if mine.filter(pk__in=[clash.double.pk for clash in found]).count() < len(found):
        raise TransitionError(
            "Có nơi trùng ngoài phạm vi của tài khoản. Đề nghị quản trị hệ thống gộp hai tên này."
        )
    for clash in found:
        _void_double(clash, f"Gộp tên mô hình “{source}” vào “{into}”", by)


def _void_double(clash: Clash, words: str, by: User) -> None:
    double, kept = clash.double, clash.kept
    Document.objects.filter(point=double).update(
        point=kept, event=None, version=F("version") + 1, updated_by=by, updated_at=timezone.now()
    )
    Recognition.objects.filter(point=double).update(
        point=kept, version=F("version") + 1, updated_by=by, updated_at=timezone.now()
    )
    graded = SchemeEvaluation.objects.filter(point=kept).values("year")
    SchemeEvaluation.objects.filter(point=double).exclude(year__in=graded).update(
        point=kept, version=F("version") + 1, updated_by=by, updated_at=timezone.now()
    )
    double.merged.exclude(pk=kept.pk).update(merged_into=kept)
    double.replicas.exclude(pk=kept.pk).update(replicated_from=kept)
    why = f"{words}: cùng một nơi với hồ sơ số {kept.pk}."
    # Whatever its state: a double that waits goes the same way as one that is confirmed.
    old, double.status, double.status_reason = double.status, Status.VOIDED, _cut(why)
    double.version, double.updated_by = double.version + 1, by
    double.save(
        update_fields=[
            "status",
            "status_reason",
            "version",
            "updated_by",
            "updated_at",
        ]
    )
    review.note(double, action=Status.VOIDED.label, by=by, reason=_cut(why), old=old)
    took = _cut(f"{words}: thay cả hồ sơ số {double.pk}, đã hủy vì cùng một nơi.")
    was, confirmed = kept.status, {}
    if old == Status.CONFIRMED:  # a place that counted goes on to count
        kept.status = Status.CONFIRMED
        confirmed = {"status": kept.status, "status_reason": ""}
    SchemePoint.objects.filter(pk=kept.pk).update(
        version=F("version") + 1, updated_by=by, updated_at=timezone.now(), **confirmed
    )
    review.note(kept, action=POINT_ACTION, by=by, reason=took, old=was)


def _move_points(source: Scheme, into: Scheme, by: User, words: str) -> int:
    """Those entered by mistake too: nothing is left behind under a name that nobody lists."""
    points = list(source.points.all())
    ReviewEvent.objects.bulk_create(
        [review.line(each, action=POINT_ACTION, by=by, reason=_cut(words)) for each in points],
        batch_size=1000,
    )
    seen = When(looked_version=F("version"), then=F("version") + 1)
    source.points.update(
        scheme=into,
        version=F("version") + 1,
        # Whoever merges has looked: what the province had seen stays seen.
        looked_version=Case(seen, default=F("looked_version"), output_field=IntegerField()),
        updated_by=by,
        updated_at=timezone.now(),
    )
    return len(points)


def _move_rest(source: Scheme, into: Scheme) -> None:
    source.recognitions.update(scheme=into, version=F("version") + 1, updated_at=timezone.now())
    into.lead_organizations.add(*source.lead_organizations.all())
    source.lead_organizations.clear()
    if into.origin_unit_id is None:
        into.origin_unit = source.origin_unit
        into.save(update_fields=["origin_unit"])


def _cut(text: str) -> str:
    return Truncator(text).chars(LONGEST_REASON)
