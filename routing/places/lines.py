"""Lines on the map, as points in degrees."""

import numpy as np
from numpy.typing import NDArray

from routing.distance import EARTH_M


def dense(line: NDArray[np.float64], step_m: float) -> NDArray[np.float64]:
    """A line [points, (lat, lon)] with points added, so that neighbours are no farther apart than `step_m`."""
    if len(line) < 2:
        return line
    steps = np.diff(line, axis=0)
    length_m = np.radians(np.hypot(steps[:, 0], steps[:, 1] * np.cos(np.radians(line[0, 0])))) * EARTH_M
    count = np.maximum(np.ceil(length_m / step_m), 1).astype(np.int64)
    begin = np.repeat(np.arange(len(steps)), count)
    share = (np.arange(len(begin)) - np.repeat(np.cumsum(count) - count, count)) / count[begin]
    return np.concatenate([line[begin] + steps[begin] * share[:, None], line[-1:]])
