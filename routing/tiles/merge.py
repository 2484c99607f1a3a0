"""Lines that read the same drawn as one: long lines carry their labels better and make smaller tiles."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import shapely

from routing.tiles.read import Features

MERGED_LAYERS = frozenset({"streets", "street_labels", "water_lines", "water_lines_labels", "boundaries"})


def merged(features: Features) -> Features:
    """The same map with equal lines of `MERGED_LAYERS` joined end to end; the other rows keep their order."""
    alike: dict[object, list[int]] = defaultdict(list)
    rest: list[int] = []
    for row, layer in enumerate(features.layers):
        if layer in MERGED_LAYERS:
            alike[layer, tuple(sorted(features.attributes[row].items()))].append(row)
        else:
            rest.append(row)
    lines = [shapely.multilinestrings(shapely.get_parts(features.shapes[rows])) for rows in alike.values()]
    parts, group = shapely.get_parts(shapely.line_merge(np.array(lines, dtype=object)), return_index=True)
    firsts = np.array([rows[0] for rows in alike.values()], dtype=np.int64)
    rows = np.concatenate([np.array(rest, dtype=np.int64), firsts[group]])
    return replace(
        features,
        layers=[features.layers[row] for row in rows],
        min_zooms=features.min_zooms[rows],
        attributes=[features.attributes[row] for row in rows],
        shapes=np.concatenate([features.shapes[rest], parts]),
    )
