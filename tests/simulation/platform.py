"""LINE as the `Channel` port sees it: remembers tokens and keys, and fails by dice."""

import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.line.render import render
from catalog.ground.record import ConversationId, LetterId
from conversations.messages import Letter
from conversations.ports import (
    Accepted,
    Message,
    Outcome,
    Outgoing,
    Quota,
    QuotaSpent,
    Rejected,
    TokenRefused,
    TooFast,
    Unclear,
)

TOKEN_LIFE = timedelta(seconds=60)
KEY_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Shown:
    """One call the platform accepted."""

    letter: LetterId
    conversation: ConversationId
    kind: str
    at: datetime
    words: str


@dataclass(slots=True)
class _Token:
    issued_at: datetime
    is_used: bool = False


@dataclass
class DicedPlatform:
    """Fills the `Channel` port. `trouble` is the chance that a call goes wrong in some way."""

    now: Callable[[], datetime]
    chance: random.Random
    trouble: float = 0.25
    month: int | None = None
    used: int = 0
    shown: list[Shown] = field(default_factory=list)
    rejected: set[LetterId] = field(default_factory=set)
    unclear: set[LetterId] = field(default_factory=set)
    name: str = "line"
    calls_people: bool = True
    _tokens: dict[str, _Token] = field(default_factory=dict)
    _keys: dict[str, datetime] = field(default_factory=dict)

    def render(self, letters: Sequence[Letter]) -> list[list[Message]]:
        return render(letters)

    def issue(self, token: str) -> str:
        """A single-use reply token; its minute begins with each delivery of its event."""
        self._tokens.setdefault(token, _Token(self.now())).issued_at = self.now()
        return token

    async def send(self, outgoing: Outgoing) -> Outcome:
        dice = self.chance.random()
        if dice < self.trouble:
            return self._fail(outgoing, dice / self.trouble)
        return self._take(outgoing)

    def _fail(self, outgoing: Outgoing, how: float) -> Outcome:
        if how < 0.35:  # accepted, the answer is lost
            self._take(outgoing)
        if how < 0.7:
            self.unclear.add(outgoing.letter_id)
            return Unclear("diced")
        if how < 0.95:
            return TooFast(self.chance.choice([None, 1.0, 5.0]))
        self.rejected.add(outgoing.letter_id)
        return Rejected("diced")

    def _take(self, outgoing: Outgoing) -> Outcome:
        if outgoing.reply_token is not None:
            token = self._tokens.get(outgoing.reply_token)
            if token is None or token.is_used or self.now() - token.issued_at > TOKEN_LIFE:
                return TokenRefused("Invalid reply token")
            token.is_used = True
            return self._show(outgoing, "reply")
        earlier = self._keys.get(outgoing.retry_key)
        if earlier is not None and self.now() - earlier < KEY_LIFE:
            return Accepted(repeated=True)
        if self.month is not None and self.used >= self.month:
            return QuotaSpent()
        self._keys[outgoing.retry_key] = self.now()
        self.used += 1
        return self._show(outgoing, "push")

    def _show(self, outgoing: Outgoing, kind: str) -> Outcome:
        words = " / ".join(str(message.get("text", "")) for message in outgoing.messages)
        self.shown.append(Shown(outgoing.letter_id, outgoing.conversation, kind, self.now(), words))
        return Accepted()

    async def show_waiting(self, conversation: ConversationId, *, seconds: int) -> None:
        return None

    async def quota(self) -> Quota:
        return Quota(self.month, self.used)

    async def content(self, message_id: str, *, kind: str) -> AsyncIterator[bytes]:
        yield b""
