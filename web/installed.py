"""The site as something on the home screen: iPhones and iPads wake nobody else."""

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers


@cache_control(max_age=86_400)
@vary_on_headers("Cookie", "Accept-Language")
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Its name, its picture, and where it begins (W3C Web Application Manifest)."""
    return JsonResponse(
        {
            "name": "Détour",
            "description": _("Neighbours share cars and run errands for each other."),
            "id": "/",
            "start_url": reverse("home"),
            "scope": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#ffffff",
            "icons": [
                {"src": static("img/mark.svg"), "type": "image/svg+xml", "sizes": "any"},
                {"src": static("img/touch-icon.png"), "type": "image/png", "sizes": "180x180"},
            ],
        },
        content_type="application/manifest+json",
    )
