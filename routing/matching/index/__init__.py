"""All live offers in memory, searched exactly and in milliseconds."""

from routing.matching.index.hourly import HourlyIndex
from routing.matching.index.live import LiveIndex
from routing.matching.index.who import ANYBODY, Who

__all__ = ["ANYBODY", "HourlyIndex", "LiveIndex", "Who"]
