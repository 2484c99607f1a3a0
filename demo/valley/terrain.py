"""The lie of the land: a plan with straight rivers, and the warp that bends the plan into a landscape.

Everything is planned on flat paper (u, v) where each river runs along a straight line, which keeps the plan free of
unwanted crossings. `Terrain.warp` then bends paper into metres (x, y): it is smooth and one-to-one, so whatever met
on paper still meets, and whatever did not still does not.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

CELL_WIDTH_M, CELL_HEIGHT_M = 30_000.0, 18_000.0
RIVER_BANK_M = 38.0  # quays and fields keep this far from the middle of the river
RAILWAY_V_M, RAILWAY_BANK_M = -430.0, 9.0  # south of the river


class Waves:
    """A smooth random function of the plane, about −1 to 1: a few sine waves in random directions."""

    def __init__(self, rng: np.random.Generator, wavelength_m: float, count: int = 3) -> None:
        angle = rng.uniform(0, 2 * np.pi, count)
        length = wavelength_m * rng.uniform(0.8, 1.3, count)
        self._wave = 2 * np.pi / length * np.stack([np.cos(angle), np.sin(angle)])
        self._phase = rng.uniform(0, 2 * np.pi, count)

    def __call__(self, points: Array) -> Array:
        return np.sin(points @ self._wave + self._phase).mean(axis=-1) * 1.4


@dataclass(frozen=True, slots=True)
class Wobble:
    """One size of displacement: how far, and over which distance it changes."""

    amplitude_m: float
    wavelength_m: float


_WOBBLES = (Wobble(190, 5200), Wobble(60, 1900), Wobble(18, 620), Wobble(5, 210))


class Terrain:
    """A grid of cells, each a stretch of valley with its town; a river runs through every row of cells."""

    def __init__(self, scale: float, seed: int) -> None:
        self.columns = max(1, round(scale**0.5))
        self.rows = max(1, round(scale / self.columns))
        self.size = min(1.0, scale) ** 0.5  # a valley smaller than one cell shrinks instead
        self.cell_width, self.cell_height = CELL_WIDTH_M * self.size, CELL_HEIGHT_M * self.size
        self.half = np.array([self.columns * self.cell_width, self.rows * self.cell_height]) / 2
        rng = np.random.default_rng([seed, 1])
        self._east = [Waves(rng, wobble.wavelength_m) for wobble in _WOBBLES]
        self._north = [Waves(rng, wobble.wavelength_m) for wobble in _WOBBLES]
        self._meander = rng.uniform(0, 2 * np.pi, (self.rows, 3))
        self.roughness = Waves(rng, 2600)

    @property
    def rivers(self) -> Array:
        """v of each river, south to north, metres."""
        return (np.arange(self.rows) + 0.5) * self.cell_height - self.half[1]

    def row(self, v: Array) -> NDArray[np.int64]:
        """The row of cells that each v lies in."""
        return np.clip(((v + self.half[1]) // self.cell_height).astype(np.int64), 0, self.rows - 1)

    def to_river(self, v: Array) -> Array:
        """How far north of its row's river each v is, metres."""
        return v - self.rivers[self.row(v)]

    def warp(self, paper: Array) -> Array:
        """Paper (n, 2) to metres east and north of the valley's centre (n, 2). The frame stays a rectangle."""
        u, v = paper.T
        # Smooth steps from 0 at the frame to 1 inside keep the outer edge straight.
        inside_u, inside_v = (np.clip((h - abs(c)) / 1800, 0, 1) for c, h in zip((u, v), self.half, strict=True))
        fade_u, fade_v = (step * step * (3 - 2 * step) for step in (inside_u, inside_v))
        east = sum(w.amplitude_m * wave(paper) for w, wave in zip(_WOBBLES, self._east, strict=True))
        north = sum(w.amplitude_m * wave(paper) for w, wave in zip(_WOBBLES, self._north, strict=True))
        return np.column_stack([u + east * fade_u, v + north * fade_v + self._river_bend(u, v)])

    def unwarp(self, metres: Array) -> Array:
        """Where on paper (n, 2) a spot of the landscape (n, 2) lies: `warp` backwards, to the centimetre."""
        paper = metres.copy()
        for _ in range(200):  # each step shrinks the error, since the warp never folds
            error = metres - self.warp(paper)
            paper += 0.8 * error
            if abs(error).max(initial=0) < 0.005:
                break
        return paper

    def _river_bend(self, u: Array, v: Array) -> Array:
        phase = self._meander[self.row(v)].T
        away = self.to_river(v)
        far = np.clip(1 - (2 * away / self.cell_height) ** 2, 0, None) ** 2
        near = np.exp(-((away / 900) ** 2))
        wide = 800 * np.sin(2 * np.pi * u / 17_000 + phase[0]) + 200 * np.sin(2 * np.pi * u / 6_100 + phase[1])
        return self.size * far * wide + near * 70 * np.sin(2 * np.pi * u / 2_300 + phase[2])
