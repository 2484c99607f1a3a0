"""python -m routing bench: one object, and a slow search that agrees."""

import json
from pathlib import Path

import pytest

from routing.cli import main

PROMISED = {
    "nodes", "edges", "offers", "requests", "walk_m", "p50_ms", "p99_ms", "oracle_checked", "oracle_mismatches",
    "peak_rss_mb", "load_s",
}  # fmt: skip


@pytest.mark.parametrize("walk_m", [0, 300])
def test_bench_answers_with_one_object(walk_m: int, valley_region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = f"bench {valley_region} --offers 400 --requests 6 --walk-m {walk_m} --seed 1 --checked 6 --json"
    assert main(asked.split()) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer.keys() >= PROMISED
    assert (answer["offers"], answer["requests"], answer["walk_m"]) == (400, 6, walk_m)
    assert (answer["oracle_checked"], answer["oracle_mismatches"]) == (6, 0)
    assert answer["found_mean"] > 0
