"""REGION as people write it → a region of the demo's own under var/regions/, built when it is absent or out of date."""

import hashlib
import os
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VALLEY = "valley"


@dataclass(frozen=True, slots=True)
class Source:
    """What a region is built from; `slug` names its folder and its database."""

    text: str
    slug: str
    fingerprint: str
    """Changes when the region has to be built again."""


class BuildFailed(Exception):
    """The build has said why on stderr; `status` is its exit status."""

    def __init__(self, status: int) -> None:
        self.status = status


def source_of(region: str) -> Source:
    """Read the environment's REGION; "" is the valley."""
    text = region.strip() or VALLEY
    if text == VALLEY:
        return Source(text, VALLEY, code_of("demo/valley"))
    if not _is_file(text):
        return Source(text, slugify(text), text)
    file = Path(text).expanduser().resolve()
    known = file.stat() if file.is_file() else None
    fingerprint = f"{file} {known.st_size} {known.st_mtime_ns}" if known else str(file)
    return Source(str(file), f"{slugify(file.name.split('.')[0])[:24]}-{digest(str(file).encode())}", fingerprint)


def prepare(source: Source, folder: Path) -> None:
    """Build the region into `folder` unless it is there; progress is drawn on the terminal. Raises BuildFailed."""
    stamp = folder.with_suffix(".source")
    expected = f"{source.fingerprint}\n{code_of('routing')}"
    if stamp.exists() and folder.is_dir():
        if stamp.read_text() == expected:
            return
        if stamp.read_text().startswith(f"{source.fingerprint}\n") and _is_readable(folder):
            stamp.write_text(expected)
            return
    folder.parent.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    if source.text == VALLEY:
        drawn = folder.with_suffix(".osm.pbf")
        _run("demo.valley", str(drawn))
        _run("routing", "build", str(drawn), str(folder))
    else:
        _run("routing", "build", source.text, str(folder))
    stamp.write_text(expected)


def slugify(text: str) -> str:
    """Lower-case letters of the alphabet, digits and hyphens: "Nantes, France" → "nantes-france"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or digest(text.encode())


def code_of(*folders: str) -> str:
    """A digest of the Python files in folders of the project."""
    files = sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return digest(*(file.read_bytes() for file in files))


def digest(*parts: bytes) -> str:
    """Eight characters that change when the bytes do."""
    return hashlib.sha256(b"".join(parts)).hexdigest()[:8]


def _is_file(text: str) -> bool:
    return Path(text).exists() or text.endswith((".pbf", ".osm")) or os.sep in text


def _is_readable(folder: Path) -> bool:
    """Whether this version of the code reads it. Slow to import, so asked only after the code has changed."""
    from routing.errors import BadRegion
    from routing.region import read_manifest

    try:
        read_manifest(folder)
    except BadRegion:
        return False
    return True


def _run(module: str, *arguments: str) -> None:
    """In a process of its own, which gives its memory back."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, check=False)
    if done.returncode:
        raise BuildFailed(done.returncode)
