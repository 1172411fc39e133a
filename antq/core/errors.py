"""Pages for what cannot be answered: a sentence that says why, and where to go on."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

TOO_BIG = (
    "Dữ liệu gửi lên vượt quá 2,5 MB nên chưa được lưu. "
    "Quay lại trang trước (nội dung đã nhập vẫn còn), rút ngắn rồi gửi lại."
)


def _page(request, status: int, title: str, message: str):
    return render(request, "error.html", {"title": title, "message": message}, status=status)


def bad_request(request, exception):
    if isinstance(exception, RequestDataTooBig):
        return _page(request, 400, "Dữ liệu quá lớn", TOO_BIG)
    message = str(exception) if type(exception).__name__ == "BadRequest" else ""
    return _page(
        request,
        400,
        "Yêu cầu không hợp lệ",
        message or "Kiểm tra lại đường dẫn hoặc nội dung đã nhập.",
    )


def permission_denied(request, exception):
    return _page(request, 403, "Không có quyền", str(exception) or "Tài khoản không có quyền này.")


def not_found(request, exception):
    message = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    vietnamese = message if any(ord(char) > 127 for char in message) else ""
    return _page(
        request,
        404,
        "Không tìm thấy",
        vietnamese or "Trang hoặc hồ sơ này không có, hoặc không thuộc phạm vi của tài khoản.",
    )


def server_error(request):
    """A page that asks nothing of anything: the database may be what is down."""
    return HttpResponse(get_template("500.html").render(), status=500)


def csrf_failure(request, reason=""):
    return _page(
        request,
        403,
        "Trang đã cũ",
        "Trang này mở đã lâu hoặc trình duyệt chặn cookie. "
        "Quay lại trang trước, tải lại rồi gửi lại; nội dung đã nhập vẫn còn ở trang trước.",
    )
