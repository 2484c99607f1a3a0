"""What people bring, in four words instead of litres."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from routing.plan import Load


@dataclass(frozen=True, slots=True)
class Luggage:
    """One answer to "What do you bring?"."""

    name: str
    label: Any
    icon: str
    load: Load


CHOICES = (
    Luggage("nothing", _("Nothing big"), "none", Load()),
    Luggage("bag", _("A bag"), "bag", Load(litres=60, length_cm=60)),
    Luggage("box", _("Something big"), "box", Load(litres=250, length_cm=120)),
    Luggage("wardrobe", _("A wardrobe"), "wardrobe", Load(litres=600, length_cm=200)),
)
BY_NAME = {luggage.name: luggage for luggage in CHOICES}


def in_words(litres: int, length_cm: int) -> Any:
    """The smallest of our words that covers this load."""
    for luggage in CHOICES:
        if litres <= luggage.load.litres and length_cm <= luggage.load.length_cm:
            return luggage
    return CHOICES[-1]
