from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts

from antq.accounts import lockout
from antq.accounts.models import User


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
