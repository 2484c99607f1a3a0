"""A log-log plot as an SVG file: a line for each series, its name at its end, readable on a light and a dark page."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise

Series = Mapping[str, Sequence[tuple[float, float]]]
"""Points (x, y) by the name of the line; numbers greater than zero."""

WIDTH, HEIGHT = 720, 410
LEFT, RIGHT, TOP, BOTTOM = 64, 190, 54, 52
COLOURS = ("#2a78d6", "#c2571a", "#1b8a5a", "#8a4fbf", "#b3801f", "#c23b6b")
"""Each has at least 3:1 on white and on black."""
LEAST_APART = 15
"""Pixels between the names of two lines."""
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #30343a; }
.title { font-size: 15px; font-weight: 600; }
.grid { stroke: #d4d8de; stroke-width: 1; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
@media (prefers-color-scheme: dark) {
  text { fill: #dfe3e8; }
  .grid { stroke: #444a52; }
}
"""


def log_log(title: str, x_label: str, y_label: str, series: Series) -> str:
    """The whole picture; raises ValueError without a point, or for a number that has no logarithm."""
    xs = [x for points in series.values() for x, _ in points]
    ys = [y for points in series.values() for _, y in points]
    if not xs or min(*xs, *ys) <= 0:
        raise ValueError("a logarithmic plot needs points, all greater than zero")
    across = _Scale(min(xs), max(xs), LEFT, WIDTH - RIGHT)
    upward = _Scale(min(ys), max(ys), HEIGHT - BOTTOM, TOP)
    parts = [_text(LEFT - 48, 20, title, "start", "title")]
    for tick in across.ticks:
        x = across(tick)
        parts += [_rule(x, TOP, x, HEIGHT - BOTTOM), _text(x, HEIGHT - BOTTOM + 20, short(tick), "middle")]
    for tick in upward.ticks:
        y = upward(tick)
        parts += [_rule(LEFT, y, WIDTH - RIGHT, y), _text(LEFT - 8, y + 4, short(tick), "end")]
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x_label, "middle"))
    parts.append(_text(LEFT - 48, TOP - 10, y_label, "start"))
    drawn = [sorted((across(x), upward(y)) for x, y in points) for points in series.values()]
    heights = _spread([points[-1][1] for points in drawn])
    for name, points, height, colour in zip(series, drawn, heights, _colours(len(drawn)), strict=True):
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline class="line" stroke="{colour}" points="{line}"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
        parts.append(f'<circle cx="{WIDTH - RIGHT + 14}" cy="{height:.1f}" r="4" fill="{colour}"/>')
        parts.append(_text(WIDTH - RIGHT + 24, height + 4, name, "start"))
    said = "; ".join(f"{name}: " + ", ".join(f"{short(x)} → {y:.3g}" for x, y in series[name]) for name in series)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{escape(title)}</title><desc>{escape(f'{y_label} by {x_label}. {said}')}</desc>"
        f"<style>{STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


class _Scale:
    """Numbers to pixels, from a power of ten to a power of ten."""

    def __init__(self, least: float, most: float, begin: float, end: float) -> None:
        low, high = math.floor(math.log10(least) + 1e-9), math.ceil(math.log10(most) - 1e-9)
        self.low, self.high = low, max(high, low + 1)
        self.begin, self.end = begin, end
        self.ticks = [10.0**power for power in range(self.low, self.high + 1)]

    def __call__(self, number: float) -> float:
        return self.begin + (math.log10(number) - self.low) / (self.high - self.low) * (self.end - self.begin)


def short(number: float) -> str:
    """1000 → 1 k, 2500000 → 2.5 M, 0.01 → 0.01."""
    for size, letter in ((1e6, " M"), (1e3, " k")):
        if number >= size:
            return f"{number / size:.3g}{letter}"
    return f"{number:.3g}"


def _spread(heights: Sequence[float]) -> list[float]:
    """The heights of names: as near to the ends of their lines as they can be read, from the top downward."""
    placed = list(heights)
    order = sorted(range(len(placed)), key=placed.__getitem__)
    for before, after in pairwise(order):
        placed[after] = max(placed[after], placed[before] + LEAST_APART)
    return placed


def _colours(count: int) -> list[str]:
    return [COLOURS[i % len(COLOURS)] for i in range(count)]


def _text(x: float, y: float, words: str, anchor: str, kind: str = "") -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<text{name} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _rule(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<line class="grid" x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"/>'
