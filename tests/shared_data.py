"""Real extracts that lie beside the repository, for those who have them."""

from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def shared_data(name: str) -> Path:
    """The file `name` of the shared data; skips the test where it is absent."""
    path = _FOLDER / name
    if not path.exists():
        pytest.skip(f"../shared/data/{name} is absent")
    return path
