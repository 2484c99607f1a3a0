"""The fictional valley, its people and the simulated neighbourhood; depends on all, nothing depends on it."""
