"""Two names of one scheme become one, with everything that hangs on them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils.timezone import localdate

from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.review.services import TransitionError
from antq.units.choices import Level, OrganizationKind
from antq.units.models import Organization
from movements.choices import CatalogueStatus, RecognitionKind, RecognitionLevel
from movements.models import (
    Document,
    DocumentKind,
    Grade,
    Recognition,
    Scheme,
    SchemeAttribute,
    SchemeEvaluation,
    SchemePoint,
)
from movements.services.merge import clashes, merge_schemes, orphans
from tests.factories import make_point, make_scheme, make_type, make_unit, make_user, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def province():
    return make_unit(Level.PROVINCE)


@pytest.fixture
def by(province):
    return make_user(Role.PROVINCE_STAFF, province)


@pytest.fixture
def pair(province):
    """(a name of the province, the national name that it is), of one type."""
    into = make_scheme(name="Camera an ninh")
    return make_scheme(name="Camera ANTT", type=into.type, owner=province), into


def commune_of(province):
    return make_unit(parent=province)


def recognised(**what):
    return Recognition.objects.create(
        level=RecognitionLevel.COMMUNE, kind=RecognitionKind.EXAMPLE, **what
    )


def test_everything_that_hangs_on_a_name_is_known_to_the_merge():
    """A new table that points to a scheme has to be moved too."""
    assert {each.name for each in Scheme._meta.related_objects if not each.hidden} == {
        "points",
        "recognitions",
        "merged",
    }


def test_all_goes_over_and_the_trail_says_who_and_why(province, by, pair):
    source, into = pair
    source.aliases = "Mắt thần\ncamera AN NINH"
    source.origin_unit = commune_of(province)
    source.save()
    into.aliases = "Ca mê ra an ninh"
    into.save()
    police, union = (
        Organization.objects.create(name=name, kind=OrganizationKind.AGENCY)
        for name in ("Công an tỉnh", "Đoàn thanh niên")
    )
    source.lead_organizations.set([police, union])
    into.lead_organizations.set([police])
    point = make_point(scheme=source, unit=commune_of(province), looked_version=1)
    ended = make_point(scheme=source, unit=commune_of(province), ended_on=date(2025, 9, 1))
    wrong = make_point(scheme=source, unit=point.unit, status=Status.VOIDED, status_reason="nhầm")
    praise = recognised(unit=point.unit, scheme=source)

    moved = merge_schemes(source, into, by=by, reason="Cùng Quyết định 12")

    assert moved == 3
    for each in (point, ended, wrong):
        each.refresh_from_db()
        assert (each.scheme, each.version, each.updated_by) == (into, 2, by)
        event = ReviewEvent.objects.about(each).get()
        assert (event.by, event.action) == (by, "Gộp tên mô hình")
        assert event.reason == "“Camera ANTT” gộp vào “Camera an ninh”. Cùng Quyết định 12"
    assert (point.looked_version, ended.looked_version) == (2, 0)
    praise.refresh_from_db()
    assert (praise.scheme, praise.version) == (into, 2)
    source.refresh_from_db()
    into.refresh_from_db()
    assert source.merged_into == into
    assert into.aliases.splitlines() == ["Ca mê ra an ninh", "Camera ANTT", "Mắt thần"]
    assert set(into.lead_organizations.all()) == {police, union}
    assert into.origin_unit == source.origin_unit
    for each in (source, into):
        event = ReviewEvent.objects.about(each).get()
        assert event.by == by
        assert event.reason == (
            "“Camera ANTT” gộp vào “Camera an ninh”; 3 hồ sơ điểm. Cùng Quyết định 12"
        )


def test_chains_are_flattened(by, pair, province):
    first, second = pair
    third = make_scheme(name="Camera", type=first.type)
    second.owner = province
    second.save()
    point = make_point(scheme=first, unit=commune_of(province))
    merge_schemes(first, second, by=by)
    merge_schemes(second, third, by=by)
    for each in (first, second):
        each.refresh_from_db()
        assert each.merged_into == third
    point.refresh_from_db()
    assert point.scheme == third
    third.refresh_from_db()
    assert set(third.aliases.splitlines()) == {first.name, second.name}


def test_into_a_name_that_was_merged_meanwhile_is_refused(by, pair, province):
    source, into = pair
    last = make_scheme(name="Camera", type=into.type, owner=province)
    Scheme.objects.filter(pk=into.pk).update(merged_into=last)
    with pytest.raises(TransitionError, match="đã gộp vào “Camera”"):
        merge_schemes(source, into, by=by)
    source.refresh_from_db()
    assert source.merged_into is None


def test_a_name_is_merged_once(by, pair, province):
    source, into = pair
    merge_schemes(source, into, by=by)
    with pytest.raises(TransitionError, match="đã gộp vào"):
        merge_schemes(source, make_scheme(type=into.type), by=by)
    source.refresh_from_db()
    assert source.merged_into == into


@pytest.mark.parametrize(
    ("role", "source_owner", "into_owner"),
    [
        (Role.COMMUNE_LEADER, "own", None),
        (Role.COMMITTEE, "own", None),
        (Role.PROVINCE_STAFF, None, "own"),  # a national name goes nowhere by a province
        (Role.PROVINCE_STAFF, "other", None),
        (Role.PROVINCE_STAFF, "own", "other"),
    ],
)
def test_who_may_not(province, role, source_owner, into_owner):
    owners = {"own": province, "other": make_unit(Level.PROVINCE), None: None}
    kind = make_type()
    source = make_scheme(type=kind, owner=owners[source_owner])
    into = make_scheme(type=kind, owner=owners[into_owner])
    place = province if role == Role.PROVINCE_STAFF else commune_of(province)
    with pytest.raises(TransitionError):
        merge_schemes(source, into, by=make_user(role, place))
    source.refresh_from_db()
    assert source.merged_into is None
    assert not ReviewEvent.objects.exists()


def test_the_country_merges_national_names_and_a_province_its_own(province, by):
    kind = make_type()
    one, two, three = (make_scheme(type=kind, owner=owner) for owner in (None, None, province))
    four = make_scheme(type=kind, owner=province, status=CatalogueStatus.PROPOSED)
    merge_schemes(one, two, by=make_user(Role.ADMIN, unit("VN")))
    merge_schemes(four, three, by=by)
    with pytest.raises(TransitionError):
        merge_schemes(three, three, by=by)
    merged = Scheme.objects.exclude(merged_into=None).values_list("pk", "merged_into")
    assert dict(merged) == {one.pk: two.pk, four.pk: three.pk}


class TestBothAtOnePlace:
    @pytest.fixture
    def doubles(self, pair, province):
        place = {"unit": commune_of(province), "location": "Ngã ba chợ"}
        kept = make_point(scheme=pair[1], members=5, **place)
        double = make_point(scheme=pair[0], unit=place["unit"], location="nga ba CHO", members=4)
        return double, kept

    def test_is_listed_and_holds_the_merge_up(self, doubles, pair, by, province):
        double, kept = doubles
        make_point(scheme=pair[0], unit=commune_of(province))
        make_point(scheme=pair[0], unit=kept.unit, location="Nơi khác")
        make_point(scheme=pair[0], unit=kept.unit, location=kept.location, ended_on=localdate())
        found = clashes(*pair)
        assert [(each.double, each.kept) for each in found] == [(double, kept)]
        with pytest.raises(TransitionError, match="Còn 1 nơi") as refused:
            merge_schemes(*pair, by=by)
        assert refused.value.field == "doubles"
        assert not ReviewEvent.objects.exists()
        assert pair[0].points.count() == 4

    def test_one_of_them_is_voided_and_gives_its_papers(self, doubles, pair, by):
        double, kept = doubles
        kind = DocumentKind.objects.first() or DocumentKind.objects.create(code="k", name="Giấy")
        paper = Document.objects.create(point=double, kind=kind, title="Quyết định")
        praise = recognised(unit=double.unit, point=double)

        merge_schemes(*pair, by=by, doubles=frozenset([double.pk]))

        double.refresh_from_db()
        kept.refresh_from_db()
        assert (double.status, double.scheme, kept.scheme) == (Status.VOIDED, pair[1], pair[1])
        assert f"cùng một nơi với hồ sơ số {kept.pk}" in double.status_reason
        assert (kept.status, kept.members, kept.version) == (Status.CONFIRMED, 5, 2)
        paper.refresh_from_db()
        praise.refresh_from_db()
        assert (paper.point, praise.point) == (kept, kept)
        assert [each.action for each in ReviewEvent.objects.about(kept)] == ["Gộp tên mô hình"]
        actions = [each.action for each in ReviewEvent.objects.about(double)]
        assert actions == ["Hủy do nhập nhầm", "Gộp tên mô hình"]
        day = localdate() - timedelta(days=30)
        assert list(SchemePoint.objects.confirmed().active_on(day)) == [kept]

    def test_what_counted_goes_on_to_count(self, doubles, pair, by):
        double, kept = doubles
        SchemePoint.objects.filter(pk=kept.pk).update(status=Status.WAITING)
        ended = make_point(unit=kept.unit, ended_on=date(2026, 1, 1), merged_into=double)
        grade = Grade.objects.filter(scale__code="chung").first()
        for point, year in ((double, 2024), (double, 2025), (kept, 2025)):
            SchemeEvaluation.objects.create(point=point, year=year, grade=grade)

        merge_schemes(*pair, by=by, doubles=frozenset([double.pk]))

        kept.refresh_from_db()
        ended.refresh_from_db()
        assert (kept.status, ended.merged_into) == (Status.CONFIRMED, kept)
        assert sorted(each.year for each in kept.evaluations.all()) == [2024, 2025]

    def test_of_another_province_only_the_country_may(self, pair, by):
        other = commune_of(make_unit(Level.PROVINCE))
        make_point(scheme=pair[1], unit=other)
        double = make_point(scheme=pair[0], unit=other)
        with pytest.raises(TransitionError, match="ngoài phạm vi"):
            merge_schemes(*pair, by=by, doubles=frozenset([double.pk]))
        double.refresh_from_db()
        assert double.status == Status.CONFIRMED
        admin = make_user(Role.ADMIN, unit("VN"))
        merge_schemes(*pair, by=admin, doubles=frozenset([double.pk]))
        double.refresh_from_db()
        assert double.status == Status.VOIDED


def test_another_type_is_refused_unless_confirmed(by, province):
    source = make_scheme(owner=province)
    into = make_scheme()
    for kind, key in ((source.type, "lamps"), (source.type, "gongs"), (into.type, "lamps")):
        SchemeAttribute.objects.create(type=kind, key=key, label=key)
    point = make_point(
        scheme=source, unit=commune_of(province), attributes={"lamps": 3, "gongs": 2}
    )
    assert [each.key for each in orphans(source, into)] == ["gongs"]
    with pytest.raises(TransitionError, match="Khác loại hình") as refused:
        merge_schemes(source, into, by=by)
    assert refused.value.field == "across_types"
    merge_schemes(source, into, by=by, across_types=True)
    point.refresh_from_db()
    assert point.scheme == into
    assert point.attributes == {"lamps": 3, "gongs": 2}


def test_whatever_is_written_for_a_merged_name_goes_to_its_target(by, pair, province):
    """A bulk write, raw SQL, a form that was open meanwhile."""
    source, into = pair
    merge_schemes(source, into, by=by)
    late = make_point(scheme=source, unit=commune_of(province))
    praise = recognised(unit=late.unit, scheme=source)
    for each in (late, praise):
        each.refresh_from_db()
        assert each.scheme == into
    with connection.cursor() as cursor:
        cursor.execute("update movements_schemepoint set scheme_id = %s", [source.pk])
    late.refresh_from_db()
    assert late.scheme == into


@pytest.mark.parametrize("count", [1, 3])
def test_costs_the_same_for_one_point_and_for_three(
    by, pair, province, count, django_assert_num_queries
):
    for _ in range(count):
        make_point(scheme=pair[0], unit=commune_of(province))
    with django_assert_num_queries(21):
        merge_schemes(*pair, by=by)
