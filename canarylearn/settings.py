"""Settings: one file, every choice from the environment (docs/settings.md lists the variables)."""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = BASE_DIR / ".local"  # everything that belongs to this checkout alone; git ignores it

env = environ.Env()
if (LOCAL_DIR / "env").exists():  # written by make; what the environment itself says goes first
    env.read_env(LOCAL_DIR / "env")


def required(variable: str, what_to_do: str) -> ImproperlyConfigured:
    """The refusal to start without a setting: names the variable and what to set."""
    return ImproperlyConfigured(f"{variable} is not set. {what_to_do} See docs/settings.md.")


def secret_key() -> str:
    made_by_make = str(LOCAL_DIR / "secret-key") if DEVELOPMENT else ""
    path = Path(env.str("SECRET_KEY_FILE", default=made_by_make))
    key: str = env.str("SECRET_KEY", default="") or (path.read_text().strip() if path.is_file() else "")
    if not key:
        raise required(
            "SECRET_KEY",
            "Set it, or SECRET_KEY_FILE, to 50 or more random characters; on your own machine `make run` does.",
        )
    return key


def allowed_hosts() -> list[str]:
    local = ["localhost", "127.0.0.1", "[::1]"] if DEVELOPMENT else []
    hosts: list[str] = env.list("ALLOWED_HOSTS", default=local)
    if not hosts:
        raise required("ALLOWED_HOSTS", "Set it to the names the site is reached by: learn.example.org.")
    return hosts


def database() -> dict[str, Any]:
    config: dict[str, Any] = env.db_url("DATABASE_URL", default=f"sqlite:///{LOCAL_DIR / 'db.sqlite3'}")
    config["CONN_MAX_AGE"] = 60
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE takes the write lock when a transaction starts: two writers queue instead of failing.
        # FULL makes every commit reach the disk before the learner sees the verdict.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    else:
        config["CONN_HEALTH_CHECKS"] = True
    return config


def mail() -> dict[str, Any]:
    """How mail is sent: printed on one's own machine, and not at all where no server is named."""
    config: dict[str, Any] = env.email_url("EMAIL_URL", default="consolemail://" if DEVELOPMENT else "dummymail://")
    return config


def cookie_name(name: str) -> str:
    # Browsers take a __Host- cookie only over https, from this very host and for all of its paths.
    return f"__Host-{name}" if HTTPS else name


# Core

CANARYLEARN_ENV = env.str("CANARYLEARN_ENV", default="production")
if CANARYLEARN_ENV not in ("production", "development"):
    raise ImproperlyConfigured(
        f"CANARYLEARN_ENV is {CANARYLEARN_ENV!r}; it is 'production' or 'development'. See docs/settings.md."
    )
DEVELOPMENT = CANARYLEARN_ENV == "development"

DEBUG = env.bool("DEBUG", default=False)
if DEBUG and not DEVELOPMENT:
    raise ImproperlyConfigured("DEBUG is on, and CANARYLEARN_ENV is production. Turn DEBUG off.")

HTTPS = env.bool("HTTPS", default=not DEVELOPMENT)

SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])

ALLOWED_HOSTS = allowed_hosts()

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "canarylearn.learning",
    "canarylearn.lab",
    "canarylearn.lessons",
    "canarylearn.accounts",
    "canarylearn.authoring",
    "canarylearn.classes",
    "canarylearn.projects",
    "canarylearn.review",
    "canarylearn.reports",
    "practice",
    "quizzes",
    "quizzes.challenge",
]

# Sessions, users and messages are lazy: the request of somebody who has not signed in never reads them.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "canarylearn.policy.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "canarylearn.learning.middleware.LearnerMiddleware",
    "canarylearn.learning.middleware.DatabaseTroubleMiddleware",
]

ROOT_URLCONF = "canarylearn.urls"
WSGI_APPLICATION = "canarylearn.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "canarylearn.policy.nonce",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Databases

DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Holds the counts of the limits on guessing. In the database, since all workers, and all machines, have to see the same
# counts; `prepare` makes the table. Keys hold addresses of people, so they are kept as digests.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "canarylearn_cache",
        "KEY_FUNCTION": "canarylearn.accounts.counts.digest",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Languages and time

# One language so far; docs/translation.md says how another is added.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# Files

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # half the files to compress; nothing asks for the others
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Accounts

AUTHENTICATION_BACKENDS = [
    "canarylearn.accounts.backends.ByName",  # the admin
    "canarylearn.accounts.backends.ByAddress",  # learners
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "canarylearn.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "canarylearn.accounts.forms.SignInForm",
    "signup": "canarylearn.accounts.forms.SignUpForm",
    "add_email": "canarylearn.accounts.forms.NewAddressForm",
    "reset_password": "canarylearn.accounts.forms.ForgottenForm",
}
ACCOUNT_CHANGE_EMAIL = True  # one address an account
ACCOUNT_EMAIL_SUBJECT_PREFIX = "CanaryLearn: "
ACCOUNT_SESSION_COOKIE_AGE = 30 * 24 * 60 * 60  # for those who ask to stay signed in
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key", "signup": "20/m/ip", "report": "60/h/ip"}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Mail. Where none is sent nobody can be asked to prove an address, and nobody can get a new password by mail.

MAIL_IS_SENT = DEVELOPMENT or bool(env.str("EMAIL_URL", default=""))
globals().update(mail())
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default=f"CanaryLearn <no-reply@{ALLOWED_HOSTS[0]}>")
ACCOUNT_EMAIL_VERIFICATION = env.str("EMAIL_VERIFICATION", default="optional") if MAIL_IS_SENT else "none"
if ACCOUNT_EMAIL_VERIFICATION not in ("optional", "mandatory", "none"):
    raise ImproperlyConfigured(
        f"EMAIL_VERIFICATION is {ACCOUNT_EMAIL_VERIFICATION!r}; it is 'optional', 'mandatory' or 'none'."
        " See docs/settings.md."
    )

# Second factors. Passkeys belong to the host that the site is reached by, and the site's name is what apps show.

MFA_ADAPTER = "canarylearn.accounts.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# A code is good for its own half minute: the library remembers for as long that it was used.
MFA_TOTP_TOLERANCE = 0
# Otherwise somebody could sign up with another's address, and lock its owner out for good.
MFA_ALLOW_UNVERIFIED_EMAIL = DEVELOPMENT or not MAIL_IS_SENT
MFA_FORMS = {
    "authenticate": "canarylearn.accounts.factor_forms.CodeForm",
    "reauthenticate": "canarylearn.accounts.factor_forms.CodeAgainForm",
    "activate_totp": "canarylearn.accounts.factor_forms.FirstCodeForm",
    "authenticate_webauthn": "canarylearn.accounts.factor_forms.PasskeyForm",
    "login_webauthn": "canarylearn.accounts.factor_forms.PasskeyAloneForm",
    "reauthenticate_webauthn": "canarylearn.accounts.factor_forms.PasskeyAgainForm",
    "add_webauthn": "canarylearn.accounts.factor_forms.NewPasskeyForm",
    "edit_webauthn": "canarylearn.accounts.factor_forms.PasskeyNameForm",
}

# Cookies

SESSION_COOKIE_NAME = cookie_name("session")
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = cookie_name("csrf")
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Security

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by the machine next door, over plain http
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
X_FRAME_OPTIONS = "DENY"

# A nonce alone: with 'strict-dynamic' a script that came in a swapped fragment would run.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Logging: short lines on stderr; whoever runs the service adds the time and the place

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"short": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "short"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {"django": {"handlers": [], "level": LOG_LEVEL, "propagate": True}},
}
