"""Every setting of the product, all read from the environment, safe by default.

`gongzhi.console` sets what the demonstration needs; a deployment sets the same: docs/guide/operator.md.
"""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PACKAGE = Path(__file__).resolve().parent
env = os.environ.get


def flag(name: str) -> bool:
    """Whether the environment sets `name` to a yes."""
    return env(name, "").lower() in {"1", "true", "yes", "on"}


def database(url: str) -> dict[str, object]:
    """Turn `postgresql://user:password@host:port/name?option=value` into Django's dictionary."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL must start with postgresql://, not {parts.scheme or 'nothing'}")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    host = str(options.pop("host", "") or unquote(parts.hostname or ""))
    # Without a pool each request opens a connection, which costs more than the request itself. 0 means none.
    if size := int(env("GONGZHI_DATABASE_POOL", "8")):
        options["pool"] = {"min_size": 1, "max_size": size, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(options.pop("port", "") or parts.port or ""),
        "OPTIONS": options,
    }


DEBUG = flag("GONGZHI_DEBUG")
# True for a demonstration: fictional district, printed logins, loopback only.
DEMO = flag("GONGZHI_DEMO")
SECRET_KEY = env("GONGZHI_SECRET_KEY", "")
# Fernet keys of the contact cards, newest first, separated by commas.
CONTACT_KEYS = [key for key in env("GONGZHI_CONTACT_KEYS", "").split(",") if key]
ALLOWED_HOSTS = [host for host in env("GONGZHI_HOSTS", "127.0.0.1,localhost").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in env("GONGZHI_ORIGINS", "").split(",") if origin]
# The address that residents see in links, posters and notices.
SITE_ADDRESS = env("GONGZHI_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
# Everything that is not in the database lies under this folder.
DATA = Path(env("GONGZHI_DATA", "var")).resolve()

DATABASES = {"default": database(env("DATABASE_URL", "postgresql:///gongzhi"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "axes",
    "django_htmx",
    "pgtrigger",
    "procrastinate.contrib.django",
    "gongzhi.shared",
    "gongzhi.neighbourhood",
    "gongzhi.demands",
    "gongzhi.problems",
    "gongzhi.exchange",
    "gongzhi.projects",
    "gongzhi.conferences",
    "gongzhi.agreements",
    "gongzhi.statistics",
    "gongzhi.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gongzhi.web.security.SecurityPolicyMiddleware",
    "gongzhi.web.entrance.first_password",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "gongzhi.web.trouble.TroubleMiddleware",
]
ROOT_URLCONF = "gongzhi.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("gongzhi.web.loading.Loader", ["django.template.loaders.app_directories.Loader"])],
            "builtins": ["gongzhi.web.templatetags.dates"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gongzhi.web.context.page",
            ],
        },
    }
]

AUTH_USER_MODEL = "neighbourhood.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "gongzhi.web.logins.Logins",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "gongzhi.web.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_TEMPLATE = "registration/lockout.html"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "after-login"
LOGOUT_REDIRECT_URL = "home"

# Chinese is the language that the screens are written in; English is its one translation.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        # Tests read the files where they lie; a deployment's have their content's mark in the name.
        if DEBUG or flag("GONGZHI_PLAIN_STATIC")
        else "gongzhi.web.statics.KeptStatic"
    },
}
# Photos are resized in the browser where it can; six of 15 MB are the most that one form takes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "gongzhi.web.logins"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_ADDRESS.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("GONGZHI_BEHIND_PROXY") else None

# A room's tasks stand in its clock.py.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "clock"

# Where notices go: an Apprise address per channel, such as `mailtos://user:password@host`.
# Two of them are a group that staff read, told beside each inbox: a robot of WeCom or of DingTalk.
NOTICE_CHANNELS = {
    "email": env("GONGZHI_NOTICE_EMAIL", ""),
    "sms": env("GONGZHI_NOTICE_SMS", ""),
    "wecom": env("GONGZHI_NOTICE_WECOM", ""),
    "dingtalk": env("GONGZHI_NOTICE_DINGTALK", ""),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env("GONGZHI_LOG_LEVEL", "WARNING")},
}
