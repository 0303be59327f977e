"""Django's settings: production-safe by default. `make run` and the tests relax them by environment variables alone."""

import os
import secrets
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF

from config.environment import DatabaseAddress, read_environment
from config.state import State, choose_state, prepare

BASE_DIR = Path(__file__).resolve().parent.parent
environment = read_environment(os.environ)
EMBEDDED = environment.database is None
"""True where no database is configured, so that the servers of config/embedded.py are used."""
STATE: State = choose_state(BASE_DIR, environment.state)


def _own_secret_key() -> str:
    """The secret key of this checkout, made at first use; only where no database is configured."""
    prepare(STATE)
    try:
        descriptor = os.open(STATE.secret_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return STATE.secret_key.read_text()
    key = secrets.token_urlsafe(64)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key


DEBUG = environment.debug
SECRET_KEY = environment.secret_key or _own_secret_key()
ALLOWED_HOSTS = [
    *environment.allowed_hosts,
    *(["localhost", "127.0.0.1", "[::1]"] if EMBEDDED or not environment.https else []),
]
CSRF_TRUSTED_ORIGINS = list(environment.trusted_origins)
SAMPLE_SIGN_IN = environment.sample_sign_in
"""One click per role instead of a password; set by `make run` alone, refused beside HTTPS."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "rest_framework",
    "csp",
    "alignment",
    "diagnostics",
    "turnaround",
    "config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pages; it pads them at random, so that lengths tell no secret
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.KnownMethodsMiddleware",
    "config.middleware.WritableAddressMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.SessionAgeMiddleware",
    "config.middleware.HtmxSignInMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.PrivatePagesMiddleware",
    "config.unchanged.UnchangedPagesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                ("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])
            ]
            if not DEBUG
            else ["django.template.loaders.filesystem.Loader"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]

# Database. The application role may read and write rows, the owner role may change tables (`manage.py migrate`).
STATEMENT_TIMEOUT_SECONDS = 15
_TIMEOUTS = (
    f"-c statement_timeout={STATEMENT_TIMEOUT_SECONDS}s -c lock_timeout=4s "
    "-c idle_in_transaction_session_timeout=30s"
)
_LONG_TIMEOUTS = "-c statement_timeout=0 -c lock_timeout=4s -c idle_in_transaction_session_timeout=10min"


def _database() -> dict[str, Any]:
    """The one database, as the role that DATABASE_ROLE names."""
    owner = environment.database_role == "owner"
    address = environment.database_owner if owner else environment.database
    if address is None:
        address = DatabaseAddress(
            name="plumbline",
            user="plumbline_owner" if owner else "plumbline_app",
            password="",
            host=str(STATE.sockets),
            port="5432",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": address.port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "options": _LONG_TIMEOUTS if owner or environment.long_statements else _TIMEOUTS,
        },
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People
AUTH_USER_MODEL = "alignment.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign-in"

# Browser: `__Host-` cookies and HTTPS everywhere, but for `make run`, which speaks plain HTTP on this machine alone.
HTTPS = environment.https
_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_PREFIX}plumbline-session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 3600
"""Seconds without a request after which a session ends."""
SESSION_LONGEST_SECONDS = 8 * 3600
"""Seconds after signing in at which a session ends, however busy (config.middleware.SessionAgeMiddleware)."""
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CSRF_COOKIE_NAME = f"{_PREFIX}plumbline-csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Language and time: business dates are the company's (alignment.Company), instants are UTC.
LANGUAGE_CODE = "en-gb"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True

# Static files: hashed names, compressed. `manage.py build_assets` writes var/assets.
ASSETS = STATE.folder / "assets"
STATIC_FROM_SOURCE = DEBUG or not environment.https
"""Under `make run` the files are served as they are, also those that are built after the start."""
STATIC_URL = "/static/"
STATIC_ROOT = STATE.folder / "staticfiles"
STATICFILES_DIRS = [folder for folder in (BASE_DIR / "static", ASSETS) if folder.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if STATIC_FROM_SOURCE
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = STATIC_FROM_SOURCE
MEDIA_ROOT = STATE.folder / "media"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}

REDIS_URL = environment.redis_url or f"unix://{STATE.valkey_socket}?db=0"
LONGEST_JOB_SECONDS = 1800
"""Hard limit on one run of a job; the broker offers an unacknowledged message again after more than twice that."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {process} {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.log_level},
    "loggers": {
        "django": {"handlers": ["console"], "level": environment.log_level, "propagate": False},
        "django.db.backends": {"level": "INFO"},
    },
}
