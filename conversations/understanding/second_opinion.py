"""A language model as a second opinion (R-171, R-158): asked where the offline reading is unsure,
believed only as far as it can be checked, and never waited for.

The offline reading is there before anything is asked, so a model that is slow, broken, dear or
hostile makes no answer worse. Off unless a key is set. What it may answer: `commands`; what it gets
to see: `redaction`; how it is reached: `openai`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Malformed, Unavailable
from conversations.ports import Meaning, Reading, Situation, Understanding
from conversations.understanding import commands
from conversations.understanding.commands import Commands
from conversations.understanding.redaction import redact

# An answer to a question about the shop's own facts, or one that moves money, is believed only when
# the offline reading does not contradict it (see `_weighed`).
_BINDING = frozenset(
    {
        "sell.accept", "sell.decline", "item.hold", "consign.price", "consign.convert",
        "consign.withdraw", "order.return", "account.link", "account.delete", "pref.notify",
        "store.book", "media.share", "chat.affirm", "chat.deny",
    }
)  # fmt: skip
_BLOCKING = frozenset({"injection", "unreadable"})
_NEVER_SENT = _BLOCKING | {"third_party"}
_SURELY_OUTSIDE = 0.97  # "none of our wishes" is looked at again unless that sure


@dataclass(frozen=True, slots=True)
class OpinionTerms:
    """When it is asked and what it may cost.

    `sure_from`: an offline reading at least that confident is not questioned. `always`: ask all the
    same. Calls are counted per Tokyo day. After `failures` in a row it rests for `rest`.
    """

    sure_from: float = 0.75
    always: bool = False
    seconds: float = 2.5
    longest: int = 600
    a_day: int = 2_000
    a_conversation: int = 40
    failures: int = 5
    rest: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Used:
    """Tokens one call took; for the metrics."""

    prompt: int
    answer: int


class Model(Protocol):
    """A language model that answers in our schema."""

    async def answer(self, message: str, *, lang: str | None, expecting: str | None) -> Any:
        """Its JSON, parsed and not checked. Raises Unavailable (no answer) or Malformed."""
        ...


class SecondOpinion:
    """Fills the `Understanding` port over another one."""

    def __init__(
        self,
        first: Understanding,
        model: Model,
        terms: OpinionTerms | None = None,
        *,
        counted: Callable[[str], None] = lambda outcome: None,
    ) -> None:
        self._first = first
        self._model = model
        self._terms = terms or OpinionTerms()
        self._counted = counted
        self._breaker = _Breaker(self._terms)
        self._budget = _Budget(self._terms)

    async def read(self, text: str, situation: Situation) -> Reading:
        """The offline reading, bettered where the model's can be believed."""
        first = await self._first.read(text, situation)
        if not self._is_wanted(first, text, situation):
            return first
        hidden = redact(text[: self._terms.longest])
        try:
            async with asyncio.timeout(self._terms.seconds):
                told = await self._model.answer(
                    hidden.text, lang=situation.lang, expecting=situation.expecting
                )
            opinion = commands.checked(told, message=hidden.text)
        except (TimeoutError, Unavailable):
            self._breaker.failed(situation.now)
            self._counted("unavailable")
            return first
        except Malformed:
            self._breaker.failed(situation.now)
            self._counted("nonsense")
            return first
        self._breaker.succeeded()
        self._counted("answered")
        spans = {name: hidden.restored(span) for name, span in opinion.spans.items()}
        return await self._weighed(first, replace(opinion, spans=spans), situation)

    def _is_wanted(self, first: Reading, text: str, situation: Situation) -> bool:
        terms = self._terms
        if not text.strip() or len(text) > terms.longest or _NEVER_SENT & set(first.flags):
            return False
        best = first.meanings[0]
        enough = _SURELY_OUTSIDE if best.intent == "oos" else terms.sure_from
        if best.confidence >= enough and not first.abstain and not terms.always:
            return False
        return self._breaker.is_closed(situation.now) and self._budget.spend(situation)

    async def _weighed(self, first: Reading, told: Commands, situation: Situation) -> Reading:
        """One reading of two. Slots are read by our own grammars out of the words the model points
        at, so no value comes from it; what would change something needs the offline reading to
        have thought of it too.
        """
        slots = {**await self._values(told, situation), **first.slots}
        flags = tuple(dict.fromkeys([*first.flags, *told.flags]))
        if _BLOCKING & set(told.flags):
            return replace(first, flags=flags, abstain=True)
        own = {meaning.intent for meaning in first.meanings}
        believed = tuple(
            Meaning(intent, confidence)
            for intent, confidence in told.intents
            if intent not in _BINDING or intent in own
        )
        if told.needs_human and not believed:
            believed = (Meaning("human.request", 1.0),)
        if not believed:
            return replace(first, slots=slots, flags=flags)
        question = {"question": told.question} if told.question else {}
        is_unsure = believed[0].confidence < 0.5 or believed[0].intent == "oos"
        return Reading(
            believed,
            {**slots, **(question if is_unsure else {})},
            lang=first.lang,
            abstain=believed[0].confidence < 0.5,
            flags=flags,
        )

    async def _values(self, told: Commands, situation: Situation) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, span in told.spans.items():
            read = (await self._first.read(span, situation)).slots
            if name in read:
                values[name] = read[name]
        return values


class _Breaker:
    """Some failures in a row and the model is left alone for a while."""

    def __init__(self, terms: OpinionTerms) -> None:
        self._terms = terms
        self._failures = 0
        self._open_until: datetime | None = None

    def is_closed(self, now: datetime) -> bool:
        return self._open_until is None or now >= self._open_until

    def failed(self, now: datetime) -> None:
        self._failures += 1
        if self._failures >= self._terms.failures:
            self._open_until = now + self._terms.rest
            self._failures = 0

    def succeeded(self) -> None:
        self._failures = 0
        self._open_until = None


class _Budget:
    """So many calls a Tokyo day, in all and for one conversation; of this process."""

    def __init__(self, terms: OpinionTerms) -> None:
        self._terms = terms
        self._day: date | None = None
        self._all = 0
        self._each: dict[str, int] = {}

    def spend(self, situation: Situation) -> bool:
        """False when nothing is left."""
        day = tokyo_day(situation.now)
        if day != self._day:
            self._day, self._all, self._each = day, 0, {}
        who = situation.conversation or ""
        if self._all >= self._terms.a_day or self._each.get(who, 0) >= self._terms.a_conversation:
            return False
        self._all += 1
        self._each[who] = self._each.get(who, 0) + 1
        return True
