"""What is known of steps: who was told that one was done, and who may have done one without being told."""

from collections import defaultdict
from collections.abc import Iterable

from tests.torture.history import Deed


class Record:
    """Deeds by their kind and by the id of what they are about."""

    def __init__(self, deeds: Iterable[Deed]) -> None:
        self._deeds: dict[tuple[str, int | None], list[Deed]] = defaultdict(list)
        for deed in deeds:
            self._deeds[deed.call.kind, deed.call.about].append(deed)

    def told(self, kind: str, about: int) -> list[Deed]:
        """Those that were acknowledged."""
        return [deed for deed in self._deeds[kind, about] if deed.acknowledged]

    def possible(self, kind: str, about: int, by: int | None = None) -> list[Deed]:
        """Those that were not refused."""
        deeds = self._deeds[kind, about]
        return [deed for deed in deeds if deed.possible and by in (None, deed.call.person)]
