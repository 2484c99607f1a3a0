"""The style of our base map: Shortbread layers in the colours of the identity, for MapLibre."""

from typing import Any

from web.palettes import PALETTES, Palette

Json = dict[str, Any]

MAJOR = ["motorway", "trunk", "primary", "secondary"]
MINOR = ["tertiary", "unclassified", "residential", "living_street", "service", "pedestrian", "busway"]
PATHS = ["footway", "cycleway", "path", "steps", "track", "bridleway"]
RAILS = ["rail", "light_rail", "tram", "narrow_gauge"]
WOODS = ["forest", "wood"]
PARKS = ["park", "cemetery", "grave_yard", "garden", "allotments", "golf_course", "village_green", "recreation_ground"]
GRASS = ["grass", "grassland", "meadow", "playground", "pitch", "heath", "scrub", "marsh"]
FIELDS = ["farmland", "farmyard", "orchard", "vineyard", "plant_nursery", "greenhouse_horticulture"]
TOWN = ["residential", "commercial", "retail", "industrial", "garages", "railway", "brownfield"]

PLAIN, STRONG = ["Figtree"], ["Figtree Semibold"]
"""Families of web/static/css/fonts.css: the map draws its labels with the page's own typeface."""

ROUND = {"line-cap": "round", "line-join": "round"}
LANGUAGES = ("en", "fr")


def style(theme: str, language: str, tiles_url: str, bounds: list[float], attribution: str) -> Json:
    """A MapLibre style. `bounds` is west, south, east, north in degrees; nothing outside of it is asked for."""
    colour = PALETTES[theme]
    return {
        "version": 8,
        "name": f"detour-{theme}",
        "sources": {
            "streets": {
                "type": "vector",
                "tiles": [tiles_url],
                "minzoom": 0,
                "maxzoom": 14,
                "bounds": bounds,
                "attribution": attribution,
            }
        },
        "layers": [
            {"id": "ground", "type": "background", "paint": {"background-color": colour.ground}},
            *_land(colour),
            *_roads(colour),
            *_labels(colour, language),
        ],
    }


def _land(colour: Palette) -> list[Json]:
    cover: list[Any] = ["match", ["get", "kind"]]
    for kinds, paint in ((WOODS, colour.wood), (PARKS, colour.park), (GRASS, colour.grass), (FIELDS, colour.field)):
        cover += [kinds, paint]
    cover += [TOWN, colour.town, colour.ground]
    water = {"fill-color": colour.water}
    buildings = {"fill-color": colour.building, "fill-outline-color": colour.building_edge}
    return [
        _layer("land", "fill", "land", {"fill-color": cover}),
        _layer("sites", "fill", "sites", {"fill-color": colour.site}, minzoom=13),
        _layer("ocean", "fill", "ocean", water),
        _layer("water", "fill", "water_polygons", water),
        _layer("rivers", "line", "water_lines", {"line-color": colour.water, "line-width": _width((9, 1), (16, 9))}),
        _layer("piers", "fill", "pier_polygons", {"fill-color": colour.ground}),
        _layer("squares", "fill", "street_polygons", {"fill-color": colour.road, "fill-opacity": 0.8}, minzoom=14),
        _layer("buildings", "fill", "buildings", buildings, minzoom=14),
    ]


def _roads(colour: Palette) -> list[Json]:
    def minor(edge: float) -> list[Any]:
        return _width((11, 0.5 + edge), (15, 3.6 + edge), (18, 15 + edge))

    def major(edge: float) -> list[Any]:
        return _width((8, 1 + edge), (13, 3.4 + edge), (15, 6 + edge), (18, 21 + edge))

    dashes = {"line-color": colour.path, "line-width": _width((14, 0.8), (18, 2.6)), "line-dasharray": [2.5, 1.8]}
    tracks = {"line-color": colour.rail, "line-width": _width((10, 0.8), (18, 3))}
    ties = {"line-color": colour.rail, "line-width": _width((12, 2.4), (18, 9)), "line-dasharray": [0.25, 2.2]}
    rail_filter = ["all", _kind_in(RAILS), ["!=", ["get", "tunnel"], True]]

    def line(name: str, paint: Json, kinds: list[str], minzoom: int) -> Json:
        return _layer(name, "line", "streets", paint, filter=_kind_in(kinds), layout=ROUND, minzoom=minzoom)

    return [
        _layer("paths", "line", "streets", dashes, filter=_kind_in(PATHS), minzoom=14),
        line("minor-edge", {"line-color": colour.road_edge, "line-width": minor(1.4)}, MINOR, 11),
        line("major-edge", {"line-color": colour.major_edge, "line-width": major(1.6)}, MAJOR, 7),
        line("minor", {"line-color": colour.road, "line-width": minor(0)}, MINOR, 11),
        line("major", {"line-color": colour.major, "line-width": major(0)}, MAJOR, 7),
        _layer("rails", "line", "streets", tracks, filter=rail_filter, minzoom=10),
        _layer("rail-ties", "line", "streets", ties, filter=rail_filter, minzoom=13),
    ]


def _labels(colour: Palette, language: str) -> list[Json]:
    name = ["coalesce", ["get", f"name_{language}"], ["get", "name"]]
    text = {"text-color": colour.text, "text-halo-color": colour.halo, "text-halo-width": 1.8}
    water_text = text | {"text-color": colour.water_text}
    soft_text = text | {"text-color": colour.soft_text}

    def label(ident: str, source: str, paint: Json, layout: Json, **more: Any) -> Json:
        return _layer(ident, "symbol", source, paint, layout={"text-field": name, "text-font": PLAIN} | layout, **more)

    along = {"symbol-placement": "line"}
    important = ["match", ["get", "kind"], MAJOR, 0, 1]
    notable = [
        "any",
        ["in", ["get", "amenity"], ["literal", ["hospital", "clinic", "pharmacy", "library", "townhall", "school",
                                               "university", "theatre", "marketplace", "community_centre"]]],
        ["in", ["get", "shop"], ["literal", ["supermarket", "mall", "furniture", "doityourself", "bakery"]]],
        ["==", ["get", "tourism"], "museum"],
    ]  # fmt: skip
    big = ["match", ["get", "kind"], "city", 21, "town", 18, "village", 15, "suburb", 14, 13]
    return [
        label("river-names", "water_lines_labels", water_text, along | {"text-size": 13}, minzoom=12),
        label("water-names", "water_polygons_labels", water_text, {"text-size": 13, "text-max-width": 7}, minzoom=12),
        label(
            "street-names",
            "street_labels",
            soft_text,
            along | {"text-size": _size(12, 17), "symbol-sort-key": important},
            minzoom=13,
        ),
        label("square-names", "streets_polygons_labels", soft_text, {"text-size": 12, "text-max-width": 7}, minzoom=15),
        label("stops", "public_transport", soft_text, {"text-size": _size(11, 14), "text-max-width": 8}, minzoom=14,
              filter=_kind_in(["station", "halt", "tram_stop"])),
        label("things", "pois", text, {"text-size": _size(12, 14), "text-max-width": 8}, minzoom=14, filter=notable),
        label("houses", "addresses", soft_text, {"text-field": ["get", "housenumber"], "text-size": 11}, minzoom=17),
        label("towns", "place_labels", text, {"text-font": STRONG, "text-size": big, "text-max-width": 9}),
    ]  # fmt: skip


def _layer(ident: str, kind: str, source_layer: str, paint: Json, **more: Any) -> Json:
    return {"id": ident, "type": kind, "source": "streets", "source-layer": source_layer, "paint": paint, **more}


def _kind_in(kinds: list[str]) -> list[Any]:
    return ["in", ["get", "kind"], ["literal", kinds]]


def _width(*stops: tuple[int, float]) -> list[Any]:
    """Line widths in pixels by zoom, growing as the ground does."""
    return ["interpolate", ["exponential", 1.6], ["zoom"], *(number for stop in stops for number in stop)]


def _size(far: float, near: float) -> list[Any]:
    """Letter heights in pixels, from zoom 13 to 18."""
    return ["interpolate", ["linear"], ["zoom"], 13, far, 18, near]
