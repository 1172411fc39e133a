"""The field in which files are chosen: each is examined, and each refusal names its file."""

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from antq.core.numbers import vn_number
from antq.core.text import clean_text
from antq.files import refusals
from antq.files.examine import examine
from antq.files.refusals import FileRefused


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name, [])


class FilesField(forms.Field):
    """Files → list of `Examined`; nothing is stored here. most: how many may be chosen at once."""

    widget = FilesInput

    def __init__(self, *, most: int = refusals.MOST_AT_ONCE, **kwargs):
        self.most = most
        kwargs.setdefault(
            "help_text",
            f"{refusals.TAKEN}; {'mỗi tệp ' if most > 1 else ''}không quá "
            f"{vn_number(settings.UPLOAD_MB)} MB"
            f"{f', chọn được đến {most} tệp một lần' if most > 1 else ''}.",
        )
        super().__init__(**kwargs)
        self.error_messages["required"] = "Chọn tệp."

    def widget_attrs(self, widget):
        """data-*: static/js/upload.js says at once what the server would refuse after a while."""
        return {
            "accept": ".pdf,.docx,.xlsx,.jpg,.jpeg,.png",
            "data-most": str(self.most),
            "data-most-bytes": str(settings.UPLOAD_MB * 1024 * 1024),
            "data-too-large": refusals.too_large(),
            "data-too-many": self._too_many(),
            **({"multiple": True} if self.most > 1 else {}),
        }

    def clean(self, value):
        uploads = [each for each in value or () if isinstance(each, UploadedFile)]
        if self.required and not uploads:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(uploads) > self.most:
            raise forms.ValidationError(self._too_many())
        examined, refused = [], []
        for upload in uploads:
            try:
                examined.append(examine(upload))
            except FileRefused as error:
                refused.append(f"“{_short(upload.name)}”: {error}")
        if refused:
            raise forms.ValidationError(refused)
        return examined

    def has_changed(self, initial, data):
        return bool(data)

    def _too_many(self) -> str:
        return f"Chọn không quá {self.most} tệp một lần." if self.most > 1 else "Chọn một tệp."


def _short(name: str) -> str:
    name = clean_text(name)
    return name if len(name) <= 60 else f"{name[:57]}…"
