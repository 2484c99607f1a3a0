"""A town by name: through the real code of OSMnx, against a server of our own that answers as the real ones do."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import osmium
import pyrosm
import pytest

from routing.__main__ import main
from routing.errors import OverpassUnreachable, PlaceNotFound
from routing.region import load
from routing.streets.overpass import download

Answer = Callable[[str], Any]


class Server:
    """Nominatim and Overpass in one; `asked` keeps the questions put to Overpass."""

    def __init__(self, found: list[dict[str, Any]], overpass: Answer) -> None:
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                if path == "/status":
                    self._answer("Connected as: 1\nCurrent time: now\nRate limit: 2\n\n2 slots available now.\n")
                else:
                    self._answer(json.dumps(found))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.asked.append(parse_qs(body)["data"][0])
                self._answer(json.dumps(overpass(outer.asked[-1])))

            def _answer(self, text: str) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *arguments: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start servers that stop with the test."""
    running: list[Server] = []

    def start(found: list[dict[str, Any]], overpass: Answer) -> Server:
        running.append(Server(found, overpass))
        return running[-1]

    yield start
    for server in running:
        server.close()


@pytest.fixture(scope="module")
def helsinki_elements() -> list[dict[str, Any]]:
    """The Helsinki extract as Overpass would send it."""
    elements: list[dict[str, Any]] = []
    for item in osmium.FileProcessor(pyrosm.get_data("helsinki_pbf")):
        tags = {tag.k: tag.v for tag in item.tags}
        element: dict[str, Any] = {"id": item.id, **({"tags": tags} if tags else {})}
        if item.is_node():
            element |= {"type": "node", "lat": item.lat, "lon": item.lon}
        elif item.is_way():
            element |= {"type": "way", "nodes": [node.ref for node in item.nodes]}
        else:
            kinds = {"n": "node", "w": "way", "r": "relation"}
            members = [{"type": kinds[m.type], "ref": m.ref, "role": m.role} for m in item.members]
            element |= {"type": "relation", "members": members}
        elements.append(element)
    return elements


HELSINKI = {
    "place_id": 1, "osm_type": "relation", "osm_id": 34914, "lat": "60.17", "lon": "24.94", "class": "boundary",
    "type": "administrative", "display_name": "Helsinki, Finland", "name": "Helsinki", "importance": 0.8,
    "place_rank": 12, "addresstype": "city", "boundingbox": ["60.165", "60.178", "24.936", "24.953"],
    "geojson": {
        "type": "Polygon",
        "coordinates": [[[24.936, 60.165], [24.953, 60.165], [24.953, 60.178], [24.936, 60.178], [24.936, 60.165]]],
    },
}  # fmt: skip


def test_a_town_is_fetched_and_built(
    serve: Callable[..., Server],
    helsinki_elements: list[dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = serve([HELSINKI], lambda question: {"elements": helsinki_elements[::-1]})  # in any order
    monkeypatch.setenv("OVERPASS_URL", server.url)
    monkeypatch.setenv("NOMINATIM_URL", server.url)
    assert main(["build", "Helsinki, Finland", str(tmp_path / "helsinki")]) == 0
    region = load(tmp_path / "helsinki")
    assert region.manifest.name == "Helsinki"
    assert region.manifest.nodes > 500
    assert region.places.search("Mannerheimintie 12")[0].kind == "address"
    for wanted in ("highway", "shop", "addr:housenumber", "amenity", "natural"):
        assert any(f"['{wanted}']" in question for question in server.asked)


def test_the_margin_reaches_beyond_the_town(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve([HELSINKI], lambda question: {"elements": []})
    download("Helsinki", tmp_path, margin_m=1_000, overpass_url=server.url, nominatim_url=server.url)
    corners = [float(word) for question in server.asked for word in question.split("poly:'")[1].split("'")[0].split()]
    lats, lons = corners[0::2], corners[1::2]
    assert min(lats) == pytest.approx(60.165 - 0.009, abs=1e-3)
    assert max(lons) == pytest.approx(24.953 + 0.018, abs=1e-3)


def test_a_place_that_nobody_knows(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve([], lambda question: {"elements": []})
    with pytest.raises(PlaceNotFound, match='No town called "Atlantis" is known'):
        download("Atlantis", tmp_path, overpass_url=server.url, nominatim_url=server.url)


def test_half_an_answer_is_no_answer(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve([HELSINKI], lambda question: {"elements": [], "remark": "runtime error: Query timed out"})
    with pytest.raises(OverpassUnreachable, match="answered only in part"):
        download("Helsinki", tmp_path, overpass_url=server.url, nominatim_url=server.url)


def test_without_a_network_one_sentence_names_the_built_in_regions(
    serve: Callable[..., Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve([HELSINKI], lambda question: {})
    server.close()  # nobody listens at this address now
    monkeypatch.setenv("OVERPASS_URL", server.url)
    monkeypatch.setenv("NOMINATIM_URL", server.url)
    assert main(["build", "Nantes, France", str(tmp_path / "regions" / "nantes")]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert "cannot be reached" in said
    assert "valley" in said
    assert "helsinki" in said
    assert list((tmp_path / "regions").iterdir()) == []


def test_the_settings_of_osmnx_are_given_back(serve: Callable[..., Server], tmp_path: Path) -> None:
    import socket

    import osmnx

    before = (osmnx.settings.overpass_url, osmnx.settings.cache_only_mode, socket.getaddrinfo)
    server = serve([], lambda question: {})
    with pytest.raises(PlaceNotFound):
        download("Atlantis", tmp_path, overpass_url=server.url, nominatim_url=server.url)
    assert (osmnx.settings.overpass_url, osmnx.settings.cache_only_mode, socket.getaddrinfo) == before
