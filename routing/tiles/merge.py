"""Lines that read the same drawn as one: long lines carry their labels better and make smaller tiles."""

from dataclasses import replace

import numpy as np
import shapely

from routing.tiles.read import Features

MERGED_LAYERS = frozenset({"streets", "street_labels", "water_lines", "water_lines_labels", "boundaries"})


def merged(features: Features) -> Features:
    """The same map with equal lines of `MERGED_LAYERS` joined end to end; the other rows keep their order."""
    joined = np.array([layer in MERGED_LAYERS for layer in features.layers], dtype=bool)
    rest = np.flatnonzero(~joined)
    numbers, first = np.unique(features.alike[joined], return_index=True)
    first = np.flatnonzero(joined)[first]
    pieces, of = shapely.get_parts(features.shapes[joined], return_index=True)
    group = np.searchsorted(numbers, features.alike[joined][of])
    order = np.argsort(group, kind="stable")
    lines = shapely.multilinestrings(pieces[order], indices=group[order])
    parts, of = shapely.get_parts(shapely.line_merge(lines), return_index=True)
    rows = np.concatenate([rest, first[of]])
    return replace(
        features,
        layers=[features.layers[row] for row in rows],
        min_zooms=features.min_zooms[rows],
        attributes=[features.attributes[row] for row in rows],
        shapes=np.concatenate([features.shapes[rest], parts]),
        alike=features.alike[rows],
    )
