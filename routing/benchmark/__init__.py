"""Made-up days of a real region, to measure searches with: python -m routing bench."""
