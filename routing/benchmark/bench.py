"""How long searches take over many offers of a made-up day, and whether a slow search over all of them agrees."""

import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from routing.benchmark import day
from routing.benchmark.day import Town
from routing.matching.index import LiveIndex, Who
from routing.matching.ranking import rank_by_matrices
from routing.matching.screen import may_serve
from routing.matching.terms import USUAL
from routing.plan import Insertion, TripRequest, VehiclePlan
from routing.region import Region, load

K = 10
CHECKED = {True: 10, False: 20}
"""Requests that are searched slowly as well, with and without walking."""
CHANGES = 200
WARM = 5


def bench(
    folder: Path, *, offers: int = 100_000, requests: int = 200, walk_m: int = 600, seed: int = 1,
    checked: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Measure on one thread; milliseconds of processor time of that thread, kernels compiled before."""
    began = time.perf_counter()
    region = load(folder)
    region_s = time.perf_counter() - began
    town = day.town_of(region, seed)
    began = time.perf_counter()
    index = LiveIndex(region)
    index_s = time.perf_counter() - began
    filled_s = _fill(index, town, offers, seed)
    asked = day.requests(town, requests, walk_m, seed)
    for request in day.requests(town, WARM, walk_m, seed + 1):
        index.search(request, Who(), K)
    found, took_ms = [], []
    for request in asked:
        cpu = time.thread_time()
        found.append(index.search(request, Who(), K))
        took_ms.append(1000 * (time.thread_time() - cpu))
    changes_ms = _changes(index, town, offers, seed)
    rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    checked = min(requests, CHECKED[walk_m > 0] if checked is None else checked)
    wrong = _mismatches(region, town, offers, seed, asked[:checked], found[:checked])
    return {
        "nodes": region.manifest.nodes,
        "edges": region.manifest.arcs,
        "offers": len(index),
        "requests": requests,
        "walk_m": walk_m,
        "seed": seed,
        "k": K,
        "p50_ms": _percentile(took_ms, 50),
        "p99_ms": _percentile(took_ms, 99),
        "found_mean": round(float(np.mean([len(one) for one in found])), 1),
        "put_p50_ms": _percentile(changes_ms["put"], 50),
        "put_p99_ms": _percentile(changes_ms["put"], 99),
        "remove_p50_ms": _percentile(changes_ms["remove"], 50),
        "remove_p99_ms": _percentile(changes_ms["remove"], 99),
        "oracle_checked": checked,
        "oracle_mismatches": wrong,
        "peak_rss_mb": round(rss_mb),
        "load_s": round(region_s, 3),
        "index_s": round(index_s, 2),
        "fill_s": round(filled_s, 1),
    }


def _fill(index: LiveIndex, town: Town, count: int, seed: int) -> float:
    """Seconds that the index took for it, without those of making offers up."""
    spent, part = 0.0, []
    for plan in day.offers(town, count, seed):
        part.append((plan, plan.offer_id, True, 1, 0))
        if len(part) == 20_000 or plan.offer_id == count - 1:
            began = time.perf_counter()
            index.put_many(part)
            spent += time.perf_counter() - began
            part = []
    return spent


def _changes(index: LiveIndex, town: Town, count: int, seed: int) -> dict[str, list[float]]:
    """Offers taken out, and put back, one at a time."""
    took: dict[str, list[float]] = {"put": [], "remove": []}
    for plan in day.offers(town, min(CHANGES, count), seed):
        began = time.thread_time()
        index.remove(plan.offer_id)
        between = time.thread_time()
        index.put(plan, driver_id=plan.offer_id, public=True, version=1)
        took["remove"].append(1000 * (between - began))
        took["put"].append(1000 * (time.thread_time() - between))
    return took


def _mismatches(
    region: Region, town: Town, count: int, seed: int, asked: Sequence[TripRequest],
    found: Sequence[Sequence[Insertion]],
) -> int:  # fmt: skip
    """Requests for which a search through all plans, without index or bounds, ranks other offers or scores."""
    possible: list[list[VehiclePlan]] = [[] for _ in asked]
    for plan in day.offers(town, count, seed) if asked else ():
        for plans, request in zip(possible, asked, strict=True):
            if may_serve(plan, request, USUAL):
                plans.append(plan)
    wrong = 0
    for request, plans, quick in zip(asked, possible, found, strict=True):
        slow = rank_by_matrices(plans, request, region, K)
        wrong += [(one.score_s, one.offer_id) for one in slow] != [(one.score_s, one.offer_id) for one in quick]
    return wrong


def _percentile(values: Sequence[float], share: float) -> float:
    return round(float(np.percentile(values, share)), 2)
