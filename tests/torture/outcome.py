"""What a campaign has counted and found."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.torture.history import Attempt, deeds_of
from tests.torture.processes import Site


@dataclass(frozen=True)
class Outcome:
    """`complaints` are what the processes wrote about: with the database gone for a moment there are many."""

    counts: dict[str, int]
    violations: list[str]
    complaints: Counter[str] = field(default_factory=Counter)

    @property
    def lines(self) -> list[str]:
        """As they are printed."""
        return [
            *(f"{name}: {count}" for name, count in self.counts.items()),
            *(f"complaint: {count} × {what}" for what, count in self.complaints.most_common(12)),
            f"violations: {len(self.violations)}",
            *(f"violation: {one}" for one in self.violations[:50]),
        ]


def counted(attempts: Sequence[Attempt]) -> dict[str, int]:
    """Requests by how they ended; commands (all requests under one key with one body) by what is known of them."""
    deeds = deeds_of(attempts)
    acknowledged, refused = sum(deed.acknowledged for deed in deeds), sum(deed.refused for deed in deeds)
    return {
        "attempts": len(attempts),
        "without an answer": sum(attempt.told is None for attempt in attempts),
        "server errors": sum(attempt.told is not None and attempt.told.status >= 500 for attempt in attempts),
        "commands": len(deeds),
        "acknowledged": acknowledged,
        "refused": refused,
        "unknown": len(deeds) - acknowledged - refused,
    }


def proving_nothing(counts: dict[str, int]) -> list[str]:
    """A campaign in which nobody was served, or nobody looked, is no proof."""
    return [f"Nothing is proved: {name} is 0." for name in ("acknowledged", "refused", "looks") if not counts[name]]


def complaints_of(site: Site) -> Counter[str]:
    """The last line of each traceback; not what was only on the way to it."""
    complaints: Counter[str] = Counter()
    for name in site.names:
        last: list[str] = []
        for line in site.log(name).read_text(errors="replace").splitlines():
            if re.match(r"([a-z_]+\.)+[A-Z]\w+(: |$)|[A-Z]\w+(Error|Exception): ", line):
                last.append(f"{name.split()[0]}: {line[:90]}")
            elif line.endswith(("another exception occurred:", "direct cause of the following exception:")):
                last[-1:] = []
        complaints.update(last)
    return complaints
