"""All live offers in memory, searched exactly and in milliseconds."""

from routing.index.hourly import HourlyIndex
from routing.index.live import LiveIndex
from routing.index.who import ANYBODY, Who

__all__ = ["ANYBODY", "HourlyIndex", "LiveIndex", "Who"]
