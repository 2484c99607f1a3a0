"""What can go wrong with streets, each in a sentence a person can read and a `code` a program can."""

from routing.plan import Place


class RoutingError(Exception):
    """Base of all; its text is one clear sentence."""

    code = "routing"


class BadSource(RoutingError):
    """The source is missing, is no OpenStreetMap file, is cut off, or holds no drivable road."""

    code = "bad_source"


class PlaceNotFound(RoutingError):
    """No place of that name is known."""

    code = "place_not_found"


class OverpassUnreachable(RoutingError):
    """OpenStreetMap's servers did not answer."""

    code = "overpass_unreachable"


class BadRegion(RoutingError):
    """The folder holds no region, a damaged one, or one of another format."""

    code = "bad_region"


class BadPlace(RoutingError, ValueError):
    """Numbers that are no place on earth."""

    code = "bad_place"


class NoRoute(RoutingError):
    """No road leads from one of the places to the next; `nearest` is the nearest place from which one does."""

    code = "no_route"

    def __init__(self, reason: str, nearest: Place | None = None) -> None:
        super().__init__(reason)
        self.nearest = nearest
