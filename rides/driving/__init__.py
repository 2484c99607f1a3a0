"""A car: its ride, its stops, and what changes about them."""
