"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config.health import healthz

urlpatterns = [
    path("", include("web.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/", include("rides.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("demo.urls")))
