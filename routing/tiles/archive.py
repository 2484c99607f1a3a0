"""One PMTiles file: encoded tiles in, header and metadata with bounds and attribution added."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from routing.tiles.read import Bounds
from routing.tiles.schema import MAX_ZOOM

ATTRIBUTION = '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors'
_E7 = 10_000_000


class Archive:
    """Tiles collected until `write` puts them in the order that PMTiles wants."""

    def __init__(self) -> None:
        self._tiles: dict[int, bytes] = {}

    def add(self, zoom: int, x: int, y: int, tile: bytes) -> None:
        self._tiles[zxy_to_tileid(zoom, x, y)] = gzip.compress(tile, 6, mtime=0)

    def write(self, target: Path, bounds: Bounds, fields: Mapping[str, Mapping[str, str]]) -> None:
        """Write `target`; `fields` names each layer's attributes and their types for the metadata."""
        west, south, east, north = (round(degrees * _E7) for degrees in bounds)
        header = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": west,
            "min_lat_e7": south,
            "max_lon_e7": east,
            "max_lat_e7": north,
            "center_zoom": 12,
            "center_lon_e7": (west + east) // 2,
            "center_lat_e7": (south + north) // 2,
        }
        layers = [
            {"id": layer, "minzoom": 0, "maxzoom": MAX_ZOOM, "fields": dict(sorted(fields[layer].items()))}
            for layer in sorted(fields)
        ]
        metadata = {
            "name": "Détour base map",
            "description": "Shortbread layers from OpenStreetMap data",
            "attribution": ATTRIBUTION,
            "type": "baselayer",
            "bounds": ",".join(f"{degrees:.7f}" for degrees in bounds),
            "vector_layers": layers,
        }
        with target.open("wb") as file:
            writer: Any = Writer(file)  # type: ignore[no-untyped-call]
            for tile_id in sorted(self._tiles):
                writer.write_tile(tile_id, self._tiles[tile_id])
            writer.finalize(header, metadata)
