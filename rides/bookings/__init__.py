"""A seat: held, asked for, promised, given back, paid for."""
