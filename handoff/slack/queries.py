"""Reads for what staff see on Slack: a ticket's facts, who of Slack is who of the shop, the lists.

No address and no telephone number leaves here.
"""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false
from sqlmodel import Session, col, func, or_, select

from catalog.credit import queries as credit
from catalog.credit.queries import Balance
from catalog.customers.tables import Contact, Customer
from catalog.duties.actors import Actor, Role
from catalog.ground import policy
from catalog.ground.record import ConversationId, CustomerId, TicketId
from catalog.items import queries as items
from catalog.items.kinds import Category
from catalog.items.rules import STAFF
from conversations.ports import Channel
from handoff.desk.tables import Ticket, TicketState
from handoff.slack import lines
from handoff.slack.cards import LAST_LINES, Facts, Line, Piece
from handoff.slack.lines import Reader
from handoff.slack.rules import SlackTerms, named
from handoff.slack.tables import SlackThread
from handoff.slack.wording.voice import StaffVoice, voice
from handoff.staff.tables import Staff
from media.assets.kinds import AssetKind
from media.assets.tables import Asset
from media.intake import shots

_MOST_FOUND = 12
CONSOLE = "/console/inbox"


@dataclass(frozen=True, slots=True)
class StaffSlack:
    """The shop's side of Slack: the channel where customers are shown, how events are read, what
    letters go out by, where the console is.
    """

    channel: str
    parsers: Mapping[str, Reader]
    channels: Mapping[str, Channel]
    public_url: str

    def page(self, path: str) -> str | None:
        """That page of the console; None where nobody could open it from Slack."""
        return f"{self.public_url}{path}" if self.public_url else None


def terms(db: Session) -> SlackTerms:
    """What the shop has settled."""
    return policy.current(db).of(SlackTerms)


def words(db: Session) -> StaffVoice:
    """In which language staff are spoken to."""
    return voice(terms(db).language)


def actor_of(db: Session, user: str) -> Actor | None:
    """Who of the shop that is; None for everybody else, and for those who have left."""
    row = db.exec(
        select(Staff.id, Staff.role).where(Staff.slack_id == user, col(Staff.left_at).is_(None))
    ).first()
    return Actor(row[0], Role(row[1])) if row is not None else None


def slack_ids(db: Session, staff: Sequence[str]) -> list[str]:
    """By which Slack calls these, in that order, without those who have left or are not there."""
    rows = db.exec(
        select(Staff.id, Staff.slack_id).where(
            col(Staff.id).in_(staff), col(Staff.slack_id).is_not(None), col(Staff.left_at).is_(None)
        )
    )
    known = dict(rows.all())
    return [str(known[each]) for each in staff if each in known]


def staff_known(db: Session) -> int:
    """How many of those who work here are known by their Slack id."""
    there = select(func.count(col(Staff.id))).where(
        col(Staff.slack_id).is_not(None), col(Staff.left_at).is_(None)
    )
    return db.exec(there).one()


def name_of(db: Session, staff: str | None) -> str | None:
    """What somebody of the shop is called."""
    return db.exec(select(Staff.name).where(Staff.id == staff)).first() if staff else None


def thread_of(db: Session, conversation: ConversationId) -> SlackThread | None:
    """The thread of a conversation."""
    return db.get(SlackThread, conversation)


def thread_at(db: Session, channel: str, ts: str) -> SlackThread | None:
    """The thread that begins with that message."""
    return db.exec(
        select(SlackThread).where(SlackThread.channel == channel, SlackThread.ts == ts)
    ).first()


def facts(db: Session, ticket: Ticket, slack: StaffSlack, *, with_last: bool = True) -> Facts:
    """A ticket as it is shown."""
    settled = terms(db)
    conversation = ConversationId(ticket.conversation)
    channel, _, address = conversation.partition(":")
    last: tuple[Line, ...] = ()
    if with_last:
        read = lines.reading(db, slack.parsers, voice(settled.language))
        last = lines.before(db, conversation, read, at=ticket.opened_at, limit=LAST_LINES)
    thread = thread_of(db, conversation)
    return Facts(
        ticket=ticket.id,
        state=TicketState(ticket.state),
        reason=ticket.reason,
        customer=_customer(db, channel, address, settled),
        mark=_mark(conversation),
        channel=channel,
        promised_at=ticket.promised_at,
        owner=name_of(db, ticket.owner),
        piece=_piece(db, ticket.about_unit),
        unanswered_since=ticket.unanswered_since,
        wake_at=ticket.wake_at,
        last=last,
        url=slack.page(f"{CONSOLE}?ticket={ticket.id}"),  # no platform's id of a customer
        thread_url=_thread_url(thread),
        prefix=settled.prefixes[0] if settled.prefixes else "–",
    )


def called(db: Session, conversation: ConversationId, words: StaffVoice) -> str:
    """What the customer of a conversation is called on Slack."""
    channel, _, address = conversation.partition(":")
    return words.customer(_customer(db, channel, address, terms(db)), channel, _mark(conversation))


def _mark(conversation: ConversationId) -> str:
    """Tells nameless customers apart, and tells nobody who they are."""
    return hashlib.sha256(conversation.encode()).hexdigest()[:4].upper()


def _thread_url(thread: SlackThread | None) -> str | None:
    if thread is None or thread.ts is None:
        return None
    return f"https://slack.com/archives/{thread.channel}/p{thread.ts.replace('.', '')}"


def _customer(db: Session, channel: str, address: str, settled: SlackTerms) -> str | None:
    row = db.exec(
        select(Customer.family_name, Customer.given_name).where(
            Contact.channel == channel,
            Contact.address == address,
            Contact.customer_id == Customer.id,
            col(Customer.erased_at).is_(None),
        )
    ).first()
    if row is None:
        return None
    return named(_full(row[0], row[1]), row[0], settled.names)


def _full(family: str, given: str | None) -> str:
    return f"{family} {given}" if given else family


def _piece(db: Session, code: str | None) -> str | None:
    if code is None:
        return None
    found = items.by_codes(db, [code], viewer=STAFF)
    return f"{code} {found[0].title}" if found else code


def mine(db: Session, actor: Actor, *, limit: int = 100) -> list[Ticket]:
    """What somebody has, those whose customers wait first, then by what was promised."""
    held = (TicketState.CLAIMED.value, TicketState.SNOOZED.value)
    rows = db.exec(
        select(Ticket)
        .where(Ticket.owner == actor.id, col(Ticket.state).in_(held))
        .order_by(col(Ticket.promised_at), col(Ticket.id))
        .limit(limit)
    )
    return sorted(rows, key=lambda each: (each.unanswered_since is None, each.promised_at))


def open_ticket(db: Session, ticket_id: TicketId) -> Ticket | None:
    """That ticket as it stands; None for one that never was."""
    return db.get(Ticket, ticket_id, populate_existing=True)


def piece(db: Session, code: str) -> Piece | None:
    """A piece by its code, whoever may see it."""
    told = unicodedata.normalize("NFKC", code).strip().upper()
    found = items.by_codes(db, [told], viewer=STAFF)
    if not found:
        return None
    unit = found[0]
    counts = dict(
        db.exec(
            select(Asset.kind, func.count(col(Asset.id)))
            .where(col(Asset.unit_id) == unit.id, col(Asset.is_tag).is_(false()))
            .group_by(Asset.kind)
        ).all()
    )
    category = Category(unit.category)
    taken = shots.of_units(db, {unit.id: category})[unit.id]
    return Piece(
        unit.code,
        unit.title,
        unit.state,
        unit.grade,
        unit.price,
        films=counts.get(AssetKind.FILM.value, 0),
        stills=counts.get(AssetKind.STILL.value, 0),
        shots_told=taken.told,
        missing_shots=taken.missing,
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A customer by name or number."""

    customer: CustomerId
    name: str
    number: str


def customers_called(db: Session, told: str) -> Sequence[Found]:
    """By the exact number, else by the name or its reading, each named as far as it may stand on
    Slack; those that were forgotten are gone.
    """
    text = unicodedata.normalize("NFKC", told).strip()
    there = select(
        Customer.id, Customer.family_name, Customer.given_name, Customer.customer_no
    ).where(col(Customer.erased_at).is_(None))
    rows = db.exec(there.where(Customer.customer_no == text)).all()
    parts = text.removesuffix("様").split()
    if not rows and parts:
        family, given = parts[0], parts[1] if len(parts) > 1 else None
        wanted = or_(Customer.family_name == family, Customer.family_kana == _kana(family))
        if given is not None:
            same = or_(Customer.given_name == given, Customer.given_kana == _kana(given))
            there = there.where(same)
        there = there.where(wanted).order_by(col(Customer.customer_no)).limit(_MOST_FOUND)
        rows = db.exec(there).all()
    shown = terms(db).names
    return [
        Found(CustomerId(row[0]), named(_full(row[1], row[2]), row[1], shown) or "–", row[3])
        for row in rows
    ]


def _kana(text: str) -> str:
    """Hiragana as katakana."""
    return "".join(chr(ord(each) + 0x60) if "ぁ" <= each <= "ゖ" else each for each in text)


def balance(db: Session, customer: CustomerId, *, now: datetime) -> Balance:
    """What the customer can spend."""
    return credit.balance(db, customer, now)
