"""The admin speaks Vietnamese: what Django's catalogue lacks or says badly is in ours."""

import ast
import gettext
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import translation

from antq.accounts.models import Assignment, User
from antq.accounts.roles import Role
from antq.units.models import AdministrativeUnit
from movements.models import SchemePoint, SchemeType
from tests.factories import make_point, make_scheme, make_unit, make_user, unit
from tests.movements.pages import camera

pytestmark = pytest.mark.django_db

CATALOGUES = Path(apps.get_app_config("core").path) / "locale/vi/LC_MESSAGES"
# Words of English texts that no Vietnamese text has. (The "Search" of an alt is put right by
# static/js/admin.js: see tests/browser/test_admin.py.)
ENGLISH = re.compile(
    r"\b(please|below|error|select|selected|change|changed|add|added|delete|deleted|show|hide|skip"
    r"|main|content|name|link|view|history|action|actions|filter|counts|toggle|sidebar|save|yes"
    r"|are you|not|allowed|required|remove|user|value|with|this|your|characters|all|none)\b",
    re.IGNORECASE,
)
POOR = re.compile(
    r"\b(bạn|bản ghi nhớ|đi đến|bởi|hoạt động:|thêm vào|chỉ định|models|click|yêu cầu\. 150)\b"
    r"|\brepr\b|!",
    re.IGNORECASE,
)


class Words(HTMLParser):
    """What a person reads or hears on a page."""

    SPOKEN = ("title", "aria-label", "placeholder", "data-confirm")
    UNSPOKEN = ("script", "style", "template")

    def __init__(self, html):
        super().__init__()
        self.words, self.silent = [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.silent += tag in self.UNSPOKEN
        self.words += [values[name] for name in self.SPOKEN if values.get(name)]
        if values.get("type") in ("submit", "button"):
            self.words.append(values.get("value") or "")

    def handle_endtag(self, tag):
        self.silent -= tag in self.UNSPOKEN

    def handle_data(self, data):
        if not self.silent:
            self.words.append(data)


def words_of(response) -> str:
    return "\n".join(line for line in Words(response.content.decode()).words if line.strip())


def catalogue(path):
    """{msgid: msgstr} of a .po file, as gettext would hold it; the few forms that ours has."""
    found, entry = {}, {}
    for line in [*path.read_text("utf-8").splitlines(), ""]:
        if not line.strip():
            if "msgid_plural" in entry:
                found[entry["msgid"], 0] = entry["msgstr[0]"]
            elif entry:
                found[entry["msgid"]] = entry["msgstr"]
            entry = {}
        elif line.startswith('"'):
            entry[key] += ast.literal_eval(line)  # noqa: F821 – set by the line before
        elif not line.startswith("#"):
            key, text = line.split(" ", 1)
            entry[key] = ast.literal_eval(text)
    return found


@pytest.fixture
def point():
    scheme = make_scheme(type=camera())
    return make_point(scheme=scheme, attributes={"camera_eyes": 8}, members=6)


@pytest.fixture
def admin(client):
    user = make_user(Role.ADMIN, unit("VN"), is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def url(table, page, *args):
    return reverse(f"admin:{table._meta.app_label}_{table._meta.model_name}_{page}", args=args)


def assert_vietnamese(response):
    text = words_of(response)
    assert ENGLISH.findall(text) == []
    assert POOR.findall(text) == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_compiled_catalogue_is_of_its_source(domain):
    with (CATALOGUES / f"{domain}.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog

    source = catalogue(CATALOGUES / f"{domain}.po")

    assert len(source) > 10
    assert {key: text for key, text in compiled.items() if key} == {
        key: text for key, text in source.items() if key
    }


def test_catalogue_keeps_the_places_of_values():
    places = re.compile(r"%\(\w+\)[sdr]|%[sd]|\{\w*\}")

    for path in CATALOGUES.glob("*.po"):
        for key, text in catalogue(path).items():
            asked = key[0] if isinstance(key, tuple) else key
            assert set(places.findall(text)) <= set(places.findall(asked)), asked


def test_catalogue_is_used():
    with translation.override("vi"):
        assert translation.gettext("History") == "Lịch sử"
        assert translation.ngettext("entry", "entries", 3) == "dòng"


def test_index_speaks_vietnamese_in_alphabetical_order(client, admin):
    response = client.get(reverse("admin:index"))

    assert_vietnamese(response)
    names = [
        [entry["name"] for entry in app["models"]] for app in response.context["available_apps"]
    ]
    movements = next(each for each in names if "Loại hình" in each)
    assert movements.index("Điểm mô hình") < movements.index("Loại hình")
    titles = [app["name"] for app in response.context["available_apps"]]
    assert titles.index("Đơn vị hành chính") < titles.index("Mô hình")


@pytest.mark.parametrize("table", [SchemeType, SchemePoint, AdministrativeUnit, User, Assignment])
def test_pages_of_a_table_speak_vietnamese(client, admin, point, table):
    make_user(Role.VIEWER, make_unit())
    row = {SchemePoint: point, SchemeType: point.scheme.type}.get(table) or table.objects.last()

    assert_vietnamese(client.get(url(table, "changelist")))
    assert_vietnamese(client.get(url(table, "add")))
    assert_vietnamese(client.get(url(table, "change", row.pk)))
    assert_vietnamese(client.get(url(table, "history", row.pk)))


def test_every_table_opens_in_vietnamese(client, admin, point):
    for app in client.get(reverse("admin:index")).context["available_apps"]:
        for entry in app["models"]:
            assert_vietnamese(client.get(entry["admin_url"]))


def test_deleting_speaks_vietnamese(client, admin):
    someone = make_user(Role.VIEWER, make_unit())

    asked = client.get(url(User, "delete", someone.pk))
    assert_vietnamese(asked)
    many = {"action": "delete_selected", "_selected_action": [someone.pk]}
    assert_vietnamese(client.post(url(User, "changelist"), many))
    assert "Xóa tài khoản" in words_of(asked)


def test_an_error_speaks_vietnamese(client, admin):
    response = client.post(
        url(SchemeType, "add"),
        {
            "name": "Loại\0hình",
            "order": "mười",
            "attributes-TOTAL_FORMS": 0,
            "attributes-INITIAL_FORMS": 0,
        },
    )

    assert response.status_code in (200, 400)
    assert_vietnamese(response)


def test_one_error_and_several_speak_vietnamese(client, admin):
    empty = {"assignments-TOTAL_FORMS": 0, "assignments-INITIAL_FORMS": 0}

    one = client.post(
        url(User, "add"), empty | {"username": "", "new_password": "mot-mat-khau-dai-2026"}
    )
    two = client.post(url(User, "add"), empty | {"username": "", "new_password": ""})

    for response in (one, two):
        assert "Có lỗi. Sửa chỗ được đánh dấu bên dưới." in words_of(response)
        assert_vietnamese(response)
        assert "<title>Lỗi:" in response.content.decode()


def test_figures_of_a_point_are_readable(client, admin, point):
    text = words_of(client.get(url(SchemePoint, "change", point.pk)))

    assert "Số mắt camera: 8" in text
    assert "từ đầu" in text
    assert "đến nay" in text
    assert "01/01/0001" not in text
    assert "31/12/9999" not in text


def test_scripts_speak_vietnamese(client, admin):
    text = client.get(reverse("admin:jsi18n")).content.decode()

    assert '"Sunday": "Ch\\u1ee7 nh\\u1eadt"' in text
    assert '"Today": "H\\u00f4m nay"' in text  # Django's own stays


def test_the_icon_is_for_anybody(client):
    response = client.get("/favicon.ico")

    assert response.status_code == 302
    assert response["Location"].endswith("icon.svg")
