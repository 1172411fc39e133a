"""The smallest return there is: three lines and a lock, in a table made for tests."""

from datetime import date

from django.db import connection, models

from antq.accounts.roles import Role
from antq.review import returns
from antq.review.choices import ReturnKind, ReturnStatus, ReturnStep
from antq.review.models import ReturnRecord, ReviewEvent, ReviewLine, Route
from antq.units.choices import Level
from antq.units.models import GroupMember
from tests.factories import make_unit, make_user


class Paper(ReturnRecord):
    return_kind = ReturnKind.UNIT_REPORT

    values = models.JSONField(default=dict)
    is_locked = models.BooleanField(default=False)
    is_unready = models.BooleanField(default=False)

    class Meta(ReturnRecord.Meta):
        app_label = "papers"  # no app of the program's: migrations and pages do not know it
        db_table = "test_paper"

    def review_lines(self):
        return {
            key: ReviewLine(f"Chỉ tiêu {key}", str(value), value)
            for key, value in sorted(self.values.items())
        }

    def locked_text(self):
        return "Kỳ báo cáo đã chốt số liệu." if self.is_locked else ""

    def unready_text(self):
        return "Chỉ tiêu a vượt chỉ tiêu b." if self.is_unready else ""


def make_table():
    if Paper._meta.db_table in connection.introspection.table_names():
        drop_table()
    with connection.schema_editor() as editor:
        editor.create_model(Paper)


def drop_table():
    with connection.schema_editor() as editor:
        editor.delete_model(Paper)


def make_paper(unit=None, **values) -> Paper:
    values = {"values": {"a": 1, "b": 2, "c": 3}, **values}
    return Paper.objects.create(unit=unit or make_unit(), **values)


def open_paper(unit=None, **values) -> Paper:
    """One that came back whole."""
    values = {"status": ReturnStatus.RETURNED, "status_reason": "Xem lại", **values}
    return make_paper(unit, **values)


class Place:
    """A commune in a cluster in a province, and who works there."""

    def __init__(self):
        self.province = make_unit(Level.PROVINCE)
        self.commune = make_unit(parent=self.province)
        self.cluster = make_unit(Level.GROUP, parent=self.province)
        GroupMember.objects.create(group=self.cluster, unit=self.commune)
        self.officer = make_user(Role.COMMUNE_OFFICER, self.commune)
        self.leader = make_user(Role.COMMUNE_LEADER, self.commune)
        self.committee = make_user(Role.COMMITTEE, self.cluster)
        self.staff = make_user(Role.PROVINCE_STAFF, self.province)
        self.viewer = make_user(Role.VIEWER, self.province)

    def switch_on(self, *, is_required=False):
        steps = Route.objects.get(
            kind=ReturnKind.UNIT_REPORT, level=Level.COMMUNE, valid_from=date(2025, 7, 1)
        ).steps
        steps.filter(level=Level.GROUP).update(is_on=True, is_required=is_required)

    def paper(self, **values):
        return make_paper(self.commune, **values)

    def sent(self):
        paper = self.paper()
        returns.sign_and_send(paper, by=self.leader, version=1)
        return paper


def move(paper, step, by, **values):
    values.setdefault("version", paper.version)
    return returns.move_to(paper, ReturnStep(step), by=by, **values)


def trail(paper):
    events = ReviewEvent.objects.about(paper)
    return [(each.action, each.old_status, each.new_status, each.by) for each in events]


def write(paper, by, **values):
    with returns.writing(paper, by=by, version=paper.version, keys=values) as fresh:
        fresh.values |= values
        fresh.save(update_fields=["values"])
