"""People, a network, workers that crash, and a clock that jumps: one seed is one history.

The product's own verbs are called directly and in one thread; what may go wrong between two of them
goes wrong by dice. `drain` stops the dice and lets the shop come to rest; `checked` then looks for
what must hold.
"""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import text
from sqlmodel import Session

from bot.app import FLOWS
from bot.line.parse import to_event
from bot.line.webhook import rows_of
from catalog.ground.calendar import QuietHours
from catalog.ground.record import ConversationId, LetterId
from catalog.ground.session.database import Database
from conversations import turn
from conversations.flows.flow import ConversationTerms
from conversations.inbox import intake
from conversations.inbox import work as inbox
from conversations.inbox.work import Claim, HeardEvent, LeaseLost
from conversations.messages import Event, Followed, Text, Unfollowed, Unsent
from conversations.outbox import actions as outbox
from conversations.outbox import rules
from conversations.outbox.actions import ClaimedLetter, Envelope
from conversations.outbox.rules import Next, Way
from conversations.outbox.tables import LetterState, Priority
from conversations.ports import Outgoing, Quota
from conversations.turn import Desk
from conversations.understanding import offline
from tests import line_events
from tests.simulation.platform import DicedPlatform

T = TypeVar("T")
Json = dict[str, Any]
BEGIN = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
TABLES = ("inbox", "outbox", "thread", "contact", "channel_quota", "journal", "worklist", "ticket")
WORDS = ("こんにちは", "W-99999の動画", "ありがとう", "担当者と話したい", "hello", "？？？")
_WITHOUT_SENDING = {
    Way.AMBIGUOUS: Next(LetterState.AMBIGUOUS, is_unclear=True, error="no answer"),
    Way.EXPIRED: Next(LetterState.EXPIRED, error="not useful any more"),
    Way.SUPPRESSED: Next(LetterState.SUPPRESSED, error="blocked"),
    Way.WAIT_FOR_QUOTA: Next(LetterState.WAITING, error="kept"),
    Way.GIVE_UP: Next(LetterState.DEAD, error="given up"),
}


class PowerCut(Exception):
    """The process ends inside a unit: nothing of it is kept."""


class Poisoned(Exception):
    """A turn that fails."""


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """The answer of a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]  # StopIteration knows no types
    raise AssertionError("it waited")


@dataclass
class Worker:
    """What one process holds in its memory; a crash forgets it."""

    name: str
    claims: list[Claim] = field(default_factory=list)
    letters: list[ClaimedLetter] = field(default_factory=list)
    tried: list[tuple[ClaimedLetter, Way, Next]] = field(default_factory=list)
    claimed_at: dict[str, int] = field(default_factory=dict)

    def crash(self) -> None:
        """SIGKILL."""
        self.claims.clear()
        self.letters.clear()
        self.tried.clear()


@dataclass
class World:
    """One seed's world."""

    database: Database
    seed: int
    now: datetime = BEGIN
    step: int = 0
    faults: bool = True

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        month = self.chance.choice([None, None, 40, 8])
        self.platform = DicedPlatform(lambda: self.now, self.chance, month=month)
        self.desk = Desk(FLOWS, {"line": self.platform}, ConversationTerms("https://shop.example"))
        self.workers = [Worker(f"w{n}") for n in range(self.chance.choice([1, 2, 3]))]
        self.users = [f"U{self.seed:016x}{n:016x}" for n in range(self.chance.choice([1, 3, 6]))]
        self.leases = 0
        self.written = 0
        self.network: list[Json] = []
        self.acknowledged: set[str] = set()
        self.said: list[Json] = []
        self.poison: set[str] = set()
        self.taken_back: dict[str, int] = {}  # event id of the message -> step its unsend was done
        self.blocked: dict[str, int] = {}  # conversation -> step the block was done
        self.not_before: dict[LetterId, datetime] = {}
        self.claims: Counter[LetterId] = Counter()
        self.notes: Counter[LetterId] = Counter()
        self.broken: list[str] = []
        self._write(lambda db: [db.connection().execute(text(f"DELETE FROM {t}")) for t in TABLES])

    def _write(self, unit: Callable[[Session], T]) -> T:
        return self.database.write(unit, durable=False)

    def _fails(self, share: float) -> bool:
        return self.faults and self.chance.random() < share

    # --- people and the network ---------------------------------------------------------------

    def somebody_acts(self) -> None:
        """A message, mostly; sometimes one taken back, a block, a friend again."""
        user = self.chance.choice(self.users)
        dice = self.chance.random()
        own = [event for event in self.said if event["source"]["userId"] == user]
        at = self.now - timedelta(milliseconds=self.chance.choice([0, 0, 0, 400, 3_000]))
        if dice < 0.1 and own:
            taken = self.chance.choice(own)["message"]["id"]
            # Nobody takes a message back in the millisecond it was written in.
            later = self.now + timedelta(milliseconds=1)
            event = line_events.unsend_event(user, taken, at=later)
        elif dice < 0.14:
            event = line_events.unfollow_event(user, at=self.now)
        elif dice < 0.2:
            event = line_events.follow_event(user, is_unblocked=True, at=self.now)
        else:
            token = self.platform.issue(f"token-{self.seed}-{len(self.said)}")
            event = line_events.text_event(
                user,
                self.chance.choice(WORDS),
                at=at,
                reply_token=token if self.chance.random() < 0.8 else None,
            )
            self.said.append(event)
            if self._fails(0.06):
                self.poison.add(event["webhookEventId"])
        self.network.append(event)

    def network_delivers(self) -> None:
        """One of the pending deliveries, in any order, perhaps twice, perhaps unacknowledged."""
        if not self.network:
            return
        event = self.chance.choice(self.network)
        if "replyToken" in event:
            self.platform.issue(event["replyToken"])
        rows = rows_of(line_events.webhook_body([event]), received_at=self.now)
        assert rows is not None
        kept = rows

        def unit(db: Session) -> None:
            intake.insert(db.connection().connection.driver_connection, kept)
            if self._fails(0.1):
                raise PowerCut

        try:
            self._write(unit)
        except PowerCut:
            return
        if self._fails(0.1):
            return  # committed, not acknowledged: it comes again
        self.acknowledged.add(event["webhookEventId"])
        if not self._fails(0.1):
            self.network.remove(event)

    def shop_writes(self) -> None:
        """A letter nobody asked for; at night it waits."""
        self.written += 1
        user = self.chance.choice(self.users)
        not_before = QuietHours().next_send(self.now)
        envelope = Envelope(
            dedupe=f"test:{self.written}",
            channel="line",
            conversation=ConversationId(f"line:{user}"),
            purpose="test",
            priority=self.chance.choice([Priority.PROMISED, Priority.REMINDER]),
            not_before=not_before,
        )
        calls = self.platform.render([Text(f"test {self.written}")])
        for letter in self._write(lambda db: outbox.put(db, envelope, calls, now=self.now).ids):
            self.not_before[letter] = not_before

    # --- workers ------------------------------------------------------------------------------

    def worker_acts(self) -> None:
        """One worker does one thing it could do now, or crashes."""
        worker = self.chance.choice(self.workers)
        if self._fails(0.02):
            worker.crash()
            return
        choices = [self._claim_inbox, self._claim_letters]
        if worker.claims:
            choices += [self._turn] * 4
        if worker.letters:
            choices += [self._send] * 4
        if worker.tried:
            choices += [self._note] * 4
        if worker.claims or worker.letters:
            choices.append(self._renew)
        self.chance.choice(choices)(worker)

    def _lease(self, worker: Worker) -> str:
        self.leases += 1
        return f"{worker.name}:{self.leases}"

    def _claim_inbox(self, worker: Worker) -> None:
        lease = self._lease(worker)
        limit = self.chance.choice([1, 8])

        def unit(db: Session) -> list[Claim]:
            claims = inbox.claim(db, lease=lease, now=self.now, limit=limit)
            for claim in claims:
                self._expect_head(db, claim)
            return claims

        worker.claims += self._write(unit)

    def _expect_head(self, db: Session, claim: Claim) -> None:
        """I2: what was handed out is the head of what the conversation still has to answer."""
        due = db.connection().execute(
            text(
                "SELECT id FROM inbox WHERE conversation = :c AND state = 'due'"
                " ORDER BY event_at, id"
            ),
            {"c": claim.conversation},
        )
        ids = [row[0] for row in due]
        taken = [event.inbox_id for event in claim.events]
        if taken != ids[: len(taken)]:
            self.broken.append(f"I2 claimed {taken} of {ids}")

    def _turn(self, worker: Worker) -> None:
        claim = worker.claims.pop(0)
        heard = claim.events[0]
        event = to_event(heard.body, inbox_id=heard.inbox_id, received_at=heard.received_at)
        lease = self._lease(worker) if self.chance.random() < 0.7 else None
        words = turn.words_of(event)
        reading = None
        if words is not None:
            reading = offline.read(words, turn.situation_of(claim, event))

        def unit(db: Session) -> turn.Turned:
            turned = turn.respond(
                db, self.desk, claim, heard, event, reading,
                is_last=len(claim.events) == 1, lease=lease, now=self.now,
            )  # fmt: skip
            if heard.event_id in self.poison:
                raise Poisoned
            if self._fails(0.03):
                raise PowerCut
            return turned

        try:
            turned = self._write(unit)
        except LeaseLost:
            return
        except PowerCut:
            worker.crash()
            return
        except Poisoned:
            self._give_back(claim, heard, event)
            return
        self._remember(event)
        if turned.claimed is not None:
            self._took(worker, turned.claimed)
        if self._fails(0.03):
            worker.crash()
        elif len(claim.events) > 1:
            rest = replace(claim, memory=turned.memory, lang=turned.lang, events=claim.events[1:])
            worker.claims.insert(0, rest)

    def _give_back(self, claim: Claim, heard: HeardEvent, event: Event) -> None:
        def unit(db: Session) -> None:
            is_dead = inbox.failed(db, claim, heard, error="Poisoned", now=self.now)
            if is_dead:
                turn.apology(db, self.desk, event, lang=claim.lang, now=self.now)

        try:
            self._write(unit)
        except LeaseLost:
            return

    def _remember(self, event: Event) -> None:
        """When a message was taken back, and who may not be written to any more."""
        self.step += 1
        match event.body:
            case Unsent(message_id=message_id):
                for said in self.said:
                    if said["message"]["id"] == message_id:
                        self.taken_back.setdefault(said["webhookEventId"], self.step)
            case Unfollowed():
                self.blocked.setdefault(event.conversation, self.step)
            case Followed():
                self.blocked.pop(event.conversation, None)
            case _:
                pass

    def _claim_letters(self, worker: Worker) -> None:
        lease = self._lease(worker)
        limit = self.chance.choice([1, 16])
        letters = self._write(lambda db: outbox.claim(db, lease=lease, now=self.now, limit=limit))
        lanes = [letter.conversation for letter in letters]
        if len(lanes) != len(set(lanes)):
            self.broken.append("I2 two letters of one conversation at once")
        for letter in letters:
            self._took(worker, letter)

    def _took(self, worker: Worker, letter: ClaimedLetter) -> None:
        worker.letters.append(letter)
        worker.claimed_at[letter.lease] = self.step
        self.claims[letter.id] += 1

    def _send(self, worker: Worker) -> None:
        letter = worker.letters.pop(self.chance.randrange(len(worker.letters)))
        if self.now >= letter.sure_until:
            return
        tried = rules.way(letter.standing, now=self.now)
        outcome = _WITHOUT_SENDING.get(tried)
        if outcome is None and letter.messages == "[]":
            outcome = Next(LetterState.SUPPRESSED, error="emptied")
        if outcome is None:
            self._look_twice(worker, letter, tried)
            answer = at_once(self.platform.send(_outgoing(letter, tried)))
            outcome = rules.after(letter.standing, tried, answer, now=self.now)
        if self._fails(0.05):
            worker.crash()  # sent, and nobody noted it
            return
        worker.tried.append((letter, tried, outcome))

    def _look_twice(self, worker: Worker, letter: ClaimedLetter, tried: Way) -> None:
        """I8: whom and what no letter may go to, unless it was under way already."""
        claimed = worker.claimed_at[letter.lease]
        blocked = self.blocked.get(letter.conversation)
        if tried is Way.PUSH and blocked is not None and blocked <= claimed:
            self.broken.append(f"I8 letter {letter.id} pushed to somebody who has blocked the shop")
        for event in self._told(letter):
            if self.taken_back.get(event, claimed + 1) <= claimed:
                self.broken.append(f"I8 letter {letter.id} answers what was taken back")
        if self.now < self.not_before.get(letter.id, self.now):
            self.broken.append(f"I8 letter {letter.id} before its hour")

    def _told(self, letter: ClaimedLetter) -> list[str]:
        """The event a letter answers."""
        found = text(
            "SELECT i.event_id FROM inbox i JOIN outbox o ON o.id = :letter"
            " AND (o.dedupe = 'event:' || i.id OR o.dedupe LIKE 'event:' || i.id || '#%')"
            " WHERE i.conversation = o.conversation"
        )
        return self.database.read(
            lambda db: [row[0] for row in db.connection().execute(found, {"letter": letter.id})]
        )

    def _note(self, worker: Worker) -> None:
        letter, tried, outcome = worker.tried.pop(0)
        if self._write(lambda db: outbox.note(db, letter, tried, outcome, now=self.now)):
            self.notes[letter.id] += 1

    def _renew(self, worker: Worker) -> None:
        inbox_leases = [claim.lease for claim in worker.claims]
        outbox_leases = [letter.lease for letter in worker.letters]

        def unit(db: Session) -> None:
            inbox.renew(db, inbox_leases, now=self.now)
            outbox.renew(db, outbox_leases, now=self.now)

        self._write(unit)

    # --- the clock ----------------------------------------------------------------------------

    def time_passes(self) -> None:
        """A little, mostly; sometimes longer than a lease, a token, a night."""
        dice = self.chance.random()
        span = (
            self.chance.randrange(10, 800) / 1000
            if dice < 0.9
            else self.chance.choice([7.0, 50.0, 70.0, 3_600.0, 11 * 3_600.0])
        )
        self.now += timedelta(seconds=span)

    def month_is_looked_at(self) -> None:
        """The quota as the platform tells it."""
        seen = Quota(self.platform.month, self.platform.used)
        self._write(lambda db: outbox.set_quota(db, "line", seen, now=self.now))

    def run(self, steps: int) -> None:
        """So many things happen."""
        acts = (
            [self.somebody_acts] * 3 + [self.network_delivers] * 4 + [self.worker_acts] * 14
            + [self.time_passes] * 4 + [self.shop_writes]
        )  # fmt: skip
        for _ in range(steps):
            self.chance.choice(acts)()
            if self._fails(0.01):
                self.month_is_looked_at()

    def drain(self) -> None:
        """No more faults: all that was begun must come to its end (I4)."""
        self.faults, self.platform.trouble = False, 0.0
        for worker in self.workers:
            worker.crash()
        while self.network:
            self.network_delivers()
        for _ in range(4_000):
            if not self.open_rows():
                return
            self.now += timedelta(seconds=1)
            for _ in range(12):
                self.worker_acts()
        self.broken.append(f"I4 {self.open_rows()} rows are stuck")

    def open_rows(self) -> int:
        """Events and letters nobody is done with; a letter that waits for its hour is not stuck."""
        statement = text(
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'due') +"
            " (SELECT count(*) FROM outbox WHERE state = 'sending' OR (state = 'due'"
            " AND due_at < :soon))"
        )
        soon = int((self.now + timedelta(minutes=10)).timestamp() * 1000)
        return int(
            self.database.read(
                lambda db: db.connection().execute(statement, {"soon": soon}).scalar_one()
            )
        )

    # --- what must hold -----------------------------------------------------------------------

    def checked(self) -> list[str]:
        """What is broken; empty when all holds."""
        rows = self._rows("SELECT id, event_id, conversation, state FROM inbox")
        letters = self._rows(
            "SELECT id, dedupe, conversation, state, is_unclear, sent_as, last_error FROM outbox"
        )
        self._each_event_once(rows)
        self._each_letter_once(rows, letters)
        return self.broken

    def _rows(self, statement: str) -> list[Any]:
        return self.database.read(lambda db: list(db.connection().execute(text(statement))))

    def _each_event_once(self, rows: list[Any]) -> None:
        """I1."""
        kept = Counter(row[1] for row in rows)
        self._break("I1 lost", [event for event in self.acknowledged if not kept[event]])
        self._break("I1 kept twice", [event for event, times in kept.items() if times > 1])
        wrong = [row for row in rows if row[3] != ("dead" if row[1] in self.poison else "done")]
        self._break("I1 wrong end", [row for row in wrong if row[1] not in self.taken_back])
        turns = Counter(row[2] for row in rows if row[3] == "done")
        versions = dict(self._rows("SELECT id, version FROM thread"))
        self._break("I1 turns", [c for c in versions if versions[c] != turns[c]])

    def _each_letter_once(self, rows: list[Any], letters: list[Any]) -> None:
        """I3, and that nothing got lost on the way out."""
        shown = Counter(each.letter for each in self.platform.shown)
        self._break("I3 shown twice", [letter for letter, times in shown.items() if times > 1])
        states = {row[0]: row[3] for row in letters}
        self._break(
            "I3 sent, never shown", [n for n in states if states[n] == "sent" and not shown[n]]
        )
        told = {"sent", "carried", "ambiguous", "suppressed", "dead", "waiting"}
        unclear = [row[0] for row in letters if row[3] == "ambiguous"]
        self._break("I3 unclear for no reason", [n for n in unclear if not self._may_be_unclear(n)])
        riding = [row[0] for row in letters if row[3] == "carried" and not row[4]]
        self._break("I3 shown and carried", [n for n in riding if shown[n]])
        waiting = [row[0] for row in letters if row[3] == "waiting"]
        self._break("I3 shown and waiting", [n for n in waiting if shown[n]])
        dead = [row[0] for row in letters if row[3] == "dead" and row[6] != "given up"]
        self._break("lost", [n for n in dead if n not in self.platform.rejected])
        self._break("I4 left", [row[:4] for row in letters if row[3] not in told | {"due"}])
        written = {row[1] for row in letters}
        texts = {event["webhookEventId"] for event in self.said}
        silent = [
            row for row in rows
            if row[1] in texts and row[3] == "done" and f"event:{row[0]}" not in written
            and row[1] not in self.taken_back
        ]  # fmt: skip
        self._break("no answer", silent)
        self._in_order(letters)

    def _may_be_unclear(self, letter: LetterId) -> bool:
        """The platform was silent, or a worker ended before it could tell what became of it."""
        return letter in self.platform.unclear or self.claims[letter] > self.notes[letter]

    def _in_order(self, letters: list[Any]) -> None:
        """I2 on the way out: answers are shown in the order they were written."""
        answers = {row[0] for row in letters if str(row[1]).startswith("event:")}
        waited = {row[0] for row in letters if row[5] == "push"}
        order: dict[str, list[int]] = defaultdict(list)
        for each in self.platform.shown:
            if each.letter in answers and each.letter not in waited:
                order[each.conversation].append(each.letter)
        self._break("I2 out of order", [o for o in order.values() if o != sorted(o)])

    def _break(self, what: str, found: list[Any]) -> None:
        if found:
            self.broken.append(f"{what}: {found[:3]} of {len(found)}")


def _outgoing(letter: ClaimedLetter, tried: Way) -> Outgoing:
    return Outgoing(
        letter_id=letter.id,
        conversation=letter.conversation,
        messages=json.loads(letter.messages),
        retry_key=letter.retry_key,
        reply_token=letter.standing.reply_token if tried is Way.REPLY else None,
    )


def history(database: Database, seed: int, *, steps: int = 300) -> list[str]:
    """What is broken in the world of that seed."""
    world = World(database, seed)
    world.run(steps)
    world.drain()
    return world.checked()
