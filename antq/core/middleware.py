"""What no view should have to think about."""

from urllib.parse import unquote

from django.core.exceptions import BadRequest


class RefuseNulMiddleware:
    """PostgreSQL text cannot hold NUL and psycopg2 raises on it: an address with one is refused.

    Forms refuse it in what they check; this is for every other use of an address, the admin's
    filters among them.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in unquote(request.META.get("QUERY_STRING", "")) or "\0" in request.path:
            raise BadRequest("Địa chỉ có ký tự không hợp lệ. Kiểm tra lại đường dẫn.")
        return self.get_response(request)
