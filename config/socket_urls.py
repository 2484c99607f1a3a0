"""What a process that keeps sockets answers over HTTP: whether it is well."""

from django.urls import path

from config.health import healthz

urlpatterns = [path("healthz", healthz)]
