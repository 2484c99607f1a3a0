"""A journey: a wish to travel, the drivers it is put to, and the way home."""
