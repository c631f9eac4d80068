"""The world outside as conversations need it: a channel that carries letters, and an understanding
of words.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from conversations.messages import Letter

if TYPE_CHECKING:  # reading a message needs no database
    from catalog.ground.record import ConversationId, LetterId

Message = Mapping[str, Any]  # one message in the channel's own JSON


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One claimed outbox row: at most what fits one call of the channel.

    `retry_key` was fixed before the first try. `reply_token` is set only when this try is to be a
    reply. `unclear_since`: when the first try was made, if nobody knows what became of an earlier
    one; a platform without retry keys has to look before it repeats.
    """

    letter_id: LetterId
    conversation: ConversationId
    messages: Sequence[Message]
    retry_key: str
    reply_token: str | None
    unclear_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The platform took it. `request_id` is the platform's own; `repeated`: an earlier try had
    arrived.
    """

    request_id: str | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """No answer, or a server error: it may or may not have arrived."""

    reason: str


@dataclass(frozen=True, slots=True)
class TooFast:
    """The platform asks to slow down; nothing was sent. `seconds` when it said how long."""

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class QuotaSpent:
    """The month's paid messages are used up; nothing was sent."""


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """The reply token is not (or no longer) valid; nothing was sent by this try."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The platform will never take this; do not repeat."""

    reason: str


Outcome = Accepted | Unclear | TooFast | QuotaSpent | TokenRefused | Rejected


@dataclass(frozen=True, slots=True)
class Quota:
    """What the platform says of this month: `limit` None = no limit."""

    limit: int | None
    used: int


class NotReady(Exception):
    """The platform is still preparing the bytes; ask again later."""


class Channel(Protocol):
    """A way to people. One contract suite runs over every implementation (`tests/contracts`).

    `calls_people`: a letter makes itself heard where the person is. Otherwise it waits until they
    look, and what the shop starts goes by another way if there is one.
    """

    name: str
    calls_people: bool

    def render(self, letters: Sequence[Letter]) -> list[list[Message]]:
        """The letters in the channel's JSON, cut into calls. Pure.

        Raises Malformed when the platform would refuse a message.
        """
        ...

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Try once. Never raises for what the platform or the network did."""
        ...

    async def show_waiting(self, conversation: ConversationId, *, seconds: int) -> None:
        """Let the person see that an answer is being made. Best effort, never raises for the
        network.
        """
        ...

    async def quota(self) -> Quota:
        """What is left of the month. Raises Unavailable."""
        ...

    def content(self, message_id: str, *, kind: str) -> AsyncIterator[bytes]:
        """The bytes a person sent. Raises NotReady, Missing (gone) or Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing a message may want, of the closed list in docs/intents.md."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message was understood to be. Shape of `akashi understand`."""

    meanings: tuple[Meaning, ...]
    slots: Mapping[str, Any] = field(default_factory=dict)
    lang: str = "ja"
    abstain: bool = False
    flags: tuple[str, ...] = ()


CONFIRM = "confirm"  # what a message expects when it asks for a yes or a no


@dataclass(frozen=True, slots=True)
class Situation:
    """What surrounds a message: its moment, and what the conversation knows.

    `lang`: the language so far. `expecting`: the intent whose answer the last message asks for, or
    `CONFIRM`. `last`: the intent answered last. `offered`: how many things were offered to choose
    from. `conversation` tells one from another, for budgets.
    """

    now: datetime
    lang: str | None = None
    expecting: str | None = None
    last: str | None = None
    offered: int = 0
    conversation: str | None = None


class Understanding(Protocol):
    """Words to meaning. Works without a network; an implementation may ask a model as well."""

    async def read(self, text: str, situation: Situation) -> Reading:
        """Never raises for what the text holds; an empty or hostile text is a Reading too."""
        ...
