"""The plot that the bench draws by hand."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from bench.page.plot import COLOURS, LEAST_APART, log_log, short

SVG = "{http://www.w3.org/2000/svg}"


def lines(svg: str) -> list[list[tuple[float, float]]]:
    drawn = ElementTree.fromstring(svg).iter(f"{SVG}polyline")
    return [[tuple(map(float, pair.split(","))) for pair in line.get("points", "").split()] for line in drawn]  # type: ignore[misc]


def test_ten_times_as_much_is_as_far_apart_everywhere() -> None:
    (line,) = lines(log_log("Cost", "offers", "ms", {"ours": [(10_000, 10), (1_000, 1), (100_000, 100)]}))
    (x0, y0), (x1, y1), (x2, y2) = line
    assert x0 < x1 < x2 and x2 - x1 == pytest.approx(x1 - x0, abs=0.2)
    assert y0 > y1 > y2 and y0 - y1 == pytest.approx(y1 - y2, abs=0.2)


def test_every_line_has_its_name_and_names_do_not_cover_each_other() -> None:
    series = {f"line <{i}>": [(1, 1 + i / 100), (10, 1 + i / 100)] for i in range(4)}
    texts = {
        text.text: float(text.get("y", "0"))
        for text in ElementTree.fromstring(log_log("T", "x", "y", series)).iter(f"{SVG}text")
    }
    heights = sorted(texts[name] for name in series)
    assert all(after - before >= LEAST_APART - 0.11 for before, after in pairwise(heights))


def test_who_cannot_see_the_picture_can_read_its_numbers() -> None:
    said = ElementTree.fromstring(log_log("Cost", "offers", "ms", {"ours": [(1_000, 2.5)]})).find(f"{SVG}desc")
    assert said is not None and said.text == "ms by offers. ours: 1 k → 2.5"


@pytest.mark.parametrize("series", [{}, {"ours": []}, {"ours": [(0, 1)]}, {"ours": [(1, -1)]}])
def test_what_has_no_logarithm_is_refused(series: dict[str, list[tuple[float, float]]]) -> None:
    with pytest.raises(ValueError, match="greater than zero"):
        log_log("T", "x", "y", series)


@pytest.mark.parametrize("background", ["#ffffff", "#0d1117"])
def test_every_colour_can_be_told_from_a_light_and_a_dark_page(background: str) -> None:
    for colour in COLOURS:
        bright, dark = sorted((luminance(colour), luminance(background)), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 3


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(part, 16) / 255 for part in re.findall("..", colour[1:])]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_numbers_on_the_axes_are_short() -> None:
    assert [short(n) for n in (0.01, 1, 999, 1_000, 2_500_000)] == ["0.01", "1", "999", "1 k", "2.5 M"]
