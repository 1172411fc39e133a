"""The catalogue: readable by all, its counts only of what each may see."""

import pytest
from django.urls import reverse

from antq.accounts.roles import Role
from antq.review.choices import Status
from tests.factories import make_point, make_scheme, make_unit, make_user

pytestmark = pytest.mark.django_db
URL = "movements:scheme-list"


@pytest.fixture
def commune():
    return make_unit()


@pytest.mark.parametrize("count", [1, 3])
def test_counts_only_points_in_scope(client, commune, count, django_assert_num_queries):
    scheme = make_scheme(name="Camera buôn")
    for number in range(count):
        make_scheme(type=scheme.type, name=f"Mô hình khác {number}")
        make_point(unit=commune, scheme=scheme, location=str(number))
    make_point(unit=commune, scheme=scheme, status=Status.VOIDED, status_reason="nhầm")
    make_point(scheme=scheme)
    client.force_login(make_user(Role.COMMUNE_OFFICER, commune))

    with django_assert_num_queries(11):  # two are the savepoint round the session
        response = client.get(reverse(URL))

    seen = {each.name: each.seen_points for each in response.context["page_obj"]}
    assert seen["Camera buôn"] == count
    assert len(seen) == count + 1
    page = client.get(reverse("movements:scheme-detail", args=[scheme.pk])).content.decode()
    assert f">{count}</a> trong phạm vi" in page


def test_search_by_name_and_alias(client, commune):
    found = make_scheme(name="Tiếng kẻng an ninh", aliases="Kẻng vùng biên")
    make_scheme(name="Camera")
    client.force_login(make_user(Role.COMMITTEE, commune))
    for text in ("tieng keng", "vung bien keng"):
        response = client.get(reverse(URL), {"q": text})
        assert list(response.context["page_obj"]) == [found]
    response = client.get(reverse(URL), {"type": found.type.code})
    assert list(response.context["page_obj"]) == [found]


def test_merged_names_are_not_listed_but_lead_on(client, commune):
    kept = make_scheme(name="Camera an ninh")
    merged = make_scheme(type=kept.type, name="Ca mê ra", merged_into=kept)
    client.force_login(make_user(Role.COMMITTEE, commune))
    assert list(client.get(reverse(URL)).context["page_obj"]) == [kept]
    page = client.get(reverse("movements:scheme-detail", args=[merged.pk])).content.decode()
    assert "đã gộp vào" in page


@pytest.mark.parametrize("asked", [{"type": "khong-co"}, {"page": "abc"}, {"q": "x" * 300}])
def test_bad_addresses_are_400(client, commune, asked):
    client.force_login(make_user(Role.COMMITTEE, commune))
    assert client.get(reverse(URL), asked).status_code == 400


def test_unknown_scheme_is_404(client, commune):
    client.force_login(make_user(Role.COMMITTEE, commune))
    assert client.get(reverse("movements:scheme-detail", args=[0])).status_code == 404
