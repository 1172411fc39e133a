from io import StringIO

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from pghistory.models import Context

from antq.accounts.demo import make_demo_accounts
from antq.accounts.models import Assignment, User
from antq.accounts.roles import Role
from antq.files.models import FileKind, StoredFile
from antq.review.models import ReviewEvent, Source
from antq.site.clearing import _tables, clear_demo
from antq.units.models import AdministrativeUnit, Organization, ResidentialArea, UnitLink
from movements.models import Document, DocumentKind, Scheme, SchemePoint
from tests.factories import make_point, make_scheme, make_user, unit

pytestmark = pytest.mark.django_db
IA_DREH = "W24100@2025-07-01"
LOG = apps.get_model("movements.SchemePointEvent")


@pytest.fixture
def demo_is_on(settings):
    settings.DEMO = True


@pytest.fixture
def demo(demo_is_on):
    """A small one, with a row of every kind; the accounts and the cluster are the real ones."""
    make_demo_accounts()
    place, mark = unit(IA_DREH), {"is_demo": True}
    body = Organization.objects.create(name="Cơ quan minh họa", kind="other", unit=place, **mark)
    area = ResidentialArea.objects.create(name="Buôn Minh Họa", unit=place, **mark)
    source = Source.objects.create(title="Nguồn minh họa", kind="other", **mark)
    scheme = make_scheme(name="Mô hình minh họa", source=source, **mark)
    scheme.lead_organizations.add(body)
    point = make_point(unit=place, scheme=scheme, host=body, source=source, teams=3, **mark)
    point.areas.add(area)
    visitor = User.objects.get(username="xa.truong")
    ReviewEvent.objects.create(
        target="movements.SchemePoint", target_id=point.pk, action="Duyệt", by=visitor
    )


@pytest.fixture
def officer():
    return make_user(Role.COMMUNE_LEADER, unit(IA_DREH))


def everything():
    found = {
        model: sorted(map(repr, model._base_manager.values_list()))
        for model in _tables()
        if model not in (UnitLink, Context)
    }
    # Links are computed, and get new numbers.
    links = UnitLink.objects.values_list("ancestor", "descendant", "valid_from", "valid_to")
    return found | {UnitLink: sorted(links)}


def clear(*options):
    out = StringIO()
    call_command("clear_demo", *options, stdout=out)
    return out.getvalue()


def refusal(*options):
    with pytest.raises(CommandError) as refused:
        clear(*options)
    return str(refused.value)


def test_the_demo_goes_and_what_was_there_before_it_stays(demo_is_on, officer):
    make_point(unit=unit(IA_DREH), scheme=make_scheme(name="Mô hình có thật"), created_by=officer)
    before = everything()
    call_command("load_demo", verbosity=0)
    points = SchemePoint.objects.filter(is_demo=True).count()
    assert points > 600
    lines = LOG.objects.count()

    said = clear()

    assert everything() == before
    assert f"điểm mô hình: {points}\n" in said and "tài khoản: 10\n" in said
    assert not User.objects.filter(is_demo=True).exists()
    assert not AdministrativeUnit.objects.filter(key="G-KRONGPA").exists()
    assert LOG.objects.count() == lines + points  # the log keeps its lines, and tells of the end

    call_command("load_demo", verbosity=0)
    assert SchemePoint.objects.filter(is_demo=True).count() == points


def test_nothing_goes_while_a_real_point_stands_on_a_demo_scheme(demo, officer):
    scheme = Scheme.objects.filter(is_demo=True).first()
    point = make_point(unit=unit(IA_DREH), scheme=scheme, created_by=officer)
    before = everything()

    text = refusal()

    assert f"mô hình {scheme.pk} “{scheme}” ← điểm mô hình {point.pk} “{point}”" in text
    assert everything() == before


def test_demo_rows_on_which_real_rows_stand_can_be_kept(demo, officer):
    scheme = Scheme.objects.filter(is_demo=True).first()
    point = make_point(unit=unit(IA_DREH), scheme=scheme, created_by=officer)

    said = clear("--keep-used")

    assert f"Kept: mô hình {scheme.pk}" in said
    assert list(Scheme.objects.filter(is_demo=True)) == [scheme]
    assert list(SchemePoint.objects.all()) == [point]
    assert point.states.count() == 1
    assert not User.objects.filter(is_demo=True).exists()


def test_what_demo_accounts_typed_goes_only_when_told_to(demo):
    visitor = User.objects.get(username="xa")
    point = make_point(unit=unit(IA_DREH), created_by=visitor)

    assert f"tài khoản {visitor.pk}" in refusal()
    clear("--entered")

    assert not SchemePoint.objects.filter(pk=point.pk).exists()
    assert not User.objects.filter(is_demo=True).exists()


@pytest.mark.parametrize(
    "place",
    [
        lambda point, area, body: point.areas.add(area),
        lambda point, area, body: point.scheme.lead_organizations.add(body),
        lambda point, area, body: SchemePoint.objects.filter(pk=point.pk).update(host=body),
    ],
)
def test_a_real_row_may_stand_on_a_demo_place_or_body(demo, officer, place):
    point = make_point(unit=unit(IA_DREH), created_by=officer)
    area = ResidentialArea.objects.filter(is_demo=True).first()
    body = Organization.objects.filter(is_demo=True).first()
    place(point, area, body)
    before = everything()

    assert "Nothing was deleted" in refusal()

    assert everything() == before


def test_a_step_of_a_demo_account_on_a_real_record_holds_the_account(demo, officer):
    point = make_point(unit=unit(IA_DREH), created_by=officer)
    visitor = User.objects.get(username="xa.truong")
    ReviewEvent.objects.create(
        target="movements.SchemePoint", target_id=point.pk, action="Duyệt", by=visitor
    )

    assert f"tài khoản {visitor.pk} “{visitor}” ← nhật ký duyệt" in refusal()


def test_a_role_of_a_real_account_in_the_cluster_holds_it(demo, officer):
    cluster = AdministrativeUnit.objects.get(key="G-KRONGPA")
    Assignment.objects.create(user=officer, role=Role.COMMITTEE, unit=cluster)

    assert "“Cụm Krông Pa” ← vai trò" in refusal()
    said = clear("--keep-used")

    assert "Kept: đơn vị hành chính" in said
    assert cluster.members.count() == 4
    assert UnitLink.objects.filter(ancestor=cluster).exists()
    assert not SchemePoint.objects.filter(is_demo=True).exists()


def stored(settings, tmp_path, **values):
    settings.MEDIA_ROOT = tmp_path
    row = StoredFile(name="a.pdf", kind=FileKind.PDF, size=4, sha256="0" * 64, **values)
    row.file.save("a.pdf", ContentFile(b"%PDF"), save=True)
    return row


def test_files_go_with_the_records_that_hold_them(
    demo, settings, tmp_path, officer, django_capture_on_commit_callbacks
):
    kind = DocumentKind.objects.first() or DocumentKind.objects.create(name="Quyết định")
    mine = make_point(unit=unit(IA_DREH), created_by=officer)
    theirs = SchemePoint.objects.filter(is_demo=True).first()
    kept, gone = (stored(settings, tmp_path) for _ in range(2))
    Document.objects.create(point=mine, kind=kind, file=kept)
    Document.objects.create(point=theirs, kind=kind, file=gone)

    with django_capture_on_commit_callbacks(execute=True):
        said = clear()

    assert list(StoredFile.objects.all()) == [kept]
    assert [path.read_bytes() for path in tmp_path.rglob("*.pdf")] == [b"%PDF"]
    assert kept.file.storage.exists(kept.file.name)
    assert "1 files" in said


def test_a_source_of_real_records_is_named(demo, officer):
    source = Source.objects.filter(is_demo=True).first()
    make_point(unit=unit(IA_DREH), source=source)

    assert f"nguồn số liệu {source.pk}" in refusal()


def test_without_a_demo_nothing_happens(officer):
    make_point(unit=unit(IA_DREH), created_by=officer)
    before = everything()

    assert clear().startswith("Deleted 0 rows, 0 files.")

    assert everything() == before


def test_demo_is_refused_outside_the_demo(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="only with ANTQ_DEMO=1"):
        call_command("load_demo")

    assert not SchemePoint.objects.exists()
    assert clear_demo().counts == {}
