"""Files on their way in: bounded on the disk and in memory, for strangers too."""

import io
import os
import tracemalloc

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from django.views.decorators.csrf import csrf_exempt

from antq.accounts.roles import Role
from antq.files import refusals
from antq.files.models import StoredFile
from antq.files.refusals import FileRefused
from antq.files.services import take_upload
from movements.models import Document
from tests.factories import make_point, make_user
from tests.files import samples

pytestmark = pytest.mark.django_db
MB = 1024 * 1024
BOUNDARY = "ranh-gioi-7f3a"


@csrf_exempt
def echo(request):
    said = []
    for file in request.FILES.getlist("files"):
        try:
            said.append(take_upload(file, request.user).name)
        except FileRefused as error:
            said.append(str(error))
    return HttpResponse("\n".join([request.POST.get("title", ""), *said]))


urlpatterns = [path("echo/", echo), path("", include("antq.urls"))]


class Stream(io.RawIOBase):
    """The body of a form with one file of `size` bytes, made while it is read."""

    def __init__(self, size: int, start: bytes, end: bytes):
        self.start, self.left, self.end, self.read_bytes = start, size, end, 0

    def __len__(self):
        return len(self.start) + self.left + len(self.end)

    def read(self, size=-1):
        size = 64 * 1024 if size is None or size < 0 else min(size, 64 * 1024)
        if self.start:
            piece, self.start = self.start[:size], self.start[size:]
        elif self.left:
            piece = bytes(min(size, self.left))
            self.left -= len(piece)
        else:
            piece, self.end = self.end[:size], self.end[size:]
        self.read_bytes += len(piece)
        return piece


def field(name: str, value: str) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
    return f"{head}{value}\r\n".encode()


def file_head(name: str) -> bytes:
    return (
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()


END = f"\r\n--{BOUNDARY}--\r\n".encode()


def post(client, url, body, length=None):
    stream = io.BytesIO(body) if isinstance(body, bytes) else body
    return client.generic(
        "POST",
        url,
        **{
            "wsgi.input": stream,
            "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
            "CONTENT_LENGTH": str(length or len(body)),
        },
    )


@pytest.fixture
def officer(client):
    point = make_point()
    client.force_login(make_user(Role.COMMUNE_OFFICER, point.unit))
    return point


def temporary(folder) -> list[str]:
    return os.listdir(folder)


@pytest.mark.parametrize("size", [21 * MB, 200 * MB])
def test_a_large_file_is_refused_beside_its_field(client, officer, settings, tmp_path, size):
    """What was typed stays; little of the file is ever in memory, and none of it on the disk."""
    settings.MEDIA_ROOT = tmp_path
    title = "Quyết định thành lập"
    body = Stream(size, field("title", title) + file_head("to.pdf") + b"%PDF-1.4", END)
    tracemalloc.start()

    response = post(client, reverse("movements:point-document", args=[officer.pk]), body)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert response.status_code == 200
    assert response.context["form"].errors["files"] == [f"“to.pdf”: {refusals.too_large()}"]
    assert response.context["form"]["title"].value() == title
    assert peak < 12 * MB
    assert not StoredFile.objects.exists() and not Document.objects.exists()
    assert list(tmp_path.iterdir()) == []


def test_the_large_one_of_two_files_is_named(client, officer):
    body = file_head("vừa.pdf") + samples.pdf() + b"\r\n" + file_head("to.pdf") + bytes(21 * MB)
    response = post(client, reverse("movements:point-document", args=[officer.pk]), body + END)
    assert response.context["form"].errors["files"] == [f"“to.pdf”: {refusals.too_large()}"]
    assert not StoredFile.objects.exists() and not Document.objects.exists()


def test_many_files_that_are_too_much_together(client, officer, settings):
    settings.UPLOAD_MB_AT_ONCE = 2
    heads = [file_head(f"{number}.pdf") + bytes(3 * MB) + b"\r\n" for number in (1, 2)]
    url = reverse("movements:point-document", args=[officer.pk])
    response = post(client, url, b"".join(heads) + END)
    assert response.context["form"].errors["files"] == [
        f"“{number}.pdf”: {refusals.body_too_large()}" for number in (1, 2)
    ]
    assert not StoredFile.objects.exists()


def test_a_body_without_end_is_not_read(client, officer):
    body = Stream(2000 * MB, file_head("to.pdf"), END)
    response = post(client, reverse("movements:point-document", args=[officer.pk]), body)
    assert response.status_code == 400
    assert refusals.body_too_large() in response.content.decode()
    assert body.read_bytes < MB


def test_a_stranger_fills_no_disk(monkeypatch, tmp_path):
    """Files come in before anybody asks who sends them."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    point = make_point()
    body = Stream(120 * MB, file_head("to.pdf"), END)
    response = post(Client(), reverse("movements:point-document", args=[point.pk]), body)
    assert response.status_code == 401
    assert temporary(tmp_path) == []


@pytest.mark.urls("tests.files.test_uploads")
@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x.pdf", "C:\\\\x\\\\y.pdf", "a&#x2F;b.pdf", "/etc/passwd"]
)
def test_a_path_in_a_name_is_refused(client, officer, name):
    response = post(client, "/echo/", field("title", "t") + file_head(name) + samples.pdf() + END)
    assert response.content.decode().splitlines() == ["t", refusals.PATH_IN_NAME]
    assert not StoredFile.objects.exists()


@pytest.mark.urls("tests.files.test_uploads")
@pytest.mark.parametrize("size", [100, 3 * MB])
def test_a_file_comes_in_whole_from_memory_or_disk(client, officer, monkeypatch, tmp_path, size):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    content = b"%PDF-1.4\n" + os.urandom(size) + samples.pdf()
    body = field("title", "Tờ trình") + file_head("tờ trình.pdf") + content + END

    response = post(client, "/echo/", body)

    assert response.content.decode().splitlines() == ["Tờ trình", "tờ trình.pdf"]
    assert StoredFile.objects.get().file.open().read() == content
    assert temporary(tmp_path) == []


@pytest.mark.urls("tests.files.test_uploads")
def test_a_body_that_breaks_off_leaves_nothing(client, officer, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    body = field("title", "t") + file_head("a.pdf") + bytes(3 * MB)
    response = post(client, "/echo/", body, length=len(body) + 5000)
    assert not StoredFile.objects.exists()
    assert response.content.decode() == "t"
    assert temporary(tmp_path) == []
