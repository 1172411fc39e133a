"""Whose turn it is: committees where their route says so, higher levels on behalf, many at once."""

import pytest

from antq.accounts.demo import make_demo_accounts
from antq.accounts.models import User
from antq.accounts.roles import Role
from antq.review import returns
from antq.review.choices import Duty, ReturnStatus, ReturnStep
from antq.review.models import ReviewEvent
from antq.review.services import TransitionError
from antq.units.choices import Level
from tests.factories import make_unit, make_user, unit
from tests.review.papers import Paper, make_paper, move, write

pytestmark = pytest.mark.django_db
STATUS = ReturnStatus


@pytest.mark.parametrize("step", ["accept", "return", "pass_on"])
def test_nobody_else_reviews(place, step):
    paper = place.sent()
    strangers = [make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE)), make_user()]
    for user in [place.officer, place.leader, place.committee, place.viewer, *strangers]:
        with pytest.raises(TransitionError, match="không có quyền"):
            move(paper, step, user, reason="Sai")
        assert not Paper.objects.waiting_for(user).exists()
        assert returns.steps_for(paper, user) == []
    paper.refresh_from_db()
    assert paper.status == STATUS.SUBMITTED


def test_a_committee_returns_where_its_route_says_so_and_nobody_waits_for_it(place):
    place.switch_on()
    paper = place.sent()
    assert returns.steps_for(paper, place.committee) == [ReturnStep.PASS_ON, ReturnStep.RETURN]
    assert list(Paper.objects.waiting_for(place.committee)) == [paper]
    assert list(Paper.objects.waiting_for(place.staff)) == [paper]
    with pytest.raises(TransitionError, match="quyền"):
        move(paper, "accept", place.committee)
    move(paper, "return", place.committee, lines={"a": "Xem lại"})
    returns.sign_and_send(paper, by=place.leader, version=paper.version)
    move(paper, "accept", place.staff)
    assert paper.status == STATUS.ACCEPTED


def test_a_required_step_is_waited_for(place):
    place.switch_on(is_required=True)
    paper = place.sent()
    assert not Paper.objects.filter(waits_for__level=Level.PROVINCE).exists()
    with pytest.raises(TransitionError, match="chưa đến lượt"):
        move(paper, "accept", place.staff)
    move(paper, "pass_on", place.committee)
    assert (paper.status, paper.waits_for.level) == (STATUS.SUBMITTED, Level.PROVINCE)
    with pytest.raises(TransitionError, match="chưa đến lượt"):
        move(paper, "return", place.committee, reason="Muộn")
    move(paper, "accept", place.staff)


def test_a_committee_waits_for_a_required_one_before_it(place):
    """That of the cluster first, and then that of the commune."""
    place.switch_on(is_required=True)
    paper = place.sent()
    paper.waits_for.route.steps.create(
        order=9,
        duty=Duty.REVIEW,
        permission="COMMITTEE_REVIEW",
        level=Level.COMMUNE,
        is_required=False,
    )
    committee = make_user(Role.COMMITTEE, place.commune)
    assert not Paper.objects.waiting_for(committee).exists()
    assert returns.steps_for(paper, committee) == []


def test_old_records_go_up_by_the_units_of_today(settings):
    settings.DEMO = True
    make_demo_accounts()
    xa, truong, tinh, other = (
        User.objects.get(username=name) for name in ("xa", "xa.truong", "tinh", "tinh.thanhhoa")
    )
    paper = make_paper(unit("W24103@2025-06-30"))  # Ia RMok, which is in Ia Dreh now
    write(paper, xa, a=5)
    returns.sign_and_send(paper, by=truong, version=paper.version)
    assert not Paper.objects.waiting_for(other).exists()
    move(paper, "accept", tinh)
    assert not ReviewEvent.objects.about(paper).filter(is_on_behalf=True).exists()

    total = make_paper(unit("D637@2025-06-30"))  # of Krông Pa, a district that is no more
    with pytest.raises(TransitionError, match="quyền"):
        write(total, truong, a=5)
    write(total, tinh, a=5)
    returns.sign_and_send(total, by=tinh, version=total.version)
    move(total, "accept", tinh)
    marks = ReviewEvent.objects.about(total).values_list("is_on_behalf", flat=True)
    assert list(marks) == [True, True, True, False]


def test_a_step_that_is_switched_off_holds_nobody_up(place):
    place.switch_on(is_required=True)
    paper = place.sent()
    paper.waits_for.route.steps.filter(level=Level.GROUP).update(is_on=False)
    paper.refresh_from_db()
    assert list(Paper.objects.waiting_for(place.staff)) == [paper]
    assert not Paper.objects.waiting_for(place.committee).exists()
    move(paper, "accept", place.staff)


def test_the_province_enters_and_signs_on_behalf_and_the_trail_says_so(place):
    paper = place.paper()
    write(paper, place.staff, a=9)
    write(paper, place.staff, a=10)
    returns.sign_and_send(paper, by=place.staff, version=paper.version)
    move(paper, "accept", place.staff)
    events = ReviewEvent.objects.about(paper)
    assert [(each.action, each.is_on_behalf) for each in events] == [
        ("Nhập số liệu", True),  # once, however often it was saved
        ("Ký duyệt", True),
        ("Gửi cấp trên", True),
        ("Duyệt", False),
    ]


def test_many_are_accepted_each_with_its_result(place):
    sent = [place.sent() for _ in range(3)]
    draft = place.paper()
    foreign = make_paper()
    write_back = sent[2]
    move(write_back, "return", place.staff, reason="Sai")
    seen = {sent[0].pk: sent[0].version, sent[1].pk: 1, write_back.pk: write_back.version}
    seen |= {draft.pk: 1, foreign.pk: 1, 0: 1}
    results = returns.move_many(Paper, ReturnStep.ACCEPT, seen, by=place.staff)

    assert [result.pk for result in results] == list(seen)
    assert [result.error[:30] for result in results] == [
        "",
        "Hồ sơ vừa được sửa sau khi tra",
        "Hồ sơ đang ở trạng thái “Trả l",
        "Hồ sơ đang ở trạng thái “Đang ",
        "Không tìm thấy hồ sơ này.",
        "Không tìm thấy hồ sơ này.",
    ]
    assert list(Paper.objects.accepted()) == [sent[0]]
    assert results[4].record is None
