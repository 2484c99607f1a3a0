"""How long it takes: places on the road, the hierarchy, its sweeps and paths."""
