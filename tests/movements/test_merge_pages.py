"""Three spellings of one scheme are one on every page and form, on past days too."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from openpyxl import load_workbook

from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.units.choices import Level
from movements.choices import CatalogueStatus
from movements.models import Scheme, SchemePoint
from tests.factories import make_point, make_scheme, make_unit, make_user
from tests.movements.pages import NEW, camera, typed

pytestmark = pytest.mark.django_db
SPELLINGS = ["Camera giám sát buôn làng", "Ca mê ra giám sát buôn, làng", "Mắt thần buôn làng"]


@pytest.fixture
def province():
    return make_unit(Level.PROVINCE)


@pytest.fixture
def three(client, province):
    """Entered by three communes, each with its own spelling."""
    for spelling in SPELLINGS:
        commune = make_unit(parent=province)
        client.force_login(make_user(Role.COMMUNE_LEADER, commune))
        response = client.post(reverse(NEW), typed(commune, new_scheme=spelling))
        assert response.status_code == 302
    client.logout()
    return list(Scheme.objects.filter(name__in=SPELLINGS).order_by("pk"))


def merge(client, source, into, **more):
    data = {"into": into.pk, "reason": "Cùng một quyết định"} | more
    return client.post(reverse("movements:scheme-merge", args=[source.pk]), data)


def distinct(client, province, day) -> dict[str, str]:
    """How many schemes there are on a day, wherever it stands."""
    asked = {"unit": province.key, "on": day.isoformat()}
    report = reverse("reports:report", args=["T03"])
    board = client.get(reverse("site:dashboard"), asked).context["board"]
    file = client.get(report, asked | {"format": "xlsx"})
    lines = load_workbook(BytesIO(file.getvalue())).active.iter_rows(values_only=True)
    behind = {"measure": "schemes.distinct"} | asked
    return {
        "dashboard": str(board.keys[0].cell.quantity),
        "by type": str(board.by_type[0].cells[0].quantity),
        "T03": str(client.get(report, asked).context["sheet"].table.total.cells[0].quantity),
        "xlsx": next(str(line[2]) for line in lines if "Tổng cộng" in line),
        "behind": str(client.get(reverse("movements:point-list"), behind).context["form"].number),
    }


def catalogue(client) -> dict[str, int]:
    page = client.get(reverse("movements:scheme-list"), {"type": "camera"}).context["page_obj"]
    return {each.name: each.seen_points for each in page}


def test_the_distinct_count_goes_from_three_to_one(client, province, three):
    client.force_login(make_user(Role.PROVINCE_STAFF, province, full_name="Nguyễn Thị Thu Hà"))
    days = [localdate(), localdate() - timedelta(days=40)]
    for day in days:
        assert set(distinct(client, province, day).values()) == {"3"}
    assert catalogue(client) == dict.fromkeys(SPELLINGS, 1)
    first, second, third = three

    for source in (second, third):
        response = merge(client, source, first)
        assert response["Location"] == reverse("movements:scheme-detail", args=[first.pk])

    for day in days:
        assert set(distinct(client, province, day).values()) == {"1"}
    assert catalogue(client) == {SPELLINGS[0]: 3}
    page = client.get(reverse("movements:scheme-detail", args=[first.pk])).content.decode()
    for spelling in SPELLINGS[1:]:
        assert f"“{spelling}” gộp vào “{SPELLINGS[0]}”; 1 hồ sơ điểm. Cùng một quyết định" in page
    assert page.count("<b>Nhận tên gộp vào</b> · Nguyễn Thị Thu Hà") == 2
    point = SchemePoint.objects.get(created_by__isnull=False, scheme=first, pk=three_point(third))
    page = client.get(reverse("movements:point-detail", args=[point.pk])).content.decode()
    assert f"“{SPELLINGS[2]}” gộp vào “{SPELLINGS[0]}”. Cùng một quyết định" in page


def three_point(scheme: Scheme) -> int:
    """The point that was entered under that spelling: its trail says so."""
    events = ReviewEvent.objects.filter(reason__startswith=f"“{scheme.name}” gộp vào")
    return events.get(target="movements.SchemePoint").target_id


def test_each_old_spelling_finds_the_scheme_when_it_is_searched_chosen_or_typed(
    client, province, three
):
    client.force_login(make_user(Role.PROVINCE_STAFF, province))
    for source in three[1:]:
        merge(client, source, three[0])
    commune = make_unit(parent=province)
    for number, spelling in enumerate(SPELLINGS):
        asked = {"q": spelling.upper()}
        found = client.get(reverse("movements:scheme-list"), asked).context["page_obj"]
        assert list(found) == [three[0]], spelling
        found = client.get(reverse("movements:scheme-search"), asked).json()
        assert [each["value"] for each in found] == [three[0].pk]
        points = client.get(reverse("movements:point-list"), asked).context["page_obj"]
        assert len(points) == 3 + number
        areas = [f"Buôn {number}"]
        client.post(reverse(NEW), typed(commune, new_scheme=spelling, areas=areas))
    assert three[0].points.count() == 6
    assert Scheme.objects.filter(type=camera(), merged_into=None).get() == three[0]


def test_a_bookmark_of_the_merged_name_shows_the_points_of_its_target(client, province, three):
    client.force_login(make_user(Role.PROVINCE_STAFF, province))
    merge(client, three[1], three[0])
    response = client.get(reverse("movements:point-list"), {"scheme": three[1].pk})
    assert len(response.context["page_obj"]) == 2
    page = client.get(reverse("movements:scheme-detail", args=[three[1].pk])).content.decode()
    assert (
        f'Tên này đã gộp vào <a href="{reverse("movements:scheme-detail", args=[three[0].pk])}'
        in page
    )


class TestTheQueue:
    @pytest.mark.parametrize("count", [1, 3])
    def test_says_who_where_how_many_and_what_is_near(
        self, client, province, count, django_assert_num_queries
    ):
        known = make_scheme(name="Tiếng kẻng an ninh")
        commune = make_unit(parent=province)
        officer = make_user(Role.COMMUNE_OFFICER, commune, full_name="Ksor Thuân")
        waiting = {"type": known.type, "owner": province, "status": CatalogueStatus.PROPOSED}
        for number in range(count):
            new = make_scheme(name=f"Tiếng kẻng an ninh {number}", **waiting)
            make_point(scheme=new, unit=commune, created_by=officer)
            make_point(scheme=new, unit=commune, location="2")
        make_scheme(owner=make_unit(Level.PROVINCE), status=CatalogueStatus.PROPOSED)
        make_scheme(owner=province)
        client.force_login(make_user(Role.PROVINCE_STAFF, province))

        with django_assert_num_queries(11):
            response = client.get(reverse("movements:name-queue"))

        rows = list(response.context["page_obj"])
        assert [row.name for row in rows] == [f"Tiếng kẻng an ninh {n}" for n in range(count)]
        assert {row.seen_points for row in rows} == {2}
        assert all(known in row.near for row in rows)
        page = response.content.decode()
        assert page.count("Ksor Thuân") == count
        assert commune.name in page

    def test_many_are_taken_in_at_once_and_others_are_left(self, client, province):
        waiting = {"status": CatalogueStatus.PROPOSED, "owner": province}
        mine = [make_scheme(**waiting) for _ in range(2)]
        left = make_scheme(**waiting)
        other = make_scheme(status=CatalogueStatus.PROPOSED, owner=make_unit(Level.PROVINCE))
        staff = make_user(Role.PROVINCE_STAFF, province)
        client.force_login(staff)
        ticked = [*(each.pk for each in mine), other.pk, "x", "9" * 30]

        response = client.post(reverse("movements:name-accept"), {"name": ticked}, follow=True)

        assert "Đã đưa 2 tên vào danh mục." in response.content.decode()
        accepted = Scheme.objects.filter(status=CatalogueStatus.ACCEPTED)
        assert set(accepted) == set(mine)
        assert {left.pk, other.pk}.isdisjoint(accepted.values_list("pk", flat=True))
        for each in mine:
            event = ReviewEvent.objects.about(each).get()
            assert (event.by, event.action) == (staff, "Đưa vào danh mục")
        again = client.post(reverse("movements:name-accept"), {"only": mine[0].pk}, follow=True)
        assert "đã có trong danh mục" in again.content.decode()

    @pytest.mark.parametrize("role", [Role.COMMUNE_LEADER, Role.COMMITTEE, Role.VIEWER])
    def test_is_for_those_who_configure(self, client, province, role):
        name = make_scheme(status=CatalogueStatus.PROPOSED, owner=province)
        client.force_login(make_user(role, make_unit(parent=province)))
        assert client.get(reverse("movements:name-queue")).status_code == 403
        data = {"only": name.pk}
        assert client.post(reverse("movements:name-accept"), data).status_code == 403
        for step in ("edit", "merge"):
            url = reverse(f"movements:scheme-{step}", args=[name.pk])
            assert client.get(url).status_code == 403
            assert client.post(url, {"into": make_scheme().pk, "name": "x"}).status_code == 403
        name.refresh_from_db()
        assert (name.status, name.merged_into) == (CatalogueStatus.PROPOSED, None)


class TestTheMergePage:
    def test_shows_what_it_would_do_and_asks_about_each_double(self, client, province, three):
        client.force_login(make_user(Role.PROVINCE_STAFF, province))
        source, into = three[0], three[1]
        kept = into.points.get()
        double = make_point(scheme=source, unit=kept.unit, area_key=kept.area_key, host=kept.host)
        url = reverse("movements:scheme-merge", args=[source.pk])

        page = client.get(url, {"into": into.pk})
        assert [each.double for each in page.context["clashes"]] == [double]
        refused = merge(client, source, into)
        assert "Còn 1 nơi đang có cả hai tên" in refused.content.decode()
        assert "Cùng một quyết định</textarea>" in refused.content.decode()
        source.refresh_from_db()
        assert source.merged_into is None

        assert merge(client, source, into, doubles=[double.pk]).status_code == 302
        double.refresh_from_db()
        assert (double.status, double.scheme) == (Status.VOIDED, into)

    def test_says_what_another_type_would_hide(self, client, province, three):
        client.force_login(make_user(Role.PROVINCE_STAFF, province))
        into = make_scheme(name="Camera của trường")
        url = reverse("movements:scheme-merge", args=[three[0].pk])
        page = client.get(url, {"into": into.pk}).content.decode()
        assert "<b>Số mắt camera</b>" in page
        assert "Khác loại hình" in merge(client, three[0], into).content.decode()
        assert merge(client, three[0], into, across_types="on").status_code == 302

    def test_names_of_other_provinces_are_neither_offered_nor_taken(self, client, province, three):
        client.force_login(make_user(Role.PROVINCE_STAFF, province))
        other = make_scheme(
            name="Camera giám sát buôn làng khác", type=camera(), owner=make_unit(Level.PROVINCE)
        )
        asked = {"into_of": three[0].pk, "q": "camera giam sat"}
        found = client.get(reverse("movements:scheme-search"), asked).json()
        assert [each["value"] for each in found] == []
        for wrong in (other.pk, three[0].pk, 0, "x", "9" * 30, "%00"):
            page = client.post(
                reverse("movements:scheme-merge", args=[three[0].pk]), {"into": wrong}
            )
            assert "Không gộp vào tên này được." in page.content.decode()


class TestTheEdit:
    def form(self, client, scheme, **changes):
        url = reverse("movements:scheme-edit", args=[scheme.pk])
        form = client.get(url).context["form"]
        data = {name: form[name].value() or "" for name in form.fields}
        return client.post(url, data | changes)

    def test_the_old_name_stays_an_alias_and_the_trail_says_so(self, client, province, three):
        staff = make_user(Role.PROVINCE_STAFF, province)
        client.force_login(staff)
        name = three[0]
        changes = {
            "name": "Camera vì bình yên buôn làng",
            "aliases": "Mắt làng",
            "leaders": ["Công an tỉnh", "Ban Chỉ đạo 138"],
            "origin_unit": province.key,
            "reason": "Theo Kế hoạch 5",
        }
        assert self.form(client, name, **changes).status_code == 302
        name.refresh_from_db()
        assert name.name == changes["name"]
        assert name.aliases.splitlines() == [SPELLINGS[0], "Mắt làng"]
        assert {each.name for each in name.lead_organizations.all()} == set(changes["leaders"])
        assert name.origin_unit == province
        event = ReviewEvent.objects.about(name).get()
        assert (event.by, event.action) == (staff, "Sửa tên")
        assert f"Tên mô hình: {SPELLINGS[0]} → {name.name}" in event.reason
        assert event.reason.endswith("Theo Kế hoạch 5")
        page = client.get(reverse("movements:scheme-detail", args=[name.pk])).content.decode()
        for text in (SPELLINGS[0], "Mắt làng", "Ban Chỉ đạo 138", "Theo Kế hoạch 5"):
            assert text in page

    def test_a_name_that_another_has_is_refused_and_nothing_is_lost(self, client, province, three):
        client.force_login(make_user(Role.PROVINCE_STAFF, province))
        response = self.form(client, three[0], name="mat than BUON lang", aliases="Gõ dở")
        page = response.content.decode()
        assert f"Danh mục đã có “{SPELLINGS[2]}”" in page
        assert "Gõ dở" in page
        three[0].refresh_from_db()
        assert (three[0].name, three[0].aliases) == (SPELLINGS[0], "")

    def test_who_saves_second_is_told_once(self, client, province, three):
        client.force_login(make_user(Role.PROVINCE_STAFF, province))
        name = three[0]
        url = reverse("movements:scheme-edit", args=[name.pk])
        form = client.get(url).context["form"]
        data = {each: form[each].value() or "" for each in form.fields} | {"aliases": "Của tôi"}
        Scheme.objects.filter(pk=name.pk).update(aliases="Của người khác")
        page = client.post(url, data)
        assert "vừa được người khác sửa" in page.content.decode()
        name.refresh_from_db()
        assert name.aliases == "Của người khác"
        knowing = data | {"seen": page.context["form"]["seen"].value()}
        assert client.post(url, knowing).status_code == 302
        name.refresh_from_db()
        assert name.aliases == "Của tôi"

    def test_national_names_are_read_only_for_a_province(self, client, province):
        national = make_scheme()
        client.force_login(make_user(Role.PROVINCE_STAFF, province))
        for step in ("edit", "merge"):
            url = reverse(f"movements:scheme-{step}", args=[national.pk])
            assert client.get(url).status_code == 403
            assert client.post(url, {"name": "x", "into": "1"}).status_code == 403
        page = client.get(reverse("movements:scheme-detail", args=[national.pk]))
        assert "Gộp vào tên khác" not in page.content.decode()
