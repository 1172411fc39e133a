"""What a search of the register finds, after whatever was renamed; and the pages of the list."""

import pytest
from django.db import connection
from django.urls import reverse

from antq.accounts.roles import Role
from antq.units.choices import Level, OrganizationKind
from antq.units.models import Organization, ResidentialArea
from movements import seeking
from movements.models import SchemePoint
from movements.views import points as pages
from tests.factories import make_point, make_scheme, make_unit, make_user

pytestmark = pytest.mark.django_db
URL = "movements:point-list"


@pytest.fixture
def point():
    unit = make_unit(name="Xã Ia Cũ")
    host = Organization.objects.create(name="Trường Cũ", kind=OrganizationKind.SCHOOL)
    made = make_point(unit=unit, host=host, scheme=make_scheme(name="Tiếng kẻng Cũ"))
    made.areas.add(ResidentialArea.objects.create(unit=unit, name="Buôn Cũ"))
    make_point(location="nơi khác")
    return made


def by_save(row, field, text):
    setattr(row, field, text)
    row.save()


def by_update(row, field, text):
    type(row).objects.filter(pk=row.pk).update(**{field: text})


def by_sql(row, field, text):
    with connection.cursor() as cursor:
        cursor.execute(
            f"update {row._meta.db_table} set {field} = %s where id = %s", [text, row.pk]
        )


@pytest.mark.parametrize("write", [by_save, by_update, by_sql])
@pytest.mark.parametrize(
    ("row_of", "field", "before", "after"),
    [
        (lambda point: point.scheme, "name", "kẻng", "Cổng camera"),
        (lambda point: point.scheme, "aliases", None, "Camera an ninh"),
        (lambda point: point.unit, "name", "ia", "Xã Camera"),
        (lambda point: point.host, "name", "trường", "Camera"),
        (lambda point: point.areas.get(), "name", "buôn", "Làng Camera"),
        (lambda point: point, "leader", None, "Ông Camera"),
    ],
)
def test_what_was_renamed_is_found_by_its_new_name_alone(
    point, write, row_of, field, before, after
):
    if before:
        assert list(SchemePoint.objects.search(before)) == [point]
    assert not SchemePoint.objects.search("camera").exists()

    write(row_of(point), field, after)

    assert list(SchemePoint.objects.search("CAMERA")) == [point]
    assert not before or not SchemePoint.objects.search(before).exists()


WORDS = ["cũ", "ia kẻng", "buon truong", "nơi", "kẻng nơi", "%", "a_b", "\\", "", "xã"]


@pytest.mark.parametrize("text", WORDS)
def test_very_many_names_with_a_word_find_the_same(point, monkeypatch, text):
    few = set(SchemePoint.objects.search(text))
    monkeypatch.setattr(seeking, "MOST", 0)
    assert set(SchemePoint.objects.search(text)) == few


def test_every_word_is_somewhere(point):
    assert list(SchemePoint.objects.search("kẻng buôn trường ia")) == [point]
    assert not SchemePoint.objects.search("kẻng buôn khác").exists()


def test_units_out_of_sight_take_no_part(client, point):
    province = make_unit(Level.PROVINCE)
    mine = make_point(unit=make_unit(parent=province, name="Xã Ia Mới"))
    client.force_login(make_user(Role.PROVINCE_STAFF, province))
    response = client.get(reverse(URL), {"q": "ia"})
    assert [row[0] for row in response.context["rows"]] == [mine]


class TestPages:
    @pytest.fixture
    def in_order(self, client, monkeypatch):
        """Seven points of four schemes; two schemes of different types have one name."""
        monkeypatch.setattr(pages, "PAGE", 2)
        unit = make_unit()
        client.force_login(make_user(Role.COMMUNE_OFFICER, unit))
        schemes = [make_scheme(name=name) for name in ("Đội xe", "Camera", "Camera", "Ánh sáng")]
        for number in (0, 1, 2, 1, 3, 2, 0):
            make_point(
                unit=unit, scheme=schemes[number], location=f"nơi {SchemePoint.objects.count()}"
            )
        found = SchemePoint.objects.order_by("scheme__sort_key", "pk")
        assert [point.scheme.name for point in found][:5] == ["Ánh sáng", *["Camera"] * 4]
        return list(found)

    @pytest.mark.parametrize(("page", "first"), [(1, 0), (2, 2), (3, 4), (4, 6), (9, 6)])
    def test_are_cut_out_of_one_order(self, client, in_order, page, first):
        response = client.get(reverse(URL), {"page": page})
        assert [row[0] for row in response.context["rows"]] == in_order[first : first + 2]
        assert response.context["page_obj"].paginator.count == 7

    def test_of_what_is_sought(self, client, in_order):
        found = [point for point in in_order if point.scheme.name == "Camera"]
        shown = []
        for page in (1, 2):
            response = client.get(reverse(URL), {"page": page, "q": "camera"})
            shown += [row[0] for row in response.context["rows"]]
        assert shown == found
