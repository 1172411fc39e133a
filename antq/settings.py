"""Settings: they only read the environment, and say what is missing.

ANTQ_SECRET_KEY  Django's secret; required unless ANTQ_DEBUG=1
DATABASE_URL     postgres://user:password@host:port/name (PostgreSQL ≥ 17); required
ANTQ_DATA        folder for media and collected static files; var/ of the project
ANTQ_HOSTS       host names that the site answers to, with commas; localhost,127.0.0.1,[::1]
ANTQ_ORIGINS     origins trusted for forms behind a proxy (https://…), with commas
ANTQ_HTTPS       1: cookies only over HTTPS, HSTS
ANTQ_BASE_PATH   sub-path under which the site lives (/antq)
ANTQ_PROXIES     number of trusted proxies in front; reads X-Forwarded-For; 0
ANTQ_UPLOAD_MB   the largest file that is taken, in megabytes; 20
ANTQ_SESSION_SECONDS   how long an idle session lasts; 14400
ANTQ_COMMIT      state of the program's source, shown with its version
ANTQ_DEMO        1: demo data and accounts may be loaded, under a banner
ANTQ_DEBUG       1: development
"""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pghistory
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

import antq

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str) -> bool:
    return os.environ.get(name, "0") not in ("", "0")


def listed(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


def required(name: str, hint: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise ImproperlyConfigured(f"{name} is not set. {hint}") from None


# Of each connection, whoever runs the server: an index that is in memory is as cheap to read as a
# table, and compiling a sum takes longer than adding it up. `?options=…` in the URL replaces it.
PLANNER = "-c random_page_cost=1.1 -c jit=off"


def database(url: str) -> dict:
    """Django's database settings from a postgres:// address; unknown schemes are refused."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// or postgresql://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "antq",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"options": PLANNER, **dict(parse_qsl(parts.query))},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DEBUG = flag("ANTQ_DEBUG")
DEMO = flag("ANTQ_DEMO")
HTTPS = flag("ANTQ_HTTPS")
SECRET_KEY = (
    os.environ.get("ANTQ_SECRET_KEY", "only-for-development")
    if DEBUG
    else required("ANTQ_SECRET_KEY", "Set it to a long random text, or use `make run`.")
)
DATA_DIR = Path(os.environ.get("ANTQ_DATA", BASE_DIR / "var"))
ALLOWED_HOSTS = listed("ANTQ_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = listed("ANTQ_ORIGINS")
TRUSTED_PROXIES = int(os.environ.get("ANTQ_PROXIES", "0"))
VERSION = " · ".join(filter(None, [antq.__version__, os.environ.get("ANTQ_COMMIT")]))
BASE_PATH = os.environ.get("ANTQ_BASE_PATH", "").strip("/")
FORCE_SCRIPT_NAME = f"/{BASE_PATH}" if BASE_PATH else None
# Another program on this host may have cookies of the same names.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"/{BASE_PATH}/" if BASE_PATH else "/"

# An app's label is the last part of its name. What is named first may override templates of what
# follows.
INSTALLED_APPS = [
    "antq.core",
    "antq.units",
    "antq.accounts",
    "antq.files",
    "antq.review",
    "antq.reports",
    "movements",
    "festivals",
    "awards",
    "antq.site",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "antq.core.middleware.RefuseStrangeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "antq.accounts.middleware.ProlongSessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "antq.accounts.middleware.SignInRequiredMiddleware",
    "antq.accounts.middleware.DraftMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "antq.urls"
WSGI_APPLICATION = "antq.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "antq.site.context.shell",
            ],
            "builtins": ["antq.core.templatetags.vn"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASES = {
    "default": database(
        required("DATABASE_URL", "`make run` and `make test` start a PostgreSQL of their own.")
    )
}
# The change log (antq.core.history): it names rows by id and outlives them.
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="+", db_index=False)
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(related_name="+", db_index=False)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["antq.accounts.backends.LockingBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "antq.accounts.validators.MinimumLength", "OPTIONS": {"min_length": 10}},
    {"NAME": "antq.accounts.validators.UnlikeTheUser"},
    {"NAME": "antq.accounts.validators.Uncommon"},
    {"NAME": "antq.accounts.validators.NotOnlyDigits"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "site:home"
LOGOUT_REDIRECT_URL = "accounts:sign-in"

# In the session: what was done is still said when the line dropped with the answer.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# "Thêm nhiều điểm" sends 200 rows of some dozen cells.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# A working day at a counter; who works prolongs it (`antq.accounts.middleware`).
SESSION_COOKIE_AGE = int(os.environ.get("ANTQ_SESSION_SECONDS", 4 * 60 * 60))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "antq.accounts.views.csrf_failure"

# data: is for the small drawings inside Bootstrap's style sheet.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# One language: the texts are Vietnamese in the source; Django's own come from its catalogue.
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
USE_I18N = True
FORMAT_MODULE_PATH = ["antq.core.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

STATIC_URL = f"{FORCE_SCRIPT_NAME or ''}/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
# Files are opened at the address of their record only: there is no MEDIA_URL.
MEDIA_ROOT = DATA_DIR / "media"
UPLOAD_MB = int(os.environ.get("ANTQ_UPLOAD_MB", "20"))
UPLOAD_MB_AT_ONCE = 5 * UPLOAD_MB
FILE_UPLOAD_HANDLERS = ["antq.files.uploads.BoundedUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # A refused address is a visitor's mistake, not ours.
    "loggers": {"django.security.SuspiciousOperation": {"level": "ERROR"}},
}
