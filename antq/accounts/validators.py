"""Django's password rules with their messages in the words of this program."""

from django.contrib.auth import password_validation as django_rules


class MinimumLength(django_rules.MinimumLengthValidator):
    def get_error_message(self):
        return f"Mật khẩu quá ngắn. Nhập ít nhất {self.min_length} ký tự."

    def get_help_text(self):
        return f"Ít nhất {self.min_length} ký tự."


class UnlikeTheUser(django_rules.UserAttributeSimilarityValidator):
    def __init__(self):
        super().__init__(user_attributes=("username", "full_name"))

    def get_error_message(self):
        return "Mật khẩu quá giống tên đăng nhập hoặc họ tên. Chọn mật khẩu khác."

    def get_help_text(self):
        return "Không giống tên đăng nhập, họ tên."


class Uncommon(django_rules.CommonPasswordValidator):
    def get_error_message(self):
        return "Mật khẩu này nhiều người dùng, dễ bị đoán. Chọn mật khẩu khác."

    def get_help_text(self):
        return "Không dùng mật khẩu dễ đoán."


class NotOnlyDigits(django_rules.NumericPasswordValidator):
    def get_error_message(self):
        return "Mật khẩu chỉ gồm chữ số. Thêm chữ cái."

    def get_help_text(self):
        return "Không chỉ gồm chữ số."
