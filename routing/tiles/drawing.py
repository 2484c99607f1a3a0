"""Draws the base map in a process of its own, beside the rest of the build: it is the longest single job."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from routing.errors import RoutingError


class Drawing:
    """A map that is being drawn."""

    def __init__(self, answers: "Connection[None, RoutingError | None]") -> None:
        self._answers = answers

    def finish(self) -> None:
        """Wait for the map; raises what drawing it raised."""
        try:
            error = self._answers.recv()
        except EOFError:
            raise RoutingError("Drawing the map was stopped before its end.") from None
        if error is not None:
            raise error


@contextmanager
def drawing(osm_file: Path, target: Path) -> Iterator[Drawing]:
    """Start to draw `osm_file` into `target`; on leaving, finished or not, nothing goes on."""
    context = multiprocessing.get_context("spawn")  # the same on Linux and macOS, and free of inherited threads
    answers, mouth = context.Pipe(duplex=False)
    process = context.Process(target=_draw, args=(osm_file, target, mouth), daemon=True)
    process.start()
    mouth.close()  # so that a dead child is an end of file and not a wait for ever
    try:
        yield Drawing(answers)
    finally:
        process.terminate()
        process.join()
        answers.close()


def _draw(osm_file: Path, target: Path, mouth: "Connection[RoutingError | None, None]") -> None:
    from routing.tiles import write_tiles

    threading.Thread(target=_leave_with_parent, daemon=True).start()
    try:
        write_tiles(osm_file, target)
    except RoutingError as error:
        mouth.send(error)
    else:
        mouth.send(None)


def _leave_with_parent() -> None:
    """A build that is killed cannot stop its drawing; nobody else would."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
