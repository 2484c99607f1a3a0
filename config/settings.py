"""Settings, read once from the environment; a wrong value stops the start with a sentence."""

import re
from pathlib import Path

import dj_database_url
from csp.constants import NONCE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

from config import embedded_database

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

# --- who we are --------------------------------------------------------------------------------------------------
# A demo site holds fictional people and one-click log-in; a production site never does (see demo/guard.py).
DEMO = env.bool("DETOUR_DEMO", False)
DEBUG = env.bool("DJANGO_DEBUG", False)
PRODUCTION = not (DEMO or DEBUG)
VAR_DIR = Path(env.str("DETOUR_VAR", str(BASE_DIR / "var")))
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000")
REGION_DIR = Path(env.str("DETOUR_REGION_DIR", str(VAR_DIR / "region")))
LOAD_AT_START = env.bool("LOAD_AT_START", True)  # the engine and all live offers, or else in somebody's first search


def _secret_key() -> str:
    key = env.str("SECRET_KEY", "")
    if not key and PRODUCTION:
        raise ImproperlyConfigured("SECRET_KEY is not set: put 50 random characters into the environment.")
    return key or "only-for-demo-and-development"


SECRET_KEY = _secret_key()
# In a demo each role has a window with cookies of its own: rider.localhost, driver.localhost, …
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", ".localhost" if DEMO else "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

# --- rooms -------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "channels",
    "procrastinate.contrib.django",
    "csp",
    "accounts",
    "realtime",
    "rides",
    "web",
]
if DEMO:
    INSTALLED_APPS.append("demo")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "web.middleware.EveryPage",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],  # before those of allauth, so that its pages wear our look
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.tz",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                *(["demo.context.demo"] if DEMO else []),
            ]
        },
    }
]

# --- database and jobs -------------------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", "") or embedded_database.start(VAR_DIR / "postgres")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database (postgresql://…).")
# Django's pool rather than CONN_MAX_AGE, which leaks connections under ASGI.
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # a connection that died with the server is not handed out
_pool = {"min_size": 1, "max_size": env.int("DATABASE_POOL", 10), "timeout": 10}
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = _pool
if env.bool("DATABASE_PREPARES", True):  # a third of what a booking costs PostgreSQL is reading SQL it has read before
    DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 3}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_ON_APP_READY = None

# --- live layer --------------------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", "")
CHANNEL_LAYERS = {
    "default": (
        {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
        if REDIS_URL
        else {"BACKEND": "realtime.postgres_layer.PostgresChannelLayer"}
    )
}

# --- people ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]  # no password: a code by mail is enough
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "/"
# A demo keeps its letters in files, and shows them on a page.
_post = "filebased" if DEMO else "smtp"
EMAIL_BACKEND = env.str("EMAIL_BACKEND", f"django.core.mail.backends.{_post}.EmailBackend")
EMAIL_TIMEOUT = 20  # seconds, or a mail server that says nothing holds a worker for ever
EMAIL_FILE_PATH = VAR_DIR / "mail"
if env.str("EMAIL_URL", ""):  # submission://user:password@mail.example:587
    _email = env.dj_email_url("EMAIL_URL")
    if "EMAIL_BACKEND" not in _email:  # the parser would send in the clear
        raise ImproperlyConfigured("EMAIL_URL must begin with submission:// (with TLS) or smtp://.")
    vars().update(_email)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Détour <bonjour@localhost>")


# --- Web Push: off without a key of the site, made by `manage.py vapid_key` -----------------------------------------
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", "")
VAPID_SUBJECT = env.str("VAPID_SUBJECT", "")  # where the makers of browsers write when our messages make trouble
if bool(VAPID_PRIVATE_KEY) != bool(VAPID_SUBJECT):
    raise ImproperlyConfigured("Web Push needs both VAPID_PRIVATE_KEY and VAPID_SUBJECT; without it, set neither.")
if VAPID_SUBJECT and not VAPID_SUBJECT.startswith(("mailto:", "https://")):
    raise ImproperlyConfigured("VAPID_SUBJECT must be an address: mailto:you@example.org, or https://…")
if VAPID_PRIVATE_KEY and not re.fullmatch("[A-Za-z0-9_-]{43}", VAPID_PRIVATE_KEY):
    raise ImproperlyConfigured("VAPID_PRIVATE_KEY must be 43 letters, as `manage.py vapid_key` prints them.")


# --- what driving costs ------------------------------------------------------------------------------------------
def _ride_costs(**usual: int) -> dict[str, int]:
    costs = env.json("RIDE_COSTS") if env.str("RIDE_COSTS", "") else {}
    if not (isinstance(costs, dict) and costs.keys() <= usual.keys()):
        raise ImproperlyConfigured(f"RIDE_COSTS must be a JSON object with some of: {', '.join(usual)}.")
    if not all(type(cents) is int and cents >= 0 for cents in costs.values()):
        raise ImproperlyConfigured("RIDE_COSTS must be in whole cents, none of them negative.")
    return usual | costs


# Orders of magnitude for France in 2025, and an operator's to set: RIDE_COSTS='{"petrol_cents_per_l": 182}'.
RIDE_COSTS = _ride_costs(
    petrol_cents_per_l=175,  # stations publish theirs on prix-carburants.gouv.fr
    diesel_cents_per_l=165,
    lpg_cents_per_l=100,
    electric_cents_per_kwh=25,  # charged at home
    wear_cents_per_km=18,  # tyres, repairs, insurance, loss of value
    average_cents_per_km=30,  # a car of which nothing is known
    most_cents_per_km=52,  # the scale that Code des transports R. 3132-1 allows: smallest cars, 0.529 € in 2025
    for_you_cents_per_km=32,  # trips made for somebody: arrêté of 17 October 2019
)


# --- API ---------------------------------------------------------------------------------------------------------
def _api_limits(**usual: tuple[int, int]) -> dict[str, tuple[int, int]]:
    limits = env.json("API_LIMITS") if env.str("API_LIMITS", "") else {}
    if not (isinstance(limits, dict) and limits.keys() <= usual.keys()):
        raise ImproperlyConfigured(f"API_LIMITS must be a JSON object with some of: {', '.join(usual)}.")
    for pair in limits.values():
        if not (isinstance(pair, list) and len(pair) == 2 and all(type(n) is int and n > 0 for n in pair)):
            raise ImproperlyConfigured("API_LIMITS must give pairs: requests a minute, and at once, as in [60, 20].")
    return usual | {name: (per_minute, burst) for name, (per_minute, burst) in limits.items()}


# Requests a minute, and at once after a rest: of a person, or of an address where nobody is signed in.
API_LIMITS = _api_limits(
    anonymous=(60, 30),
    read=(300, 100),
    write=(60, 20),
    search=(60, 20),  # looks for a way through the streets for many offers
    places=(120, 40),  # a letter typed is a request
)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rides.api.authentication.ByToken",  # first: so a stranger reads 401, not 403
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",  # what is for everybody says so
        "rides.api.authentication.InScope",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["rides.api.limits.Limit"],
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_METADATA_CLASS": None,  # the schema says more than OPTIONS would
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rides.api.reading.Json"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "rides.api.schema.Schema",
    "EXCEPTION_HANDLER": "rides.api.problems.as_problem",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Détour",
    "DESCRIPTION": "Shared cars and errands between neighbours.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "rides.api.schema.close_bodies",
    ],
    "ENUM_NAME_OVERRIDES": {  # fields of one name with different choices
        "AskingState": "rides.models.Asking.State",
        "BookingState": "rides.models.Booking.State",
        "OfferState": "rides.models.RideOffer.State",
        "OutingState": "rides.models.Outing.State",
        "RequestState": "rides.models.RideRequest.State",
        "WaitingState": "rides.models.WaitingEntry.State",
        "WeeklyState": "rides.models.OfferSeries.State",
        "CaseKind": "rides.models.Case.Kind",
        "KerbKind": "rides.models.KerbSignal.Kind",
        "RequestKind": "rides.models.RideRequest.Kind",
        "ParticipantRole": "rides.models.Participant.Role",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- language and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = env.str("LANGUAGE_CODE", "en")
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", "UTC")

# --- static files ------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "web.npm.NpmFinder",
]
# Served as `vendor/…`; nothing else of node_modules/ is.
NPM_FILES = [
    "maplibre-gl/dist/maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-shared.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "maplibre-gl/dist/maplibre-gl.css",
    "@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2",
    "@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-ext-wght-normal.woff2",
    "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2",
    "@fontsource-variable/figtree/files/figtree-latin-ext-wght-normal.woff2",
]
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- security ----------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]  # the proxy redirects and sends HSTS, see deploy/Caddyfile
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'", NONCE],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
}
