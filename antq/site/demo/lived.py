"""What became of the made-up points: a past, and what waits for somebody today.

All of it goes through the services, by the demo accounts, so that trail and change log tell it as
they would of real work. What the province has looked at comes first; the last edits are what it
finds in its queue.
"""

from uuid import NAMESPACE_URL, uuid5

from django.db.models import F, Q
from django.utils.timezone import localdate

from antq.accounts.demo import GIA_LAI
from antq.accounts.models import Draft, User
from antq.core.dates import vn_date
from antq.core.history import by_user
from antq.review.choices import Status
from antq.review.models import Source
from antq.review.models.sources import SourceKind
from antq.site.demo import happenings
from antq.site.demo.plausible import SOURCE, STAFF
from antq.site.demo.rows import entered
from antq.site.demo.story import Story
from antq.units.models import AdministrativeUnit
from movements.models import (
    Document,
    LifecycleEvent,
    Scheme,
    SchemeEvaluation,
    SchemePoint,
    SchemeType,
)
from movements.querysets import FIGURE_FIELDS
from movements.services.differences import return_lines
from movements.services.entry import Entry, change_point

OWN = "Diễn biến minh họa, không phải số liệu thật"
NEW_DAYS, ASKED_DAYS = 10, 25
PAST = [
    happenings.steps,
    happenings.teams,
    happenings.grades,
    happenings.honours,
    happenings.papers,
]


def enter_lived() -> int:
    """Returns how many points were added."""
    source, _ = Source.objects.get_or_create(
        title=OWN,
        publisher="",
        issued_on=None,
        defaults={"kind": SourceKind.OTHER, "is_demo": True},
    )
    if entered(source):
        return 0
    people = {user.username: user for user in User.objects.filter(is_demo=True)}
    story = Story(source, people["xa"], people["xa.truong"], people[STAFF], localdate())
    with by_user(story.staff.pk):
        happenings.profiles(story)
        happenings.new_points(story)
    with by_user(story.officer.pk):
        for part in PAST:
            part(story)
    _mark(story)
    with by_user(story.staff.pk):
        _look(story)
    _edit(story)
    _leave_drafts(story)
    return SchemePoint.objects.filter(source=source).count()


def _mark(story: Story) -> None:
    """What the services wrote is of the demo too."""
    SchemePoint.objects.filter(source=story.source).update(is_demo=True)
    Scheme.objects.filter(points__source=story.source).update(is_demo=True)
    for model in (LifecycleEvent, SchemeEvaluation, Document):
        model.objects.filter(point__is_demo=True).update(is_demo=True)


def _look(story: Story) -> None:
    """The communes asked round lately, nearly everywhere; the province has looked, but for the
    newest points."""
    points = SchemePoint.objects.under(
        [AdministrativeUnit.objects.get(key=GIA_LAI)], day=story.today
    )
    points = SchemePoint.objects.filter(pk__in=points, is_demo=True)
    settled = points.filter(source__title=SOURCE).exclude(unit=story.home)
    asked = settled.alias(rest=F("pk") % 6).exclude(rest=0)
    asked.filter(checked_on=None, launched_on__lt=story.ago(ASKED_DAYS)).update(
        checked_on=story.ago(ASKED_DAYS)
    )
    new = Q(launched_on__gte=story.ago(NEW_DAYS))
    ended = Q(unit=story.home, ended_on__isnull=False)
    looked = points.filter(status=Status.CONFIRMED).exclude(new).exclude(ended)
    looked.update(looked_version=F("version"))


def _edit(story: Story) -> None:
    """The last edits of Ia Dreh: two of them come back from the province, line by line."""
    cameras = story.of_type("camera")
    points = [point for point in story.mine[6:] if point not in cameras]
    for point, edit in zip(points, (_new_leader, _more_members, _new_decision), strict=False):
        fields, words = edit(point, story)
        _change(point, fields, words, story)
    for point in cameras[-1:]:
        point.refresh_from_db()
        eyes = point.attributes.get("camera_eyes", 10)
        more = {"attributes": point.attributes | {"camera_eyes": eyes * 4}}
        _change(point, more, f"Tổng số mắt camera: {eyes} → {eyes * 4}", story)
        _return(point, "attr_camera_eyes", "Tăng gấp bốn lần: kiểm tra lại số mắt.", story)
    for point in points[:1]:
        _return(point, "leader", "Ghi đủ họ và tên.", story)


def _return(point: SchemePoint, line: str, reason: str, story: Story) -> None:
    with by_user(story.staff.pk):
        return_lines(point, {line: reason}, by=story.staff, version=None)


def _new_leader(point: SchemePoint, story: Story) -> tuple[dict, str]:
    return {"leader": "H’Nhan"}, f"Người phụ trách: {point.leader} → H’Nhan"


def _more_members(point: SchemePoint, story: Story) -> tuple[dict, str]:
    known = point.members or 0
    words = f"Số thành viên: {known or '–'} → {known + 5}"
    return {"members": known + 5}, f"{words} (tính đến ngày {vn_date(story.today)})"


def _new_decision(point: SchemePoint, story: Story) -> tuple[dict, str]:
    old, new = point.decision_number or "–", "187/QĐ-UBND"
    return {"decision_number": new}, f"Số quyết định (thành lập): {old} → {new}"


def _change(point: SchemePoint, fields: dict, words: str, story: Story) -> None:
    point.refresh_from_db()
    figures = {name: fields.get(name, getattr(point, name)) for name in FIGURE_FIELDS}
    for name in fields.keys() - set(FIGURE_FIELDS):
        setattr(point, name, fields[name])
    entry = Entry(
        story.home,
        point.scheme.type,
        story.today,
        scheme=point.scheme,
        areas=[area.name for area in point.areas_on(story.today)],
        host=point.host.name if point.host else "",
        source=point.source.title,
        figures=figures,
    )
    with by_user(story.officer.pk):
        change_point(point, entry, by=story.officer, changed=words)


def _leave_drafts(story: Story) -> None:
    """The leader's: a point and a table of points, begun and not saved."""
    kind = str(SchemeType.objects.get(code="to-tu-quan").pk)
    common = {
        "unit": story.home.key,
        "type": kind,
        "block": "residential",
        "usual_block": "residential",
        "as_of": vn_date(story.today),
        "seen_on": vn_date(story.today),
        "decision_number": "190/QĐ-UBND",
    }
    forms = {
        "point-create": {"count": "1", "areas": "Buôn Nai", "leader": "Kpă Thủy"},
        "point-many": {
            "row-0-areas": "Buôn Ji",
            "row-0-leader": "Siu H’Pen",
            "row-1-areas": "Buôn Tang",
            "row-1-leader": "Nay Krih",
        },
    }
    for form, own in forms.items():
        typed = {"client_uuid": str(uuid5(NAMESPACE_URL, f"{OWN} {form}")), **common, **own}
        fields = [[name, [value]] for name, value in typed.items()]
        Draft.objects.get_or_create(user=story.leader, form=form, defaults={"fields": fields})
