"""Which junctions of a drive a driver has to be told about, and what.

Nothing is said where the road just goes on: under its name, with a bend that nobody would take for a turn, or where
there is no other road to take. Where two roads lie ahead a driver keeps to a side, and a short link between two turns
is no street of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.directions.junctions import SERVICE, Junctions, junctions_of
from routing.streets.bends import bend_between
from routing.streets.network import Network
from routing.streets.osm import ROAD_CLASSES
from routing.travel.driven import Driven

AHEAD_DEG, SLIGHT_DEG, SHARP_DEG = 20.0, 45.0, 120.0
"""A smaller bend is straight on, slight, or an ordinary turn."""
_CLEARER_DEG = 15.0
"""The straightest road is obvious when it is straighter by this than the next."""
_ROUND_DEG = 150.0
"""Two turns in a row that bend so far together, with a few metres between, are a U-turn."""
_SHORT_DM, _SLIP_DM = 300, 1200
"""A stretch without a name, and a slip road, that are part of a turn."""
_NAMED_SOON_DM = 1000

_FAST = {ROAD_CLASSES.index(name) for name in ("motorway", "trunk")}
_LINKS = {i for i, name in enumerate(ROAD_CLASSES) if name.endswith("_link")}
_FERRY = ROAD_CLASSES.index("ferry")


@dataclass(slots=True)
class Manoeuvre:
    """What is done before stretch `at`; `bend` is in degrees to the left, `name` a row of Names or −1."""

    at: int
    kind: str
    bend: float
    name: int
    name_before: int = -1
    exit: int = 0


def manoeuvres(network: Network, stretches: Sequence[Driven]) -> list[Manoeuvre]:
    """From "depart" to the last one before the end, of a drive with one stretch at least."""
    return _Tale(network, stretches, junctions_of(network, stretches)).told()


def _worth_a_look(
    pieces: NDArray[np.int64],
    ring: NDArray[np.uint8],
    name: NDArray[np.int32],
    sort: NDArray[np.uint8],
    junctions: Junctions,
) -> list[int]:
    """The junctions at which something may have to be told: at most, a street just goes on ahead under its name."""
    bend = np.abs(junctions.bend)
    ahead = (bend < SLIGHT_DEG) & (junctions.straightest >= bend + _CLEARER_DEG)
    streets = (ring == 0) & (sort != SERVICE)
    goes_on = ahead[1:] & (name[1:] == name[:-1]) & (sort[1:] == sort[:-1]) & streets[1:] & streets[:-1]
    return (np.flatnonzero(~goes_on | (pieces[1:] == pieces[:-1])) + 1).tolist()


class _Tale:
    """A drive that is gone through once, junction by junction."""

    def __init__(self, network: Network, stretches: Sequence[Driven], junctions: Junctions) -> None:
        pieces = [one.piece for one in stretches]
        self._net, self._junctions, self._pieces = network, junctions, pieces
        ring, name, sort = network.piece_roundabout[pieces], network.piece_name[pieces], network.piece_class[pieces]
        self._ring, self._name, self._class = ring.tolist(), name.tolist(), sort.tolist()
        self._bend = junctions.bend.tolist()
        self._worth_a_look = _worth_a_look(np.array(pieces), ring, name, sort, junctions)
        self._at_dm = [0]
        for one in stretches:
            self._at_dm.append(self._at_dm[-1] + one.distance_dm)
        self._said = [Manoeuvre(0, "depart", 0.0, self._name[0])]
        self._exits = 0

    def told(self) -> list[Manoeuvre]:
        for i in self._worth_a_look:
            if self._ring[i - 1] or self._ring[i]:
                self._go_round(i)
            elif self._pieces[i] == self._pieces[i - 1]:
                self._say(i, "uturn")
            else:
                self._go_on(i)
        return self._in_few_words()

    def _go_round(self, i: int) -> None:
        """Exits are counted where a road leaves the roundabout, not where one only comes in."""
        if not self._ring[i - 1]:
            self._say(i, "roundabout")
            self._said[-1].name = -1
            self._exits = 0
        elif self._ring[i]:
            self._exits += any(not self._net.piece_roundabout[option.piece] for option in self._junctions.options(i))
        else:
            if self._said[-1].kind != "roundabout":  # the drive began in it
                self._say(i, "roundabout")
            entered = self._said[-1]
            entered.exit, entered.name = self._exits + 1, self._name[i]
            entered.bend = self._turned(entered, i)

    def _go_on(self, i: int) -> None:
        before, now, bend = self._class[i - 1], self._class[i], self._bend[i]
        if now == _FERRY != before:
            self._say(i, "ferry")
        elif before in _LINKS and now in _FAST and abs(bend) < SLIGHT_DEG:
            self._say(i, "merge")
        elif before in _FAST and now in _LINKS:
            self._say(i, "exit")
        else:
            self._pass(i, bend, self._others(i))

    def _others(self, i: int) -> list[float]:
        """Bends of the other roads a driver may think of; yards and car parks do not count beside a street."""
        options = self._junctions.options(i)
        if self._class[i] != SERVICE:
            options = [option for option in options if self._net.piece_class[option.piece] != SERVICE]
        return [option.bend for option in options]

    def _pass(self, i: int, bend: float, others: list[float]) -> None:
        same = self._same_road(i)
        if abs(bend) >= SLIGHT_DEG:
            renamed = self._name[i] >= 0 <= self._name[i - 1]
            if others or (not same and (renamed or self._junctions.options(i))):
                self._say(i, "turn")
            else:
                self._rename(i)
            return
        rivals = [other for other in others if abs(other) < max(SLIGHT_DEG, abs(bend) + _CLEARER_DEG)]
        clear = all(abs(other) - abs(bend) >= _CLEARER_DEG for other in rivals)
        goes_on = same and abs(bend) < AHEAD_DEG and self._greatest(i)
        if not rivals or clear or goes_on:
            self._rename(i)
        elif min(abs(other) for other in rivals) <= abs(bend) - _CLEARER_DEG and not same:
            self._say(i, "turn")  # the road goes straight on without us
        else:
            self._say(i, "keep")
            left, right = bend > max(rivals), bend < min(rivals)
            self._said[-1].bend = 90.0 if left else -90.0 if right else 0.0

    def _same_road(self, i: int) -> bool:
        if self._name[i] >= 0:
            return bool(self._name[i] in (self._name[i - 1], self._said[-1].name))
        return bool(self._name[i - 1] < 0 and self._class[i] == self._class[i - 1])

    def _greatest(self, i: int) -> bool:
        """Whether no other road has our name, or a greater rank."""
        others = [option.piece for option in self._junctions.options(i)]
        return not any(
            self._net.piece_class[piece] < self._class[i] or 0 <= self._net.piece_name[piece] == self._name[i]
            for piece in others
        )

    def _rename(self, i: int) -> None:
        """The road goes on; it may be called otherwise from here."""
        last, name = self._said[-1], self._name[i]
        if name < 0 or name == last.name:
            return
        soon = last.kind == "roundabout" or self._at_dm[i] - self._at_dm[last.at] <= _NAMED_SOON_DM
        self._say(i, "continue")
        if last.name < 0 and soon and not self._is_one_turn(last, self._said[-1]):
            self._said.pop()
            last.name = name

    def _say(self, i: int, kind: str) -> None:
        self._said.append(Manoeuvre(i, kind, self._bend[i], self._name[i], self._said[-1].name))

    def _in_few_words(self) -> list[Manoeuvre]:
        """Two turns with hardly a road between are one."""
        told: list[Manoeuvre] = []
        for one in self._said:
            before = told[-1] if told else None
            if before is None or not self._is_one_turn(before, one):
                told.append(one)
                continue
            before.bend = self._turned(before, one.at)
            before.kind = "uturn" if abs(before.bend) >= _ROUND_DEG else "turn"
            before.name = one.name
            if abs(before.bend) < AHEAD_DEG:
                before.kind = "continue"
                if before.name == before.name_before:
                    told.pop()
        return told

    def _is_one_turn(self, before: Manoeuvre, one: Manoeuvre) -> bool:
        plain = ("turn", "keep", "continue")
        if before.kind not in plain or one.kind not in plain:
            return False
        apart_dm = self._at_dm[one.at] - self._at_dm[before.at]
        between = range(before.at, one.at)
        if apart_dm <= _SHORT_DM and abs(self._turned(before, one.at)) >= _ROUND_DEG and before.bend * one.bend > 0:
            return True
        nameless = all(self._name[i] < 0 for i in between)
        slip = all(self._class[i] in _LINKS for i in between)
        return nameless and apart_dm <= (_SLIP_DM if slip else _SHORT_DM)

    def _turned(self, before: Manoeuvre, i: int) -> float:
        """How far the road out of junction `i` bends from the one into the manoeuvre before."""
        return float(bend_between(self._junctions.heading_in[before.at], self._junctions.heading_out[i]))
