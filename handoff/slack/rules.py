"""What a message in a thread is, when something put aside is taken up again, how a customer is
named on Slack. Pure.

Whatever is written in a thread stays in the house (社内メモ) unless it begins with a word the shop
has agreed on: a slip must not reach a customer (R-159).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from catalog.ground.calendar import TOKYO, at_tokyo, tokyo_day
from catalog.ground.errors import Malformed
from catalog.ground.policy import flag, one_of, term
from conversations.messages import SentKind

UPDATES_EVERY = timedelta(seconds=2)  # a card, at most
MORNING = 10  # o'clock
FURTHEST = timedelta(days=90)
ERRAND_MOST = timedelta(days=1)  # so long an errand waits for Slack before staff are told
_RESTS = (timedelta(seconds=1), timedelta(minutes=10))
_MOST_PREFIX = 20
# Of what a customer sends; papers are for the console, for whoever may see contacts.
COPIED = frozenset({SentKind.IMAGE, SentKind.VIDEO})


class NameShown(StrEnum):
    """How much of a customer's name stands on Slack."""

    FULL = "full"
    FAMILY = "family"
    NONE = "none"


class SlackLanguage(StrEnum):
    """In which the shop speaks to its staff on Slack."""

    JA = "ja"
    EN = "en"


def _prefixes(value: Any) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ValueError("a list of words is wanted")
    read = tuple(each for each in value if isinstance(each, str))
    if len(read) != len(value) or not all(2 <= len(folded(each)) <= _MOST_PREFIX for each in read):
        raise ValueError("words of 2 to 20 letters are wanted")
    if any(folded(each).isalnum() for each in read):
        raise ValueError("a word must end in a sign, such as a colon, that no sentence begins with")
    return read


@dataclass(frozen=True, slots=True)
class SlackTerms:
    """What of customers is shown on Slack, and what leaves it for them."""

    names: NameShown = term(
        "desk.slack_names",
        "family",
        one_of(NameShown),
        "full, family or none: what of a customer's name stands on Slack",
    )
    copies_files: bool = term(
        "desk.slack_files",
        True,
        flag,
        "whether pictures and films of customers are copied into the thread",
    )
    prefixes: tuple[str, ...] = term(
        "desk.slack_prefix",
        ["返信:", "reply:"],
        _prefixes,
        "list of words: what begins with one is sent to the customer, all else is a note",
    )
    reply_claims: bool = term(
        "desk.slack_reply_claims",
        True,
        flag,
        "whether who answers a waiting customer has the conversation from then on",
    )
    language: SlackLanguage = term(
        "desk.slack_language", "ja", one_of(SlackLanguage), "ja or en: words for staff on Slack"
    )


def folded(text: str) -> str:
    """Full and half width, large and small letters alike, and no other signs that look like them:
    a circled or mathematical `ⓡ` is none that anybody agreed on.
    """
    return unicodedata.normalize("NFC", "".join(map(_folded, text))).strip()


def _folded(sign: str) -> str:
    if unicodedata.decomposition(sign).startswith(("<wide>", "<narrow>")):
        sign = unicodedata.normalize("NFKC", sign)
    small = sign.lower()
    return small if small.upper() == sign else sign


def reply_in(text: str, prefixes: Sequence[str]) -> str | None:
    """What of a thread's message is meant for the customer; None: nothing, it is a note. Empty: the
    agreed word alone (its files are meant).

    Only a message that begins with an agreed word, letter by letter but for width and case. Nothing
    is looked for further inside.
    """
    head = text.lstrip()
    for prefix in prefixes:
        wanted = folded(prefix)
        # Folding may change lengths, so the shortest beginning that folds to the word is sought.
        for end in range(1, min(len(head), 2 * _MOST_PREFIX) + 1):
            if folded(head[:end]) == wanted and not head[:end][-1].isspace():
                return head[end:].strip()
    return None


def named(full: str | None, family: str | None, shown: NameShown) -> str | None:
    """A customer's name as far as it may stand on Slack; None: without a name."""
    match shown:
        case NameShown.FULL:
            return full or family
        case NameShown.FAMILY:
            return family
        case NameShown.NONE:
            return None


class SnoozeChoice(StrEnum):
    """Until when something is put aside."""

    HOUR = "hour"
    TOMORROW = "tomorrow"
    MONDAY = "monday"
    REPLY = "reply"  # until the customer writes
    MOMENT = "moment"  # a day and a time of one's own


class NoSuchMoment(Malformed):
    """Nothing can be put aside until then: it is past, or more than 90 days away."""


def wakes_at(choice: SnoozeChoice, *, now: datetime) -> datetime | None:
    """The exact moment of a ready choice; None: when the customer writes.

    Raises NoSuchMoment for MOMENT, which has one of its own.
    """
    day = tokyo_day(now)
    match choice:
        case SnoozeChoice.HOUR:
            return now.astimezone(TOKYO).replace(second=0, microsecond=0) + timedelta(hours=1)
        case SnoozeChoice.TOMORROW:
            return at_tokyo(day + timedelta(days=1), MORNING)
        case SnoozeChoice.MONDAY:
            return at_tokyo(day + timedelta(days=7 - day.weekday()), MORNING)
        case SnoozeChoice.REPLY:
            return None
        case SnoozeChoice.MOMENT:
            raise NoSuchMoment("a day and a time are wanted")


def own_moment(day: str, clock: str, *, now: datetime) -> datetime:
    """A day (`2026-12-01`) and a time (`10:30`) of the Tokyo clock. Raises NoSuchMoment."""
    try:
        told = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=TOKYO)
    except ValueError:
        raise NoSuchMoment(f"{day} {clock} is no moment") from None
    if not now < told <= now + FURTHEST:
        raise NoSuchMoment(f"{told:%Y-%m-%d %H:%M} is past or too far")
    return told


def rest(waited: timedelta) -> timedelta:
    """How long an errand rests that Slack let nobody do: a tenth of what it has waited already, so
    that an hour's absence is made up within six minutes; a second at least, ten minutes at most.
    """
    least, most = _RESTS
    return max(least, min(most, waited / 10))


def is_shut(reason: str) -> bool:
    """Whether Slack refused the place and not the words: it may be open again tomorrow."""
    word = reason.partition(" ")[0]
    return word in _SHUT or word.startswith("restricted_action")


_SHUT = frozenset({"channel_not_found", "is_archived", "is_inactive", "not_in_channel"})


def pause(attempts: int) -> timedelta:
    """How long a thread rests after Slack took nothing: 2, 4, 8 and then 15 seconds."""
    return timedelta(seconds=min(15, 2 ** min(attempts, 4)))
