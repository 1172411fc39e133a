"""What the newspaper pieces state is stored as stated: whole rows, unknown as unknown."""

from datetime import date

import pytest

from antq.core.dates import Precision
from antq.review.models import Source
from antq.site.demo.seeds import enter_seeds
from antq.units.models import UnitLink
from movements.models import Scheme, SchemePoint
from tests.factories import unit

pytestmark = pytest.mark.django_db

GLO, HUONG, VINH, DAKLAK = "GLO", "Quốc Hương", "Thế Vinh", ""
IA_RMOK, RUNG_THONG, KIM_QUAN = "W24103@2025-06-30", "W16378@2024-12-31", "W02476@2025-06-30"
A, B, C, E = date(2024, 8, 16), date(2023, 8, 3), date(2024, 6, 30), date(2024, 8, 7)
CAMERA = "Camera giám sát an ninh, trật tự"
KOTAM = (
    "Khu du lịch sinh thái văn hóa cộng đồng Kotam, điểm đến an toàn, thân thiện với khách du lịch"
)
KO_TAM = "Khu du lịch sinh thái văn hóa cộng đồng Ko Tam"
POLICE = "Công an thị trấn Rừng Thông"
VETERANS, YOUTH = (
    "Hội Cựu chiến binh thị trấn Rừng Thông",
    "Đoàn Thanh niên thị trấn Rừng Thông",
)


def row(kind, scheme, count=None, teams=None, block="residential", host=None, leads=()):
    return (kind, scheme, count, teams, block, host, sorted(leads))


FACTS = {  # author, unit, seen on: what is said of that place
    (GLO, IA_RMOK, A): [
        row("to-tu-quan", "Tổ tự quản về an ninh, trật tự", 5, teams=5),
        row("to-lien-gia-pccc", "Tổ liên gia an toàn PCCC", 5, teams=5),
        row("giao-nop-vu-khi", "Vận động giao nộp vũ khí, vật liệu nổ", 5),
        row("camera", CAMERA, 1),
        row("doi-dan-phong", "Tổ dân phòng phòng cháy, chữa cháy", 5, teams=5),
    ],
    (HUONG, RUNG_THONG, B): [
        row(
            "cam-hoa",
            "Công an với Cựu chiến binh phối hợp giáo dục, cảm hóa người lầm lỗi",
            leads=[POLICE, VETERANS],
        ),
        row(
            "cong-truong",
            "Cổng trường an toàn giao thông",
            block="school",
            leads=[POLICE, YOUTH],
        ),
        row("camera", "Camera ANTT"),
    ],
    (VINH, KIM_QUAN, C): [
        row("khac", "2 quản, 2 tích cực về an ninh trật tự"),
        row("cum-lien-ket", "Liên kết về an ninh trật tự"),
        row("camera", "Camera an ninh"),
        row("hom-thu", "Hòm thư góp ý và tố giác tội phạm"),
        row("to-lien-gia-pccc", "Tổ liên gia an toàn PCCC"),
    ],
    (DAKLAK, "P66@2025-06-30", E): [
        row("mang-xa-hoi", "Kết nối mạng xã hội, bình yên cho mỗi gia đình"),
        row("khu-du-lich", KOTAM, 1, block="enterprise", host=KO_TAM),
    ],
    (DAKLAK, "W24136@2025-06-30", E): [row("camera", CAMERA, 1)],
    (DAKLAK, "W24562@2025-06-30", E): [
        row(
            "ton-giao-binh-yen",
            "3 an toàn về an ninh, trật tự",
            1,
            block="religious",
            host="Giáo xứ Kim Phát",
        ),
    ],
}
ROWS = [(*place, *each) for place, rows in FACTS.items() for each in rows]


@pytest.fixture(autouse=True)
def seeds():
    enter_seeds()


def stored(point):
    return (
        point.source.author,
        point.unit.key,
        point.seen_on,
        point.scheme.type.code,
        point.scheme.name,
        point.count,
        point.teams,
        point.block,
        point.host and point.host.name,
        sorted(body.name for body in point.scheme.lead_organizations.all()),
    )


def test_every_row_is_stored_as_stated():
    assert sorted(map(stored, SchemePoint.objects.all()), key=str) == sorted(ROWS, key=str)


def test_what_the_texts_do_not_say_stays_unknown():
    for point in SchemePoint.objects.all():
        (state,) = point.states.all()
        for figures in (point, state):
            assert (figures.members, figures.households) == (None, None)
            assert (figures.attributes, figures.qualifiers) == ({}, {})
        assert (state.as_of, state.teams) == (point.seen_on, point.teams)
        assert (point.launched_on, point.ended_on, point.created_by) == (None, None, None)
        assert (point.status, point.is_demo) == ("confirmed", True)


def test_every_name_is_free_of_quotation_marks():
    assert not Scheme.objects.filter(name__regex='["“”]').exists()


def test_sources_say_who_wrote_where_and_when():
    fields = ["author", "publisher", "issued_on", "issued_precision", "kind", "is_demo"]

    assert set(Source.objects.values_list(*fields)) == {
        ("GLO", "Báo Gia Lai", date(2024, 8, 16), Precision.DAY, "newspaper", True),
        ("Quốc Hương", "", date(2023, 8, 3), Precision.DAY, "newspaper", True),
        ("Thế Vinh", "", date(2024, 1, 1), Precision.YEAR, "newspaper", True),
        ("", "kienthuc.net.vn", date(2024, 8, 1), Precision.MONTH, "newspaper", True),
    }


def test_ia_rmok_has_21_in_all_of_which_15_are_teams():
    points = SchemePoint.objects.filter(unit__key=IA_RMOK).active_on(A)

    assert sum(point.count for point in points) == 21
    assert sum(point.teams for point in points if point.teams) == 15
    schemes = points.of_schemes()
    assert sum(point.count for point in schemes) == 16
    assert sum(point.teams for point in schemes if point.teams) == 10


def test_one_name_in_two_provinces_is_one_scheme():
    points = SchemePoint.objects.filter(scheme__name=CAMERA)

    assert {point.unit.key for point in points} == {IA_RMOK, "W24136@2025-06-30"}
    assert Scheme.objects.filter(name=CAMERA).count() == 1
    assert Scheme.objects.count() == len({row[3:5] for row in ROWS})


@pytest.mark.parametrize(
    ("key", "day", "counts_under"),
    [
        (IA_RMOK, A, {"commune": IA_RMOK, "district": "D637@2025-06-30"}),
        (IA_RMOK, date(2025, 6, 30), {"commune": IA_RMOK, "district": "D637@2025-06-30"}),
        (IA_RMOK, date(2025, 7, 1), {"commune": "W24100@2025-07-01"}),
        (RUNG_THONG, B, {"commune": RUNG_THONG, "district": "D405@2024-12-31"}),
        (
            RUNG_THONG,
            date(2025, 3, 1),
            {"commune": "W16378@2025-06-30", "district": "D380@2025-06-30"},
        ),
        (RUNG_THONG, date(2025, 7, 1), {"commune": "W16378@2025-07-01"}),
    ],
)
def test_a_record_counts_under_the_units_of_the_map_day(key, day, counts_under):
    provinces = {
        IA_RMOK: "P64@2025-06-30" if day < date(2025, 7, 1) else "P52@2025-07-01",
        RUNG_THONG: "P38",
    }
    links = UnitLink.objects.filter(descendant__key=key).valid_on(day)
    above = links.exclude(ancestor__level="country").exclude(ancestor__level="group")

    assert dict(above.values_list("ancestor__level", "ancestor__key")) == {
        **counts_under,
        "province": provinces[key],
    }
    in_province = SchemePoint.objects.under([unit(provinces[key])], day=day)
    assert in_province.filter(unit__key=key).count() == {IA_RMOK: 5, RUNG_THONG: 3}[key]


def test_entering_again_changes_nothing_even_after_edits():
    point = SchemePoint.objects.get(unit__key=IA_RMOK, scheme__name=CAMERA)
    SchemePoint.objects.filter(pk=point.pk).update(count=2, note="Đã rà soát")
    before = list(SchemePoint.objects.order_by("pk").values())

    assert enter_seeds() == 0
    assert list(SchemePoint.objects.order_by("pk").values()) == before


def test_a_scheme_that_is_in_the_catalogue_is_used_not_doubled():
    SchemePoint.objects.all().delete()
    Scheme.objects.filter(name=CAMERA).update(name=CAMERA.upper(), is_demo=False)

    assert enter_seeds() == len(ROWS)
    assert Scheme.objects.filter(name=CAMERA.upper()).get().points.count() == 2
