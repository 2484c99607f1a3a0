"""The JavaScript modules by name and the addresses they use: no bundler, no address written twice."""

from functools import cache
from pathlib import Path

from django.templatetags.static import static
from django.urls import reverse

SOURCES = Path(__file__).parent / "static" / "js"


@cache
def imports() -> dict[str, str]:
    """The import map: `detour/<name>` for ours, the npm name for the map library."""
    ours = {f"detour/{path.stem}": static(f"js/{path.name}") for path in sorted(SOURCES.glob("*.js"))}
    return {**ours, "maplibre-gl": static("vendor/maplibre-gl/dist/maplibre-gl.mjs")}


def urls() -> dict[str, str]:
    """What the modules fetch or join."""
    return {
        "api": "/api/v1/",
        "socket": "/ws/",
        "icons": static("img/icons.svg"),
        "view": reverse("map_view"),
        "mapStyle": reverse("map_style", args=["THEME"]),
        "mapWorker": static("vendor/maplibre-gl/dist/maplibre-gl-worker.mjs"),
        "mapSheet": static("vendor/maplibre-gl/dist/maplibre-gl.css"),
    }
