"""The life of bookings as a state machine: the real thing and a model of plain dicts take the same steps."""
