"""Streets, travel times, matching and grouping: plain data in, plain data out, no Django."""
