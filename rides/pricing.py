"""What a rider gives towards the trip: for the metres she wanted to go, never for anybody's detour."""

ROUND_TO_CENTS = 10


def share_cents(*, cents_per_km: int, direct_m: int, seats: int) -> int:
    """The price share in cents for all of `seats`, rounded down to ten; things alone ride as one seat."""
    exact = cents_per_km * direct_m * max(seats, 1) / 1000
    return int(exact // ROUND_TO_CENTS * ROUND_TO_CENTS)
