"""Comparing with other routers: the arithmetic, and what is said where they cannot be had."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from bench import peers
from bench.peering import home
from bench.peering.comparison import compare, farthest_apart, figures
from bench.peering.roads import together


def test_without_a_new_python_one_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(home, "HOME", tmp_path)
    monkeypatch.setattr(home, "_candidates", lambda: [Path(sys.executable), tmp_path / "no-python"])
    monkeypatch.setattr(home, "OLDEST", (99, 0))
    monkeypatch.setattr(sys, "argv", ["peers"])
    peers.main()
    said = json.loads(capsys.readouterr().out)
    assert said["peers"] == []
    assert said["why"].startswith("OSRM and Valhalla need Python 99.0 or newer, and there is none")


def test_a_python_that_is_new_enough_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(home, "_candidates", lambda: [tmp_path / "no-python", Path(sys.executable)])
    monkeypatch.setattr(home, "OLDEST", (3, 11))
    assert home.new_enough() == Path(sys.executable)


def test_a_pair_that_one_router_cannot_drive_is_counted_and_left_out() -> None:
    ours = figures([(60, 1000), (120, 2000), None, (1, 1)])
    other = figures([(120, 1000), (120, 1000), (9, 9), None])
    told = compare({"ours": ours, "other": other})
    assert told["pairs"] == 4 and told["compared"] == 2
    assert told["no_way"] == {"ours": 1, "other": 1}
    assert told["mean_min"] == {"ours": 1.5, "other": 2.0}
    assert told["seconds"] == {"ours/other": {"p10": 0.55, "median": 0.75, "p90": 0.95, "of_means": 0.75}}
    assert told["metres"] == {"ours/other": {"p10": 1.1, "median": 1.5, "p90": 1.9, "of_means": 1.5}}


def test_no_pair_at_all_is_no_error() -> None:
    told = compare({"ours": figures([None]), "other": figures([(1, 1)])})
    assert told["compared"] == 0 and told["mean_min"] == {"ours": None, "other": None}


def test_the_worst_pair_is_outside_of_both_others() -> None:
    ours = figures([(100, 1), (100, 1), (100, 1), None, (50, 1)])
    osrm = figures([(90, 1), (150, 1), (25, 1), (9, 9), (100, 1)])
    valhalla = figures([(110, 1), (140, 1), (50, 1), (9, 9), None])
    assert farthest_apart(ours, [osrm, valhalla], 4) == [3, 2, 4, 1]


def test_hours_on_each_class_of_road_add_up() -> None:
    each = [{"primary": (3600.0, 50_000.0), "turns": (36.0, 0.0)}, {"primary": (3600.0, 70_000.0)}]
    assert together(each) == {"primary": {"h": 2.0, "km": 120.0, "km_h": 60.0}, "turns": {"h": 0.01, "km": 0.0}}
    assert np.isnan(figures([None])).all()
