"""How soon a booked seat is gone on another open page, in a real browser, from the answer to the booking.

Run `python -m bench.seat_change [ROUNDS]`. It starts a demo of its own (private database, worker, simulation). The peer
is arithmetic: a page that asks every ten seconds, as two of the field's open systems do.
"""

import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import CANDIDATES, DESKTOP, FLAGS
from tests.demo.launched import Demo, Visitor

POLL_MS = 10_000
WATCH = """offer => {
    const bar = document.querySelector(`seat-bar[data-offer="${offer}"]`)
    window.changedAt = new Promise((tell) => {
        setTimeout(() => tell(null), 5000)
        new MutationObserver(() => tell(performance.timeOrigin + performance.now()))
            .observe(bar, { childList: true, subtree: true, characterData: true })
    })
}"""


def main() -> None:
    """Book and cancel, and look at the other window."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder, Demo(Path(folder)) as demo, sync_playwright() as playwright:
        rider = Visitor(demo.address)
        rider.be("rider")
        program = next(filter(None, map(shutil.which, CANDIDATES)))
        page = playwright.chromium.launch(executable_path=program, args=FLAGS).new_page(viewport=DESKTOP)
        taken = [one for _ in range(rounds) if (one := _book_once(demo, rider, page))]
    after_answer = [one["after_answer_ms"] for one in taken]
    print(
        json.dumps(
            {
                "bookings": len(taken),
                "after_answer_ms": _spread(after_answer),
                "after_click_ms": _spread([one["after_click_ms"] for one in taken]),
                "peer_polling_every_10_s_ms": {"p50": POLL_MS / 2, "max": POLL_MS},
            },
            indent=2,
        )
    )


def _book_once(demo: Demo, rider: Visitor, page: Page) -> dict[str, float] | None:
    """One booking of a ride that has room; None when it did not change the number shown."""
    offers = [offer for offer in rider.get("offers/")["results"] if offer["seats_left"] > 1 and not offer["mine"]]
    offer = offers[len(offers) // 2]
    frames: list[str] = []
    page.once("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
    page.goto(f"{demo.address}/rides/{offer['id']}/")
    while not any('"joined"' in frame for frame in frames):
        page.wait_for_timeout(20)
    page.evaluate(WATCH, offer["id"])
    body = {"offer": offer["id"], "origin": offer["origin"], "destination": offer["destination"]}
    clicked_at = time.time() * 1000
    try:
        booking = rider.post("bookings/", body)
    except OSError:
        return None
    answered_at = time.time() * 1000
    changed_at = page.evaluate("window.changedAt")
    rider.post(f"bookings/{booking['id']}/cancel/", {})
    if changed_at is None:  # another leg has fewer seats still, so the least of all legs stayed what it was
        return None
    return {"after_answer_ms": changed_at - answered_at, "after_click_ms": changed_at - clicked_at}


def _spread(values: list[float]) -> dict[str, float]:
    return {"p50": round(statistics.median(values), 1), "max": round(max(values), 1)}


if __name__ == "__main__":
    main()
