"""Why a file is not taken, in words for the one who sent it."""

from django.conf import settings

from antq.core.numbers import vn_number

MOST_AT_ONCE = 10
TAKEN = "PDF, Word (.docx), Excel (.xlsx), ảnh JPEG hoặc PNG"


class FileRefused(Exception):
    """The file is not taken; the message says why and what to do."""


def too_large() -> str:
    most = vn_number(settings.UPLOAD_MB)
    return f"Tệp lớn quá {most} MB. Giảm dung lượng (quét ở 200–300 dpi, đen trắng) hoặc tách tệp."


def body_too_large() -> str:
    most = vn_number(settings.UPLOAD_MB_AT_ONCE)
    return f"Các tệp gửi một lần lớn quá {most} MB. Gửi làm nhiều lần."


NOT_TAKEN = (
    f"Chỉ nhận {TAKEN}; tệp này không phải loại nào trong số đó "
    "(xét theo nội dung, không theo đuôi tên tệp)."
)
EMPTY = "Tệp trống, không có nội dung. Kiểm tra lại tệp rồi chọn lại."
PATH_IN_NAME = "Tên tệp có đường dẫn (dấu / hoặc \\). Đổi tên tệp rồi chọn lại."
BROKEN_PDF = "Tệp PDF hỏng hoặc chưa tải xuống hết. Mở tệp, lưu lại thành PDF rồi chọn lại."
OLD_OFFICE = (
    "Tệp Word, Excel kiểu cũ (.doc, .xls). Mở tệp, lưu thành .docx, .xlsx hoặc PDF rồi chọn lại."
)
ENCRYPTED = "Tệp có đặt mật khẩu. Bỏ mật khẩu, lưu lại rồi chọn lại."
MACRO = "Tệp có macro. Lưu lại thành .docx, .xlsx (không có macro) hoặc PDF rồi chọn lại."
NOT_OFFICE = "Tệp nén (ZIP), không phải Word hay Excel. Chọn từng tệp bên trong."
BROKEN_OFFICE = "Tệp Word, Excel hỏng. Mở tệp, lưu lại rồi chọn lại."
BOMB = "Tệp nén bất thường: giải nén ra quá lớn hoặc có tên lạ bên trong. Lưu lại thành PDF."
HEIC = "Ảnh HEIC của điện thoại. Lưu thành JPEG rồi chọn lại."
BROKEN_PICTURE = "Ảnh hỏng hoặc chưa tải xuống hết. Mở ảnh, lưu lại rồi chọn lại."


def too_many_pixels(most: int) -> str:
    return (
        f"Ảnh quá lớn (trên {vn_number(most // 1_000_000)} triệu điểm ảnh). Thu nhỏ rồi chọn lại."
    )
