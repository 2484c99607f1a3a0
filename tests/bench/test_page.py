"""The page about performance says what was measured, and nothing else."""

from xml.etree import ElementTree

from bench.page.text import page, plots

SEARCH = {"p50_ms": 4.5, "p99_ms": 9.25, "walk_m": 0, "load_s": 0.4, "peak_rss_mb": 321}
GROWTH = {
    "offers": [
        {"offers": 1_000, **SEARCH, "oracle_checked": 20, "oracle_mismatches": 0},
        {"offers": 100_000, **SEARCH, "p50_ms": 5.75, "oracle_checked": 10, "oracle_mismatches": 3},
    ],
    "regions": [
        {
            "region": "porto", "nodes": 58_000, "arcs": 137_000, "build_s": 21.5, "build_mb": 777, "load_ms": 6.5,
            "sweep_ms": 4.5, "customise_ms": 99.5, "pair_ms": 0.2, "route_ms": 1.25, "search": SEARCH,
        }
    ],
    "left_out": ["1,000,000 offers"],
}  # fmt: skip


def test_each_promise_stands_beside_what_was_measured() -> None:
    text = page({"growth": GROWTH}, "pictures")
    assert "| build from `.osm.pbf` | 30 s, 1.5 GB | 21.5 s, 777 MB |" in text
    assert "| 100,000 offers, no walking: p50, p99 | 6, 12 ms | 5.75, 9.25 ms |" in text
    assert "| answers checked by the oracle, mismatches | 0 | 30, 3 |" in text
    assert "| re-customise for another hour | 60 ms | 99.5 ms |" in text


def test_what_was_not_measured_is_said_to_be_so() -> None:
    text = page({"growth": GROWTH}, "pictures")
    assert "| 1,000,000 offers, no walking: p50 | 45 ms | not measured |" in text
    assert "Left out, larger than asked for or no time left: 1,000,000 offers." in text
    assert page({}, ".").count("| not measured |") == 10


def test_the_search_over_http_says_where() -> None:
    search = {"p50_ms": 21.5, "p99_ms": 61.0, "region": "Porto", "walk_m": 600}
    assert "| 30, 80 ms | 21.5, 61.0 ms (Porto, within 600 m) | `python -m bench.search` |" in page(
        {"search": search}, "."
    )


def test_the_plots_are_pictures() -> None:
    drawn = plots({"growth": GROWTH})
    assert set(drawn) == {"growth-offers.svg", "growth-streets.svg"}
    for picture in drawn.values():
        ElementTree.fromstring(picture)
    assert plots({}) == {}
