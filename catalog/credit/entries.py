"""What each kind of entry does to a lot (仕訳): from which bucket yen go to which. Pure.

Every kind moves yen between two buckets, so that a lot always adds up; what an entry does to the
remaining yen is its signed amount.
"""

from dataclasses import dataclass
from enum import StrEnum

from catalog.ground.money import Yen


class EntryKind(StrEnum):
    """The kinds of entries."""

    ISSUE = "issue"
    HOLD = "hold"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    EXPIRE = "expire"
    REVERSE = "reverse"
    ADJUST = "adjust"


@dataclass(frozen=True, slots=True)
class Effect:
    """Which buckets shrink and grow. `unused`: what it does to the liability, as a sign."""

    shrinks: str | None
    grows: tuple[str, ...]
    unused: int

    @property
    def remaining(self) -> int:
        """The sign of what it does to the remaining yen."""
        return ("remaining" in self.grows) - (self.shrinks == "remaining")


EFFECTS = {
    EntryKind.ISSUE: Effect(None, ("amount", "remaining"), 1),
    EntryKind.HOLD: Effect("remaining", ("held",), 0),
    EntryKind.CAPTURE: Effect("held", ("captured",), -1),
    EntryKind.VOID: Effect("held", ("remaining",), 0),
    EntryKind.REFUND: Effect(None, ("refunded", "remaining"), 1),
    EntryKind.EXPIRE: Effect("remaining", ("expired",), -1),
    EntryKind.REVERSE: Effect("remaining", ("reversed",), -1),
    EntryKind.ADJUST: Effect("remaining", ("reversed",), -1),
}


def signed(kind: EntryKind, yen: Yen) -> int:
    """What an entry of that many yen does to the remaining ones; a line of zero tells something
    without moving yen.
    """
    return EFFECTS[kind].remaining * yen
