"""Settings, from the environment. Each variable is explained in `docs/guides/administrator.md`."""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF

from trialogue.accounts.secret_files import made_once

DATA_DIR = Path(os.environ.get("TRIALOGUE_DATA", "data")).resolve()
PUBLIC_URL = os.environ.get("TRIALOGUE_URL", "").rstrip("/")
# Where links in messages lead; without a public address, to this machine.
SITE_URL = PUBLIC_URL or f"http://127.0.0.1:{os.environ.get('TRIALOGUE_PORT', '8000')}"
# How many proxies of our own stand between a browser and this site.
TRUSTED_PROXIES = int(os.environ.get("TRIALOGUE_TRUSTED_PROXIES", "0"))
ROOT = Path(__file__).resolve().parent

# Left by `trialogue demo`: the demonstration's banner, its people and its outbox.
DEMONSTRATION = (DATA_DIR / "demonstration").exists()


def _secret_key() -> str:
    """Return the key from the environment, or one made once and kept in the data folder."""
    if given := os.environ.get("TRIALOGUE_SECRET_KEY"):
        return given
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    made = made_once(DATA_DIR / "secret-key", lambda: secrets.token_urlsafe(50).encode())
    return made.decode()


SECRET_KEY = _secret_key()
DEBUG = False
# The server answers whoever can reach it; a public address narrows that to itself.
_host = urlsplit(PUBLIC_URL).hostname
ALLOWED_HOSTS = [_host, "localhost", "127.0.0.1", "[::1]"] if _host else ["*"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "csp",
    "ninja",
    "trialogue.pages",
    "trialogue.accounts",
    "trialogue.ideas",
    "trialogue.trials",
    "trialogue.visits",
    "trialogue.evidence",
    "trialogue.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "trialogue.accounts.middleware.stay_signed_in",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "trialogue.site.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "trialogue.site.frame.frame",
            ],
            "builtins": [
                "trialogue.pages.templatetags.moments",
                "trialogue.pages.templatetags.welsh",
            ],
        },
    }
]

DATABASE_URL = os.environ.get("DATABASE_URL")
if DATABASE_URL:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(DATA_DIR / "trialogue.sqlite3"),
            "OPTIONS": {
                # A transaction that reads and then writes fails at once with "database is locked"
                # if another wrote in between, whatever the timeout. So each takes the write lock
                # first.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL, not NORMAL: what was answered "received" outlives a power cut. 32 MB of
                # pages, not 2: loading a long list then holds the write lock half as long.
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                    "PRAGMA cache_size=-32768;"
                ),
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
# The constraint `one_person_an_email` folds capitals, which `unique=True` does not.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "trialogue.accounts.backends.PeopleBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email", "job")},
    },
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "site:your_work"
LOGOUT_REDIRECT_URL = "site:home"
PASSWORD_RESET_TIMEOUT = 60 * 60

AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "trialogue.accounts.requests.address_of"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/too_many_tries.html"
AXES_USERNAME_FORM_FIELD = "username"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True  # who signed in, from where and when: kept for nobody

CSRF_FAILURE_VIEW = "trialogue.site.views.errors.form_too_old"
SESSION_COOKIE_AGE = 60 * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
_https = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}

STATIC_URL = "/static/"
# Our own and no other app's: theirs are pages of tools that nobody here opens.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = DATA_DIR / "static"  # `trialogue serve` gathers them here
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = DATA_DIR / "uploads"  # files as they came: no address leads to them
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "trialogue.site.static_files.Gathered"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

TASKS = {
    "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]},
}

# smtp://user:password@host:587?tls=true; absent: a line each on the console. Nothing leaves the
# demonstration: its outbox is a page.
_mail = urlsplit(os.environ.get("EMAIL_URL", ""))
if _mail.scheme in ("smtp", "smtps") and not DEMONSTRATION:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname
    EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 587)
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = not EMAIL_USE_SSL and "tls=false" not in _mail.query
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "trialogue.accounts.mail.Console"
# Text messages, and e-mails too where it has a template for them, by GOV.UK Notify. A template
# holds ((words)) alone; one for e-mails has ((subject)) for its subject.
NOTIFY_API_KEY = "" if DEMONSTRATION else os.environ.get("NOTIFY_API_KEY", "")
NOTIFY_TEXT = os.environ.get("NOTIFY_TEXT_TEMPLATE", "") if NOTIFY_API_KEY else ""
NOTIFY_EMAIL = os.environ.get("NOTIFY_EMAIL_TEMPLATE", "") if NOTIFY_API_KEY else ""
# Where e-mails leave and nothing carries texts, one would be lost unseen: none are made.
TEXTS_LEAVE = bool(NOTIFY_TEXT) or EMAIL_BACKEND.endswith(".Console")
NOTIFY_URL = os.environ.get("NOTIFY_URL", "https://api.notifications.service.gov.uk")
DEFAULT_FROM_EMAIL = os.environ.get("TRIALOGUE_FROM", "Trialogue <trialogue@localhost>")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
