"""What a flow is, what it is given, and what it answers. Flows hold no sentences and no state of
their own.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import parse_qsl, quote_plus

from sqlmodel import Session

from catalog.ground.calendar import QuietHours, ShopHours
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.record import ConversationId, CustomerId
from catalog.items.rules import Viewer
from catalog.items.words import codes, narrow
from conversations.messages import Button, Choices, Event, Letter
from conversations.ports import CONFIRM
from conversations.threads.memory import Memory, Pending
from conversations.wording.voice import Voice, voice


class Calendar(Protocol):
    """The one calendar (営業時間): the hours of the shop, or of one store by its Japanese name, as
    they stand in this unit of work.
    """

    def __call__(self, db: Session, store: str = "") -> ShopHours: ...


def usual_hours(db: Session, store: str = "") -> ShopHours:
    """The hours of a shop that has told none."""
    return ShopHours()


@dataclass(frozen=True, slots=True)
class ConversationTerms:
    """What the shop has settled for its conversations. `hours` is asked anew each time a promise is
    made.

    `capture_lead` and `answer_lead` are working time: how long until a film, until a person's
    answer.
    """

    public_url: str
    hours: Calendar = usual_hours
    quiet: QuietHours = field(default_factory=QuietHours)
    capture_lead: timedelta = timedelta(hours=2)
    answer_lead: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """One wish in one conversation, with everything known about it. `slots`: docs/intents.md.

    `memory` is what stays; what only this message could answer is in `expecting` and `pending`.
    `made`: what the pressed button needed beforehand.
    """

    db: Session
    event: Event
    intent: str
    slots: Mapping[str, Any]
    memory: Memory
    viewer: Viewer
    lang: str
    terms: ConversationTerms
    now: datetime
    expecting: str | None = None
    pending: Pending | None = None
    made: object = None

    @property
    def voice(self) -> Voice:
        """The conversation's language."""
        return voice(self.lang)

    @property
    def hours(self) -> ShopHours:
        """The shop's hours now; only what promises a time asks for them."""
        return self.terms.hours(self.db)

    @property
    def conversation(self) -> ConversationId:
        """Where this is said."""
        return self.event.conversation

    @property
    def customer(self) -> CustomerId | None:
        """Who asks, once the membership is linked."""
        return self.viewer.customer

    @property
    def once(self) -> str:
        """What tells this question apart from every other: behind its buttons it makes a second
        press the same command.
        """
        told = self.slots.get("once")
        return str(told) if told else str(self.event.inbox_id)

    def key(self, verb: str) -> str:
        """The idempotency key of a command of this conversation (CMD-1)."""
        return f"{verb}:{self.conversation}:{self.once}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say and what to keep in mind; `lang` when the person changed the language."""

    letters: Sequence[Letter]
    memory: Memory
    lang: str | None = None


Step = Callable[[Asked], Answer]


@dataclass(frozen=True, slots=True)
class Flow:
    """One kind of wish. `step` answers its intents; `taps` answers its own buttons by verb;
    `commands`: a whole message of that form (width and case folded) presses that button, and is not
    given to understanding. Its named groups are slots, and so are the codes written in it.

    What a rule refuses is undone and explained; where no verb ever refuses (`refuses_nothing`) that
    net is saved. `beforehand`: what a button needs that takes too long for a transaction, by verb.
    """

    name: str
    intents: frozenset[str]
    step: Step
    taps: Mapping[str, Step] = field(default_factory=dict)
    commands: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    refuses_nothing: bool = False
    beforehand: Mapping[str, Callable[[], object]] = field(default_factory=dict)

    def guarded(self, step: Step) -> Step:
        """The step, with what the rules of the registers refuse turned into an answer."""
        return step if self.refuses_nothing else _Guarded(step)


@dataclass(frozen=True, slots=True)
class _Guarded:
    step: Step

    def __call__(self, asked: Asked) -> Answer:
        try:
            with asked.db.begin_nested():
                return self.step(asked)
        except (Refused, Missing, Malformed):
            return refused(asked)


class FlowNamesClash(ValueError):
    """Two flows want the same name or the same intent."""


class Flows:
    """All flows of the product, looked up by intent and by button.

    `looked_over` sees every answer to words before it is given: whether a person should come in.
    `overheard` is told what came while a person of the shop speaks there, and the bot is silent.
    """

    def __init__(
        self,
        flows: Sequence[Flow],
        *,
        otherwise: Flow,
        looked_over: "Callable[[Asked, Answer], Answer] | None" = None,
        overheard: "Callable[[Session, Event, datetime], None] | None" = None,
    ) -> None:
        self.looked_over = looked_over
        self.overheard = overheard
        self._by_intent: dict[str, Step] = {}
        self._by_tap: dict[str, Step] = {}
        self._beforehand: dict[str, Callable[[], object]] = {}
        self._commands: list[tuple[str, re.Pattern[str]]] = []
        self._otherwise = otherwise.step
        for flow in [*flows, otherwise]:
            for intent in flow.intents:
                if intent in self._by_intent:
                    raise FlowNamesClash(intent)
                self._by_intent[intent] = flow.guarded(flow.step)
            for verb, step in flow.taps.items():
                name = f"{flow.name}.{verb}"
                if name in self._by_tap:
                    raise FlowNamesClash(name)
                self._by_tap[name] = flow.guarded(step)
            self._beforehand |= {f"{flow.name}.{v}": made for v, made in flow.beforehand.items()}
            self._commands += [
                (f"{flow.name}.{verb}", form) for verb, form in flow.commands.items()
            ]

    @property
    def intents(self) -> frozenset[str]:
        """What some flow answers."""
        return frozenset(self._by_intent)

    @property
    def taps(self) -> frozenset[str]:
        """The names of every button."""
        return frozenset(self._by_tap)

    def for_intent(self, intent: str) -> Step:
        """The step that answers it; the honest "not sure" when none does."""
        return self._by_intent.get(intent, self._otherwise)

    def for_tap(self, name: str) -> Step:
        """The step behind a button; "not sure" for a button no flow knows any more."""
        return self._by_tap.get(name, self._otherwise)

    def beforehand(self, name: str) -> Callable[[], object] | None:
        """What makes what that button needs before its transaction, if it needs anything."""
        return self._beforehand.get(name)

    def command(self, text: str) -> tuple[str, dict[str, str]] | None:
        """The button a message presses by its form alone, with its slots."""
        if len(text) > _LONGEST_COMMAND:
            return None
        told = _CALLED.sub("", narrow(text)).strip(_AROUND)
        for name, form in self._commands:
            found = form.fullmatch(told)
            if found is not None:
                slots = {slot: value for slot, value in found.groupdict().items() if value}
                written = codes(told)
                return name, {**slots, "sku": " ".join(written)} if written else slots
        return None


def tap(name: str, **slots: str | None) -> str:
    """What is put behind a button: `flow.verb?slot=value`; empty slots are left out."""
    given = [f"{slot}={_quoted(value)}" for slot, value in slots.items() if value]
    return f"{name}?{'&'.join(given)}" if given else name


def _quoted(value: str) -> str:
    """Codes and ids go as they are; the general way is several times dearer on the hot path."""
    return value if _PLAIN.fullmatch(value) else quote_plus(value)


def read_tap(data: str) -> tuple[str, dict[str, str]]:
    """The name and slots of a pressed button."""
    name, _, query = data.partition("?")
    return name, dict(parse_qsl(query))


_LONGEST_COMMAND = 100
_CALLED = re.compile(r"^\s*@\S+\s+")  # a mention in a group
_AROUND = " \t\r\n\u3000。.!?"
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")
PERSON = "person.call"  # handoff/dialogue answers it
NOT_NOW = "confirming.no"  # flows/confirming answers it
COLLECT = "answer.collect"  # an answer that took longer than a reply token lives


def moment_behind(told: object) -> datetime | None:
    """The moment behind a button; what was tampered with is none."""
    try:
        found = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def person_button(asked: Asked) -> Button:
    """A person is one tap away from every answer."""
    return Button(asked.voice.button_person(), data=tap(PERSON))


def refused(asked: Asked) -> Answer:
    """A rule of the shop said no where no flow could tell more; nothing was changed."""
    return Answer([Choices(asked.voice.refused(), (person_button(asked),))], asked.memory)


def confirm(
    asked: Asked,
    question: str,
    *,
    verb: str,
    label: str,
    letters: Sequence[Letter] = (),
    memory: Memory | None = None,
    binds: bool = True,
    **slots: str | None,
) -> Answer:
    """Repeat what would be done and wait: the button `label` makes it so by the tap `verb` with
    these slots (R-050). What does not bind a typed yes settles too. `letters` go first, `memory` is
    what else stays.
    """
    data = tap(verb, **{**slots, "once": asked.once})
    kept = memory if memory is not None else asked.memory
    return Answer(
        [*letters, Choices(question, yes_or_no(asked, Pending(data, binds), label))],
        replace(kept, expecting=CONFIRM, pending=Pending(data, binds)),
    )


def yes_or_no(asked: Asked, pending: Pending, label: str) -> tuple[Button, ...]:
    """The buttons under such a question."""
    return (
        Button(label, data=pending.tap),
        Button(asked.voice.button_not_now(), data=tap(NOT_NOW)),
        person_button(asked),
    )
