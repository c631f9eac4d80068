"""Reads on canned replies: all of them, found by what is typed, filled for one conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.credit import queries as credit
from catalog.customers.linking import owner
from catalog.customers.tables import Customer
from catalog.ground.record import ConversationId, CustomerId, StaffId
from catalog.items import queries as items
from catalog.items.rules import STAFF
from catalog.orders import queries as orders
from conversations.threads import queries as threads
from conversations.wording.credit.voice import voice as credit_voice
from conversations.wording.voice import voice
from handoff.desk import queries as desk
from handoff.desk.canned.actions import CannedMissing
from handoff.desk.canned.rules import Place, filled, partly, rank, search_key
from handoff.desk.canned.tables import Canned, CannedText
from handoff.staff.tables import Staff

_OTHERWISE = ("en", "ja")  # whoever reads neither gets English, if there is any


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply as it stands. `texts`: language → text, with its places."""

    id: str
    shortcut: str
    title: str
    version: int
    texts: Mapping[str, str]

    def in_language(self, lang: str) -> str:
        """The text for who reads that language, else the nearest there is."""
        for each in (lang, *_OTHERWISE):
            if each in self.texts:
                return self.texts[each]
        return next(iter(self.texts.values()))


@dataclass(frozen=True, slots=True)
class Filled:
    """A text for the composer: what is known is in it, `left` is for a person to write."""

    text: str
    left: tuple[str, ...]


def in_use(db: Session) -> list[Reply]:
    """Every reply, by title."""
    rows = db.exec(
        select(Canned, CannedText)
        .where(
            col(Canned.retired_at).is_(None),
            CannedText.canned_id == Canned.id,
            CannedText.version == Canned.version,
        )
        .order_by(col(Canned.title), col(Canned.id), col(CannedText.lang))
    )
    found: dict[str, tuple[Canned, dict[str, str]]] = {}
    for row, text in rows:
        found.setdefault(row.id, (row, {}))[1][text.lang] = text.body
    return [
        Reply(row.id, row.shortcut, row.title, row.version, texts) for row, texts in found.values()
    ]


def get(db: Session, canned_id: str) -> Reply:
    """That reply. Raises CannedMissing."""
    found = next((each for each in in_use(db) if each.id == canned_id), None)
    if found is None:
        raise CannedMissing(canned_id)
    return found


def versions(db: Session, canned_id: str) -> list[CannedText]:
    """Every text it ever had, the latest version first."""
    return list(
        db.exec(
            select(CannedText)
            .where(CannedText.canned_id == canned_id)
            .order_by(col(CannedText.version).desc(), col(CannedText.lang))
        )
    )


def find(db: Session, asked: str, *, limit: int = 20) -> list[Reply]:
    """Those that fit what is typed: by shortcut, by title, by any word of the text."""
    fitting = []
    for reply in in_use(db):
        key = search_key(reply.shortcut, reply.title, *reply.texts.values())
        place = rank(asked, shortcut=reply.shortcut, title=reply.title, key=key)
        if place is not None:
            fitting.append((place, reply.title, reply))
    return [reply for _, _, reply in sorted(fitting, key=lambda each: each[:2])][:limit]


def fill(
    db: Session,
    canned_id: str,
    conversation: ConversationId,
    staff: StaffId,
    *,
    lang: str,
    item: str | None = None,
    now: datetime,
) -> Filled:
    """The reply for the composer; nothing is refused here. Raises CannedMissing."""
    facts = facts_for(db, conversation, staff, lang=lang, item=item, now=now)
    return Filled(*partly(get(db, canned_id).in_language(lang), facts))


def text_for(
    db: Session,
    canned_id: str,
    conversation: ConversationId,
    staff: StaffId,
    *,
    lang: str,
    item: str | None = None,
    now: datetime,
) -> str:
    """The reply as it can be sent. Raises CannedMissing, Unresolved."""
    facts = facts_for(db, conversation, staff, lang=lang, item=item, now=now)
    return filled(get(db, canned_id).in_language(lang), facts)


def facts_for(
    db: Session,
    conversation: ConversationId,
    staff: StaffId,
    *,
    lang: str,
    item: str | None = None,
    now: datetime,
) -> dict[Place, str]:
    """What the registers know for that conversation now, in the words of that language. `item`: a
    code; else the piece last talked about.
    """
    channel, _, address = conversation.partition(":")
    customer = owner(db, channel, address)
    told: dict[Place, str | None] = {}
    if customer is not None:
        told |= _of_customer(db, customer, lang=lang, now=now)
    told |= _of_item(db, conversation, item, lang=lang)
    ticket = desk.open_of(db, conversation)
    if ticket is not None and ticket.promised_at > now:
        told[Place.PROMISE_AT] = voice(lang).moment(ticket.promised_at, now=now)
    told[Place.STAFF_NAME] = db.exec(select(Staff.name).where(Staff.id == staff)).first()
    return {place: text for place, text in told.items() if text}


def _of_customer(
    db: Session, customer: CustomerId, *, lang: str, now: datetime
) -> dict[Place, str | None]:
    row = db.get_one(Customer, customer)
    if row.erased_at is not None:
        return {}
    balance = credit.balance(db, customer, now)
    latest: Sequence[str] = [each.order_no for each in orders.of_customer(db, customer, limit=1)]
    ends = balance.next_expires_on
    return {
        Place.CUSTOMER_FAMILY_NAME: row.family_name,
        Place.CUSTOMER_GIVEN_NAME: row.given_name,
        Place.CUSTOMER_NAME: " ".join(p for p in (row.family_name, row.given_name) if p),
        Place.CUSTOMER_NUMBER: row.customer_no,
        Place.CREDIT_BALANCE: voice(lang).yen(balance.spendable) if balance.spendable else None,
        Place.CREDIT_EXPIRES: credit_voice(lang).day(ends) if ends is not None else None,
        Place.ORDER_NUMBER: next(iter(latest), None),
    }


def _of_item(
    db: Session, conversation: ConversationId, item: str | None, *, lang: str
) -> dict[Place, str | None]:
    code = item or threads.memory_of(db, conversation).unit
    found = items.by_codes(db, [code], viewer=STAFF) if code is not None else []
    if not found:
        return {}
    [unit] = found
    return {
        Place.ITEM_CODE: unit.code,
        Place.ITEM_NAME: unit.named(lang),
        Place.ITEM_PRICE: voice(lang).yen(unit.price) if unit.price is not None else None,
        Place.ITEM_GRADE: unit.grade,
    }
