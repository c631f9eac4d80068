"""What is heard and what is said, in shapes no channel owns.

Heard: an `Event` from the inbox with one body. Said: letters (`Text`, `Card`, `Cards`, `Choices`,
`Clip`, `Picture`) which a channel renders. Sentences come from `wording`; nothing here knows LINE
or HTML.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog.ground.record import ConversationId


class SentKind(StrEnum):
    """What kind of file a person sent."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Said:
    """A text message. `addressed`: the bot was mentioned (always true one to one)."""

    message_id: str
    text: str
    addressed: bool = True


@dataclass(frozen=True, slots=True)
class SentFile:
    """A picture, film, sound or file; its bytes are still with the platform.

    `set_id`, `set_index` (from 1) and `set_total` hold pictures together that were sent together.
    `outside_url` is set when the platform does not keep the bytes itself; it is never fetched.
    """

    message_id: str
    kind: SentKind
    name: str | None = None
    size: int | None = None
    duration_ms: int | None = None
    set_id: str | None = None
    set_index: int | None = None
    set_total: int | None = None
    outside_url: str | None = None


@dataclass(frozen=True, slots=True)
class Sticker:
    """A sticker with the platform's own keywords for it."""

    message_id: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A location a person sent. Degrees north and east."""

    message_id: str
    latitude: float
    longitude: float
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Tapped:
    """A button of ours was pressed; `data` is what we put behind it."""

    data: str


@dataclass(frozen=True, slots=True)
class Followed:
    """The person added the shop as a friend, or unblocked it."""

    unblocked: bool


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """The person blocked the shop."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """The person took a message back."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Edited:
    """The person changed a text already sent."""

    message_id: str
    text: str
    addressed: bool = True


@dataclass(frozen=True, slots=True)
class Watched:
    """A film was played to its end; `tracking_id` is the one we sent with it."""

    tracking_id: str


@dataclass(frozen=True, slots=True)
class AccountLinked:
    """The platform linked (or failed to link) the chat to the nonce we issued."""

    nonce: str
    succeeded: bool


@dataclass(frozen=True, slots=True)
class JoinedGroup:
    """The bot was taken into a group."""


@dataclass(frozen=True, slots=True)
class LeftGroup:
    """The bot was put out of a group."""


@dataclass(frozen=True, slots=True)
class MembersChanged:
    """People came into or left a group the bot is in."""

    joined: int
    left: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something the platform began to send after this was written; kept raw, counted, not
    answered.
    """

    kind: str


Body = (
    Said
    | SentFile
    | Sticker
    | Place
    | Tapped
    | Followed
    | Unfollowed
    | Unsent
    | Edited
    | Watched
    | AccountLinked
    | JoinedGroup
    | LeftGroup
    | MembersChanged
    | Unknown
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened on a channel, as the inbox hands it out.

    `sender` is the platform's id of the person (absent when they did not agree to be known).
    `reply_until` is the last moment the free `reply_token` may be tried. `is_standby`: another
    system holds the chat, nothing may be sent.
    """

    inbox_id: int
    channel: str
    event_id: str
    conversation: ConversationId
    sender: str | None
    at: datetime
    received_at: datetime
    reply_token: str | None
    reply_until: datetime | None
    is_standby: bool
    is_group: bool
    body: Body


class Tone(StrEnum):
    """How a button is drawn: one main thing, other things, a plain link."""

    MAIN = "main"
    OTHER = "other"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Button:
    """A choice. Exactly one of `data` (comes back as `Tapped`) and `url` (opens) is set.

    `said` is what the chat shows as the person's own words when `data` is pressed (default: the
    label).
    """

    label: str
    data: str | None = None
    url: str | None = None
    said: str | None = None
    tone: Tone = Tone.OTHER


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words. Over-long text is split by the channel. `is_apart`: a message of its own also
    where a channel puts several letters into one, so that it can be passed on alone.
    """

    text: str
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """Words with quick answers under them (at most 13)."""

    text: str
    options: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One piece or matter at a glance: a heading, label–value lines, buttons, perhaps a picture.

    `picture_url` must be https. `said` is the whole card as words, for notices and screen readers.
    """

    heading: str
    lines: tuple[tuple[str, str], ...] = ()
    note: str | None = None
    picture_url: str | None = None
    buttons: tuple[Button, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """Up to ten cards side by side."""

    cards: tuple[Card, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Clip:
    """A film with its poster, both https. `tracking_id` comes back as `Watched` (≤ 100
    characters). `said` is what it shows, for screen readers and where a film opens elsewhere.
    """

    url: str
    poster_url: str
    tracking_id: str | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A still with its small preview, both https. `said` is what it shows, for screen readers."""

    url: str
    preview_url: str
    said: str = ""


Letter = Text | Choices | Card | Cards | Clip | Picture
