"""Who acts, and in which role (担当者の権限): what approvals, four eyes and movers are decided by.

A plain value that the edge fills from its session or schedule. Not here: staff accounts and shifts;
they belong to a floor above.
"""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do. One person acts in one role at a time."""

    CUSTOMER = "customer"
    BOT = "bot"
    APPRAISER = "appraiser"
    SENIOR = "senior"
    MANAGER = "manager"
    OWNER = "owner"
    ACCOUNTING = "accounting"
    STORE = "store"
    ADVISER = "adviser"
    REMOTE = "remote"
    AUDITOR = "auditor"
    SCHEDULER = "scheduler"


_UNNAMED = frozenset({Role.BOT, Role.SCHEDULER})
NOT_STAFF = frozenset({Role.CUSTOMER, Role.BOT, Role.SCHEDULER})
STAFF_ROLES = tuple(role for role in Role if role not in NOT_STAFF)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody in a role. `id` of the bot and the scheduler is their own word."""

    id: str
    role: Role

    @property
    def name(self) -> str:
        """As verbs and the journal call them: `staff:ID`, `customer:ID`, `bot`, `scheduler`."""
        if self.role in _UNNAMED:
            return self.role.value
        return f"customer:{self.id}" if self.role is Role.CUSTOMER else f"staff:{self.id}"

    @property
    def is_staff(self) -> bool:
        """Whether this is a person of the shop."""
        return self.role not in NOT_STAFF


BOT = Actor("bot", Role.BOT)
SCHEDULER = Actor("scheduler", Role.SCHEDULER)
