"""What is true at every committed instant, whoever did what: read from the tables alone (`require_sense`), from two
readings (`require_told`), and against the model (`require_same`)."""

from itertools import combinations, pairwise
from math import ceil

from tests.rides.machine.books import (
    COMPLETED,
    CONFIRMED,
    HELD,
    HOLDS,
    KINDS,
    MAY_BE_LATER,
    UNDER_WAY,
    UNSURE,
    VALIDATED,
    WAITING,
    Books,
    Row,
    fits,
    put_on,
)
from tests.rides.machine.look import Tables

FOR_YOU_CENTS_PER_KM = 30
RIDES = (CONFIRMED, COMPLETED, VALIDATED)


def require_sense(seen: Tables, now: int) -> None:
    """I1, one person in one car, who is asked, what it costs, numbers without gap."""
    lines = _lines(seen)
    bookings = list(seen["bookings"].values())
    for offer in seen["offers"].values():
        holding = [one for one in bookings if one["offer"] == offer["id"] and one["state"] in HOLDS]
        _require_books_balance(offer, lines[offer["id"]], holding)
        _require_promises(lines[offer["id"]], holding)
        _require_fair_price(offer, lines[offer["id"]], [one for one in holding if one["state"] == CONFIRMED])
    _require_one_car_each(seen, lines)
    _require_few_asked(bookings)
    for request in seen["requests"].values():
        has_car = [one for one in bookings if one["request"] == request["id"] and one["state"] in RIDES]
        assert (request["state"] == "matched") == (len(has_car) == 1), (request, has_car)
    for stream in seen["streams"].values():
        assert stream["head"] == stream["events"] == stream["last"], stream


def require_told(before: Tables, after: Tables, offers: dict[int, Row]) -> None:
    """Versions grow, a share once confirmed only falls, and whoever reads something else now has heard of it."""
    heard = {(event["person"], event["kind"], event["refs"].get(event["kind"])) for event in after["events"].values()}
    lines_before, lines = _lines(before), _lines(after)
    for row in after["offers"].values():
        old = before["offers"].get(row["id"], row)
        assert row["version"] >= old["version"]
        assert row["plan_version"] >= old["plan_version"]
        if any(row[name] != old[name] for name in ("state", "departs", "ways", "flexibility_s")):
            assert row["version"] > old["version"], (old, row)
        if row["version"] == old["version"]:  # then it is not read again by whoever searches
            assert lines[row["id"]] == lines_before.get(row["id"], lines[row["id"]]), (old, row)
    for row in after["bookings"].values():
        old = before["bookings"].get(row["id"])
        if row["state"] == HELD or (old and _read(old) == _read(row)):
            continue
        if old and old["state"] == row["state"] == CONFIRMED:
            assert row["price_cents"] <= old["price_cents"], (old, row)
        assert old is None or row["version"] > old["version"], (old, row)
        for person in (row["rider"], offers[row["offer"]]["driver"] if row["offer"] in offers else 0):
            assert not person or (person, "booking", row["id"]) in heard, (old, row)
    for row in after["requests"].values():
        old = before["requests"].get(row["id"])
        if old and row["state"] != old["state"]:
            assert (row["rider"], "request", row["id"]) in heard, (old, row)
    for row in after["cards"].values():
        old = before["cards"].get(row["id"])
        if old != row:
            assert (after["offers"][row["offer"]]["driver"], "asking", row["id"]) in heard, (old, row)


def require_same(seen: Tables, books: Books, published: dict[int, Row]) -> None:
    """The tables say what the model says."""
    lines = _lines(seen)
    assert seen["offers"].keys() == books.offers.keys()
    for offer in books.offers.values():
        row, line = seen["offers"][offer["id"]], lines[offer["id"]]
        for name in ("driver", "state", "flexibility_s", "reserved", "open_ended"):
            assert row[name] == offer[name], (name, row, offer)
        assert row["departs"] == books.departs(offer["id"])
        assert [(stop["id"], stop["at"]) for stop in line] == [(stop["id"], stop["at"]) for stop in offer["line"]]
        assert [_carried(stop) for stop in line[:-1]] == books.taken(offer["id"]), offer
        if told := published.get(offer["id"]):
            unsure = [one for one in books.bookings.values() if one["offer"] == offer["id"] and one["state"] in UNSURE]
            truth = {
                "state": offer["state"],
                "seats_left": books.seats_left(offer["id"]),
                "seats_held": sum(one["seats"] for one in unsure),
            }
            assert {name: told[name] for name in truth} == truth, (told, truth, offer, books.taken(offer["id"]))
    assert seen["bookings"].keys() == books.bookings.keys()
    for booking in books.bookings.values():
        row = seen["bookings"][booking["id"]]
        for name in (
            "offer",
            "rider",
            "request",
            "state",
            "reason",
            "pickup",
            "dropoff",
            "free",
            "deadline",
            "boarded",
            "standing",
            *KINDS,
        ):
            assert row[name] == booking[name], (name, row, booking)
        assert row["accepted"] == (booking["accepted"] is not None), (row, booking)
        if booking["state"] in HOLDS:
            assert (row["latest_pickup_at"], row["latest_dropoff_at"]) == tuple(
                at + MAY_BE_LATER for at in booking["agreed"]
            )
    compared = {
        "requests": ("rider", "state", "return_of", "both"),
        "cards": ("request", "offer", "state"),
        "entries": ("offer", "request", "state", "booking"),
    }
    for table, names in compared.items():
        mine = getattr(books, table)
        assert seen[table].keys() == mine.keys(), table
        for row in mine.values():
            assert {name: seen[table][row["id"]][name] for name in names} == {name: row[name] for name in names}
    for offer_id in books.offers:
        waiting = [
            one["id"] for one in seen["entries"].values() if one["offer"] == offer_id and one["state"] == "waiting"
        ]
        assert waiting == [entry["id"] for entry in books.queue(offer_id)]


def _lines(seen: Tables) -> dict[int, list[Row]]:
    lines: dict[int, list[Row]] = {offer_id: [] for offer_id in seen["offers"]}
    for stop in seen["stops"].values():
        lines[stop["offer"]].append(stop)
    return lines


def _read(booking: Row) -> Row:
    """A booking as its people read it."""
    return booking | {"standing": None, "version": 0}


def _carried(row: Row) -> Row:
    return {kind: row[kind] for kind in KINDS}


def _require_books_balance(offer: Row, line: list[Row], holding: list[Row]) -> None:
    """I1: stops 0..n, all in order of time, and on each leg exactly what is booked, under one configuration."""
    assert [stop["sequence"] for stop in line] == list(range(len(line))), line
    assert [stop["has_leg"] for stop in line] == [True] * (len(line) - 1) + [False], line
    for here, there in pairwise(line):
        assert here["at"] <= there["at"], line
    position = {stop["id"]: number for number, stop in enumerate(line)}
    legs: list[Row] = [dict.fromkeys(KINDS, 0) for _leg in line[1:]]
    for one in holding:
        pickup, dropoff = position[one["pickup"]], position[one["dropoff"]]
        assert pickup < dropoff, (one, line)
        for leg in legs[pickup:dropoff]:
            put_on(leg, one)
    assert [_carried(stop) for stop in line[:-1]] == legs, (line, holding)
    assert fits(offer["ways"], legs), (offer, legs)


def _require_promises(line: list[Row], holding: list[Row]) -> None:
    """Nobody aboard is earlier or later than promised, everybody reads the hours of the plan, and each stop knows the
    first of the hours that were promised there.
    """
    for stop in line:
        ends = ("pickup", "dropoff")
        promised = [one[f"latest_{end}_at"] for one in holding for end in ends if one[end] == stop["id"]]
        assert stop["promised"] == min(promised, default=None), (stop, holding)
    at = {stop["id"]: stop["at"] for stop in line}
    for one in holding:
        for end in ("pickup", "dropoff"):
            assert one[f"{end}_at"] == at[one[end]], (one, line)
            assert one[f"latest_{end}_at"] - 2 * MAY_BE_LATER <= at[one[end]] <= one[f"latest_{end}_at"], (one, line)


def _require_fair_price(offer: Row, line: list[Row], confirmed: list[Row]) -> None:
    """What riders pay together is at most what the trip costs."""
    metres = sum(stop["distance_m"] for stop in line[:-1])
    cents = ceil(metres * offer["cost_cents_per_km"] / 1000) + offer["tolls_cents"]
    if offer["purpose"] == "for_you":
        cents = metres * FOR_YOU_CENTS_PER_KM // 1000
    assert sum(one["price_cents"] for one in confirmed) <= cents, (offer, metres, confirmed)


def _require_one_car_each(seen: Tables, lines: dict[int, list[Row]]) -> None:
    """Nobody has two confirmed rides at a time, drives two, or rides while driving; unless the ride was moved away
    from what she agreed to, so that she may leave it freely."""
    spans: dict[int, list[tuple[int, int, Row]]] = {}
    for one in seen["bookings"].values():
        if one["state"] == CONFIRMED and not one["free"]:
            start, end = one["latest_pickup_at"] - MAY_BE_LATER, one["latest_dropoff_at"] - MAY_BE_LATER
            spans.setdefault(one["rider"], []).append((start, end, one))
    for offer in seen["offers"].values():
        if offer["state"] in UNDER_WAY:
            line = lines[offer["id"]]
            spans.setdefault(offer["driver"], []).append((line[0]["at"], line[-1]["at"], offer))
    for mine in spans.values():
        for (start, end, one), (other_start, other_end, other) in combinations(mine, 2):
            assert end <= other_start or other_end <= start, (one, other)


def _require_few_asked(bookings: list[Row]) -> None:
    """One form open a person; three drivers at once are asked, and once a yes has come nobody is."""
    for person in {one["rider"] for one in bookings}:
        mine = [one for one in bookings if one["rider"] == person and not one["free"]]
        assert sum(one["state"] == HELD for one in mine) <= 1, mine
        waiting = [one for one in mine if one["state"] == WAITING]
        for one in waiting:
            instant = one["latest_pickup_at"]
            at_once = [b for b in waiting if b["latest_pickup_at"] <= instant < b["latest_dropoff_at"]]
            assert len(at_once) <= 3, at_once
