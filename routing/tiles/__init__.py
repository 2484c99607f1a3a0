"""The base map: an OSM file drawn as one PMTiles file of vector tiles with Shortbread layer names."""

import os
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from routing.errors import BadSource
from routing.tiles.archive import Archive
from routing.tiles.cut import cut
from routing.tiles.encode import encode
from routing.tiles.merge import merged
from routing.tiles.read import Features, read
from routing.tiles.schema import MAX_ZOOM

_TYPE_NAMES = {str: "String", int: "Number", bool: "Boolean"}
_READING = 0.4  # share of the work, for the progress bar


def write_tiles(osm_file: Path, target: Path, progress: Callable[[float], None] | None = None) -> None:
    """Draw `osm_file` (.osm.pbf or .osm, incomplete extracts too) as zooms 0–14 in the PMTiles file `target`.

    `progress` hears the share done, 0 to 1. The same input gives the same bytes. `target` appears whole or not at
    all. Raises BadSource when the file is no OSM data or has nothing to draw. Layers: docs/basemap.md.
    """
    tell = progress or (lambda share: None)
    features = merged(read(osm_file))
    if not features.layers:
        raise BadSource(f"{osm_file} has nothing that a map could show.")
    archive = Archive()
    for zoom in range(MAX_ZOOM + 1):
        tell(_READING + (1 - _READING) * zoom / (MAX_ZOOM + 1))
        for x, y, tile in encode(features, cut(features, zoom)):
            archive.add(zoom, x, y, tile)
    unfinished = target.with_name(target.name + ".part")
    archive.write(unfinished, features.bounds, _fields(features))
    os.replace(unfinished, target)
    tell(1.0)


def _fields(features: Features) -> dict[str, dict[str, str]]:
    fields: dict[str, dict[str, str]] = defaultdict(dict)
    for layer, attributes in zip(features.layers, features.attributes, strict=True):
        fields[layer].update({key: _TYPE_NAMES[type(value)] for key, value in attributes.items()})
    return fields
