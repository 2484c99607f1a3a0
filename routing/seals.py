"""Whether the files of a region are those that were built: their sizes at every start, all their bytes on request."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from routing.errors import BadRegion


class Seal(NamedTuple):
    """What a file was when the region was built."""

    size: int
    """Bytes."""
    sha256: str


def seal(folder: Path, *, but: tuple[str, ...] = ()) -> dict[str, Seal]:
    """The seals of all files of a region, by their paths in it, except those that may change."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {name: Seal((folder / name).stat().st_size, sha256(folder / name)) for name in names if name not in but}


def require_sizes(folder: Path, files: Mapping[str, Seal]) -> None:
    """Raise BadRegion for a file that is missing, cut off or too long: a few system calls, and nothing is read."""
    for name, expected in files.items():
        try:
            size = (folder / name).stat().st_size
        except OSError:
            raise BadRegion(f"The region in {folder} is damaged: {name} is missing; build it again.") from None
        if size != expected.size:
            raise BadRegion(
                f"The region in {folder} is damaged: {name} has {size:,} bytes, not {expected.size:,}; build it again."
            )


def require_whole(folder: Path, files: Mapping[str, Seal]) -> None:
    """Read every file, and raise BadRegion with the names of those that are not as they were built."""
    require_sizes(folder, files)
    changed = [name for name, expected in files.items() if sha256(folder / name) != expected.sha256]
    if changed:
        raise BadRegion(f"The region in {folder} is damaged: {', '.join(changed)} changed; build it again.")


def sha256(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
