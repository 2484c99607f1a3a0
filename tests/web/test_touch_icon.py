"""The picture on the home screen of an iPhone, which shows no SVG: it is there, and it is the mark."""

import re
import runpy
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

DRAWN: dict[str, Any] = runpy.run_path(str(Path(__file__).resolve().parents[2] / "scripts" / "draw_icon.py"))
NAME = "img/touch-icon.png"


def chunks(content: bytes) -> dict[bytes, bytes]:
    """Of a PNG file; each has to be whole."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    found, at = {}, 8
    while at < len(content):
        [length] = struct.unpack(">I", content[at : at + 4])
        name, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        assert content[at + 8 + length : at + 12 + length] == struct.pack(">I", zlib.crc32(name + data))
        found[name], at = data, at + 12 + length
    return found


@pytest.mark.django_db
def test_pages_and_manifest_name_it_and_it_is_served_at_that_size(client):
    page = client.get("/about/").content.decode()
    [address] = re.findall(r'<link rel="apple-touch-icon" sizes="180x180" href="([^"]+)">', page)
    icons = {icon["src"]: icon for icon in client.get("/app.webmanifest").json()["icons"]}
    assert (icons[address]["type"], icons[address]["sizes"]) == ("image/png", "180x180")
    answer = client.get(address)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert struct.unpack(">II", chunks(content)[b"IHDR"][:8]) == (180, 180)


def test_the_file_is_what_the_script_draws():
    kept = chunks(Path(finders.find(NAME)).read_bytes())
    assert zlib.decompress(kept[b"IDAT"]) == DRAWN["draw"]()
