"""What can go wrong with streets, each in a sentence a person can read."""


class RoutingError(Exception):
    """Base of all; its text is one clear sentence."""


class BadSource(RoutingError):
    """The source is missing, is no OpenStreetMap file, is cut off, or holds no drivable road."""


class PlaceNotFound(RoutingError):
    """No place of that name is known."""


class OverpassUnreachable(RoutingError):
    """OpenStreetMap's servers did not answer."""


class BadRegion(RoutingError):
    """The folder holds no region, or one of another format."""


class NoRoute(RoutingError):
    """No road leads from one of the places to the next."""
