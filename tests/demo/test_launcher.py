"""`python -m demo`, whole: processes of its own, as whoever types `make demo` has them."""

import signal
import socket
import time
from urllib.error import HTTPError

import psutil
import pytest

from demo import regions
from demo.launcher import Sorry, listen
from tests.demo.launched import Demo, Visitor, processes_over

ANSWERED_WITHIN_S = 20  # ten on a machine of its own (docs/demo.md); this one runs the tests besides
SECOND_START_S = 15  # five on a machine of its own; a start that builds or seeds anew takes longer than this


def test_a_driver_answers_a_visitor_and_nothing_is_left_running_at_the_end(demo: Demo, demo_folder):
    visitor = Visitor(demo.address)
    assert "<h1>" in visitor.read("/")
    visitor.be("rider", signed_pass="guessed")
    with pytest.raises(HTTPError, match="401"):
        visitor.get("me/")
    visitor.be("rider")
    assert visitor.get("me/")["first_name"] == "Camille"

    booking = book_some_seat(visitor)
    asked_at = time.monotonic()
    while visitor.get(f"bookings/{booking['id']}/")["state"] == "WAITING_CONFIRMATION":
        assert time.monotonic() - asked_at < ANSWERED_WITHIN_S
    assert visitor.get(f"bookings/{booking['id']}/")["state"] == "CONFIRMED"

    running = processes_over(demo_folder)
    assert len(demo.children()) >= 3
    assert any("postgres" in process.name() for process in running)
    assert demo.end() == 0
    psutil.wait_procs(running, timeout=60)  # PostgreSQL stops when its last user is gone
    assert processes_over(demo_folder) == []


def book_some_seat(visitor: Visitor) -> dict:
    """A seat that a simulated driver has to say yes to, from one stop of a ride to the other."""
    for offer in visitor.get("offers/")["results"]:
        if offer["driver"] != "Driss A." and not offer["automatic"]:
            body = {"offer": offer["id"], "origin": offer["origin"], "destination": offer["destination"]}
            booking = visitor.post("bookings/", body)
            if booking["state"] == "WAITING_CONFIRMATION":
                return booking
    raise AssertionError("no ride to book")


def test_a_killed_demo_leaves_nothing_that_stops_the_next_one(demo: Demo, demo_folder):
    orphans = demo.children()
    demo.end(signal.SIGKILL)
    with Demo(demo_folder) as again:
        _, alive = psutil.wait_procs(orphans, timeout=60)
        assert not alive
        assert "<h1>" in Visitor(again.address).read("/")


def test_when_a_part_dies_the_whole_says_so_and_ends(demo: Demo, demo_folder):
    demo.child("worker").kill()
    assert demo.status() == 1
    assert any(line.startswith("The worker has ended with status -9.") for line in demo.said)
    psutil.wait_procs(processes_over(demo_folder), timeout=60)
    assert processes_over(demo_folder) == []


def test_a_second_demo_of_the_region_says_where_the_first_is(demo: Demo, demo_folder):
    second = Demo(demo_folder)
    assert second.status() == 1
    assert second.said[-1] == f"This demo already runs at {demo.address}/demo/."


@pytest.mark.long
def test_the_second_start_builds_and_seeds_nothing_again(demo: Demo, demo_folder):
    demo.end()
    seconds = []
    for _ in range(5):  # the best of five: other work on the machine is no fault of ours
        again = Demo(demo_folder)
        seconds.append(again.wait())
        again.end()
        if seconds[-1] < SECOND_START_S:
            return
    pytest.fail(f"{seconds} s")


@pytest.mark.parametrize(
    ("region", "sentence"),
    [("no-such-file.osm.pbf", "There is no file"), ("README.md/", "")],
)
def test_a_region_that_cannot_be_built_is_a_sentence_and_status_two(tmp_path, region: str, sentence: str):
    demo = Demo(tmp_path, REGION=region)
    assert demo.status() == 2
    assert sentence in demo.said[-1]
    assert "Traceback" not in "\n".join(demo.said)
    assert not (tmp_path / "postgres").exists(), "a database was started for nothing"


def test_each_region_has_a_folder_and_a_database_of_its_own(tmp_path):
    file = tmp_path / "My Town.osm.pbf"
    file.write_bytes(b"first")
    first = regions.source_of(str(file))
    file.write_bytes(b"second")
    second = regions.source_of(str(file))
    assert first.slug == second.slug
    assert first.fingerprint != second.fingerprint, "a changed file would not be built again"
    slugs = {
        regions.source_of(region).slug for region in ("", "helsinki", "Nantes, France", str(file), "/else/My Town.osm")
    }
    assert len(slugs) == 5
    assert {"valley", "helsinki", "nantes-france"} < slugs
    assert regions.source_of("") == regions.source_of("valley")


def test_a_taken_port_gives_way_to_the_next_one(capsys):
    with listen("0") as taken:
        number = taken.getsockname()[1]
        with listen(str(number)) as other:
            assert other.getsockname()[1] > number
        assert f"Port {number} is taken" in capsys.readouterr().out
    with pytest.raises(Sorry, match="PORT=eight is no port"):
        listen("eight")
    assert socket.getdefaulttimeout() is None
