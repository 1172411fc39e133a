"""Every address of the site: as a stranger, and as a user of another province."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from antq.accounts.roles import Role
from antq.files.services import take_upload
from antq.review.choices import Status
from antq.units.choices import Level
from antq.units.models import ResidentialArea
from movements.models import (
    Document,
    DocumentKind,
    Grade,
    LifecycleEvent,
    Recognition,
    ReturnedLine,
    SchemeAttribute,
    SchemeEvaluation,
    Team,
)
from tests.factories import make_point, make_scheme, make_unit, make_user

pytestmark = pytest.mark.django_db

# Open to anybody: signing in, the page that says that the site lives, the icon.
PUBLIC = {"accounts:sign-in", "site:healthz", "favicon"}
# Tables that everybody who is signed in may read: units, and the catalogue of names.
REFERENCE = {"units:unit-list", "units:unit-detail", "units:search", "reports:index"}
MARK = "Chữ chỉ tỉnh kia được thấy"
OF_A_POINT = (
    "movements:point",
    "movements:document",
    "movements:returned-line",
    "movements:recognition",
)


def patterns(resolver=None, space=""):
    """(name, names of the parameters) of every address of ours; the admin has its own tests."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            if entry.name:
                yield f"{space}{entry.name}", sorted(entry.pattern.converters)
        elif entry.namespace != "admin":
            inner = f"{entry.namespace}:" if entry.namespace else ""
            yield from patterns(entry, space + inner)


@pytest.fixture
def victim():
    """A point of a province, with a text of its own in every field that a page may show."""
    province = make_unit(Level.PROVINCE, name=f"Tỉnh {MARK}")
    commune = make_unit(parent=province, name=f"Xã {MARK}")
    point = make_point(
        unit=commune,
        scheme=make_scheme(name="Mô hình thử quét"),
        location=MARK,
        leader=MARK,
        note=MARK,
        teams=4321,
        members=54321,
        decision_number="9876/QĐ",
        status=Status.CONFIRMED,
    )
    SchemeAttribute.objects.create(type=point.scheme.type, key="camera_eyes", label="Số mắt")
    area = ResidentialArea.objects.create(unit=commune, name=MARK)
    point.areas.add(area)
    file = take_upload(
        ContentFile(f"%PDF-1.4 {MARK}\nstartxref\n0\n%%EOF".encode(), f"{MARK}.pdf"), None
    )
    kind = DocumentKind.objects.get(code="quy-che")
    Team.objects.create(point=point, name=MARK, leader=MARK, members=4321)
    LifecycleEvent.objects.create(point=point, kind="review", on="2026-01-01", note=MARK)
    grade = Grade.objects.filter(scale__code="chung").first()
    SchemeEvaluation.objects.create(point=point, year=2025, grade=grade, note=MARK)
    Recognition.objects.create(
        point=point, unit=commune, level="commune", kind="praise", note=MARK, by=MARK
    )
    Document.objects.create(point=point, kind=kind, title=MARK, number="9876/QĐ", file=file)
    ReturnedLine.objects.create(
        point=point, label=MARK, new_text=MARK, reason=MARK, returned_by=make_user(full_name=MARK)
    )
    return point


@pytest.fixture
def parameters(victim):
    """What fills the parameters of each address; a new address with parameters needs a line."""
    return {
        "accounts:": {},
        "movements:point": {
            "pk": victim.pk,
            "team": victim.team_rows.get().pk,
            "evaluation": victim.evaluations.get().pk,
        },
        "movements:recognition": {"pk": victim.recognitions.get().pk},
        "movements:document": {"pk": victim.documents.get().pk},
        "movements:area": {"pk": victim.areas.get().pk, "key": victim.unit.key},
        "movements:returned-line": {"pk": victim.returned_lines.get().pk},
        "movements:scheme": {"pk": victim.scheme_id},
        "movements:type": {"pk": victim.scheme.type_id, "key": "camera_eyes"},
        "units:": {"key": victim.unit.key},
        "reports:report": {"code": "T03"},
    }


def address(name, names, parameters):
    if not names:
        return reverse(name)
    values = next((found for start, found in parameters.items() if name.startswith(start)), None)
    assert values is not None, f"{name} needs a line in `parameters`"
    return reverse(name, kwargs={key: values[key] for key in names})


def test_the_sweep_sees_the_site():
    assert len(list(patterns())) > 15


def test_a_stranger_sees_the_sign_in_page_and_nothing_else(parameters):
    wrong = []
    for name, names in patterns():
        if name in PUBLIC:
            continue
        for method in ("get", "post"):
            response = getattr(Client(), method)(address(name, names, parameters))
            text = response.content.decode()
            sent = response.status_code == 302 and "/accounts/sign-in/" in response["Location"]
            asked = response.status_code in (401, 403) and 'name="password"' in text
            refused = response.status_code == 405  # no such method, for anybody
            if not (sent or refused or (method == "post" and asked)) or MARK in text:
                wrong.append((name, method, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", [Role.COMMUNE_LEADER, Role.COMMITTEE, Role.PROVINCE_STAFF])
def test_a_user_of_another_province_sees_no_trace(victim, parameters, role):
    home = make_unit(Level.PROVINCE)
    place = home if role == Role.PROVINCE_STAFF else make_unit(parent=home)
    client = Client()
    client.force_login(make_user(role, place))
    wrong = []
    for name, names in patterns():
        if name in REFERENCE or name in PUBLIC:
            continue
        for method in ("get", "post"):
            if (name, method) == ("accounts:sign-out", "post"):
                continue
            response = getattr(client, method)(address(name, names, parameters))
            text = response.content.decode(errors="replace")
            if any(mark in text for mark in (MARK, "4321", "4.321", "54.321", "9876/QĐ")):
                wrong.append((name, method, "trace"))
            if name.startswith(OF_A_POINT) and "pk" in names:
                if response.status_code not in (404, 405):
                    wrong.append((name, method, response.status_code))
            elif response.status_code >= 500:
                wrong.append((name, method, response.status_code))
    assert wrong == []
    victim.refresh_from_db()
    assert (victim.status, victim.version, victim.ended_on) == (Status.CONFIRMED, 1, None)


@pytest.mark.parametrize(
    "path",
    [
        "/dashboard/?unit={unit}",
        "/reports/T03/?unit={unit}",
        "/reports/T01/?unit={unit}",
        "/reports/T02/?unit={unit}&format=xlsx",
        "/reports/T04/?unit={unit}",
        "/reports/T05/?unit={unit}",
        "/units/profiles/?unit={unit}",
        "/reports/T03/?unit={unit}&format=xlsx",
        "/movements/points/?unit={unit}",
        "/movements/points/?unit={unit}&format=xlsx",
        "/movements/points/?measure=teams&unit={unit}",
        "/movements/points/?todo=dormant&unit={unit}",
        "/movements/points/old-units/?unit={unit}",
        "/movements/evaluations/?unit={unit}",
        "/movements/recognitions/?unit={unit}",
        "/movements/recognitions/new/?unit={unit}",
        "/attention/?unit={unit}",
    ],
)
def test_the_unit_of_another_province_is_not_found(victim, path):
    client = Client()
    client.force_login(make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE)))

    for key in (victim.unit.key, victim.unit.parent.key, "không-có", "%27%22"):
        response = client.get(path.format(unit=key))
        assert response.status_code == 404, key
        assert MARK not in response.content.decode()
