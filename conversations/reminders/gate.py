"""The one gate every message the shop starts passes: sent now, held until the morning, or kept back
with its reason (NTF-1, NTF-2, COM-1, R-135). Pure.

A step of a running deal always passes. What nobody is owed needs the person's wish, has a cap a
month, and stops for good with one word. By night the shop starts nothing; an answer to what the
person did within the last day counts as a reply, and partners have no quiet hours. Not here: who
can be reached (`addresses`), and the month's paid messages, which the outbox keeps for the more
important letters (`outbox.rules`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.ground.policy import NoticeTerms
from conversations.outbox.resuming import COUNTS_AS_REPLY
from conversations.outbox.tables import Priority


class Kind(StrEnum):
    """Why the shop writes."""

    ANSWER = "answer"  # what became of what the person asked for
    SERVICE = "service"  # a step of a running deal
    REMINDER = "reminder"  # a date of a running deal
    WATCHED = "watched"  # of a piece or a wish the person asked to be told of
    CREDIT_REMINDER = "credit_reminder"
    FOLLOW_UP = "follow_up"  # after a purchase
    MARKETING = "marketing"


PRIORITY = {
    Kind.ANSWER: Priority.ASKED,
    Kind.SERVICE: Priority.PROMISED,
    Kind.REMINDER: Priority.REMINDER,
    Kind.WATCHED: Priority.REMINDER,
    Kind.CREDIT_REMINDER: Priority.REMINDER,
    Kind.FOLLOW_UP: Priority.MARKETING,
    Kind.MARKETING: Priority.MARKETING,
}
STOPPABLE = frozenset({Kind.CREDIT_REMINDER, Kind.FOLLOW_UP, Kind.MARKETING})
CAPPED = frozenset({Kind.FOLLOW_UP, Kind.MARKETING})


class Reason(StrEnum):
    """Why a letter is kept back; staff see it."""

    OVER = "not due any more"
    REFUSED = "the person does not wish it"
    NOT_ASKED = "the person never agreed to it"
    CAP = "enough this month"
    UNREACHABLE = "no address to reach"


@dataclass(frozen=True, slots=True)
class Occasion:
    """All the decision depends on. `agreed`: the person's latest answer about this kind, None:
    never asked. `heard_at`: when they last wrote. `unasked_this_month`: letters of the capped kinds
    so far. `useful_until`: of no use from then on.
    """

    kind: Kind
    is_partner: bool = False
    is_reachable: bool = True
    agreed: bool | None = None
    heard_at: datetime | None = None
    unasked_this_month: int = 0
    useful_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """It may go now."""


@dataclass(frozen=True, slots=True)
class Held:
    """It may not go before then; look again."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """It does not go."""

    reason: Reason


Decision = Passed | Held | Kept


def decide(occasion: Occasion, terms: NoticeTerms, *, now: datetime) -> Decision:
    """Whether a message the shop starts may go now."""
    if occasion.useful_until is not None and now >= occasion.useful_until:
        return Kept(Reason.OVER)
    if occasion.kind in STOPPABLE and occasion.agreed is False:
        return Kept(Reason.REFUSED)
    if occasion.kind is Kind.MARKETING and not occasion.agreed:
        return Kept(Reason.NOT_ASKED)
    if occasion.kind in CAPPED and occasion.unasked_this_month >= terms.marketing_a_month:
        return Kept(Reason.CAP)
    if not occasion.is_reachable:
        return Kept(Reason.UNREACHABLE)
    if not _is_never_held(occasion, now=now) and terms.quiet.holds(now):
        until = terms.quiet.next_send(now)
        is_too_late = occasion.useful_until is not None and until >= occasion.useful_until
        return Kept(Reason.OVER) if is_too_late else Held(until)
    return Passed()


def _is_never_held(occasion: Occasion, *, now: datetime) -> bool:
    is_reply = (
        occasion.kind is Kind.ANSWER
        and occasion.heard_at is not None
        and now - occasion.heard_at < COUNTS_AS_REPLY
    )
    return occasion.is_partner or is_reply
