"""How a letter goes out, and what an answer of the platform means for it. Pure (R-160).

A reply is free but its token is single-use, short-lived and without a retry key: after an unclear
try only the same token may be tried again while it is fresh, never a push, because a push could
double it. A push may be repeated with its own key for a day.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from conversations.outbox.tables import LetterState, Priority
from conversations.ports import (
    Accepted,
    Outcome,
    Quota,
    QuotaSpent,
    Rejected,
    TokenRefused,
    TooFast,
    Unclear,
)

RETRY_KEY_LIFE = timedelta(hours=23)  # the platform forgets a retry key after 24 hours
PATIENT_TRIES = 10  # from then on the pauses grow even where the platform names a short one


class Way(StrEnum):
    """What to do with a claimed letter."""

    REPLY = "reply"
    PUSH = "push"
    AMBIGUOUS = "ambiguous"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"
    WAIT_FOR_QUOTA = "wait_for_quota"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the choice of the way depends on."""

    reply_token: str | None
    reply_until: datetime | None
    is_unclear: bool
    first_tried_at: datetime | None
    attempts: int  # this try included
    expires_at: datetime | None
    priority: Priority
    is_blocked: bool
    is_quota_low_for: bool


def way(letter: Standing, *, now: datetime) -> Way:
    """Reply while it is free and fresh, push otherwise; never both without knowing."""
    if letter.reply_token is not None:
        if letter.reply_until is not None and now < letter.reply_until:
            return Way.REPLY
        if letter.is_unclear:
            return Way.AMBIGUOUS
    if letter.expires_at is not None and now >= letter.expires_at and not letter.is_unclear:
        return Way.EXPIRED
    if letter.is_blocked:
        return Way.SUPPRESSED
    if letter.first_tried_at is not None and now - letter.first_tried_at >= RETRY_KEY_LIFE:
        return Way.GIVE_UP
    if letter.is_quota_low_for and not letter.is_unclear:
        return Way.WAIT_FOR_QUOTA
    return Way.PUSH


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of the letter: its state, when it is due again, and whether the token is used
    up.
    """

    state: LetterState
    due_at: datetime | None = None
    is_unclear: bool = False
    drops_token: bool = False
    request_id: str | None = None
    error: str | None = None


def after(letter: Standing, tried: Way, outcome: Outcome, *, now: datetime) -> Next:
    """The outcome of one try."""
    match outcome:
        case Accepted(request_id=request_id):
            return Next(LetterState.SENT, request_id=request_id)
        case TokenRefused(reason=reason) if letter.is_unclear:
            # The same token was tried before without an answer: that try had arrived.
            return Next(LetterState.SENT, error=reason)
        case TokenRefused(reason=reason):
            return Next(LetterState.DUE, due_at=now, drops_token=True, error=reason)
        case Unclear(reason=reason):
            due_at = now + _pause(letter, tried)
            return Next(LetterState.DUE, due_at=due_at, is_unclear=True, error=reason)
        case TooFast(seconds=seconds):
            named = timedelta(seconds=seconds or 0)
            is_patient = named and letter.attempts <= PATIENT_TRIES
            pause = named if is_patient else max(named, _pause(letter, tried))
            return Next(
                LetterState.DUE, due_at=now + pause, is_unclear=letter.is_unclear, error="too fast"
            )
        case QuotaSpent():
            return Next(
                LetterState.WAITING, is_unclear=letter.is_unclear, error="monthly quota spent"
            )
        case Rejected(reason=reason):
            return Next(LetterState.DEAD, is_unclear=letter.is_unclear, error=reason)


def _pause(letter: Standing, tried: Way) -> timedelta:
    """Growing pauses with jitter; short ones for a reply, whose token lives less than a minute."""
    base = 0.5 if tried is Way.REPLY else 1.0
    longest = 4.0 if tried is Way.REPLY else 300.0
    pause = min(longest, base * 2 ** min(letter.attempts - 1, 10))
    return timedelta(seconds=pause * random.uniform(0.75, 1.25))


# Of the month's messages, this share is kept for what is more important.
RESERVED = {
    Priority.ASKED: 0.0,
    Priority.PROMISED: 0.05,
    Priority.REMINDER: 0.20,
    Priority.MARKETING: 0.40,
}


def is_low_for(priority: Priority, quota: Quota | None) -> bool:
    """Whether what is left of the month is kept for more important letters."""
    if quota is None or quota.limit is None:
        return False
    left = quota.limit - quota.used
    return left <= quota.limit * RESERVED[priority] and priority is not Priority.ASKED
