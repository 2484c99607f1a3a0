"""Where the peers live: a Python new enough for their wheels, and an environment of their own under var/peers."""

import re
import shutil
import subprocess
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent.parent / "var" / "peers"
PACKAGES = ("osrm-bindings==26.10.0", "pyvalhalla==3.9.1")
"""The versions whose figures are in docs/performance.md."""
OLDEST = (3, 12)


class NoPeers(Exception):
    """Why there is nobody to compare with; one sentence."""


def environment() -> Path:
    """The Python that has OSRM and Valhalla, after installing them once; raises NoPeers."""
    folder = HOME / re.sub(r"[^a-z0-9.]+", "-", " ".join(PACKAGES))
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    base = new_enough()
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _run([str(base), "-m", "venv", str(folder)], "The environment of the peers cannot be made")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    _run([*pip, "--only-binary", ":all:", *PACKAGES], "OSRM and Valhalla cannot be installed")
    (folder / "complete").touch()
    return python


def new_enough() -> Path:
    """A Python of 3.12 or newer: on the path, or one of pyenv's; raises NoPeers."""
    for candidate in _candidates():
        if _version(candidate) >= OLDEST:
            return candidate
    wanted = ".".join(map(str, OLDEST))
    raise NoPeers(f"OSRM and Valhalla need Python {wanted} or newer, and there is none on the path or in pyenv.")


def _version(python: Path) -> tuple[int, ...]:
    """Its version, or () where it does not run or cannot make environments."""
    try:
        command = [str(python), "-c", "import sys, venv; print(*sys.version_info[:2])"]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ()
    return tuple(int(word) for word in asked.stdout.split()) if asked.returncode == 0 else ()


def _candidates() -> list[Path]:
    """pyenv's own first: what it puts on the path is a shim, which may refuse."""
    newest_last = (f"python3.{minor}" for minor in range(OLDEST[1], OLDEST[1] + 8))
    found = (shutil.which(name) for name in newest_last)
    pyenv = sorted((Path.home() / ".pyenv" / "versions").glob("3.*/bin/python"))
    return [*pyenv, *(Path(path) for path in found if path)]


def _run(command: list[str], what_fails: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NoPeers(f"{what_fails}: {said[-1] if said else 'no reason was given'}")
