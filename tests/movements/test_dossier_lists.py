"""Which papers a point needs and has, for many points at once; and what data/ says of it."""

import pytest
from django.core.management import call_command

from movements.models import Document, DocumentKind, SchemePoint, SchemeType
from movements.services.dossier import checklist_of, dossier_of
from tests.factories import make_point, make_scheme, make_type

pytestmark = pytest.mark.django_db


def kind(code):
    return DocumentKind.objects.get(code=code)


def give(point, *codes):
    for code in codes:
        Document.objects.create(point=point, kind=kind(code))


@pytest.fixture
def points():
    """One with the common list and three papers, one with a list of its own, one complete."""
    own = make_type()
    own.checklist.set([kind("quy-che"), kind("hinh-anh")])
    common, short, full = (
        make_point(),
        *(make_point(scheme=make_scheme(type=own)) for _ in range(2)),
    )
    give(common, "quy-che", "quy-che", "to-trinh", "hinh-anh", "khac")
    give(short, "quy-che", "to-trinh")
    give(full, "quy-che", "hinh-anh")
    return common, short, full


def test_counts_are_those_of_the_page(points, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = {
            point.pk: (point.papers_there, point.papers_needed)
            for point in SchemePoint.objects.with_dossier()
        }
    assert [found[point.pk] for point in points] == [(2, 9), (1, 2), (2, 2)]
    for point in points:
        dossier = dossier_of(point)
        assert (dossier.there, dossier.needed) == found[point.pk]


def test_incomplete(points):
    common, short, _ = points
    assert set(SchemePoint.objects.incomplete()) == {common, short}


def test_a_type_without_any_list_needs_nothing():
    DocumentKind.objects.update(in_every_checklist=False)
    point = make_point()
    assert not SchemePoint.objects.incomplete().filter(pk=point.pk).exists()
    assert dossier_of(point).needed == 0


def test_the_common_list_has_nine_papers():
    assert checklist_of(make_type()).count() == 9


def test_a_camera_needs_no_members():
    codes = {each.code for each in checklist_of(SchemeType.objects.get(code="camera"))}
    assert "quyet-dinh-thanh-lap" in codes and "danh-sach-thanh-vien" not in codes


def test_what_was_changed_on_a_page_outlives_the_next_start():
    camera = SchemeType.objects.get(code="camera")
    camera.checklist.clear()
    DocumentKind.objects.filter(code="khac").update(name="Khác của tỉnh")

    call_command("load_reference", verbosity=0)
    assert not camera.checklist.exists()
    assert kind("khac").name == "Khác của tỉnh"

    call_command("load_reference", update=True, verbosity=0)
    assert camera.checklist.count() == 7
    assert kind("khac").name == "Giấy tờ khác"
