from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.timezone import localdate

from antq.accounts import lockout
from antq.accounts.batch import MOST_LINES
from antq.accounts.models import User
from antq.core.numbers import vn_number
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit


class SignInForm(AuthenticationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name, password = self.fields["username"], self.fields["password"]
        name.label, password.label = "Tên đăng nhập", "Mật khẩu"
        name.error_messages["required"] = "Nhập tên đăng nhập."
        password.error_messages["required"] = "Nhập mật khẩu."
        if self["username"].value():
            # The name is known: by a link of the demo, or after a wrong password.
            del name.widget.attrs["autofocus"]
            password.widget.attrs["autofocus"] = True
        # Whatever is not a name or a password of ours is simply wrong: the backend says so.
        name.validators = password.validators = ()

    def get_invalid_login_error(self):
        name = User.normalize_username(self.cleaned_data["username"].replace("\0", "")[:150])
        minutes = lockout.minutes_to_wait(name, lockout.client_address(self.request))
        if minutes:
            return forms.ValidationError(
                f"Tạm khóa đăng nhập vì sai nhiều lần. Thử lại sau {minutes} phút, "
                "hoặc đề nghị người quản trị hệ thống mở khóa.",
                code="locked",
            )
        return forms.ValidationError(
            "Tên đăng nhập hoặc mật khẩu không đúng. Kiểm tra phím Caps Lock, bộ gõ tiếng Việt "
            f"rồi nhập lại; sai {lockout.PER_USERNAME} lần thì bị tạm khóa.",
            code="invalid_login",
        )


class ChangePasswordForm(PasswordChangeForm):
    error_messages = {
        "password_incorrect": "Mật khẩu hiện tại không đúng. Nhập lại.",
        "password_mismatch": "Hai lần nhập mật khẩu mới không giống nhau. Nhập lại.",
    }
    SAME = "Mật khẩu mới giống mật khẩu hiện tại. Chọn mật khẩu khác."

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labels = {
            "old_password": "Mật khẩu hiện tại",
            "new_password1": "Mật khẩu mới",
            "new_password2": "Nhập lại mật khẩu mới",
        }
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].validators = ()  # a password is stored as its hash
            self.fields[name].error_messages["required"] = f"Nhập {label.lower()}."
        self.fields["new_password2"].error_messages["required"] = "Nhập lại mật khẩu mới."
        self.fields["new_password1"].help_text = " ".join(password_validators_help_texts())

    def clean_new_password1(self):
        password = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise forms.ValidationError(self.SAME, code="same")
        return password

    def save(self, commit=True):
        self.user.must_change_password = False
        return super().save(commit)


class BatchForm(forms.Form):
    """A list of accounts as it was pasted; what its lines say is read by `batch`."""

    LONGEST = 200_000

    province = forms.ModelChoiceField(
        queryset=AdministrativeUnit.objects.none(),
        to_field_name="key",
        label="Tỉnh, thành phố",
        empty_label="Chọn tỉnh, thành phố",
        help_text="Tên đơn vị trong danh sách được tìm trong tỉnh này.",
        error_messages={"required": "Chọn tỉnh, thành phố.", "invalid_choice": "Chọn lại tỉnh."},
        widget=forms.Select(attrs={"class": "js-select"}),
    )
    lines = forms.CharField(
        label="Danh sách tài khoản",
        help_text="Dán từ Excel, mỗi dòng một tài khoản, các cột theo thứ tự: đơn vị, vai trò, "
        "họ tên, chức vụ, tên đăng nhập (để trống thì hệ thống đặt).",
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "wrap": "off"}),
        error_messages={"required": "Dán danh sách, mỗi dòng một tài khoản."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        provinces = AdministrativeUnit.objects.filter(level=Level.PROVINCE).valid_on(localdate())
        self.fields["province"].queryset = provinces.in_name_order()

    def clean_lines(self):
        text = self.cleaned_data["lines"]
        if len(text) > self.LONGEST or text.count("\n") >= MOST_LINES:
            raise forms.ValidationError(
                f"Danh sách quá dài: mỗi lần nhận {vn_number(MOST_LINES)} dòng. Chia làm nhiều lần."
            )
        return text
