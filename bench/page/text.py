"""The page about performance, written from the figures alone so that no number in it is typed by hand."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bench.page.figures import Figures
from bench.page.plot import log_log

All = Mapping[str, Figures | None]
HEAD = """# How fast it is, and how that is known

Written by `python -m bench.page` from the figures that `make bench` left; `docs/bench` has those of this page.
Times are of one thread. Every search is over all live offers, {first} to {last} of them, and exact.
"""
DENSER = (
    "Each region has 100,000 offers: the fewer streets, the nearer they all pass, and the more of them could serve a "
    "request.\n\n"
)
OFFERS_PLOT, STREETS_PLOT = "growth-offers.svg", "growth-streets.svg"
ONE_TABLE = 999
OURS = "`python -m routing bench REGION --offers {offers} --walk-m {walk_m}`"
BUILD, HTTP = "`python -m bench.growth`", "`python -m bench.search`"


def page(figures: All, pictures: str) -> str:
    """Markdown; `pictures` is the folder of the plots, as seen from the page."""
    growth = figures.get("growth") or {"offers": [], "regions": [], "left_out": []}
    counts = [row["offers"] for row in growth["offers"]] or [0]
    parts = [
        HEAD.format(first=f"{min(counts):,}", last=f"{max(counts):,}"),
        "## Promised and measured\n\nGreater Porto, two cores, one thread of them.\n\n" + promises(figures),
    ]
    if growth["offers"]:
        picture = f"\n![Milliseconds by offers]({pictures}/{OFFERS_PLOT})\n"
        parts.append("## How cost grows with offers\n\n" + by_offers(growth) + picture)
    if growth["regions"]:
        picture = f"\n![Milliseconds by arcs]({pictures}/{STREETS_PLOT})\n"
        parts.append("## How cost grows with streets\n\n" + DENSER + by_streets(growth) + picture)
    parts += [
        left_out(growth),
        "## The methods of others, in the same harness\n\n" + methods(figures.get("methods"), figures.get("peers")),
        "## Times against those of other routers\n\n" + peers(figures.get("peers")),
    ]
    return "\n".join(part.rstrip() + "\n" for part in parts if part)


def promises(figures: All) -> str:
    """The table of the engine's numbers."""
    growth, search = figures.get("growth"), figures.get("search")
    porto = _row(growth, "regions", region="porto")
    small, walking = (_row(growth, "offers", offers=100_000, walk_m=walk_m) for walk_m in (0, 600))
    large = _row(growth, "offers", offers=1_000_000, walk_m=0)
    checked = [row for row in (growth or {}).get("offers", ()) if row.get("oracle_checked")]
    rows = [
        ("build from `.osm.pbf`", "30 s, 1.5 GB", _said(porto, "{build_s} s, {build_mb} MB"), BUILD),
        ("load a built region", "500 ms", _said(porto, "{load_ms} ms"), BUILD),
        ("100,000 offers, no walking: p50, p99", "6, 12 ms", _said(small, "{p50_ms}, {p99_ms} ms"), _ours(100_000, 0)),
        (
            "100,000 offers, within 600 m: p50, p99",
            "15, 35 ms",
            _said(walking, "{p50_ms}, {p99_ms} ms"),
            _ours(100_000, 600),
        ),
        ("1,000,000 offers, no walking: p50", "45 ms", _said(large, "{p50_ms} ms"), _ours(1_000_000, 0)),
        (
            "put or remove an offer: p50",
            "1 ms",
            _said(small, "put {put_p50_ms}, remove {remove_p50_ms} ms"),
            _ours(100_000, 0),
        ),
        ("point to point with geometry", "2 ms", _said(porto, "{route_ms} ms"), BUILD),
        (
            "search over HTTP, 100,000 offers: p50, p99",
            "30, 80 ms",
            _said(search, "{p50_ms}, {p99_ms} ms ({region}, within {walk_m} m)"),
            HTTP,
        ),
        ("re-customise for another hour", "60 ms", _said(porto, "{customise_ms} ms"), BUILD),
        ("answers checked by the oracle, mismatches", "0", _checked(checked), _ours(100_000, 0)),
    ]
    return table(("what", "at most", "measured", "by"), rows)


def by_offers(growth: Figures) -> str:
    rows = [
        (
            f"{row['offers']:,}",
            row["walk_m"],
            row["p50_ms"],
            row["p99_ms"],
            _get(row, "fill_s"),
            _get(row, "peak_rss_mb"),
        )
        for row in growth["offers"]
    ]
    return table(("offers", "walk, m", "p50, ms", "p99, ms", "fill the index, s", "memory, MB"), rows)


def by_streets(growth: Figures) -> str:
    rows = [
        (
            row["region"], f"{row['nodes']:,}", f"{row['arcs']:,}", row["build_s"], row["build_mb"], row["load_ms"],
            row["sweep_ms"], row["customise_ms"], row["search"]["p50_ms"], row["search"]["p99_ms"],
        )
        for row in sorted(growth["regions"], key=lambda row: row["arcs"])
    ]  # fmt: skip
    return table(
        (
            "region",
            "junctions",
            "arcs",
            "build, s",
            "build, MB",
            "load, ms",
            "sweep, ms",
            "customise, ms",
            "p50, ms",
            "p99, ms",
        ),
        rows,
    )


def left_out(growth: Figures) -> str:
    names = growth.get("left_out")
    return f"Left out, larger than asked for or no time left: {', '.join(names)}.\n" if names else ""


def methods(found: Figures | None, routers: Figures | None) -> str:
    if not found:
        return "Not measured.\n"
    rows = [
        (
            row["method"], row["p50_ms"], row["p99_ms"], _percent(row.get("recall")), _percent(row.get("best_found")),
            _get(row, "worse_by_s"), "run",
        )
        for row in found["methods"]
    ]  # fmt: skip
    times = (routers or {}).get("table_1_999_ms", {})
    for name in ("OSRM", "Valhalla"):
        if name.lower() in times:
            ms = 4 * found["stops_in_time"] / ONE_TABLE * times[name.lower()]
            rows.append((f"tables of {name}", f"{ms:,.0f}", "–", "–", "–", "–", "worked out"))
    return (
        f"{found['offers']:,} offers in {found['region']}, the best {found['best']} for each of {found['requests']} "
        f"requests, no walking (`python -m bench.methods`). In the hour of a request {found['stops_in_time']:,.0f} "
        f"stops are on the road. Dijkstra is the four runs alone, before any offer is looked at; over junctions "
        "it knows no turns. Tables are worked out from the time of 1 × 999 below, for those stops, to and from both "
        "places.\n\n" + table(("method", "p50, ms", "p99, ms", "recall", "best found", "best worse by, s", ""), rows)
    )


def peers(found: Figures | None) -> str:
    if not found or "mean_min" not in found:
        return "Not measured.\n"
    means = [(name, found["mean_min"][name], found["mean_km"][name]) for name in found["mean_min"]]
    ratios = [
        (couple, unit, ratio["p10"], ratio["median"], ratio["p90"], ratio["of_means"])
        for unit in ("seconds", "metres")
        for couple, ratio in found[unit].items()
    ]
    tables = ", ".join(f"{name} {ms} ms" for name, ms in found["table_1_999_ms"].items())
    return (
        f"{found['compared']} random pairs of junctions in {found['extract']} (`python -m bench.peers`); "
        f"pairs without a way: {', '.join(f'{name} {count}' for name, count in found['no_way'].items())}.\n\n"
        + table(("router", "mean, min", "mean, km"), means)
        + "\n"
        + table(("ratio", "of", "p10", "median", "p90", "of the means"), ratios)
        + f"\nA table of 1 × 999: {tables}.\n"
    )


def plots(figures: All) -> dict[str, str]:
    """The pictures by their file names; none without figures."""
    growth = figures.get("growth")
    if not growth:
        return {}
    offers: dict[str, list[tuple[float, float]]] = {}
    for row in growth["offers"]:
        walk = f"within {row['walk_m']} m" if row["walk_m"] else "no walking"
        for name in ("p50", "p99"):
            offers.setdefault(f"{name}, {walk}", []).append((row["offers"], row[f"{name}_ms"]))
    lines: Mapping[str, Callable[[Figures], float]] = {
        "search p50": lambda row: row["search"]["p50_ms"],
        "search p99": lambda row: row["search"]["p99_ms"],
        "one sweep": lambda row: row["sweep_ms"],
        "customise": lambda row: row["customise_ms"],
        "open the region": lambda row: row["load_ms"],
    }
    streets = {
        name: sorted((float(row["arcs"]), value(row)) for row in growth["regions"]) for name, value in lines.items()
    }
    drawn = {}
    if offers:
        drawn[OFFERS_PLOT] = log_log("A search among live offers", "offers", "milliseconds", offers)
    if growth["regions"]:
        drawn[STREETS_PLOT] = log_log("Larger regions, 100,000 offers each", "arcs", "milliseconds", streets)
    return drawn


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def _row(figures: Figures | None, group: str, **wanted: Any) -> Figures | None:
    """The first row that is what is wanted."""
    rows = (figures or {}).get(group, ())
    return next((row for row in rows if all(row.get(key) == value for key, value in wanted.items())), None)


def _said(row: Figures | None, words: str) -> str:
    try:
        return words.format(**(row or {}))
    except KeyError:
        return "not measured"


def _ours(offers: int, walk_m: int) -> str:
    return OURS.format(offers=offers, walk_m=walk_m)


def _checked(rows: Sequence[Figures]) -> str:
    if not rows:
        return "not measured"
    return f"{sum(row['oracle_checked'] for row in rows)}, {sum(row['oracle_mismatches'] for row in rows)}"


def _get(row: Figures, key: str) -> Any:
    value = row.get(key)
    return "–" if value is None else value


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.4g} %"
