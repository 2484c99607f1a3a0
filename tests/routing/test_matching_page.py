"""The page of equations names the terms and the numbers that the code has."""

import re
from dataclasses import asdict
from pathlib import Path

from routing.matching.terms import Terms
from routing.plan import UNREACHABLE

TERMS = asdict(Terms())
PAGE = Path(__file__).parents[2] / "docs" / "matching.md"


WORDS = {"all within the walk": None, "as long as the driver's limit allows": UNREACHABLE}
"""What stands for a default that is no number, or a very large one."""


def test_the_page_lists_every_term_with_its_default() -> None:
    rows = dict(re.findall(r"^\| (\w+) \| ([^|]+) \|$", PAGE.read_text(), re.MULTILINE))
    listed = {name: WORDS[value] if value in WORDS else float(value) for name, value in rows.items() if name in TERMS}
    assert listed == TERMS


def test_the_files_it_names_are_there() -> None:
    named = re.findall(r"`(routing/[\w/]+\.py)`", PAGE.read_text())
    assert named
    for name in named:
        assert (PAGE.parents[1] / name).is_file()
