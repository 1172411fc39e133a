"""What no view should have to think about."""

import codecs
import logging
from urllib.parse import unquote

from django.core.exceptions import BadRequest, FieldError
from django.db import DataError

from antq.core import errors

logger = logging.getLogger(__name__)
STRANGE = "Yêu cầu có ký tự không hợp lệ. Kiểm tra lại đường dẫn."


class RefuseStrangeMiddleware:
    """Refuses what would make the database or Django itself fail.

    PostgreSQL text cannot hold NUL, and psycopg2 raises on it. Forms refuse it in what they check;
    this is for every other use of an address or a cookie. An encoding that is none of text
    ("hex") raises when the body is read.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        texts = [unquote(request.META.get("QUERY_STRING", "")), request.path]
        if any("\0" in text for text in [*texts, *request.COOKIES.values()]):
            raise BadRequest(STRANGE)
        if not _is_text_encoding((request.content_params or {}).get("charset", "utf-8")):
            raise BadRequest(STRANGE)
        return self.get_response(request)

    def process_exception(self, request, exception):
        """The admin's own lists fail on filters that nobody clicked (`?year=0`): a wrong address.

        Only there, and only for what a value can cause; it is logged, since it may be a fault.
        """
        match = request.resolver_match
        if match is None or match.namespace != "admin":
            return None
        if not isinstance(exception, (DataError, FieldError, OverflowError, ValueError)):
            return None
        logger.warning("Refused in the admin: %s", request.path, exc_info=exception)
        return errors.bad_request(request, BadRequest("Giá trị lọc hoặc lựa chọn không hợp lệ."))


def _is_text_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        return True  # Django takes UTF-8 for an encoding that it does not know
