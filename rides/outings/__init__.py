"""Outings: trips to one destination, grouped into few cars."""
