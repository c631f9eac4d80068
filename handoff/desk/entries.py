"""What a conversation is made of as staff read it (会話の記録): typed values, no channel's JSON.

Not here: how they are found (`transcript`), how they are shown (`console`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from conversations.messages import Body, Event, Letter

if TYPE_CHECKING:  # shapes need no database
    from catalog.ground.record import StaffId


@dataclass(frozen=True, slots=True)
class Readers:
    """How each channel's stored JSON is read: what was heard as an event, what was written as
    letters. Both are pure and forgiving.
    """

    heard: Mapping[str, Callable[..., Event]]
    said: Mapping[str, Callable[[Sequence[Mapping[str, Any]]], list[Letter]]]


@dataclass(frozen=True, slots=True)
class FileSent:
    """What became of the bytes of a file the person sent (`ReceivedState`)."""

    id: str
    kind: str
    name: str | None
    size: int | None
    state: str


@dataclass(frozen=True, slots=True)
class Heard:
    """Something the person did. `body` None: it was emptied since (30 days, erasure, or taken
    back). `pressed`: what a pressed button said. `edited_to`: the words after the last change.
    `trouble`: the bot gave it up, and why.
    """

    id: str
    at: datetime
    body: Body | None
    is_taken_back: bool = False
    pressed: str | None = None
    edited_to: str | None = None
    file: FileSent | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Wrote:
    """One letter to the person. `author` None: the bot. `letters` is empty once it was emptied.
    `state`: see `LetterState`; `reason` why it did not arrive; `due_at` while it waits for its
    hour. `letter`: its number, to try it again or call it off.
    """

    id: str
    at: datetime
    letter: int
    letters: tuple[Letter, ...]
    author: StaffId | None
    author_name: str | None
    state: str
    purpose: str
    reason: str | None = None
    due_at: datetime | None = None
    is_emptied: bool = False


@dataclass(frozen=True, slots=True)
class Noted:
    """An internal note. `note`: its id; `body` None: taken back, or emptied."""

    id: str
    at: datetime
    note: str
    author: StaffId
    author_name: str
    body: str | None
    source: str
    called: tuple[str, ...] = ()
    is_taken_back: bool = False


class Happening(StrEnum):
    """What a row of the journal tells of the conversation itself."""

    CALLED = "person_called"
    TAKEN_OVER = "taken_over"
    CLAIMED = "claim"
    ASSIGNED = "assign"
    GIVEN_BACK = "give_back"
    SNOOZED = "snooze"
    WOKEN = "wake"
    CLOSED = "close"
    REOPENED = "reopen"
    PROMISED = "promised"
    RISEN = "risen"
    RATED = "rated"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Happened:
    """A move. `by` as the journal names it (`staff:ID`, `customer`, `bot`, `scheduler`);
    `by_name` and `owner_name` where that is somebody of the shop. `until`: put aside until then,
    or promised for then.
    """

    id: str
    at: datetime
    what: Happening
    by: str
    by_name: str | None = None
    owner: StaffId | None = None
    owner_name: str | None = None
    reason: str | None = None
    until: datetime | None = None
    level: int | None = None
    stars: int | None = None


@dataclass(frozen=True, slots=True)
class Viewed:
    """A film that was sent was played to its end. `sent_at`: when it was sent."""

    id: str
    at: datetime
    asset: str
    unit_code: str | None
    title: str | None
    sent_at: datetime | None = None


Entry = Heard | Wrote | Noted | Happened | Viewed


@dataclass(frozen=True, slots=True)
class Page:
    """Entries in the order of time, the latest last. `before`: the cursor of earlier ones, None
    when there are none. `last_id`: what whoever answers now has seen.
    """

    entries: tuple[Entry, ...]
    before: str | None
    last_id: str
