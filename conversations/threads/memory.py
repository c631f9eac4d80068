"""What the bot keeps in mind of a conversation between two turns. Small, and never message text."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

_MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Memory:
    """`unit`: the code last talked about; `shown`: codes last offered to choose from, in order;
    `part`, `kind`: what was wished while the piece was still open; `expecting`: what the last
    message asks."""

    unit: str | None = None
    shown: tuple[str, ...] = ()
    part: str | None = None
    kind: str | None = None
    expecting: str | None = None

    def about(self, code: str) -> "Memory":
        """Now talking about this unit; nothing is open any more."""
        return Memory(unit=code)

    def choosing(
        self, codes: tuple[str, ...], *, verb: str, part: str | None, kind: str | None
    ) -> "Memory":
        """These were offered; an answer may name one by its place."""
        return replace(self, shown=codes[:_MOST_SHOWN], part=part, kind=kind, expecting=verb)


def read(kept: Mapping[str, Any]) -> Memory:
    """From the thread's row; what an older version kept and nobody needs is dropped."""
    return Memory(
        unit=kept.get("unit"),
        shown=tuple(kept.get("shown", ())),
        part=kept.get("part"),
        kind=kept.get("kind"),
        expecting=kept.get("expecting"),
    )


def written(memory: Memory) -> dict[str, Any]:
    """For the thread's row; empty parts are left out."""
    told: dict[str, Any] = {
        "unit": memory.unit,
        "shown": list(memory.shown) or None,
        "part": memory.part,
        "kind": memory.kind,
        "expecting": memory.expecting,
    }
    return {name: value for name, value in told.items() if value is not None}
