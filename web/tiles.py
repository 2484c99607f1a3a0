"""The base map as the browser asks for it: one PMTiles file, read in place, one tile an address."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from pmtiles.reader import MmapSource, Reader

from rides import streets
from web import basemap, palettes

YEAR_S = 31_536_000


def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """One vector tile, gzipped as it lies in the file; 204 where the region has none."""
    region = streets.the_region()
    etag = f'"{edition()}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    elif region.tiles_path is None or z > 22 or not (data := _archive(region.tiles_path).get(z, x, y)):  # type: ignore[no-untyped-call]
        response = HttpResponse(status=204)
    else:
        response = HttpResponse(data, content_type="application/vnd.mapbox-vector-tile")
        response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    # The address carries the edition of the region (see `style`), so a tile never changes under its address.
    patch_cache_control(
        response, public=True, max_age=YEAR_S if "v" in request.GET else 3600, immutable="v" in request.GET
    )
    return response


def style(request: HttpRequest, theme: str) -> HttpResponse:
    """The MapLibre style of a theme, in the reader's language."""
    if theme not in palettes.PALETTES:
        raise Http404
    manifest = streets.the_region().manifest
    tiles_url = (
        request.build_absolute_uri(reverse("tile", args=[0, 0, 0]).removesuffix("0/0/0"))
        + f"{{z}}/{{x}}/{{y}}?v={edition()}"
    )
    credit = '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors'
    if manifest.fictional:
        credit += " · " + _("fictional valley")
    language = request.GET.get("lang", "en")
    language = language if language in basemap.LANGUAGES else "en"
    drawn: dict[str, Any] = basemap.style(theme, language, tiles_url, list(manifest.bounds), credit)
    response = JsonResponse(drawn)
    patch_cache_control(response, private=True, max_age=3600)
    return response


def edition() -> str:
    """Names the build of the region: another source or another build is another edition."""
    manifest = streets.the_region().manifest
    return hashlib.sha256(f"{manifest.source_sha256} {manifest.built_at}".encode()).hexdigest()[:12]


@lru_cache(maxsize=2)
def _archive(path: Path) -> Reader:
    with path.open("rb") as file:
        return Reader(MmapSource(file))  # type: ignore[no-untyped-call]
