"""One evening at the desk: customers write, the bot answers, letters leave, people of the shop
claim, answer, put aside, give back and end, clocks strike and processes die, in any order.

The product's own verbs in the steps in which processes take them, so that every interleaving of two
of them can be had by a seed; the network is a list of what was said.
"""

import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from bot.app import FLOWS
from bot.line.parse import to_event
from bot.line.render import render
from bot.line.webhook import rows_of
from catalog.duties.actors import Actor, Role
from catalog.ground import worklist
from catalog.ground.errors import Refused, Stale
from catalog.ground.record import ConversationId, LetterId, StaffId, TicketId, to_millis
from catalog.ground.session.database import Database
from conversations import turn
from conversations.flows.flow import ConversationTerms
from conversations.inbox import intake
from conversations.inbox import work as inbox
from conversations.outbox import actions as outbox
from conversations.outbox import rules
from conversations.outbox.actions import ClaimedLetter
from conversations.outbox.rules import Next, Way
from conversations.outbox.tables import LetterState, OutboxLetter
from conversations.ports import Accepted, Meaning, Outcome, Reading, TokenRefused, TooFast, Unclear
from conversations.turn import Desk
from handoff.desk import actions as desk
from handoff.desk import later, moves, queries, timers
from handoff.desk.moves import HELD
from handoff.desk.tables import Ticket, TicketState
from handoff.desk.timers import Struck
from handoff.desk.watch import TIMER, Watched
from handoff.dialogue import handing_back
from tests import line_events

WORDS = {
    "担当者と話したい": "human.request", "こんにちは": "chat.greeting",
    "在庫ありますか": "item.availability", "最悪だ": "complaint", "ありがとう": "chat.thanks",
    "???": "oos",
}  # fmt: skip
_WITHOUT_SENDING = {
    Way.AMBIGUOUS: LetterState.AMBIGUOUS, Way.EXPIRED: LetterState.EXPIRED,
    Way.GIVE_UP: LetterState.DEAD,
}  # fmt: skip
SHOP = tuple(Actor(f"staff-{n}", Role.ADVISER) for n in range(3))


class Line:
    """LINE's rendering; nothing is sent."""

    name = "line"
    render = staticmethod(render)


@dataclass(slots=True)
class Evening:
    """Some customers, three people of the shop, one database."""

    database: Database
    seed: int
    now: datetime
    customers: int = 2
    broken: list[str] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)
    claims: list[inbox.Claim] = field(default_factory=list)
    in_hand: list[ClaimedLetter] = field(default_factory=list)
    unnoted: list[tuple[ClaimedLetter, Way, Outcome]] = field(default_factory=list)
    alone: set[str] = field(default_factory=set)  # conversations in which only staff may speak
    settling: set[str] = field(default_factory=set)
    said: list[tuple[str, str | None]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    numbers: int = 0
    chance: random.Random = field(init=False)
    shop: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.shop = Desk(FLOWS, {"line": Line()}, ConversationTerms("https://shop.example"))  # type: ignore[dict-item]  # it only renders

    # --- what happens ---------------------------------------------------------------------------

    def run(self, steps: int) -> list[str]:
        """So many things happen, then the evening ends; what was broken."""
        acts: list[Callable[[], None]] = (
            [self.writes] * 6 + [self.hears] * 6 + [self.responds] * 7 + [self.sends] * 4
            + [self.speaks] * 6 + [self.notes] * 5 + [self.claims_ticket] * 5 + [self.settles] * 4
            + [self.answers] * 4 + [self.calls_off] + [self.puts_aside] + [self.gives_back]
            + [self.ends] * 2
            + [self.hands_on] + [self.comes_in] + [self.time_passes] * 4 + [self.strikes] * 4
            + [self.dies]
        )  # fmt: skip
        for _ in range(steps):
            self.chance.choice(acts)()
        self._closing_time()
        return self.broken

    def writes(self) -> None:
        """A customer."""
        user = f"U{self.chance.randrange(self.customers):032x}"
        words = self.chance.choice(list(WORDS))
        self.numbers += 1
        more = {"at": self.now, "reply_token": f"t{self.seed}-{self.numbers}"}
        said = line_events.text_event(user, words, **more)
        if self.chance.random() < 0.15:
            said = line_events.sticker_event(user, **more)
        rows = rows_of(line_events.webhook_body([said]), received_at=self.now)
        assert rows is not None
        kept = rows
        self._write(lambda db: intake.insert(db.connection().connection.driver_connection, kept))

    def hears(self) -> None:
        """A worker takes conversations."""
        lease = self._name()
        self.claims += self._write(lambda db: inbox.claim(db, lease=lease, now=self.now, limit=2))

    def responds(self) -> None:
        """A worker ends one turn, or finds that it has lost the conversation."""
        if not self.claims:
            return
        claim = self.claims.pop(self.chance.randrange(len(self.claims)))
        heard = claim.events[0]
        event = to_event(heard.body, inbox_id=heard.inbox_id, received_at=heard.received_at)
        words = turn.words_of(event)
        reading = None
        if words is not None and not claim.has_person:
            reading = Reading((Meaning(WORDS[words], 0.95),), {}, "ja")
        lease = self._name() if self.chance.random() < 0.7 else None
        try:
            turned = self._write(
                lambda db: turn.respond(
                    db, self.shop, claim, heard, event, reading, is_last=True, now=self.now,
                    lease=lease,
                )
            )  # fmt: skip
        except inbox.LeaseLost:
            return
        except Stale as error:
            told = str(error)
            with contextlib.suppress(inbox.LeaseLost):
                self._write(lambda db: inbox.failed(db, claim, heard, error=told, now=self.now))
            return
        if turned.claimed is not None:
            self.in_hand.append(turned.claimed)

    def sends(self) -> None:
        """The sender takes letters."""
        lease = self._name()
        self.in_hand += self._write(lambda db: outbox.claim(db, lease=lease, now=self.now, limit=3))

    def speaks(self) -> None:
        """A letter in hand goes over the network."""
        if not self.in_hand:
            return
        letter = self.in_hand.pop(self.chance.randrange(len(self.in_hand)))
        if self.now >= letter.sure_until:
            return
        tried = rules.way(letter.standing, now=self.now)
        if tried not in {Way.REPLY, Way.PUSH}:
            outcome = Next(_WITHOUT_SENDING[tried])
            self._write(lambda db: outbox.note(db, letter, tried, outcome, now=self.now))
            return
        self.unnoted.append((letter, tried, self._over_the_network(letter, tried)))

    def _over_the_network(self, letter: ClaimedLetter, tried: Way) -> Outcome:
        row = self._read(lambda db: db.get_one(OutboxLetter, letter.id))
        token = letter.standing.reply_token if tried is Way.REPLY else None
        seen = token in self.tokens if token else letter.retry_key in self.keys
        if seen:
            return TokenRefused("used") if token else Accepted("r")
        dice = self.chance.random()
        if dice < 0.1:
            return TooFast(1.0)
        if dice < 0.2:
            return Unclear("timeout")  # it never arrived
        self.tokens |= {token} if token else set()
        self.keys.add(letter.retry_key)
        self.said.append((letter.conversation, row.written_by))
        if row.written_by is None and letter.conversation in self.alone:
            self._break(f"the bot spoke to {letter.conversation}: {row.purpose}")
        return Unclear("timeout") if dice < 0.3 else Accepted("r")

    def notes(self) -> None:
        """What became of it is written down."""
        if not self.unnoted:
            return
        letter, tried, outcome = self.unnoted.pop(self.chance.randrange(len(self.unnoted)))
        came = rules.after(letter.standing, tried, outcome, now=self.now)
        self._write(lambda db: outbox.note(db, letter, tried, came, now=self.now))

    def claims_ticket(self) -> None:
        """Somebody of the shop."""
        ticket = self._ticket(TicketState.WAITING)
        if ticket is not None:
            who = self.chance.choice(SHOP)
            self._takes(ticket.conversation, lambda db: desk.claim(
                db, TicketId(ticket.id), who, now=self.now))  # fmt: skip

    def comes_in(self) -> None:
        """Without having been called."""
        talk = self._conversation()
        who = self.chance.choice(SHOP)
        self._takes(talk, lambda db: desk.take_over(db, talk, who, lang="ja", now=self.now))

    def hands_on(self) -> None:
        """To a colleague."""
        ticket = self._ticket(*HELD)
        if ticket is not None:
            to = StaffId(self.chance.choice(SHOP).id)
            self._takes(ticket.conversation, lambda db: desk.assign(
                db, TicketId(ticket.id), to, SHOP[0], now=self.now))  # fmt: skip

    def _takes(self, conversation: str, unit: Callable[[Session], desk.Taken]) -> None:
        try:
            taken = self._write(unit)
        except Refused:
            return
        if conversation in self.alone:
            return
        if taken.under_way:
            self.settling.add(conversation)
        else:
            self.alone.add(conversation)

    def settles(self) -> None:
        """Whoever claimed waits for the bot's last word."""
        for conversation in list(self.settling):
            ticket = self._open_ticket(conversation)
            if ticket is None or TicketState(ticket.state) not in HELD:
                self.settling.discard(conversation)
            elif not self._write(
                lambda db, t=ticket: desk.settle(db, TicketId(t.id), now=self.now)
            ):
                self.settling.discard(conversation)
                self.alone.add(conversation)

    def answers(self) -> None:
        """The owner, or somebody who is not and must not."""
        ticket = self._ticket(*HELD)
        if ticket is None:
            return
        who = self.chance.choice(SHOP)
        key = f"k{self.chance.randrange(40)}"
        said = [[{"type": "text", "text": "担当です"}]]
        talk = ConversationId(ticket.conversation)
        at = None
        if self.chance.random() < 0.2:
            at = self.now + timedelta(minutes=self.chance.randrange(1, 60))
        try:
            self._write(
                lambda db: desk.answer(db, talk, who, said, key=key, now=self.now, not_before=at)
            )
        except Refused:
            if who.id == ticket.owner:
                self._break("the owner may not answer")
            return
        if who.id != ticket.owner:
            self._break("somebody else answered")

    def calls_off(self) -> None:
        """Words that wait for their hour."""
        waiting = self._read(
            lambda db: db.exec(
                select(OutboxLetter.id).where(
                    OutboxLetter.purpose == desk.STAFF_LETTER,
                    OutboxLetter.state == LetterState.DUE.value,
                    col(OutboxLetter.due_at) > self.now,
                )
            ).all()
        )
        if waiting:
            letter = LetterId(self.chance.choice(waiting) or 0)
            lead = Actor("lead", Role.MANAGER)
            with contextlib.suppress(Refused):
                self._write(lambda db: later.call_off(db, letter, lead, now=self.now))

    def puts_aside(self) -> None:
        ticket = self._ticket(TicketState.CLAIMED)
        if ticket is not None:
            until = self.now + timedelta(minutes=self.chance.randrange(1, 600))
            owner = Actor(ticket.owner or "", Role.ADVISER)
            self._write(
                lambda db: desk.snooze(db, TicketId(ticket.id), owner, until=until, now=self.now)
            )

    def gives_back(self) -> None:
        ticket = self._ticket(*HELD)
        if ticket is not None:
            self._silent_no_more(ticket)
            owner = Actor(ticket.owner or "", Role.ADVISER)
            by = self.now + timedelta(minutes=10)
            self._write(
                lambda db: desk.give_back(
                    db, TicketId(ticket.id), actor=owner, promised_at=by, now=self.now
                )
            )

    def ends(self) -> None:
        ticket = self._ticket(*HELD)
        if ticket is not None:
            self._end(ticket)

    def _end(self, ticket: Ticket) -> None:
        self._silent_no_more(ticket)
        owner = Actor(ticket.owner or "staff-0", Role.ADVISER)
        self._write(
            lambda db: handing_back.end(
                db, TicketId(ticket.id), owner, self.shop.channels, now=self.now
            )
        )

    def time_passes(self) -> None:
        """Seconds, mostly."""
        seconds = self.chance.choice([1, 1, 2, 3, 5, 8, 30, 200, 1_500, 40_000])
        self.now += timedelta(seconds=seconds)

    def strikes(self) -> None:
        """What the clock has to look at."""
        worker = self._name()
        due = self._write(
            lambda db: worklist.claim(
                db, [TIMER], worker=worker, now=self.now, lease_seconds=8, limit=3
            )
        )
        for work in due:
            self._strike(work, worker)

    def _strike(self, work: worklist.DueWork, worker: str) -> None:
        def unit(db: Session) -> timers.Strike:
            struck = timers.strike(
                db, work, hours=self.shop.terms.hours(db), answer_lead=self.shop.terms.answer_lead,
                now=self.now,
            )  # fmt: skip
            if struck.what is Struck.LATER and struck.again_at is not None:
                worklist.postpone(db, work, until=struck.again_at)
            else:
                assert worklist.done(db, work, worker=worker, now=self.now)
                handing_back.tell(db, struck, self.shop.channels, now=self.now)
            return struck

        conversation = self._read(
            lambda db: db.get_one(Ticket, str(work.facts["ticket"])).conversation
        )
        struck = self._write(unit)
        if struck.what is Struck.GAVE_BACK:
            self.alone.discard(conversation)
            self.settling.discard(conversation)

    def dies(self) -> None:
        """A process: what it had in hand is nobody's until the leases have run out."""
        self.claims.clear()
        self.in_hand.clear()
        self.unnoted.clear()

    # --- what must hold -------------------------------------------------------------------------

    def _closing_time(self) -> None:
        """Everything is worked off: nothing heard is lost, nothing written is held for ever."""
        for ticket in self._open_tickets():
            self._has_somebody(ticket)
        for _ in range(60):
            self.now += timedelta(seconds=7)
            self.hears()
            while self.claims:
                self.responds()
            self.sends()
            while self.in_hand:
                self.speaks()
            while self.unnoted:
                self.notes()
            self.settles()
            for ticket in self._open_tickets():
                if TicketState(ticket.state) in HELD and ticket.conversation in self.alone:
                    self._end(ticket)
        left = self._read(
            lambda db: (
                db.connection()
                .execute(
                    text(
                        "SELECT (SELECT count(*) FROM inbox WHERE state <> 'done'),"
                        " (SELECT count(*) FROM outbox WHERE state IN ('held', 'sending'))"
                    )
                )
                .one()
            )
        )
        if tuple(left) != (0, 0):
            self._break(f"left behind: {tuple(left)}")

    def _has_somebody(self, ticket: Ticket) -> None:
        """A reachable owner, or a time that was told and will be looked at."""
        if TicketState(ticket.state) in HELD:
            if ticket.owner not in {who.id for who in SHOP}:
                self._break("held by nobody")
            is_owed = moves.is_owed(ticket.kept_at, at=ticket.promised_at)
            if is_owed and ticket.promised_at > self.now and not self._is_watched(ticket):
                self._break("promised, and nobody looks")
            waits = ticket.state == TicketState.CLAIMED and ticket.unanswered_since is not None
            if waits and not self._is_watched(ticket, since=ticket.unanswered_since):
                self._break("unanswered, and nobody looks")
            return
        if not self._is_watched(ticket):
            self._break("waits, and nobody looks")

    def _is_watched(self, ticket: Ticket, *, since: datetime | None = None) -> bool:
        """Whether the clock has still to look at the time promised; `since`: at the owner's
        silence.
        """
        what = Watched.SILENCE if since is not None else Watched.PROMISE
        rows = self._read(
            lambda db: db.exec(
                select(worklist.Work).where(
                    worklist.Work.kind == TIMER,
                    worklist.Work.state == worklist.WorkState.DUE.value,
                    worklist.Work.subject == f"ticket:{ticket.id}",
                )
            ).all()
        )
        wanted = {"what": what.value, "version": ticket.version}
        if since is not None:
            wanted["since"] = to_millis(since)
        return any(wanted.items() <= row.facts.items() for row in rows)

    def _silent_no_more(self, ticket: Ticket) -> None:
        self.alone.discard(ticket.conversation)
        self.settling.discard(ticket.conversation)

    def _conversation(self) -> ConversationId:
        return ConversationId(f"line:U{self.chance.randrange(self.customers):032x}")

    def _open_ticket(self, conversation: str) -> Ticket | None:
        return self._read(lambda db: queries.open_of(db, ConversationId(conversation)))

    def _open_tickets(self) -> list[Ticket]:
        found = select(Ticket).where(col(Ticket.open_key).is_not(None))
        return self._read(lambda db: list(db.exec(found)))

    def _ticket(self, *states: TicketState) -> Ticket | None:
        found = [each for each in self._open_tickets() if TicketState(each.state) in states]
        return self.chance.choice(found) if found else None

    def _name(self) -> str:
        self.numbers += 1
        return f"e{self.seed}:{self.numbers}"

    def _write(self, unit: Callable[[Session], Any]) -> Any:
        return self.database.write(unit, durable=False)

    def _read(self, unit: Callable[[Session], Any]) -> Any:
        return self.database.read(unit)

    def _break(self, what: str) -> None:
        self.broken.append(f"seed {self.seed} at {self.now:%H:%M:%S}: {what}")
