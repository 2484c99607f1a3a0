"""What holds for all pages: nothing inline, few bytes, colours that can be read, a map that is ours."""

import json
import re
from pathlib import Path

import pytest

from web import basemap, modules, palettes

WEB = Path(basemap.__file__).parent
TEMPLATES = sorted((WEB / "templates").glob("**/*.html"))
SCRIPTS = sorted((WEB / "static" / "js").glob("*.js"))
MOST_JAVASCRIPT_BYTES = 60_000
READABLE = 4.5
"""WCAG 2.2 AA for text."""


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_no_template_has_inline_style_or_script(template):
    text = template.read_text()
    assert not re.search(r"\sstyle=|\son\w+=", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or "importmap" in script


def test_a_list_page_loads_little_javascript_before_the_map():
    before_the_map = [file for file in SCRIPTS if file.stem not in ("map", "cluster")]
    assert sum(file.stat().st_size for file in before_the_map) <= MOST_JAVASCRIPT_BYTES


def test_only_one_module_knows_the_map_one_the_socket_and_one_fetches():
    words = {"map": "maplibre-gl", "live": "new WebSocket", "api": "fetch("}
    for module, word in words.items():
        assert [file.stem for file in SCRIPTS if word in file.read_text()] == [module]


def test_the_import_map_names_every_module_that_is_imported():
    known = modules.imports()
    for file in SCRIPTS:
        for name in re.findall(r'(?:from|import)\s*\(?"([^"]+)"', file.read_text()):
            assert name in known, f"{file.name} imports {name}"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def themes() -> dict[str, dict[str, str]]:
    """Each theme of tokens.css with its colours, the later ones laid over the earlier."""
    text = (WEB / "static" / "css" / "tokens.css").read_text()
    blocks = re.findall(r"(@media [^{]+\{\s*)?:root \{(.*?)\}", text, re.S)
    colours = {condition.strip(): dict(re.findall(r"--([\w-]+): (#\w{6})", body)) for condition, body in blocks}
    light, dark = colours[""], colours["@media (prefers-color-scheme: dark) {"]
    more = colours["@media (prefers-contrast: more) {"]
    both = colours["@media (prefers-contrast: more) and (prefers-color-scheme: dark) {"]
    return {"light": light, "dark": light | dark, "more": light | more, "more dark": light | dark | more | both}


PAIRS = [
    ("ink", "paper"), ("ink", "surface"), ("ink", "surface-sunk"), ("ink-soft", "paper"), ("ink-soft", "surface"),
    ("pine", "paper"), ("pine", "surface"), ("on-pine", "pine"), ("on-mimosa", "mimosa"), ("pine-deep", "pine-tint"),
    ("ink", "pine-tint"), ("ink", "mimosa-tint"), ("ink-soft", "mimosa-tint"), ("ink", "tile-tint"),
    ("tile", "surface"), ("tile", "tile-tint"), ("river", "river-tint"),
]  # fmt: skip


@pytest.mark.parametrize("theme", themes())
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_in_every_theme(theme, text, ground):
    colours = themes()[theme]
    assert contrast(colours[text], colours[ground]) >= READABLE


@pytest.mark.parametrize("theme", palettes.PALETTES)
def test_names_on_the_map_can_be_read(theme):
    colour = palettes.PALETTES[theme]
    for text in (colour.text, colour.soft_text, colour.water_text):
        assert contrast(text, colour.halo) >= READABLE


@pytest.mark.parametrize("theme", palettes.PALETTES)
def test_a_style_draws_only_layers_of_our_tiles(theme):
    style = basemap.style(theme, "fr", "/tiles/{z}/{x}/{y}", [0, 0, 1, 1], "© OpenStreetMap contributors")
    assert {layer.get("source", "streets") for layer in style["layers"]} == {"streets"}
    assert "glyphs" not in style and "sprite" not in style
    assert "name_fr" in json.dumps(style)


def test_a_page_forbids_what_is_not_ours(client, db, valley):
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_tile_is_served_once_and_then_kept(client, db, valley):
    z, x, y = tile_of_the_middle(valley)
    first = client.get(f"/tiles/{z}/{x}/{y}")
    assert first.status_code == 200
    assert first["Content-Encoding"] == "gzip"
    assert client.get(f"/tiles/{z}/{x}/{y}", headers={"if-none-match": first["ETag"]}).status_code == 304
    assert "immutable" in client.get(f"/tiles/{z}/{x}/{y}?v=1")["Cache-Control"]


def test_where_the_map_ends_there_is_an_empty_answer(client, db, valley):
    assert client.get("/tiles/12/0/0").status_code == 204
    assert client.get("/tiles/99/0/0").status_code == 204


def test_the_style_asks_for_tiles_of_this_edition_and_says_whose_they_are(client, db, valley):
    style = client.get("/map/style-dark.json", {"lang": "fr"}).json()
    source = style["sources"]["streets"]
    assert "?v=" in source["tiles"][0]
    assert "OpenStreetMap" in source["attribution"]
    assert client.get("/map/style-pink.json").status_code == 404


def tile_of_the_middle(folder: Path, zoom: int = 12) -> tuple[int, int, int]:
    import math

    west, south, east, north = json.loads((folder / "manifest.json").read_text())["bounds"]
    lat, lon, count = math.radians((south + north) / 2), (west + east) / 2, 2**zoom
    return zoom, int((lon + 180) / 360 * count), int((1 - math.asinh(math.tan(lat)) / math.pi) / 2 * count)
