"""The arithmetic of comparing routers: pure functions of seconds and metres, NaN where a router finds no way."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Figures = NDArray[np.float64]
"""Seconds and metres of each pair, [pairs, 2]."""


def figures(answers: Sequence[Sequence[float] | None]) -> Figures:
    """Answers as an array, NaN for None."""
    nowhere = (np.nan, np.nan)
    return np.array([nowhere if answer is None else answer[:2] for answer in answers], np.float64).reshape(-1, 2)


def compare(routers: Mapping[str, Figures]) -> dict[str, object]:
    """Means of each router and ratios of each two, over the pairs that all of them can drive."""
    drivable = np.logical_and.reduce(
        [np.isfinite(table).all(axis=1) & (table > 0).all(axis=1) for table in routers.values()]
    )
    names = list(routers)
    return {
        "pairs": len(drivable),
        "compared": int(drivable.sum()),
        "no_way": {name: int((~np.isfinite(table[:, 0])).sum()) for name, table in routers.items()},
        "mean_min": {name: _mean(table[drivable, 0] / 60) for name, table in routers.items()},
        "mean_km": {name: _mean(table[drivable, 1] / 1000) for name, table in routers.items()},
        "seconds": {
            f"{one}/{other}": ratios(routers[one][drivable, 0], routers[other][drivable, 0])
            for one, other in couples(names)
        },
        "metres": {
            f"{one}/{other}": ratios(routers[one][drivable, 1], routers[other][drivable, 1])
            for one, other in couples(names)
        },
    }


def couples(names: Sequence[str]) -> list[tuple[str, str]]:
    """Each two of the names, in their order."""
    return [(one, other) for i, one in enumerate(names) for other in names[i + 1 :]]


def ratios(over: NDArray[np.float64], under: NDArray[np.float64]) -> dict[str, float | None]:
    """The 10th, 50th and 90th percentile of the ratios, and the ratio of the means; None where there is no pair."""
    if not len(over):
        return dict.fromkeys(("p10", "median", "p90", "of_means"))
    low, middle, high = (round(float(value), 3) for value in np.percentile(over / under, (10, 50, 90)))
    return {"p10": low, "median": middle, "p90": high, "of_means": round(float(over.mean() / under.mean()), 3)}


def _mean(values: NDArray[np.float64]) -> float | None:
    return round(float(values.mean()), 2) if len(values) else None


def farthest_apart(ours: Figures, others: Sequence[Figures], count: int) -> list[int]:
    """The pairs whose time is farthest outside of what the others say, the worst first; ours in vain is worst."""
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.stack([table[:, 0] for table in others])
        low, high = np.fmin.reduce(times), np.fmax.reduce(times)
        apart = np.fmax(np.log(ours[:, 0] / high), np.log(low / ours[:, 0]))
    apart = np.where(np.isnan(ours[:, 0]) & np.isfinite(low), np.inf, apart)
    order = np.argsort(-np.nan_to_num(apart, nan=-np.inf), kind="stable")
    return [int(row) for row in order[:count]]
