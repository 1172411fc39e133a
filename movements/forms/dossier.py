"""One paper of a dossier, and its files."""

from uuid import uuid4

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.timezone import localdate

from antq.accounts.resume import FILES_LOST
from antq.core.forms import DayField, TextField
from antq.core.text import lower_first
from antq.files.forms import FilesField
from antq.files.refusals import MOST_AT_ONCE
from movements.models import Document
from movements.services import dossier as services

LOST = "Tệp đã chọn chưa gửi được vì phiên đăng nhập đã kết thúc. Chọn lại tệp rồi lưu."
NOTHING = "Chọn tệp; chưa có tệp thì ghi số hoặc trích yếu của văn bản."


class PaperForm(forms.ModelForm):
    """A new paper of `point`, or a known one: then one file takes the place of another."""

    number = TextField(label="Số, ký hiệu", max_length=60, required=False)
    title = TextField(label="Trích yếu", max_length=250, required=False)
    issued_on = DayField(label="Ngày văn bản", required=False)
    client_uuid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    class Meta:
        model = Document
        fields = ["kind", "number", "issued_on", "title", "event"]

    def __init__(self, *args, point, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.point, self.user = point, user
        is_new = self.instance.pk is None
        self.fields["files"] = FilesField(
            label="Tệp" if is_new else "Thay tệp" if self.instance.file else "Thêm tệp",
            required=False,
            most=MOST_AT_ONCE if is_new else 1,
        )
        self.fields["kind"].empty_label = "Chọn loại giấy tờ"
        self.fields["kind"].error_messages["required"] = "Chọn loại giấy tờ."
        self.fields["event"].queryset = point.life_events.all()
        self.fields["event"].empty_label = "Không gắn với việc nào"
        self.fields["event"].label = "Của việc trong vòng đời"
        if not point.life_events.exists():
            del self.fields["event"]
        if is_new:
            self.initial.setdefault("client_uuid", uuid4())
        else:
            self.initial["version"] = self.instance.version

    @property
    def helper(self):
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True  # the page's <form> has it
        cells = [Row(Column("event", css_class="col-12"))] if "event" in self.fields else []
        helper.layout = Layout(
            "client_uuid" if self.instance.pk is None else "version",
            Row(Column("kind", css_class="col-12")),
            Row(
                Column("number", css_class="col-12 col-md-6"),
                Column("issued_on", css_class="col-12 col-md-6"),
            ),
            Row(Column("title", css_class="col-12")),
            *cells,
            Row(Column("files", css_class="col-12")),
        )
        return helper

    def clean_issued_on(self):
        day = self.cleaned_data["issued_on"]
        if day and day > localdate():
            raise forms.ValidationError("Ngày này chưa đến. Xem lại ngày ghi trên văn bản.")
        return day

    def clean_client_uuid(self):
        return self.cleaned_data["client_uuid"] or uuid4()

    def clean(self):
        given = super().clean()
        if "files" in self.errors or given.get("files"):
            return given
        if self.data.get(FILES_LOST):
            self.add_error("files", LOST)
        elif not (self.instance.file or given.get("number") or given.get("title")):
            self.add_error("files", NOTHING)
        return given

    def save(self, commit=True):
        """Through the services; returns how many papers were written. Raises TransitionError."""
        given = self.cleaned_data
        if self.instance.pk is None:
            values = {name: given[name] for name in self.Meta.fields if name in given}
            made = services.add_papers(
                self.point,
                values=values,
                files=given["files"],
                uuid=given["client_uuid"],
                by=self.user,
            )
            return len(made)
        changed = [self.fields[name].label for name in self.changed_data if name in given]
        words = ", ".join(lower_first(str(label)) for label in self._record_labels(changed))
        file = given["files"][0] if given["files"] else None
        services.change_paper(
            self.instance, by=self.user, version=given["version"], file=file, changed=words
        )
        return 1

    def _record_labels(self, labels):
        beside = {self.fields[name].label for name in ("files", "version", "client_uuid")}
        return [label for label in labels if label not in beside]
