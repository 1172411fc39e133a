"""The dossier on a point's page: adding, changing, removing a paper, and who may open its file."""

import re
from datetime import date
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from antq.accounts.models import Assignment
from antq.accounts.roles import Role
from antq.files.models import StoredFile
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.units.choices import Level
from movements.choices import EventKind
from movements.models import Document, DocumentKind, LifecycleEvent, SchemePoint
from movements.services.dossier import dossier_of
from tests.factories import PASSWORD, make_point, make_unit, make_user
from tests.files import samples
from tests.files.samples import upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def point():
    return make_point()


@pytest.fixture
def officer(client, point):
    user = make_user(Role.COMMUNE_OFFICER, point.unit)
    client.force_login(user)
    return user


def kind(code="quyet-dinh-thanh-lap"):
    return DocumentKind.objects.get(code=code)


def add(client, point, *files, **typed):
    typed = {"kind": kind().pk, "client_uuid": uuid4(), **typed}
    url = reverse("movements:point-document", args=[point.pk])
    return client.post(url, {**typed, "files": list(files)}, follow=True)


def make_paper(client, point, **typed) -> Document:
    add(client, point, upload(samples.jpeg(), "Quyết định.jpg"), **typed)
    return Document.objects.latest("pk")


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def contents(folder) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_a_paper_is_added_with_its_file(client, point, officer):
    event = LifecycleEvent.objects.create(point=point, kind=EventKind.REVIEW, on=date(2026, 1, 5))

    response = add(
        client,
        point,
        upload(samples.pdf(), "Quyết định số 12.pdf"),
        number=" 12/QĐ-UBND ",
        issued_on="5/2/2026",
        title="Thành lập tổ tự quản",
        event=event.pk,
    )

    paper = Document.objects.get()
    assert (paper.point, paper.kind, paper.number) == (point, kind(), "12/QĐ-UBND")
    assert (paper.issued_on, paper.title) == (date(2026, 2, 5), "Thành lập tổ tự quản")
    assert (paper.event, paper.created_by, paper.file.uploaded_by) == (event, officer, officer)
    assert said(response) == "Đã thêm giấy tờ vào hồ sơ."
    text = response.content.decode()
    assert "Hồ sơ 1/9" in text and "Còn thiếu 8 loại giấy tờ" in text
    assert "Quyết định số 12.pdf" in text and "12/QĐ-UBND, ngày 05/02/2026" in text
    version = point.version
    point.refresh_from_db()
    assert (point.version, point.updated_by) == (version + 1, officer)
    trail = ReviewEvent.objects.about(point).get()
    assert trail.action == "Thêm giấy tờ vào hồ sơ"
    assert trail.reason == (
        "Quyết định thành lập, số 12/QĐ-UBND, Thành lập tổ tự quản – “Quyết định số 12.pdf”"
    )


def test_several_files_are_several_papers_of_one_kind(client, point, officer):
    files = [upload(samples.jpeg(), f"trang {number}.jpg") for number in (1, 2, 3)]

    response = add(client, point, *files, title="Danh sách", kind=kind("hinh-anh").pk)

    papers = Document.objects.filter(point=point)
    assert [(paper.title, paper.file.name) for paper in papers] == [
        ("Danh sách", f"trang {number}.jpg") for number in (1, 2, 3)
    ]
    assert said(response) == "Đã thêm 3 tệp vào hồ sơ."
    assert ReviewEvent.objects.about(point).count() == 1
    assert "Hồ sơ 0/9" in response.content.decode()  # pictures are on no checklist


def test_a_double_click_adds_once(client, point, officer):
    uuid = uuid4()
    for _ in range(2):
        files = [upload(samples.pdf(), name) for name in ("a.pdf", "b.pdf")]
        response = add(client, point, *files, client_uuid=uuid)
    assert "đã được lưu một lần" in said(response)
    assert Document.objects.count() == StoredFile.objects.count() == 2


def test_a_paper_without_a_file_says_what_it_is(client, point, officer):
    response = add(client, point)
    assert "ghi số hoặc trích yếu" in response.context["form"].errors["files"][0]
    assert not Document.objects.exists()
    add(client, point, number="7/KH-CAX")
    assert Document.objects.get().file is None


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (samples.EXECUTABLE, "quyet-dinh.pdf"),
        (samples.picture_bomb(), "anh.png"),
        (samples.docx(("word/a.xml", bytes(30_000_000))), "don.docx"),
        (b"", "trong.pdf"),
        (bytes(21 * 1024 * 1024), "to.pdf"),
    ],
)
def test_one_refused_file_stores_none(client, point, officer, media, content, name):
    response = add(
        client, point, upload(samples.pdf(), "tot.pdf"), upload(content, name), title="Kế hoạch"
    )

    (error,) = response.context["form"].errors["files"]
    assert error.startswith(f"“{name}”: ")
    assert error in response.content.decode()
    assert response.context["form"]["title"].value() == "Kế hoạch"
    assert not Document.objects.exists() and not StoredFile.objects.exists()
    assert contents(media) == 0
    assert not ReviewEvent.objects.exists()


def test_every_refused_file_is_named(client, point, officer):
    bad = [upload(samples.EXECUTABLE, "a.pdf"), upload(b"", "b.pdf"), upload(samples.SVG, "c.png")]
    errors = add(client, point, *bad).context["form"].errors["files"]
    assert [re.match("“(.*?)”", error)[1] for error in errors] == ["a.pdf", "b.pdf", "c.png"]


def test_too_many_files_are_refused(client, point, officer):
    files = [upload(samples.pdf(), f"{number}.pdf") for number in range(11)]
    assert add(client, point, *files).context["form"].errors["files"] == [
        "Chọn không quá 10 tệp một lần."
    ]
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "999999999999999999999"}, "kind"),
        ({"issued_on": "31/2/2026"}, "issued_on"),
        ({"issued_on": "1/1/2999"}, "issued_on"),
        ({"number": "x" * 61}, "number"),
        ({"title": "x" * 251}, "title"),
        ({"client_uuid": "x"}, "client_uuid"),
    ],
)
def test_bad_fields_store_nothing(client, point, officer, media, typed, field):
    response = add(client, point, upload(samples.pdf()), **typed)
    assert response.context["form"].errors[field]
    assert not Document.objects.exists() and contents(media) == 0


def test_an_event_of_another_point_is_refused(client, point, officer):
    mine = {"kind": EventKind.REVIEW, "on": date(2026, 1, 5)}
    LifecycleEvent.objects.create(point=point, **mine)
    other = LifecycleEvent.objects.create(point=make_point(), **mine)
    assert "event" in add(client, point, number="1", event=other.pk).context["form"].errors


def test_the_link_of_a_missing_paper_chooses_its_kind(client, point, officer):
    page = client.get(reverse("movements:point-detail", args=[point.pk])).content.decode()
    address = f"{reverse('movements:point-document', args=[point.pk])}?kind=quy-che"
    assert address in page
    assert client.get(address).context["form"]["kind"].value() == kind("quy-che").pk
    for strange in ("x", "%00", "9" * 400):
        status = client.get(address.replace("quy-che", strange)).status_code
        assert status in (200, 400)


def test_changing_a_paper_replaces_its_file(client, point, officer, media):
    paper = make_paper(client, point, title="Cũ")
    old, url = paper.file, reverse("movements:document-edit", args=[paper.pk])
    typed = {"kind": paper.kind_id, "title": "Mới", "version": 1}

    response = client.post(url, {**typed, "files": [upload(samples.pdf(), "ban-moi.pdf")]})

    assert response.status_code == 302
    paper.refresh_from_db()
    assert (paper.title, paper.version, paper.file.name) == ("Mới", 2, "ban-moi.pdf")
    assert not StoredFile.objects.filter(pk=old.pk).exists()
    reason = ReviewEvent.objects.about(point).latest("pk").reason
    assert "trích yếu" in reason and "“Quyết định.jpg” → “ban-moi.pdf”" in reason


def test_a_second_editor_is_told(client, point, officer):
    paper = make_paper(client, point)
    typed = {"kind": paper.kind_id, "title": "Một", "version": 1}
    url = reverse("movements:document-edit", args=[paper.pk])
    client.post(url, typed)
    response = client.post(url, {**typed, "title": "Hai"})
    assert "vừa được sửa" in str(response.context["form"].non_field_errors())
    assert response.context["form"]["title"].value() == "Hai"
    paper.refresh_from_db()
    assert paper.title == "Một"


def test_saving_without_a_change_leaves_no_trace(client, point, officer):
    paper = make_paper(client, point, title="Một")
    typed = {"kind": paper.kind_id, "title": "Một", "version": 1}
    client.post(reverse("movements:document-edit", args=[paper.pk]), typed)
    paper.refresh_from_db()
    assert paper.version == 1
    assert ReviewEvent.objects.about(point).count() == 1


def test_removing_takes_the_file_and_keeps_the_reason(
    client, point, officer, media, django_capture_on_commit_callbacks
):
    paper = make_paper(client, point, number="12/QĐ")
    assert contents(media) == 2
    url = reverse("movements:document-remove", args=[paper.pk])

    assert "Ghi lý do" in client.post(url, {"reason": " ", "version": 1}).content.decode()
    assert contents(media) == 2
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url, {"reason": "Nhầm điểm", "version": 1}, follow=True)

    assert "Đã bỏ giấy tờ" in said(response)
    assert not Document.objects.exists() and not StoredFile.objects.exists()
    assert contents(media) == 0
    line = ReviewEvent.objects.about(point).latest("pk")
    assert line.reason == "Quyết định thành lập, số 12/QĐ – “Quyết định.jpg”. Nhầm điểm"
    assert client.get(url).status_code == 404


def test_a_file_is_opened_with_safe_headers(client, point, officer):
    paper = make_paper(client, point)
    url = reverse("movements:document-file", args=[paper.pk])

    response = client.get(url)

    assert b"".join(response.streaming_content) == paper.file.file.open().read()
    assert response["Content-Type"] == "image/jpeg"
    name = quote("Quyết định.jpg")
    assert response["Content-Disposition"] == f"inline; filename*=utf-8''{name}"
    assert client.get(f"{url}?save")["Content-Disposition"].startswith("attachment; ")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    small = client.get(reverse("movements:document-thumbnail", args=[paper.pk]))
    assert small["Content-Type"] == "image/jpeg"
    assert small["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize(
    ("content", "disposition"),
    [(samples.pdf(), "inline"), (samples.docx(), "attachment"), (samples.xlsx(), "attachment")],
)
def test_word_and_excel_are_saved_not_opened(client, point, officer, content, disposition):
    add(client, point, upload(content, "a.pdf"))
    paper = Document.objects.get()
    response = client.get(reverse("movements:document-file", args=[paper.pk]))
    assert response["Content-Disposition"].startswith(disposition)
    assert client.get(reverse("movements:document-thumbnail", args=[paper.pk])).status_code == 404


def test_a_content_that_is_gone_is_no_crash(client, point, officer, media):
    paper = make_paper(client, point)
    (media / paper.file.file.name).unlink()
    response = client.get(reverse("movements:document-file", args=[paper.pk]))
    assert response.status_code == 404
    assert "Báo người quản trị" in response.content.decode()


ADDRESSES = ("document-file", "document-thumbnail", "document-edit", "document-remove")


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.COMMITTEE, Role.PROVINCE_STAFF])
def test_a_file_is_of_no_use_out_of_scope(client, point, officer, role):
    paper = make_paper(client, point)
    stranger = Client()
    place = make_unit(Level.PROVINCE) if role == Role.PROVINCE_STAFF else make_unit()
    for name in ADDRESSES:
        url = reverse(f"movements:{name}", args=[paper.pk])
        stranger.logout()
        assert stranger.get(url).status_code == 302
        stranger.force_login(make_user(role, place))
        assert stranger.get(url).status_code == 404
    # Nor is there any other address for it.
    for url in (f"/media/{paper.file.file.name}", f"/{paper.file.file.name}"):
        assert client.get(url).status_code == 404


def test_a_reader_opens_and_changes_nothing(client, point, officer):
    paper = make_paper(client, point)
    reader = Client()
    reader.force_login(make_user(Role.COMMITTEE, point.unit))
    for name in ADDRESSES[:2]:
        assert reader.get(reverse(f"movements:{name}", args=[paper.pk])).status_code == 200
    for name, pk in [*((name, paper.pk) for name in ADDRESSES[2:]), ("point-document", point.pk)]:
        url = reverse(f"movements:{name}", args=[pk])
        for response in (reader.get(url), reader.post(url, {"reason": "x", "number": "1"})):
            assert response.status_code == 403
            assert "Chỉ được xem hồ sơ này" in response.content.decode()
    page = reader.get(reverse("movements:point-detail", args=[point.pk])).content.decode()
    assert "Hồ sơ 1/9" in page
    assert reverse("movements:point-document", args=[point.pk]) not in page
    assert Document.objects.get().version == 1


def test_a_voided_point_takes_nothing(client, point, officer):
    paper = make_paper(client, point)
    SchemePoint.objects.filter(pk=point.pk).update(status=Status.VOIDED, status_reason="Nhầm")
    assert add(client, point, upload(samples.pdf())).status_code == 403
    for name in ADDRESSES[2:]:
        url = reverse(f"movements:{name}", args=[paper.pk])
        assert client.post(url, {"reason": "x", "kind": paper.kind_id}).status_code == 403
    assert Document.objects.count() == 1


def test_a_role_that_ended_opens_nothing(client, point, officer):
    paper = make_paper(client, point)
    Assignment.objects.filter(user=officer).update(valid_to=date(2025, 1, 1))
    assert client.get(reverse("movements:document-file", args=[paper.pk])).status_code == 404


def test_what_was_typed_outlives_the_session_and_the_file_is_asked_again(client, point, officer):
    client.logout()
    response = add(client, point, upload(samples.pdf()), title="Quy chế", number="")

    page = response.content.decode()
    assert response.status_code == 401
    assert "Tệp đã chọn không giữ được" in page
    kept = re.search(r'name="kept" value="([^"]+)"', page)[1]
    login = {"username": officer.username, "password": PASSWORD, "kept": kept}
    resumed = client.post(reverse("accounts:sign-in"), login)
    assert "chọn lại tệp" in resumed.content.decode()
    fields = dict(resumed.context["kept"].fields)
    response = client.post(resumed.context["kept"].path, fields)
    form = response.context["form"]
    assert form.errors["files"] == [
        "Tệp đã chọn chưa gửi được vì phiên đăng nhập đã kết thúc. Chọn lại tệp rồi lưu."
    ]
    assert form["title"].value() == "Quy chế"
    assert not Document.objects.exists()


def test_the_script_is_told_where_to_go(client, point, officer):
    data = {"kind": kind().pk, "files": [upload(samples.pdf())]}
    url = reverse("movements:point-document", args=[point.pk])
    response = client.post(url, data, headers={"X-Upload": "1"})
    assert response.json() == {"go": f"{reverse('movements:point-detail', args=[point.pk])}#ho-so"}
    data = {"kind": kind().pk, "number": "2", "another": "1"}
    response = client.post(url, data, headers={"X-Upload": "1"})
    assert response.json() == {"go": url}


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_three_papers(
    client, point, officer, count, django_assert_num_queries
):
    for number in range(count):
        add(client, point, upload(samples.jpeg()), kind=kind("quy-che").pk, number=str(number))
    fresh = SchemePoint.objects.select_related("scheme__type").get(pk=point.pk)
    with django_assert_num_queries(2):
        dossier = dossier_of(fresh)
        shown = [
            str(paper.file) + str(paper.created_by)
            for line in dossier.lines
            for paper in line.papers
        ]
    assert len(shown) == count
