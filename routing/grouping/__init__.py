"""Grouping people who head to one destination into as few driven metres as possible, with a certificate."""

from routing.grouping.answer import Certificate, GroupedCar, Grouping, LeftOut, Saved
from routing.grouping.problem import ANY_TIME, GroupingProblem, Person, Window
from routing.grouping.replay import broken_promises
from routing.grouping.solve import group

__all__ = [
    "ANY_TIME",
    "Certificate",
    "GroupedCar",
    "Grouping",
    "GroupingProblem",
    "LeftOut",
    "Person",
    "Saved",
    "Window",
    "broken_promises",
    "group",
]
