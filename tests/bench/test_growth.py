"""How cost grows: what is measured, in which order, and what is said of the rest."""

from pathlib import Path

import pytest

from bench import growth
from bench.growth import Step, measure, plan


def test_the_cheap_comes_first_and_what_there_was_no_time_for_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100))
    monkeypatch.setattr(growth, "monotonic", lambda: next(clock))
    work = ((30, "offers"), (15, "offers"), (10, "regions"), (20, "offers"), (40, "regions"))
    steps = [Step(size != 15, size, group, f"{group} {size}", lambda n=size: {"of": n}) for size, group in work]
    told = measure(steps, until=2)
    assert told == {
        "offers": [{"of": 20}],
        "regions": [{"of": 10}],
        "left_out": ["offers 15", "offers 30", "regions 40"],
    }


def test_the_plan_is_cut_where_it_is_asked_to_be(tmp_path: Path) -> None:
    names = [step.name for step in plan(tmp_path, requests=1, most_offers=10_000, most_nodes=1_000) if step.wanted]
    offers = [(offers, walk_m) for offers in ("1,000", "10,000") for walk_m in (0, 600)]
    assert [name for name in names if "offers" in name] == [
        f"{many} offers within {walk_m} m" for many, walk_m in offers
    ]
    assert [name for name in names if "valley" in name] == ["valley-1000"]
    assert "helsinki" in names
