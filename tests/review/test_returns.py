"""A return goes up by its route: each step by whom it belongs to, in turn, with its trail."""

import pytest

from antq.review import returns
from antq.review.choices import ReturnStatus, ReturnStep
from antq.review.lines import changes_since_sent_before
from antq.review.models import ReturnedItem, ReviewEvent, Route
from antq.review.services import TransitionError
from antq.units.choices import Level
from tests.review.papers import Paper, move, open_paper, trail, write

pytestmark = pytest.mark.django_db
STATUS = ReturnStatus


def test_from_the_officer_to_the_province(place):
    paper = place.paper()
    write(paper, place.officer, a=7)
    move(paper, "offer", place.officer)
    assert paper.is_offered
    move(paper, "sign", place.leader)
    assert (paper.status, paper.is_offered) == (STATUS.CONFIRMED, False)
    move(paper, "send", place.leader)
    assert (paper.status, paper.waits_for.level) == (STATUS.SUBMITTED, Level.PROVINCE)
    assert paper.first_sent_at is not None
    move(paper, "accept", place.staff)

    assert (paper.status, paper.version, paper.values["a"]) == (STATUS.ACCEPTED, 6, 7)
    assert paper.waits_for is None
    assert trail(paper) == [
        ("Nhập số liệu", "draft", "draft", place.officer),
        ("Trình lãnh đạo", "draft", "draft", place.officer),
        ("Ký duyệt", "draft", "signed", place.leader),
        ("Gửi cấp trên", "signed", "submitted", place.leader),
        ("Duyệt", "submitted", "accepted", place.staff),
    ]
    assert not ReviewEvent.objects.about(paper).filter(is_on_behalf=True).exists()


def test_two_lines_come_back_and_only_they_open(place):
    paper = place.sent()
    move(paper, "return", place.staff, lines={"a": "Quá lớn", "c": "Thiếu căn cứ"})

    assert (paper.status, paper.open_lines()) == (STATUS.RETURNED, {"a", "c"})
    assert paper.status_reason == "Chỉ tiêu a: Quá lớn; Chỉ tiêu c: Thiếu căn cứ"
    with pytest.raises(TransitionError, match="Chỉ sửa được các dòng đã trả lại: “Chỉ tiêu b”"):
        write(paper, place.officer, a=5, b=5)
    paper.refresh_from_db()
    assert paper.values == {"a": 1, "b": 2, "c": 3}

    write(paper, place.officer, a=5)
    returns.sign_and_send(paper, by=place.leader, version=paper.version)

    changed, kept = ReturnedItem.objects.about(paper)
    assert (changed.key, changed.reason, changed.old_value, changed.new_value) == (
        "a",
        "Quá lớn",
        1,
        5,
    )
    assert changed.is_changed
    assert (kept.key, kept.old_text, kept.new_text, kept.is_changed) == ("c", "3", "3", False)
    (change,) = changes_since_sent_before(paper)
    assert (change.key, change.label, change.old, change.new) == ("a", "Chỉ tiêu a", "1", "5")
    assert paper.open_lines() == frozenset()
    assert paper.status_reason == ""


def test_a_whole_return_opens_every_line(place):
    paper = place.sent()
    with pytest.raises(TransitionError, match="Ghi lý do") as refused:
        move(paper, "return", place.staff, reason="  ")
    assert refused.value.field == "reason"
    move(paper, "return", place.staff, reason="Nhầm tháng")
    assert paper.open_lines() is None
    write(paper, place.officer, a=5, b=6, c=7)
    returns.sign_and_send(paper, by=place.leader, version=paper.version)
    assert [change.key for change in changes_since_sent_before(paper)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ({"z": "Sai"}, "Không có dòng “z”"),
        ({"a": " "}, "Ghi lý do ở mỗi dòng trả lại"),
    ],
)
def test_lines_that_cannot_come_back(place, lines, message):
    paper = place.sent()
    with pytest.raises(TransitionError, match=message):
        move(paper, "return", place.staff, lines=lines, reason="Sai")
    paper.refresh_from_db()
    assert paper.status == STATUS.SUBMITTED
    assert not ReturnedItem.objects.exists()


def test_an_accepted_one_is_opened_again_with_a_reason(place):
    paper = place.sent()
    move(paper, "accept", place.staff)
    with pytest.raises(TransitionError, match="không sửa được"):
        write(paper, place.officer, a=9)
    with pytest.raises(TransitionError, match="quyền"):
        move(paper, "reopen", place.leader, reason="Nhầm")
    with pytest.raises(TransitionError, match="Ghi lý do"):
        move(paper, "reopen", place.staff)
    move(paper, "reopen", place.staff, lines={"b": "Đính chính theo văn bản 12"})
    assert (paper.status, paper.open_lines()) == (STATUS.REOPENED, {"b"})
    first_sent = paper.first_sent_at
    write(paper, place.officer, b=20)
    returns.sign_and_send(paper, by=place.leader, version=paper.version)
    assert paper.first_sent_at == first_sent


def test_the_leader_takes_the_signature_back_and_what_was_open_is_open(place):
    paper = place.sent()
    move(paper, "return", place.staff, lines={"a": "Quá lớn"})
    move(paper, "sign", place.leader)
    assert paper.open_lines() == frozenset()
    move(paper, "unsign", place.leader)
    assert (paper.status, paper.open_lines()) == (STATUS.RETURNED, {"a"})

    draft = place.paper()
    move(draft, "sign", place.leader)
    move(draft, "unsign", place.leader)
    assert (draft.status, draft.open_lines()) == (STATUS.DRAFT, None)


def test_the_leader_hands_a_draft_back_to_the_officer(place):
    paper = place.paper()
    with pytest.raises(TransitionError, match="không thực hiện được bước"):
        move(paper, "hand_back", place.leader, reason="Thiếu")
    move(paper, "offer", place.officer)
    with pytest.raises(TransitionError, match="không thực hiện được bước"):
        move(paper, "offer", place.officer)
    with pytest.raises(TransitionError, match="quyền"):
        move(paper, "hand_back", place.officer, reason="Thiếu")
    move(paper, "hand_back", place.leader, reason="Thiếu số buổi")
    assert (paper.status, paper.is_offered, paper.status_reason) == (
        STATUS.DRAFT,
        False,
        "Thiếu số buổi",
    )


def test_what_blocks_stops_the_signature_and_not_the_draft(place):
    paper = place.paper(is_unready=True)
    write(paper, place.officer, a=5)
    with pytest.raises(TransitionError, match="vượt chỉ tiêu b"):
        returns.sign_and_send(paper, by=place.leader, version=paper.version)
    paper.refresh_from_db()
    assert paper.status == STATUS.DRAFT


def test_sign_and_send_is_one(place):
    """Without a reviewer nothing can be sent; then it is not signed either."""
    Route.objects.all().delete()
    paper = place.paper()
    with pytest.raises(TransitionError, match="Chưa có tuyến duyệt"):
        returns.sign_and_send(paper, by=place.leader, version=1)
    paper.refresh_from_db()
    assert (paper.status, paper.version) == (STATUS.DRAFT, 1)
    assert not trail(paper)


def test_a_locked_period_takes_no_step_and_no_figure(place):
    papers = [place.paper(is_locked=True), open_paper(place.commune, is_locked=True)]
    for paper in papers:
        for step in ReturnStep:
            with pytest.raises(TransitionError):
                move(paper, step, place.staff, reason="Sai")
        with pytest.raises(TransitionError, match="đã chốt"):
            write(paper, place.officer, a=9)
        assert returns.steps_for(paper, place.staff) == []
        paper.refresh_from_db()
        assert (paper.version, paper.values["a"]) == (1, 1)


def test_one_that_was_changed_meanwhile_is_not_signed(place):
    paper = place.paper()
    write(paper, place.officer, a=9)
    with pytest.raises(TransitionError, match="vừa được sửa"):
        move(paper, "sign", place.leader, version=1)
    stale = returns.writing(paper, by=place.officer, version=1)
    with pytest.raises(TransitionError, match="vừa được sửa"), stale:
        pytest.fail("it was opened")


def test_what_was_sent_once_is_voided_by_the_leader(place):
    draft, back = place.paper(), open_paper(place.commune)
    with pytest.raises(TransitionError, match="Ghi lý do"):
        move(draft, "void", place.officer)
    move(draft, "void", place.officer, reason="Nhầm kỳ")
    with pytest.raises(TransitionError, match="quyền"):
        move(back, "void", place.officer, reason="Nhầm kỳ")
    move(back, "void", place.leader, reason="Nhầm kỳ")
    assert {draft.status, back.status} == {STATUS.VOIDED}
    for step in ReturnStep:
        with pytest.raises(TransitionError):
            move(draft, step, place.leader, reason="Sai")


def test_the_buttons_of_a_record_cost_five_queries(place, django_assert_num_queries):
    """What it waits for, the steps of its route, what stands above it; two of the user's roles."""
    paper = Paper.objects.get(pk=place.sent().pk)
    with django_assert_num_queries(5):
        assert returns.steps_for(paper, place.staff) == [ReturnStep.ACCEPT, ReturnStep.RETURN]
