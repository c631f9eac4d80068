"""What a notice is told with: the facts its verb wrote, typed, and the registers they point into.

A fact is outside data by the time it is read (a row may be a release old), so each is checked here:
what has another shape parks the row instead of telling something untrue.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.consignment.tables import Contract
from catalog.customers.consents import Category
from catalog.ground import policy
from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.errors import Malformed
from catalog.ground.policy import NoticeTerms
from catalog.ground.record import ConversationId, CustomerId, UnitId
from catalog.items import queries as items
from catalog.items.queries import UnitFacts
from catalog.items.rules import STAFF, Viewer
from conversations.flows.flow import PERSON, tap
from conversations.flows.showing import Recipient
from conversations.messages import Button, Card, Choices, Letter, Tone
from conversations.wording.news.voice import NewsVoice
from conversations.wording.voice import Voice


class NoticeMalformed(Malformed):
    """A notice whose facts are not what its phase is told with. `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(f"notice without {name}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Sheet:
    """One notice on its way to one person. `stops`: the kind of message it is, where a person may
    stop these.
    """

    db: Session
    about: str
    facts: Mapping[str, Any]
    customer: CustomerId | None
    viewer: Viewer
    conversation: ConversationId
    public_url: str
    words: NewsVoice
    voice: Voice
    stops: Category | None
    now: datetime

    @property
    def subject(self) -> str:
        """The id behind the kind: of `case:…`, `contract:…`, `order:…`, `account:…`."""
        return self.about.partition(":")[2]

    @property
    def today(self) -> date:
        """The Tokyo day it is told on."""
        return tokyo_day(self.now)

    @property
    def recipient(self) -> Recipient:
        """Where media go."""
        return Recipient(self.conversation, self.public_url, self.viewer.partner)

    def text(self, name: str) -> str:
        """A fact in words. Raises NoticeMalformed."""
        value = self.facts.get(name)
        if not isinstance(value, str) or not value:
            raise NoticeMalformed(name)
        return value

    def texts(self, name: str) -> list[str]:
        """Several, maybe none."""
        return [str(each) for each in self.facts.get(name) or ()]

    def yen(self, name: str) -> int:
        """An amount or a count. Raises NoticeMalformed."""
        value = self.facts.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise NoticeMalformed(name)
        return value

    def maybe_yen(self, name: str) -> int | None:
        """The same where there may be none."""
        return None if self.facts.get(name) is None else self.yen(name)

    def day(self, name: str) -> date:
        """A Tokyo day. Raises NoticeMalformed."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise NoticeMalformed(name) from None

    def maybe_day(self, name: str) -> date | None:
        """The same where there may be none."""
        return None if self.facts.get(name) is None else self.day(name)

    def moment(self, name: str) -> datetime:
        """A moment. Raises NoticeMalformed."""
        try:
            return datetime.fromisoformat(self.text(name))
        except ValueError:
            raise NoticeMalformed(name) from None

    def maybe_moment(self, name: str) -> datetime | None:
        """The same where there may be none."""
        return None if self.facts.get(name) is None else self.moment(name)

    def is_overtaken(self, last_day: date, days_before: Iterable[int]) -> bool:
        """Whether a later one of the reminders before that day is due by now too: after downtime
        only the latest is told.
        """
        mine, wall = self.yen("version"), policy.current(self.db).of(NoticeTerms).send_time
        return any(
            days < mine
            and at_tokyo(last_day - timedelta(days=days), wall.hour, wall.minute) <= self.now
            for days in days_before
        )

    def rows(self, name: str) -> list[Mapping[str, Any]]:
        """Facts told one piece at a time."""
        told = self.facts.get(name)
        if not isinstance(told, Sequence) or isinstance(told, str):
            raise NoticeMalformed(name)
        return [each for each in told if isinstance(each, Mapping)]

    def within(self, facts: Mapping[str, Any]) -> "Sheet":
        """The same notice with the facts of one of its pieces."""
        return Sheet(
            self.db, self.about, facts, self.customer, self.viewer, self.conversation,
            self.public_url, self.words, self.voice, self.stops, self.now,
        )  # fmt: skip

    def unit(self, name: str = "unit", *, is_theirs_to_see: bool = False) -> UnitFacts | None:
        """The piece a fact points at; with `is_theirs_to_see` only when this person may see it."""
        viewer = self.viewer if is_theirs_to_see else STAFF
        return items.by_id(self.db, UnitId(self.text(name)), viewer=viewer)

    def named(self, name: str = "unit") -> str:
        """What the piece is called in this language."""
        unit = self.unit(name)
        if unit is None:
            raise NoticeMalformed(name)
        return unit.named(self.words.lang)

    def piece(self, name: str = "piece") -> str:
        """What the customer calls the piece of a buyback case."""
        row = self.db.get(CasePiece, self.text(name))
        if row is None:
            raise NoticeMalformed(name)
        return row.title

    def case(self) -> BuybackCase:
        """The buyback case it is about. Raises NoticeMalformed."""
        row = self.db.get(BuybackCase, self.facts.get("case") or self.subject)
        if row is None:
            raise NoticeMalformed("case")
        return row

    def contract(self) -> Contract:
        """The consignment contract it is about. Raises NoticeMalformed."""
        row = self.db.get(Contract, self.subject)
        if row is None:
            raise NoticeMalformed("contract")
        return row

    @property
    def person(self) -> Button:
        """A person is one tap away from every message."""
        return Button(self.voice.button_person(), data=tap(PERSON))

    def say(self, text: str) -> list[Letter]:
        """Words, and a person one tap away; how to stop it where it can be stopped (COM-1)."""
        if self.stops is None:
            return [Choices(text, (self.person,))]
        hint = self.words.stop_hint(is_credit=self.stops is Category.CREDIT_REMINDER)
        data = tap("notices.ask", category=self.stops.value, opt="out")
        stop = Button(self.words.button_stop(), data=data)
        return [Choices(f"{text}\n\n{hint}", (stop, self.person))]

    def card(self, heading: str, text: str, *buttons: Button) -> list[Letter]:
        """A matter to decide: its buttons stay when other messages come."""
        return [Card(heading, note=text, buttons=(*buttons, self.person), said=text)]

    def film_button(self, unit: UnitFacts) -> Button:
        """The piece's film."""
        data = tap("media.show", sku=unit.code)
        return Button(self.voice.button_film(), data=data, said=unit.code, tone=Tone.MAIN)
