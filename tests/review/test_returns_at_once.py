"""Two at the very same moment, on two connections; and a machine that stops in the middle."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from antq.accounts.models import User
from antq.accounts.roles import Role
from antq.review import returns
from antq.review.choices import ReturnStatus, ReturnStep
from antq.review.models import ReturnedItem, ReviewEvent
from antq.review.services import TransitionError
from antq.units.models import AdministrativeUnit
from tests.factories import make_unit, make_user
from tests.faults import all_or_nothing
from tests.review.papers import Paper, make_paper


@pytest.fixture
def commune(django_db_setup, django_db_blocker):
    """Rows that every connection sees; taken away afterwards, the units of Viet Nam are not."""
    with django_db_blocker.unblock():
        commune = make_unit()
        yield commune
        Paper.objects.all().delete()
        ReviewEvent.objects.all().delete()
        User.objects.all().delete()
        AdministrativeUnit.objects.filter(pk=commune.pk).delete()
        AdministrativeUnit.objects.filter(pk=commune.parent_id).delete()


def at_once(*calls):
    """Run each in a thread of its own; returns the refusals, '' where there was none."""
    start = Barrier(len(calls))

    def run(call):
        start.wait(timeout=30)
        try:
            call()
        except TransitionError as refusal:
            return str(refusal)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def sent_paper(commune):
    paper = make_paper(commune)
    returns.sign_and_send(paper, by=make_user(Role.COMMUNE_LEADER, commune), version=1)
    return paper


@pytest.mark.parametrize("version_seen", [True, False])
def test_two_reviewers_make_one_acceptance_and_one_clear_message(commune, version_seen):
    paper = sent_paper(commune)
    staff = [make_user(Role.PROVINCE_STAFF, commune.parent) for _ in range(2)]
    version = paper.version if version_seen else None

    def accept(user):
        own = Paper.objects.get(pk=paper.pk)
        return lambda: returns.move_to(own, ReturnStep.ACCEPT, by=user, version=version)

    done, refused = sorted(at_once(*map(accept, staff)))
    assert done == ""
    assert refused == (
        "Hồ sơ đang ở trạng thái “Đã duyệt”, không thực hiện được bước “Duyệt”. Tải lại trang để "
        "xem tình trạng mới nhất."
    )
    paper.refresh_from_db()
    assert (paper.status, paper.version) == (ReturnStatus.ACCEPTED, 4)
    assert ReviewEvent.objects.about(paper).filter(action="Duyệt").count() == 1


def test_who_accepts_while_another_returns_is_told(commune):
    paper = sent_paper(commune)
    staff = [make_user(Role.PROVINCE_STAFF, commune.parent) for _ in range(2)]
    version = paper.version
    mine, other = (Paper.objects.get(pk=paper.pk) for _ in range(2))
    refusals = at_once(
        lambda: returns.move_to(mine, ReturnStep.ACCEPT, by=staff[0], version=version),
        lambda: returns.move_to(
            other, ReturnStep.RETURN, by=staff[1], version=version, lines={"a": "Sai"}
        ),
    )
    paper.refresh_from_db()
    assert refusals.count("") == 1
    accepted = refusals[0] == ""
    assert paper.status == (ReturnStatus.ACCEPTED if accepted else ReturnStatus.RETURNED)
    assert ReturnedItem.objects.about(paper).count() == (0 if accepted else 1)


def test_of_a_leader_who_signs_and_an_officer_who_writes_the_second_is_told(commune):
    paper = make_paper(commune)
    leader = make_user(Role.COMMUNE_LEADER, commune)
    officer = make_user(Role.COMMUNE_OFFICER, commune)
    mine, other = (Paper.objects.get(pk=paper.pk) for _ in range(2))

    def write():
        with returns.writing(other, by=officer, version=1, keys=["a"]) as fresh:
            fresh.values["a"] = 9
            fresh.save(update_fields=["values"])

    refusals = at_once(lambda: returns.move_to(mine, ReturnStep.SIGN, by=leader, version=1), write)
    paper.refresh_from_db()
    assert refusals.count("") == 1
    signed = refusals[0] == ""
    assert (paper.status, paper.values["a"]) == (("signed", 1) if signed else ("draft", 9))


def stored(paper):
    row = Paper.objects.filter(pk=paper.pk).values().get()
    events = list(ReviewEvent.objects.about(paper).order_by("pk").values())
    return row, events, list(ReturnedItem.objects.about(paper).order_by("pk").values())


class TestStopped:
    """Each service, stopped after its n-th statement for every n."""

    pytestmark = pytest.mark.django_db

    @pytest.fixture
    def scene(self):
        commune = make_unit()
        leader = make_user(Role.COMMUNE_LEADER, commune)
        return sent_paper(commune), leader, make_user(Role.PROVINCE_STAFF, commune.parent)

    def check(self, paper, call):
        """`call` starts each time from what is stored, as a new request does."""
        statements = all_or_nothing(
            lambda: call(Paper.objects.get(pk=paper.pk)), lambda: stored(paper)
        )
        assert statements > 5  # it was stopped in the middle, many times

    def move(self, scene, step, by, **values):
        paper = scene[0]
        paper.refresh_from_db()
        version = paper.version
        self.check(paper, lambda own: returns.move_to(own, step, by=by, version=version, **values))

    def test_returning_lines_and_sending_them_again(self, scene):
        paper, leader, staff = scene
        self.move(scene, ReturnStep.RETURN, staff, lines={"a": "Sai", "c": "Thiếu"})
        paper.refresh_from_db()
        version = paper.version
        self.check(paper, lambda own: returns.sign_and_send(own, by=leader, version=version))
        assert not ReturnedItem.objects.open_of(paper).exists()
        self.move(scene, ReturnStep.ACCEPT, staff)
        self.move(scene, ReturnStep.REOPEN, staff, reason="Đính chính")
        paper.refresh_from_db()
        version = paper.version
        self.check(paper, lambda own: self.write(own, leader, version))

    @staticmethod
    def write(own, by, version):
        with returns.writing(own, by=by, version=version, keys=["a", "b"]) as fresh:
            for key in ("a", "b"):
                fresh.values[key] = 50
                fresh.save(update_fields=["values"])
