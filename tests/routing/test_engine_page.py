"""docs/engine.md says what the command line does."""

import re
from pathlib import Path

import pytest

from routing import plain  # noqa: F401 - its error is one of those the page lists
from routing.cli import main
from routing.cli.times import BadLine
from routing.directions.phrases import _PHRASES
from routing.directions.steps import DIRECTIONS
from routing.errors import RoutingError
from routing.streets.hours import BadHours
from routing.travel.snapping import FARTHEST_M

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs" / "engine.md").read_text(encoding="utf-8")


def kinds_of(error: type[RoutingError]) -> set[type[RoutingError]]:
    return {error}.union(*(kinds_of(kind) for kind in error.__subclasses__()))


def test_every_command_is_on_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    offered = set(re.findall(r"^    (\w+)  ", capsys.readouterr().out, re.MULTILINE))
    written = set(re.findall(r"^\| `(\w+)[` ]", PAGE.split("## Exit codes")[0], re.MULTILINE))
    assert {"build", "verify", "route", "times"} <= offered
    assert written == offered


def test_every_code_of_an_error_is_on_the_page() -> None:
    assert {BadLine, BadHours} <= kinds_of(RoutingError)
    listed = re.search(r"The `code` is one of (.*?)\. With", PAGE, re.DOTALL)
    assert listed
    assert set(re.findall(r"`(\w+)`", listed[1])) == {kind.code for kind in kinds_of(RoutingError)}


def test_every_step_is_on_the_page() -> None:
    kinds = {kind for kind in _PHRASES["en"] if kind not in ("ring", "straight")}
    table = PAGE.split("| `kind` |")[1].split("\n\n")[0]
    assert kinds <= set(re.findall(r"`(\w+)`", table))
    assert set(DIRECTIONS) <= set(re.findall(r"`([\w ]+)`", table))


def test_the_page_knows_how_far_a_road_may_be() -> None:
    assert f"more than {FARTHEST_M / 1000:.0f} km from every road" in PAGE
