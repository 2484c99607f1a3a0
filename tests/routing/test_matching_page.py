"""The page of equations names the terms and the numbers that the code has."""

import re
from dataclasses import asdict
from pathlib import Path

from routing.matching.terms import Terms

PAGE = Path(__file__).parents[2] / "docs" / "matching.md"


def test_the_page_lists_every_term_with_its_default() -> None:
    rows = dict(re.findall(r"^\| (\w+) \| ([\d.]+) \|$", PAGE.read_text(), re.MULTILINE))
    assert {name: float(value) for name, value in rows.items()} == asdict(Terms())


def test_the_files_it_names_are_there() -> None:
    for name in re.findall(r"`(routing/\w+\.py)`", PAGE.read_text()):
        assert (PAGE.parents[1] / name).is_file()
