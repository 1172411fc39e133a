"""Types of a province and what their points have: codes and keys of new ones, what is fixed."""

import re

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from antq.accounts.models import User
from antq.review import services as review
from movements.models import PointState, SchemeAttribute, SchemeType

FIXED = (
    "Đã có điểm ghi thông tin này: không đổi được khóa và kiểu, không xóa được. Cần kiểu khác thì "
    "thêm một thông tin mới, thông tin này để nguyên."
)


def with_use(attributes: QuerySet[SchemeAttribute]) -> QuerySet[SchemeAttribute]:
    """`is_used`: whether a point, today or on a past day, has a value under its key."""
    states = PointState.objects.filter(point__scheme__type=OuterRef("type"))
    return attributes.annotate(is_used=Exists(states.filter(attributes__has_key=OuterRef("key"))))


def is_used(attribute: SchemeAttribute) -> bool:
    """As it is stored, whatever was typed meanwhile."""
    return with_use(SchemeAttribute.objects.filter(pk=attribute.pk)).get().is_used


def used_choices(attribute: SchemeAttribute, choices: set[str]) -> list[str]:
    """Those of the choices that a point has."""
    states = PointState.objects.filter(point__scheme__type=attribute.type_id)
    return sorted(
        each
        for each in choices
        if states.filter(attributes__contains={attribute.key: each}).exists()
    )


def plain(text: str, joined_by: str) -> str:
    """Small letters without diacritics, as in codes and keys; by the database's own function."""
    with connection.cursor() as cursor:
        cursor.execute("select vn_key(%s)", [text])
        key = cursor.fetchone()[0]
    return joined_by.join(re.findall("[a-z0-9]+", key))


def free_code(name: str, owner) -> str:
    """The code of a new type: its name, with the province's own number; never changed later."""
    start = f"{owner.code}-" if owner else ""
    return _free(f"{start}{plain(name, '-')}"[:44], SchemeType.objects.all(), "code", "-")


def free_key(label: str, type: SchemeType) -> str:
    """The key of a new attribute. It differs from all others: only what is meant to is summed."""
    key = plain(label, "_")[:34]
    if not key[:1].isalpha():
        key = f"so_{key}"
    return _free(key, SchemeAttribute.objects.all(), "key", "_")


def _free(wish: str, rows: QuerySet, field: str, mark: str) -> str:
    taken = set(rows.filter(**{f"{field}__startswith": wish}).values_list(field, flat=True))
    number, found = 2, wish
    while found in taken:
        number, found = number + 1, f"{wish}{mark}{number}"
    return found


def next_order(type: SchemeType) -> int:
    return (type.attributes.aggregate(last=Max("order"))["last"] or 0) + 10


@transaction.atomic
def move_attribute(attribute: SchemeAttribute, *, up: bool) -> None:
    """One place up or down in the form."""
    SchemeType.objects.select_for_update().get(pk=attribute.type_id)
    rows = list(SchemeAttribute.objects.filter(type=attribute.type_id))
    here = rows.index(attribute)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rows):
        return
    rows[here], rows[there] = rows[there], rows[here]
    for number, row in enumerate(rows, start=1):
        row.order = 10 * number
    SchemeAttribute.objects.bulk_update(rows, ["order"])


@transaction.atomic
def save_with_note(row, *, type: SchemeType | None, action: str, words: str, by: User) -> None:
    """Write a type or one of its attributes, and a line in the type's trail."""
    row.save()
    review.note(type or row, action=action, by=by, reason=words[:500])


@transaction.atomic
def remove_attribute(attribute: SchemeAttribute, *, by: User) -> None:
    """Of one that no point has; of any other the database refuses it."""
    review.note(
        attribute.type, action="Xóa thông tin riêng", by=by, reason=f"{attribute.label}"[:500]
    )
    attribute.delete()


def shared_with(type: SchemeType) -> QuerySet[SchemeAttribute]:
    """National attributes with which one of a province may be added up: one row per key."""
    own = Q(type=type)
    rows = SchemeAttribute.objects.additive().filter(type__owner=None)
    taken = SchemeAttribute.objects.filter(own).values("key")
    return rows.exclude(key__in=taken).order_by("key", "pk").distinct("key")
