"""How much of the exact answer another method finds."""

from collections.abc import Sequence

import numpy as np


def recall(exact: Sequence[int], found: Sequence[int]) -> float | None:
    """The share of the exact best that `found` is as good as, by score; None where nothing fits at all.

    Offers of equal score stand for each other, so that a tie is not held against anybody.
    """
    if not exact:
        return None
    as_good = sum(score <= exact[-1] for score in found)
    return min(as_good, len(exact)) / len(exact)


def summary(exact: Sequence[Sequence[int]], found: Sequence[Sequence[int]]) -> dict[str, float | None]:
    """Mean recall, the share of requests whose best offer is found, and the mean seconds by which the best is worse."""
    pairs = [(best, other) for best, other in zip(exact, found, strict=True) if best]
    if not pairs:
        return {"recall": None, "best_found": None, "worse_by_s": None}
    return {
        "recall": round(float(np.mean([recall(best, other) for best, other in pairs])), 4),  # type: ignore[arg-type]
        "best_found": round(float(np.mean([bool(other) and other[0] <= best[0] for best, other in pairs])), 4),
        "worse_by_s": round(float(np.mean([other[0] - best[0] for best, other in pairs if other] or [0])), 1),
        "nothing_found": sum(not other for _, other in pairs),
    }
