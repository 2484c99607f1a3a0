"""Settings of a process that keeps sockets and nothing else: the same site, less what pages, the API and jobs need."""

from config.settings import *  # noqa: F403

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "allauth",  # who has signed in by its letter is known by its backend
    "allauth.account",
    "procrastinate.contrib.django",
    "accounts",
    "realtime",
    "rides",
]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # it never works on a job
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]  # without which it does not start
ROOT_URLCONF = "config.socket_urls"
ASGI_APPLICATION = "config.sockets.application"
