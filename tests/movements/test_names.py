"""Near names while one types; the same name in another way of writing is asked about once."""

import pytest
from django.db import connection
from django.urls import reverse

from antq.accounts.roles import Role
from antq.units.choices import Level
from movements.choices import CatalogueStatus
from movements.models import Scheme, SchemePoint
from movements.services.names import near_schemes, with_near
from tests.factories import make_scheme, make_type, make_unit, make_user
from tests.movements.pages import NEW, camera, only_point, typed

pytestmark = pytest.mark.django_db
NEAR = "movements:scheme-near"


@pytest.fixture
def commune():
    return make_unit()


def names(found):
    return [each.scheme.name for each in found]


@pytest.mark.parametrize(
    "text",
    [
        "Camera giám sát an ninh, trật tự",
        "camera giam sat ANTT",
        "“Mô hình Camera giám sát ANTT”",
        "CAMERA GIÁM SÁT AN NINH VÀ TRẬT TỰ",
        "Mô hình: camera  giám-sát an ninh trật tự.",
    ],
)
def test_the_way_of_writing_makes_no_difference(text):
    known = make_scheme(name="Camera giám sát ANTT", type=camera())
    make_scheme(name="Camera giám sát giao thông", type=camera())
    found = near_schemes(text, camera())
    assert found[0].scheme == known
    assert found[0].is_same
    assert [each.is_same for each in found[1:]] == [False] * (len(found) - 1)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("Tổ liên gia PCCC", "Tổ liên gia phòng cháy, chữa cháy"),
        ("CLB phòng chống TNXH", "Câu lạc bộ phòng, chống tệ nạn xã hội"),
        ("TDP tự quản", "Tổ dân phố tự quản"),
        ("KDC an toàn", "Khu dân cư an toàn"),
        ("Tổ BVANTQ", "Tổ bảo vệ an ninh Tổ quốc"),
        ("TDBVANTQ vùng DTTS", "Toàn dân bảo vệ an ninh Tổ quốc vùng dân tộc thiểu số"),
        ("Cổng trường ATGT", "Cổng trường an toàn giao thông"),
        ("Giao nộp VK-VLN", "Giao nộp vũ khí, vật liệu nổ"),
    ],
)
def test_abbreviations_are_known(short, full):
    kind = make_type()
    known = make_scheme(name=full, type=kind)
    assert [each.scheme for each in near_schemes(short, kind) if each.is_same] == [known]


def test_an_alias_is_a_name_too():
    known = make_scheme(name="Camera giám sát", aliases="Mắt thần làng\nMắt thần ANTT")
    assert [
        (each.scheme, each.is_same) for each in near_schemes("mat than an ninh trat tu", None)
    ] == [(known, True)]


def test_a_beginning_finds_the_name_and_nonsense_finds_nothing():
    known = make_scheme(name="Tiếng kẻng an ninh vùng biên")
    assert names(near_schemes("tieng ke", known.type)) == [known.name]
    for text in ("", " ", "ti", "zzzz", "--- %", "%_%", "\n\n", "đ" * 250):
        assert near_schemes(text, known.type) == [], text


def test_what_every_name_has_makes_none_near():
    for name in ("Camera an ninh trật tự", "Dòng họ tự quản an ninh trật tự"):
        make_scheme(name=name)
    assert near_schemes("Tiếng kẻng an ninh trật tự", None) == []


def test_of_the_type_first_others_after_and_no_merged_ones():
    kind = make_type()
    other = make_scheme(name="Tiếng kẻng biên giới")
    own = make_scheme(name="Tiếng kẻng biên cương", type=kind)
    make_scheme(name="Tiếng kẻng biên giới xanh", type=kind, merged_into=own)
    found = near_schemes("tiếng kẻng biên", kind)
    assert [(each.scheme, each.is_of_type) for each in found] == [(own, True), (other, False)]
    assert names(near_schemes("tiếng kẻng biên", kind, 1)) == [own.name]


def test_the_index_serves_the_search():
    with connection.cursor() as cursor:
        # As the function has it; and no plain index, which is cheaper in an empty table.
        cursor.execute("set local enable_seqscan = off; set local enable_indexscan = off")
        cursor.execute(
            "explain select id from movements_scheme "
            "where 'tieng keng' <% names_key or names_key % 'tieng keng'"
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("select proconfig from pg_proc where proname = 'near_names'")
        assert cursor.fetchone()[0] == ["enable_seqscan=off"]
    assert plan.count("Bitmap Index Scan on scheme_names") == 2


def test_the_fragment_offers_what_the_user_may_choose(client, commune, django_assert_num_queries):
    other = make_unit(Level.PROVINCE)
    kind = make_type()
    proposed = {"type": kind, "status": CatalogueStatus.PROPOSED}
    make_scheme(name="Tiếng kẻng tỉnh khác", owner=other, **proposed)
    make_scheme(name="Tiếng kẻng loại tỉnh khác", type=make_type(owner=other))
    own = make_scheme(name="Tiếng kẻng tỉnh mình", owner=commune.parent, **proposed)
    known = make_scheme(name="Tiếng kẻng chung")
    client.force_login(make_user(Role.COMMUNE_OFFICER, commune))

    response = client.get(reverse(NEAR), {"new_scheme": "Tiếng kẻng", "type": kind.pk})

    assert names(response.context["near"]) == [own.name, known.name]
    page = response.content.decode()
    assert f'data-take="{own.pk}"' in page
    assert f"loại hình: {known.type}" in page


@pytest.mark.parametrize(
    "asked", [{}, {"new_scheme": "x" * 5000}, {"new_scheme": "Tiếng kẻng", "type": "9" * 30}]
)
def test_strange_questions_get_an_empty_fragment(client, commune, asked):
    make_scheme(name="Tiếng kẻng")
    client.force_login(make_user(Role.COMMUNE_OFFICER, commune))
    response = client.get(reverse(NEAR), asked)
    assert (response.status_code, response.content.strip()) == (200, b"")


def test_the_form_asks_once_about_the_same_name(client, commune):
    known = make_scheme(name="Camera giám sát an ninh, trật tự", type=camera())
    client.force_login(make_user(Role.COMMUNE_OFFICER, commune))
    data = typed(commune, new_scheme="Mô hình camera giám sát ANTT")

    page = client.post(reverse(NEW), data).content.decode()

    assert f"Tên này gần giống “{known}” đã có." in page
    assert 'name="is_other_scheme"' in page
    assert not SchemePoint.objects.exists()
    response = client.post(reverse(NEW), data | {"is_other_scheme": "on"})
    assert response.status_code == 302
    made = only_point().scheme
    assert made != known
    assert (made.name, made.status) == (data["new_scheme"], CatalogueStatus.PROPOSED)


def test_an_alias_typed_as_a_new_name_is_the_known_scheme(client, commune):
    known = make_scheme(name="Camera an ninh", aliases="Mắt thần làng", type=camera())
    client.force_login(make_user(Role.COMMUNE_OFFICER, commune))
    client.post(reverse(NEW), typed(commune, new_scheme="mat than lang"))
    assert only_point().scheme == known
    assert Scheme.objects.filter(type=camera()).get() == known


def test_a_merged_name_that_a_draft_still_holds_is_its_target(client, commune):
    into = make_scheme(name="Camera an ninh", type=camera())
    merged = make_scheme(name="Mắt thần", type=camera(), merged_into=into)
    client.force_login(make_user(Role.COMMUNE_OFFICER, commune))
    client.post(reverse(NEW), typed(commune, new_scheme="", scheme=merged.pk))
    assert only_point().scheme == into


@pytest.mark.parametrize("count", [1, 3])
def test_rows_with_near_names_cost_three_queries(count, django_assert_num_queries):
    kind = make_type()
    known = make_scheme(name="Tiếng kẻng an ninh", type=kind)
    rows = [make_scheme(name=f"Tiếng kẻng an ninh thôn {n}", type=kind) for n in range(count)]
    with django_assert_num_queries(3):
        found = with_near(Scheme.objects.filter(pk__in=[row.pk for row in rows]))
    assert all(known in each.near and each not in each.near for each in found)
