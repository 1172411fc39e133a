"""Files that were handed in. Who may open one is said by the record it belongs to."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from antq.core.history import logged
from antq.core.numbers import vn_number


class FileKind(models.TextChoices):
    """What a file is, found in its content; its name and what the browser says are not asked."""

    PDF = "pdf", "PDF"
    DOCX = "docx", "Word (DOCX)"
    XLSX = "xlsx", "Excel (XLSX)"
    JPEG = "jpg", "ảnh JPEG"
    PNG = "png", "ảnh PNG"


def stored_name(instance: "StoredFile", _filename: str) -> str:
    """A path made of nothing that a user wrote."""
    name = instance.uuid.hex
    return f"files/{name[:2]}/{name}.{instance.kind}"


def thumbnail_name(instance: "StoredFile", _filename: str) -> str:
    name = instance.uuid.hex
    return f"thumbnails/{name[:2]}/{name}.jpg"


@logged()
class StoredFile(models.Model):
    """One file in the media folder, as it is served; pictures were written anew, without EXIF."""

    uuid = models.UUIDField("mã tệp", default=uuid4, unique=True, editable=False)
    name = models.CharField("tên tệp", max_length=200)
    kind = models.CharField("loại tệp", max_length=5, choices=FileKind)
    file = models.FileField("tệp", upload_to=stored_name, max_length=200)
    thumbnail = models.FileField("ảnh nhỏ", upload_to=thumbnail_name, max_length=200, blank=True)
    size = models.PositiveBigIntegerField("dung lượng (byte)")
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_at = models.DateTimeField("tải lên lúc", auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="người tải lên",
    )
    is_demo = models.BooleanField("dữ liệu minh họa", default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "tệp"

    def __str__(self):
        return self.name

    @property
    def size_text(self) -> str:
        if self.size < 1024 * 1024:
            return f"{vn_number(max(1, round(self.size / 1024)))} KB"
        return f"{vn_number(round(self.size / 1024 / 1024, 1))} MB"

    @property
    def is_picture(self) -> bool:
        return self.kind in (FileKind.JPEG, FileKind.PNG)
