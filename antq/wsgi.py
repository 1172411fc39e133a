import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antq.settings")


class UnderBasePath:
    """Takes ANTQ_BASE_PATH off the address, where a proxy in front has not done so already."""

    def __init__(self, inner, base: str):
        self.inner, self.base = inner, base

    def __call__(self, environ, start_response):
        path = environ.get("PATH_INFO", "")
        if path == self.base or path.startswith(f"{self.base}/"):
            environ["PATH_INFO"] = path.removeprefix(self.base) or "/"
        return self.inner(environ, start_response)


application = get_wsgi_application()
# All that is loaded now stays: the collector need not go through it again and again, which would
# make one page in ten wait for as long as it takes to make the page.
get_resolver().url_patterns  # noqa: B018 – reading them loads every view
gc.collect()
gc.freeze()
if settings.FORCE_SCRIPT_NAME:
    application = UnderBasePath(application, settings.FORCE_SCRIPT_NAME)
