"""The room of what a person sees."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "web"
