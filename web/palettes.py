"""The colours of the base map, by theme: the hues of static/css/tokens.css, softer, so that rides stand out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """One theme. An edge is the line that keeps a road or house apart from its ground."""

    ground: str
    town: str
    field: str
    grass: str
    park: str
    wood: str
    site: str
    water: str
    building: str
    building_edge: str
    road: str
    road_edge: str
    major: str
    major_edge: str
    path: str
    rail: str
    text: str
    soft_text: str
    water_text: str
    halo: str


PALETTES = {
    "light": Palette(
        ground="#f3f2e6",
        town="#eceadf",
        field="#f1ebc6",
        grass="#deebcb",
        park="#cfe5bd",
        wood="#bcd8ae",
        site="#ece3d3",
        water="#a9d3e2",
        building="#dcd5c6",
        building_edge="#c8bfac",
        road="#ffffff",
        road_edge="#d6d3c2",
        major="#ffe7a3",
        major_edge="#d9b968",
        path="#b59f7d",
        rail="#9aa19b",
        text="#17251f",
        soft_text="#4b5750",
        water_text="#1c5a78",
        halo="#fffef8",
    ),
    "dark": Palette(
        ground="#161f1a",
        town="#1c2621",
        field="#212719",
        grass="#1c2b20",
        park="#1d3124",
        wood="#1b3526",
        site="#252a26",
        water="#1b4a5e",
        building="#28332d",
        building_edge="#34413a",
        road="#3a463f",
        road_edge="#121915",
        major="#6d5c26",
        major_edge="#141510",
        path="#6b6149",
        rail="#59655d",
        text="#edf2ea",
        soft_text="#b5c1b8",
        water_text="#94cfe8",
        halo="#0d1410",
    ),
    "contrast": Palette(
        ground="#ffffff",
        town="#ffffff",
        field="#fffbe6",
        grass="#eef8e6",
        park="#d9f0c8",
        wood="#bfe3ab",
        site="#f2f2f2",
        water="#7fc1e6",
        building="#dcdcdc",
        building_edge="#6b6b6b",
        road="#ffffff",
        road_edge="#3d3d3d",
        major="#ffc629",
        major_edge="#000000",
        path="#5c3b0d",
        rail="#333333",
        text="#000000",
        soft_text="#000000",
        water_text="#00304a",
        halo="#ffffff",
    ),
}
