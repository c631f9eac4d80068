"""Telling one notice (お知らせを送る): through the gate, to one address, as one letter.

The worklist row is the fact; the letter is keyed by it and its channel, so whatever happens to the
process the person hears it once. What the person did in a conversation was answered there and is
not told again. A letter that will not arrive goes to the person's next channel, and when there is
none it becomes a task: somebody calls.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.customers import consents
from catalog.customers.consents import Category
from catalog.ground import journal, policy, worklist
from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.policy import NoticeTerms
from catalog.ground.record import ConversationId, CustomerId, to_millis
from catalog.ground.worklist import DueWork
from catalog.items import queries as items
from conversations.flows.flow import ConversationTerms
from conversations.outbox import actions as outbox
from conversations.outbox import queries as letters_of
from conversations.outbox.actions import Envelope
from conversations.outbox.tables import LetterState, OutboxLetter
from conversations.ports import Channel
from conversations.reminders import (
    addresses,
    appointments,
    buyback,
    checkpoints,
    consignment,
    credit,
    orders,
    watched,
)
from conversations.reminders.addresses import Address
from conversations.reminders.gate import (
    PRIORITY,
    STOPPABLE,
    Held,
    Kept,
    Kind,
    Occasion,
    Reason,
    decide,
)
from conversations.reminders.phase import Phase, Phases
from conversations.reminders.sheet import NoticeMalformed, Sheet
from conversations.reminders.taking_back import PREFIX
from conversations.wording.news.voice import voice as news_voice
from conversations.wording.voice import voice

PHASES: Phases = {
    **buyback.PHASES,
    **consignment.PHASES,
    **orders.PHASES,
    **credit.PHASES,
    **watched.PHASES,
    **appointments.PHASES,
    **checkpoints.PHASES,
}
ANSWERED = "answered in the conversation"
NOBODY = "nobody"  # the channel of a letter for which there was no address
TELL_BY_HAND = "tell_by_hand"  # task: a person must be told what no letter could
LETTER_FAILED = "letter_failed"  # task: an answer could not be delivered
# What a person's own step may have led to; the rest is written by a clock or for others.
_MAY_BE_ANSWERED = frozenset({Kind.ANSWER, Kind.SERVICE})


@dataclass(frozen=True, slots=True)
class Post:
    """What is needed to tell anybody anything."""

    channels: Mapping[str, Channel]
    terms: ConversationTerms


@dataclass(frozen=True, slots=True)
class _Notice:
    """A claimed notice, read. `all_at`: every address of the person; `left`: where no letter of it
    was ever written to.
    """

    work: DueWork
    who: str
    name: str
    phase: Phase
    all_at: Sequence[Address]
    left: Sequence[Address]

    def fact(self, channel: str) -> str:
        return f"{PREFIX}{self.work.key}@{channel}"

    def envelope(self, channel: str, conversation: str, until: datetime | None = None) -> Envelope:
        return Envelope(
            dedupe=self.fact(channel),
            channel=channel,
            conversation=ConversationId(conversation),
            purpose=self.name,
            priority=PRIORITY[self.phase.kind],
            expires_at=until,
        )


def tell(db: Session, work: DueWork, post: Post, *, worker: str, now: datetime) -> bool:
    """See one notice through: told, held until the morning, or kept back with its reason. False
    when the row was lost. Raises NoticeMalformed.
    """
    who, name = work.facts.get("to"), work.facts.get("phase")
    if not isinstance(who, str) or not isinstance(name, str):
        raise NoticeMalformed("to")
    who = addresses.today(db, who)
    phase = PHASES.get(name)
    if phase is None:
        _by_hand(db, work, who, name, reason="no words for it", now=now)
        return worklist.done(db, work, worker=worker, now=now)
    all_at = addresses.reachable(db, who, post.channels)
    tried = letters_of.tried(db, [f"{PREFIX}{work.key}@{each}" for each in post.channels])
    left = [each for each in all_at if f"{PREFIX}{work.key}@{each.channel}" not in tried]
    notice = _Notice(work, who, name, phase, all_at, left)
    if _was_answered(db, notice):
        _keep(db, notice, LetterState.CARRIED, ANSWERED, now=now)
        return worklist.done(db, work, worker=worker, now=now)
    sheet = _sheet(db, notice, post, now=now)
    until = phase.useful_until(sheet)
    decided = decide(
        _occasion(db, notice, until, now=now), policy.current(db).of(NoticeTerms), now=now
    )
    if isinstance(decided, Held):
        worklist.postpone(db, work, until=decided.until)
        return True
    letters = None if isinstance(decided, Kept) else phase.tell(sheet)
    if not worklist.done(db, work, worker=worker, now=now):
        return False
    if isinstance(decided, Kept):
        _keep_back(db, notice, decided.reason, until, now=now)
    elif letters is None:
        _keep(db, notice, LetterState.EXPIRED, Reason.OVER.value, now=now)
    else:
        for each in phase.overtakes:
            outbox.expire(db, f"{PREFIX}{work.subject}:{each}:", now=now)
        to = notice.left[0]
        channel = post.channels[to.channel]
        outbox.put(
            db,
            notice.envelope(to.channel, to.conversation, until),
            channel.render(letters),
            now=now,
        )
    return True


def _was_answered(db: Session, notice: _Notice) -> bool:
    return notice.phase.kind in _MAY_BE_ANSWERED and any(
        journal.was_said_in(db, notice.work.subject, each.conversation, at=notice.work.written_at)
        for each in notice.all_at
    )


def _sheet(db: Session, notice: _Notice, post: Post, *, now: datetime) -> Sheet:
    to = notice.left[0] if notice.left else None
    viewer = items.viewer(
        db, to.channel if to else NOBODY, to.address if to else None, today=tokyo_day(now)
    )
    lang = to.lang if to else None
    return Sheet(
        db=db,
        about=notice.work.subject,
        facts=notice.work.facts,
        customer=addresses.customer_of(notice.who),
        viewer=viewer,
        conversation=to.conversation if to else ConversationId(notice.who),
        public_url=post.terms.public_url,
        words=news_voice(lang),
        voice=voice(lang),
        stops=_category(notice.phase.kind),
        now=now,
    )


def _occasion(db: Session, notice: _Notice, until: datetime | None, *, now: datetime) -> Occasion:
    customer = addresses.customer_of(notice.who)
    heard = [each.heard_at for each in notice.all_at if each.heard_at is not None]
    month = at_tokyo(tokyo_day(now).replace(day=1))
    return Occasion(
        kind=notice.phase.kind,
        is_partner=addresses.partner_of(notice.who) is not None,
        is_reachable=bool(notice.left),
        agreed=_agreed(db, customer, notice.phase.kind),
        heard_at=max(heard, default=None),
        unasked_this_month=letters_of.unasked_since(
            db, [each.conversation for each in notice.all_at], month
        ),
        useful_until=until,
    )


def _category(kind: Kind) -> Category | None:
    """What a person answers about it; None: it cannot be stopped. Who stops marketing hears nothing
    after a purchase either.
    """
    if kind not in STOPPABLE:
        return None
    return Category.CREDIT_REMINDER if kind is Kind.CREDIT_REMINDER else Category.MARKETING


def _agreed(db: Session, customer: CustomerId | None, kind: Kind) -> bool | None:
    """The latest answer, None: never asked."""
    category = _category(kind)
    if customer is None or category is None:
        return None
    if consents.has_refused(db, customer, category):
        return False
    return True if consents.allows(db, customer, category) else None


def _keep_back(
    db: Session, notice: _Notice, reason: Reason, until: datetime | None, *, now: datetime
) -> None:
    if reason is Reason.OVER:
        _keep(db, notice, LetterState.EXPIRED, reason.value, now=now)
        if notice.phase.kind is Kind.SERVICE and until is not None and now < until:
            # The morning is too late for a letter, but not yet for a voice.
            _by_hand(db, notice.work, notice.who, notice.name, reason=reason.value, now=now)
        return
    _keep(db, notice, LetterState.SUPPRESSED, reason.value, now=now)
    if reason is Reason.UNREACHABLE and notice.phase.kind not in STOPPABLE:
        _by_hand(db, notice.work, notice.who, notice.name, reason=reason.value, now=now)


def _keep(db: Session, notice: _Notice, state: LetterState, reason: str, *, now: datetime) -> None:
    to = notice.left[0] if notice.left else None
    envelope = notice.envelope(to.channel if to else NOBODY, to.conversation if to else notice.who)
    outbox.keep(db, envelope, state=state, reason=reason, now=now)


def _by_hand(
    db: Session, work: DueWork, who: str, phase: str, *, reason: str, now: datetime
) -> None:
    """Somebody of the shop tells the person."""
    facts = {"to": who, "phase": phase, "reason": reason}
    worklist.task(db, TELL_BY_HAND, work.subject, due_at=now, now=now, once=work.key, facts=facts)


def see_to(db: Session, work: DueWork, *, worker: str, now: datetime) -> bool:
    """A letter will not reach its address: its notice goes to the person's next channel; another
    one that failed for good is a task. False when the row was lost.
    """
    if not worklist.done(db, work, worker=worker, now=now):
        return False
    letter = db.get(OutboxLetter, int(work.subject))
    if letter is None or letter.state not in {LetterState.DEAD, LetterState.SUPPRESSED}:
        return True  # staff had it tried again
    if letter.expires_at is not None and now >= letter.expires_at:
        return True  # it is of no use anywhere any more
    if letter.dedupe.startswith(PREFIX):
        key = letter.dedupe.removeprefix(PREFIX).rpartition("@")[0]
        worklist.reopen(db, worklist.NOTICE, key, now=now)
    elif letter.state == LetterState.DEAD:
        worklist.task(
            db, LETTER_FAILED, f"conversation:{letter.conversation}", due_at=now, now=now,
            once=f"{letter.id}@{to_millis(letter.ended_at or now)}",
            facts={"letter": letter.id, "purpose": letter.purpose},
        )  # fmt: skip
    return True
