"""The yearly grade of points: one at a time, and a commune at once."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from antq.accounts.roles import Role
from antq.review.models import ReviewEvent
from antq.units.choices import Level
from movements.models import Grade, GradingScale, SchemeEvaluation
from movements.reference import load_grading
from movements.services import judging
from tests.factories import make_point, make_scheme, make_type, make_unit, make_user

pytestmark = pytest.mark.django_db
GRID = reverse("movements:evaluation-grid")


@pytest.fixture
def commune():
    return make_unit()


@pytest.fixture
def officer(client, commune):
    user = make_user(Role.COMMUNE_OFFICER, commune)
    client.force_login(user)
    return user


@pytest.fixture
def point(commune):
    return make_point(unit=commune, launched_on=date(2024, 5, 1))


def grade(name):
    return GradingScale.objects.get(code="chung").grades.get(name=name)


def send(client, point, **data):
    url = reverse("movements:point-evaluation-create", args=[point.pk])
    shown = client.get(url).context["form"]
    data = {"client_uuid": shown["client_uuid"].value(), "version": "0", "year": "2025", **data}
    return client.post(url, data, follow=True)


def messages(response):
    return " ".join(str(message) for message in response.context["messages"])


def test_the_common_scale_is_data_and_says_that_nobody_confirmed_it():
    scale = GradingScale.objects.get(code="chung")
    assert (scale.owner, scale.is_confirmed) == (None, False)
    names = [(each.name, each.slot) for each in scale.grades.all()]
    assert names == [
        ("Tốt", "good"),
        ("Khá", "fair"),
        ("Trung bình", "average"),
        ("Yếu", "weak"),
        ("Không phân loại", "ungraded"),
    ]


def test_loading_again_keeps_what_was_changed():
    scale = GradingScale.objects.get(code="chung")
    scale.grades.filter(name="Tốt").update(minimum=85)
    scale.grades.filter(name="Yếu").delete()
    load_grading()
    assert scale.grades.get(name="Tốt").minimum == 85
    assert not scale.grades.filter(name="Yếu").exists()
    load_grading(update=True)
    assert scale.grades.get(name="Tốt").minimum == 90
    assert scale.grades.filter(name="Yếu").exists()


@pytest.mark.parametrize(
    ("score", "name"),
    [("100", "Tốt"), ("90", "Tốt"), ("89,99", "Khá"), ("50", "Trung bình"), ("0", "Yếu")],
)
def test_the_score_proposes_the_grade(client, officer, point, score, name):
    send(client, point, score=score)
    row = point.evaluations.get()
    assert (row.year, row.grade.name) == (2025, name)
    assert row.score == Decimal(score.replace(",", "."))


@pytest.fixture
def old_scale(commune):
    """Until 2025 the province had a scale of its own, by which 80 points were good."""
    scale = GradingScale.objects.create(
        code="cu", name="Thang cũ", owner=commune.parent, valid_to=date(2025, 12, 31)
    )
    for order, (name, slot, minimum) in enumerate([("Giỏi", "good", 80), ("Đạt", "fair", 0)]):
        Grade.objects.create(scale=scale, name=name, slot=slot, minimum=minimum, order=order)
    return scale


@pytest.mark.parametrize(("year", "name"), [("2025", "Giỏi"), ("2026", "Khá")])
def test_the_scale_is_that_of_the_year_that_is_graded(
    client, officer, point, old_scale, year, name
):
    response = send(client, point, score="85", year=year)
    row = point.evaluations.get()
    assert (row.year, row.grade.name) == (int(year), name)
    assert "ứng với mức" not in messages(response)


def test_a_grade_of_another_years_scale_is_refused_and_those_of_the_year_are_offered(
    client, officer, point, old_scale
):
    response = send(client, point, grade=grade("Khá").pk, year="2025")
    form = response.context["form"]
    assert form.errors == {"grade": ["Mức này không có trong thang của năm đã ghi. Chọn lại."]}
    assert [each.name for each in form.fields["grade"].queryset] == ["Giỏi", "Đạt"]
    assert "Thang cũ" in form.fields["grade"].help_text
    assert not SchemeEvaluation.objects.exists()

    send(client, point, grade=old_scale.grades.get(name="Đạt").pk, year="2025")
    assert point.evaluations.get().grade.name == "Đạt"


def test_an_old_grade_is_changed_on_its_own_scale(client, officer, point, old_scale):
    send(client, point, score="85", year="2025")
    row = point.evaluations.get()
    url = reverse("movements:point-evaluation-edit", args=[point.pk, row.pk])
    form = client.get(url).context["form"]
    assert [each.name for each in form.fields["grade"].queryset] == ["Giỏi", "Đạt"]


def test_a_grade_needs_no_score(client, officer, point):
    send(client, point, grade=grade("Không phân loại").pk, note="mới thành lập")
    row = point.evaluations.get()
    assert (row.score, row.grade.name, row.note) == (None, "Không phân loại", "mới thành lập")


def test_a_contradiction_warns_and_is_saved(client, officer, point):
    response = send(client, point, score="95", grade=grade("Yếu").pk)
    assert "95 điểm ứng với mức “Tốt”" in messages(response)
    assert "chưa đối chiếu văn bản" in messages(response)
    assert point.evaluations.get().grade.name == "Yếu"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "grade"),
        ({"score": "101"}, "score"),
        ({"score": "-1"}, "score"),
        ({"score": "hơn 90"}, "score"),
        ({"score": "90", "year": "2099"}, "year"),
        ({"score": "90", "year": "2023"}, "year"),
        ({"score": "90", "year": "hai nghìn"}, "year"),
        ({"grade": "999999"}, "grade"),
        ({"score": "90", "decision_on": "01/01/2099"}, "decision_on"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, officer, point, data, field):
    response = send(client, point, **data)
    assert list(response.context["form"].errors) == [field]
    assert not SchemeEvaluation.objects.exists()


def test_a_year_is_graded_once(client, officer, point):
    send(client, point, score="95")
    response = send(client, point, score="40")
    assert "Điểm đã được xếp loại năm 2025" in response.context["form"].errors["year"][0]
    assert point.evaluations.get().score == 95


def test_the_same_form_twice_makes_one(client, officer, point):
    url = reverse("movements:point-evaluation-create", args=[point.pk])
    uuid = client.get(url).context["form"]["client_uuid"].value()
    for _ in range(2):
        response = client.post(
            url, {"client_uuid": uuid, "version": "0", "year": "2025", "score": "95"}
        )
        assert response.status_code == 302
    assert point.evaluations.count() == 1
    assert ReviewEvent.objects.about(point).count() == 1


def test_a_grade_is_changed_and_two_editors_are_told(client, officer, point):
    send(client, point, score="95")
    row = point.evaluations.get()
    url = reverse("movements:point-evaluation-edit", args=[point.pk, row.pk])
    data = {"client_uuid": row.client_uuid, "version": "1", "score": "60"}
    client.post(url, data)
    row.refresh_from_db()
    assert (row.score, row.version) == (60, 2)
    trail = [event.reason for event in ReviewEvent.objects.about(point)]
    assert trail == ["Tốt, 95 điểm", "Trung bình (trước đó: Tốt), 60 điểm"]

    response = client.post(url, data | {"score": "10"})
    assert "vừa được người khác ghi" in response.content.decode()
    row.refresh_from_db()
    assert row.score == 60


def test_a_grade_is_removed_with_a_reason(client, officer, point):
    send(client, point, score="95")
    row = point.evaluations.get()
    url = reverse("movements:point-evaluation-remove", args=[point.pk, row.pk])
    client.post(url, {"reason": ""})
    assert point.evaluations.exists()
    client.post(url, {"reason": "nhầm điểm"})
    assert not point.evaluations.exists()


def test_a_province_has_its_own_scale(commune):
    own = GradingScale.objects.create(code="gl", name="Thang của tỉnh", owner=commune.parent)
    assert judging.scale_for(commune, 2025) == own
    assert judging.scale_for(make_unit(), 2025).code == "chung"
    own.valid_from = date(2026, 1, 1)
    own.save()
    assert judging.scale_for(commune, 2025).code == "chung"
    assert judging.scale_for(commune, 2026) == own


def grid(client, rows, year=2025, **more):
    data = {}
    for row, values in rows.items():
        known = row.evaluations.filter(year=year).first()
        data[f"p{row.pk}-version"] = known.version if known else 0
        data |= {f"p{row.pk}-{name}": value for name, value in values.items()}
    return client.post(f"{GRID}?year={year}", data | more, follow=True)


def test_a_commune_is_graded_on_one_page(client, officer, commune, point):
    other, idle = make_point(unit=commune), make_point(unit=commune)
    response = grid(
        client,
        {
            point: {"score": "92,5", "grade": ""},
            other: {"score": "", "grade": grade("Khá").pk},
            idle: {"score": "", "grade": ""},
        },
    )
    assert "Đã ghi xếp loại năm 2025 của 2 điểm." in messages(response)
    found = {row.point: (row.score, row.grade.name) for row in SchemeEvaluation.objects.all()}
    assert found == {point: (Decimal("92.5"), "Tốt"), other: (None, "Khá")}


def test_one_wrong_line_holds_up_all_and_says_so_in_its_cell(client, officer, commune, point):
    other = make_point(unit=commune)
    response = grid(client, {point: {"score": "95"}, other: {"score": "105"}})
    assert not SchemeEvaluation.objects.exists()
    errors = {row.pk: dict(form.errors) for row, form in response.context["rows"] if form.errors}
    assert list(errors) == [other.pk] and list(errors[other.pk]) == ["score"]
    text = response.content.decode()
    assert 'value="95"' in text and 'value="105"' in text


def test_an_old_page_does_not_overwrite(client, officer, commune, point):
    grid(client, {point: {"score": "95"}})
    data = {f"p{point.pk}-version": 0, f"p{point.pk}-score": "10"}
    response = client.post(f"{GRID}?year=2025", data)
    assert response.status_code == 200
    assert point.evaluations.get().score == 95


def test_the_grid_keeps_the_paper_of_a_grade(client, officer, point):
    send(client, point, score="95", decision_number="5/QĐ")
    grid(client, {point: {"score": "70", "grade": ""}})
    row = point.evaluations.get()
    assert (row.score, row.grade.name, row.decision_number) == (70, "Khá", "5/QĐ")


def test_the_grid_has_the_schemes_that_ran_that_year(client, officer, commune, point):
    make_point(unit=commune, scheme=make_scheme(type=make_type(counts_as_scheme=False)))
    make_point(unit=commune, launched_on=date(2026, 1, 1))
    make_point(unit=commune, launched_on=date(2024, 1, 1), ended_on=date(2024, 12, 31))
    make_point()
    rows = client.get(GRID, {"year": "2025"}).context["rows"]
    assert [row for row, _ in rows] == [point]


@pytest.mark.parametrize("count", [1, 3])
def test_the_grid_costs_the_same(client, officer, commune, count, django_assert_num_queries):
    for _ in range(count):
        row = make_point(unit=commune, launched_on=date(2024, 5, 1))
        SchemeEvaluation.objects.create(point=row, year=2025, grade=grade("Khá"))
    with django_assert_num_queries(15):  # two are the savepoint round the session
        client.get(GRID, {"year": "2025"})


@pytest.mark.parametrize("query", ["year=x", "year=1", "year=9999", "page=0", "year=%00"])
def test_garbage_in_the_address_is_refused(client, officer, query):
    assert client.get(f"{GRID}?{query}").status_code == 400


def test_another_commune_is_not_found(client, officer):
    assert client.get(GRID, {"unit": make_unit().key}).status_code == 404


def test_a_province_chooses_a_commune(client, commune, point):
    client.force_login(make_user(Role.PROVINCE_STAFF, commune.parent))
    make_unit(parent=commune.parent)
    assert "rows" not in client.get(GRID).context
    rows = client.get(GRID, {"unit": commune.key, "year": "2025"}).context["rows"]
    assert [row for row, _ in rows] == [point]


def test_readers_and_strangers_may_not_grade(client, commune, point):
    client.force_login(make_user(Role.COMMITTEE, commune))
    url = reverse("movements:point-evaluation-create", args=[point.pk])
    assert client.get(url).status_code == 403
    assert client.get(GRID).status_code == 403
    client.force_login(make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE)))
    assert client.post(url, {"score": "90", "year": localdate().year}).status_code == 404
    assert not SchemeEvaluation.objects.exists()
