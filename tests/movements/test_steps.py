"""Steps in the life of a point, as each role may and may not make them."""

from datetime import date

import pytest
from django.urls import reverse

from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from movements.models import SchemePoint
from movements.services import points as services
from movements.services.lifecycle import ask_merge
from tests.factories import make_point, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def commune():
    return make_unit()


@pytest.fixture
def waiting(commune):
    return make_point(unit=commune, status=Status.WAITING)


@pytest.fixture
def confirmed(commune):
    return make_point(unit=commune)


def sign_in(client, role, place):
    user = make_user(role, place)
    client.force_login(user)
    return user


def step(client, name, point, **data):
    """Make a step; returns what the page says after it, beside the fields too."""
    response = client.post(reverse(f"movements:point-{name}", args=[point.pk]), data, follow=True)
    point.refresh_from_db()
    if response.status_code != 200:
        return response.status_code
    said = [str(message) for message in response.context["messages"]]
    for panel in response.context["panels"]:
        said += [error for errors in panel.form.errors.values() for error in errors]
    return " ".join(said)


def trail(point):
    return [(event.action, event.reason) for event in ReviewEvent.objects.about(point)]


def test_leader_confirms(client, commune, waiting):
    leader = sign_in(client, Role.COMMUNE_LEADER, commune)
    assert "Đã duyệt" in step(client, "confirm", waiting)
    assert (waiting.status, waiting.version, waiting.updated_by) == (Status.CONFIRMED, 2, leader)
    assert trail(waiting) == [("Đã duyệt", "")]


def test_leader_returns_with_a_reason(client, commune, waiting):
    sign_in(client, Role.COMMUNE_LEADER, commune)
    assert "Ghi lý do" in step(client, "return", waiting, reason="  ")
    assert waiting.status == Status.WAITING
    step(client, "return", waiting, reason="Thiếu số quyết định")
    assert (waiting.status, waiting.status_reason) == (Status.RETURNED, "Thiếu số quyết định")
    assert trail(waiting) == [("Trả lại để bổ sung", "Thiếu số quyết định")]


def test_officer_takes_back_what_was_entered_by_mistake(client, commune, waiting):
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    step(client, "void", waiting, reason="Nhập trùng")
    assert waiting.status == Status.VOIDED
    assert client.get(reverse("movements:point-list")).context["rows"] == []


@pytest.mark.parametrize("name", ["confirm", "return", "void", "end", "end-confirm", "end-refuse"])
def test_a_reader_is_told_that_he_may_not(client, commune, name):
    point = make_point(unit=commune, status=Status.WAITING)
    if name.startswith("end"):
        point.status = Status.CONFIRMED
        point.end_asked_on = date(2026, 1, 1) if name != "end" else None
        point.save()
    before = (point.status, point.ended_on, point.end_asked_on, point.version)
    sign_in(client, Role.COMMITTEE, commune)
    said = step(client, name, point, reason="vì", on="01/02/2026")
    assert "không có quyền" in said
    assert (point.status, point.ended_on, point.end_asked_on, point.version) == before
    assert trail(point) == []


@pytest.mark.parametrize("name", ["confirm", "return", "end-confirm", "end-refuse"])
def test_an_officer_does_not_confirm_his_own(client, commune, waiting, name):
    if name.startswith("end"):
        waiting.status, waiting.end_asked_on = Status.CONFIRMED, date(2026, 1, 1)
        waiting.save()
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    assert "không có quyền" in step(client, name, waiting, reason="vì")
    assert trail(waiting) == []


@pytest.mark.parametrize("name", ["confirm", "return", "void", "end", "end-confirm", "end-refuse"])
def test_another_province_gets_404(client, waiting, name):
    sign_in(client, Role.PROVINCE_STAFF, make_unit().parent)
    assert step(client, name, waiting, reason="vì", on="01/02/2026") == 404
    assert waiting.status == Status.WAITING


@pytest.mark.parametrize("name", ["confirm", "return", "void", "end", "end-confirm", "end-refuse"])
def test_steps_are_not_taken_by_following_a_link(client, commune, waiting, name):
    sign_in(client, Role.COMMUNE_LEADER, commune)
    url = reverse(f"movements:point-{name}", args=[waiting.pk])
    assert client.get(url).status_code == 405


def test_out_of_turn_changes_nothing(client, commune, confirmed):
    sign_in(client, Role.COMMUNE_LEADER, commune)
    assert "Đã duyệt" in step(client, "confirm", confirmed)
    assert "không chuyển" in step(client, "confirm", confirmed)
    assert "không chuyển" in step(client, "return", confirmed, reason="muộn")
    assert "không có đề nghị" in step(client, "end-confirm", confirmed)
    assert confirmed.version == 1
    assert trail(confirmed) == []


def test_officer_asks_and_leader_confirms_the_end(client, commune, confirmed):
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    step(client, "end", confirmed, on="31/12/2025", reason="Giải thể")
    assert (confirmed.end_asked_on, confirmed.ended_on) == (date(2025, 12, 31), None)
    sign_in(client, Role.COMMUNE_LEADER, commune)
    step(client, "end-confirm", confirmed)
    assert (confirmed.end_asked_on, confirmed.ended_on) == (None, date(2025, 12, 31))
    assert [action for action, _ in trail(confirmed)] == [
        "Đề nghị kết thúc, hoạt động đến hết ngày 31/12/2025",
        "Duyệt kết thúc, hoạt động đến hết ngày 31/12/2025",
    ]


def test_leader_refuses_the_end(client, commune, confirmed):
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    step(client, "end", confirmed, on="31/12/2025", reason="Giải thể")
    sign_in(client, Role.COMMUNE_LEADER, commune)
    step(client, "end-refuse", confirmed, reason="Vẫn hoạt động")
    assert (confirmed.end_asked_on, confirmed.end_reason, confirmed.ended_on) == (None, "", None)


def test_leader_ends_in_one_step(client, commune, confirmed):
    sign_in(client, Role.COMMUNE_LEADER, commune)
    step(client, "end", confirmed, on="31/12/2025", reason="Giải thể")
    assert (confirmed.end_asked_on, confirmed.ended_on) == (None, date(2025, 12, 31))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"on": "31/07/2025", "reason": "Giải thể"}, "trước ngày bắt đầu"),
        ({"on": "01/01/2099", "reason": "Giải thể"}, "chưa đến"),
        ({"on": "31/02/2026", "reason": "Giải thể"}, "chỉ có 28 ngày"),
        ({"on": "", "reason": "Giải thể"}, "Ghi ngày"),
        ({"on": "31/12/2025", "reason": ""}, "Ghi lý do"),
        ({"on": "31/12/2025", "reason": "x" * 501}, "500"),
    ],
)
def test_a_wrong_end_is_refused(client, commune, confirmed, data, says):
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    assert says in step(client, "end", confirmed, **data)
    assert (confirmed.end_asked_on, confirmed.ended_on) == (None, None)
    assert trail(confirmed) == []


def test_page_offers_only_what_may_be_done_now(client, commune, waiting, confirmed):
    def offered(point):
        page = client.get(reverse("movements:point-detail", args=[point.pk])).content.decode()
        names = ("edit", "confirm", "return", "void", "end", "end-confirm", "end-refuse")
        urls = {name: reverse(f"movements:point-{name}", args=[point.pk]) for name in names}
        return {name for name, url in urls.items() if f'"{url}"' in page}

    sign_in(client, Role.COMMITTEE, commune)
    assert (offered(waiting), offered(confirmed)) == (set(), set())
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    assert (offered(waiting), offered(confirmed)) == ({"edit", "void"}, {"edit", "end"})
    sign_in(client, Role.COMMUNE_LEADER, commune)
    assert offered(waiting) == {"edit", "confirm", "return", "void"}
    confirmed.end_asked_on = date(2026, 1, 1)
    confirmed.save()
    assert offered(confirmed) == {"edit", "void", "end-confirm", "end-refuse"}


def test_many_at_once_each_with_its_own_result(client, commune, waiting, confirmed):
    ending = make_point(unit=commune, end_asked_on=date(2026, 1, 1))
    elsewhere = make_point(status=Status.WAITING)
    sign_in(client, Role.COMMUNE_LEADER, commune)
    response = client.post(
        reverse("movements:point-confirm-many"),
        {"point": [waiting.pk, confirmed.pk, ending.pk, elsewhere.pk, "abc", "9" * 40]},
        follow=True,
    )
    said = [str(message) for message in response.context["messages"]]
    for point in (waiting, confirmed, ending, elsewhere):
        point.refresh_from_db()
    assert waiting.status == Status.CONFIRMED
    assert ending.ended_on == date(2026, 1, 1)
    assert elsewhere.status == Status.WAITING
    assert "Đã duyệt 1 điểm mới, 1 đề nghị kết thúc." in said
    assert any(str(confirmed) in text and "không chuyển" in text for text in said)


@pytest.mark.parametrize("count", [1, 3])
def test_detail_costs_the_same_for_long_histories(
    client, commune, confirmed, count, django_assert_num_queries
):
    user = sign_in(client, Role.COMMUNE_LEADER, commune)
    for _ in range(count):
        ReviewEvent.objects.create(
            target=confirmed._meta.label, target_id=confirmed.pk, action="Sửa", by=user
        )
    with django_assert_num_queries(14):  # two are the savepoint round the session
        client.get(reverse("movements:point-detail", args=[confirmed.pk]))


@pytest.mark.parametrize(
    ("name", "data"),
    [("confirm", {}), ("return", {"reason": "thiếu"}), ("void", {"reason": "sai"})],
)
def test_a_leader_decides_only_on_what_he_has_seen(client, commune, waiting, name, data):
    sign_in(client, Role.COMMUNE_LEADER, commune)
    seen = waiting.version
    SchemePoint.objects.filter(pk=waiting.pk).update(version=seen + 1, members=9999)

    said = step(client, name, waiting, version=seen, **data)

    assert "vừa được sửa sau khi trang này mở" in said
    assert (waiting.status, waiting.version) == (Status.WAITING, seen + 1)
    assert trail(waiting) == []


def test_an_end_is_confirmed_only_as_it_was_seen(client, commune, confirmed):
    sign_in(client, Role.COMMUNE_LEADER, commune)
    SchemePoint.objects.filter(pk=confirmed.pk).update(
        end_asked_on=date(2026, 1, 1), end_reason="không còn", version=5
    )

    for name, data in (("end-confirm", {}), ("end-refuse", {"reason": "còn"})):
        assert "vừa được sửa" in step(client, name, confirmed, version=4, **data)
    assert (confirmed.ended_on, confirmed.end_asked_on) == (None, date(2026, 1, 1))


def test_a_ticked_point_that_was_edited_meanwhile_is_left(client, commune, waiting):
    other = make_point(unit=commune, status=Status.WAITING)
    sign_in(client, Role.COMMUNE_LEADER, commune)
    ticked = [
        f"{waiting.pk}:{waiting.version}",
        f"{other.pk}:{other.version + 1}",
        "x",
        "9:9:9",
        "",
    ]

    response = client.post(reverse("movements:point-confirm-many"), {"point": ticked}, follow=True)

    said = sorted(str(message) for message in response.context["messages"])
    assert len(said) == 2
    assert "vừa được sửa" in said[0] + said[1]
    assert "Đã duyệt 1 điểm mới." in said
    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.status, other.status) == (Status.CONFIRMED, Status.WAITING)


def test_the_page_sends_the_version_that_it_shows(client, commune, waiting):
    sign_in(client, Role.COMMUNE_LEADER, commune)
    SchemePoint.objects.filter(pk=waiting.pk).update(version=7)

    page = client.get(reverse("movements:point-detail", args=[waiting.pk])).content.decode()
    rows = client.get(reverse("movements:point-list"), {"status": "waiting"}).content.decode()

    # confirm, return, void
    assert page.count('<input type="hidden" name="version" value="7">') == 3
    assert f'value="{waiting.pk}:7"' in rows


@pytest.mark.parametrize(
    ("name", "sent", "field", "kept"),
    [
        ("end", {"on": "31/02/2026", "reason": "Giải thể"}, "on", ["31/02/2026", "Giải thể"]),
        ("end", {"on": "31/07/2025", "reason": "Giải thể"}, "on", ["31/07/2025", "Giải thể"]),
        ("end", {"on": "30/12/2025", "reason": " "}, "reason", ["30/12/2025"]),
        ("void", {"reason": "Nhập trùng " * 60}, "reason", ["Nhập trùng"]),
    ],
)
def test_a_wrong_step_keeps_what_was_typed(client, commune, confirmed, name, sent, field, kept):
    sign_in(client, Role.COMMUNE_LEADER, commune)
    response = client.post(reverse(f"movements:point-{name}", args=[confirmed.pk]), sent)

    assert response.status_code == 200
    (panel,) = [panel for panel in response.context["panels"] if panel.is_open]
    assert (panel.name, list(panel.form.errors)) == (name, [field])
    page = response.content.decode()
    assert page.count("<details open>") == 1
    opened = page[page.index("<details open>") :].split("</details>")[0]
    assert panel.form.errors[field][0] in opened
    assert "is-invalid" in opened
    assert all(text in opened for text in kept)
    confirmed.refresh_from_db()
    assert (confirmed.status, confirmed.ended_on, confirmed.version) == (Status.CONFIRMED, None, 1)


def test_a_step_on_what_was_changed_keeps_what_was_typed_and_goes_through_the_second_time(
    client, commune, waiting
):
    sign_in(client, Role.COMMUNE_LEADER, commune)
    SchemePoint.objects.filter(pk=waiting.pk).update(version=5)
    url = reverse("movements:point-return", args=[waiting.pk])
    page = client.post(url, {"reason": "Thiếu quyết định", "version": 1}).content.decode()
    opened = page[page.index("<details open>") :].split("</details>")[0]
    assert "vừa được sửa" in page
    assert "Thiếu quyết định" in opened
    assert 'name="version" value="5"' in opened
    assert step(client, "return", waiting, reason="Thiếu quyết định", version=5)
    assert waiting.status == Status.RETURNED


def test_the_officer_asks_and_the_leader_ends_in_their_own_words(client, commune, confirmed):
    url = reverse("movements:point-detail", args=[confirmed.pk])
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    assert "Trình lãnh đạo duyệt kết thúc" in client.get(url).content.decode()
    sign_in(client, Role.COMMUNE_LEADER, commune)
    page = client.get(url).content.decode()
    assert "Ghi kết thúc" in page
    assert "Trình lãnh đạo duyệt kết thúc" not in page


def test_after_a_confirmation_the_next_one_is_a_click_away(client, commune, waiting):
    ending = make_point(unit=commune, end_asked_on=date(2026, 1, 1))
    make_point(status=Status.WAITING)  # of others
    sign_in(client, Role.COMMUNE_LEADER, commune)
    said = step(client, "confirm", waiting)
    url = reverse("movements:point-detail", args=[ending.pk])
    assert f'Còn 1 hồ sơ chờ duyệt. <a href="{url}">Mở hồ sơ tiếp theo</a>' in said
    assert "chờ duyệt" not in step(client, "end-confirm", ending)


def test_all_that_wait_can_be_ticked_at_once(client, commune, waiting):
    url = reverse("movements:point-list")
    sign_in(client, Role.COMMUNE_LEADER, commune)
    assert 'data-tick="point"' in client.get(url, {"status": "waiting"}).content.decode()
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    text = client.get(url, {"status": "waiting"}).content.decode()
    assert "Duyệt các điểm đã chọn" not in text
    assert "Sửa các điểm đã chọn" in text


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_point_into_which_others_were_merged_is_not_voided(
    client, commune, confirmed, is_confirmed
):
    leader = sign_in(client, Role.COMMUNE_LEADER, commune)
    merged = make_point(unit=commune, scheme=confirmed.scheme, location="Ngã ba")
    ask_merge(merged, confirmed, date(2026, 6, 30), "cùng thôn", leader)
    if is_confirmed:
        services.confirm_end(merged, by=leader)

    said = step(client, "void", confirmed, reason="nhập hai lần")

    assert "Có 1 điểm đã gộp, hoặc đang chờ duyệt gộp, vào điểm này" in said
    assert (confirmed.status, confirmed.version) == (Status.CONFIRMED, 1)
    assert trail(confirmed) == []


def test_a_point_whose_merge_was_refused_or_entered_by_mistake_holds_up_nothing(
    client, commune, confirmed
):
    leader = sign_in(client, Role.COMMUNE_LEADER, commune)
    for name in ("Ngã ba", "Chợ"):
        merged = make_point(unit=commune, scheme=confirmed.scheme, location=name)
        ask_merge(merged, confirmed, date(2026, 6, 30), "cùng thôn", leader)
        if name == "Chợ":
            assert "Đã hủy" in step(client, "void", merged, reason="nhập nhầm")
        else:
            services.refuse_end(merged, reason="khác thôn", by=leader)

    assert "Đã hủy" in step(client, "void", confirmed, reason="nhập hai lần")
    assert confirmed.status == Status.VOIDED
