"""Search across customers, pieces and messages (横断検索): full and half width, kana and case are
one; a number, telephone or e-mail is looked up whole.

What was said is kept a second time in one folded form, a little later than it was said; what was
emptied is found no more from that moment, and is taken out within the hour. Whoever may not see
contacts finds nobody by one, and no words by what is hidden in them (R-142). Not here: canned
replies, which find themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Index, UniqueConstraint, delete, exists, func, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, col, select

from catalog.customers.reading import ContactMalformed, email_of, phone_of
from catalog.customers.tables import Customer
from catalog.duties.actors import Actor
from catalog.ground.errors import Malformed
from catalog.ground.record import STRICT, ConversationId, CustomerId, Instant, Row, Whole, Words
from catalog.ground.session.hot import Hot, moment
from catalog.items import queries as items
from catalog.items.queries import UnitFacts
from catalog.items.rules import STAFF
from catalog.items.tables import Unit
from catalog.items.words import fold, narrow, plain_key
from conversations.inbox.tables import Heard
from conversations.messages import Body, Card, Cards, Choices, Edited, Letter, Place, Said, Text
from conversations.outbox.tables import OutboxLetter
from handoff.desk.entries import Readers
from handoff.desk.inbox import excerpt
from handoff.staff import masking
from handoff.staff.permissions import Act, may

_HIRAGANA = {katakana: katakana - 0x60 for katakana in range(0x30A1, 0x30F7)}
_LONGEST = 100
_OVERLAP = 200  # numbers are given out in one order and committed in another
_AT_ONCE = 500  # a fifth of a second of the writer's time
_LOOKED_AT = 100  # rows read together while looking for those that are shown
_LAST = 2**62


class MessageWords(Row, table=True):
    """What one event or letter said, folded. `source`: `h` heard, `w` written."""

    __tablename__ = "message_words"
    __table_args__ = (
        UniqueConstraint("source", "number"),
        Index("message_words_talk", "conversation"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    source: str = Field(sa_type=Words)
    number: int = Field(sa_type=Whole)
    conversation: str = Field(sa_type=Words)
    at: datetime = Field(sa_type=Instant)
    words: str = Field(sa_type=Words)


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """A customer. `by_contact`: found by a telephone or e-mail, which only some may see."""

    customer: CustomerId
    customer_no: str
    name: str
    kana: str | None
    by_contact: bool = False


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """Something that was said. `by_person`: by the customer; `entry`: its id in the time line."""

    conversation: ConversationId
    entry: str
    at: datetime
    by_person: bool
    words: str


class Part(StrEnum):
    """What is found, each by itself."""

    CUSTOMERS = "customers"
    PIECES = "pieces"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True)
class Found:
    """What there is. `more`: the parts that go on after what is here."""

    customers: Sequence[FoundCustomer] = ()
    pieces: Sequence[UnitFacts] = ()
    messages: Sequence[FoundMessage] = ()
    more: frozenset[Part] = frozenset()


NOTHING = Found()


def everything(
    db: Session,
    readers: Readers,
    asked: str,
    actor: Actor,
    *,
    only: Part | None = None,
    offset: int = 0,
    limit: int = 20,
) -> Found:
    """What fits those words: the first of each part, or a page of one."""
    told = asked.replace("\x00", "").strip()[:_LONGEST]
    if not told or not may(actor, Act.LOOK):
        return NOTHING
    wanted = set(Part) if only is None else {only}
    begins, most = offset if only is not None else 0, limit + 1
    people: Sequence[FoundCustomer] = ()
    units: Sequence[UnitFacts] = ()
    said: Sequence[FoundMessage] = ()
    if Part.CUSTOMERS in wanted:
        people = customers(db, told, actor, limit=begins + most)[begins:]
    if Part.PIECES in wanted:
        units = pieces(db, told, limit=begins + most)[begins:]
    if Part.MESSAGES in wanted:
        said = messages(db, readers, told, actor, offset=begins, limit=most)
    lengths = {Part.CUSTOMERS: people, Part.PIECES: units, Part.MESSAGES: said}
    more = frozenset(part for part, rows in lengths.items() if len(rows) > limit)
    return Found(people[:limit], units[:limit], said[:limit], more)


def customers(db: Session, asked: str, actor: Actor, *, limit: int = 20) -> list[FoundCustomer]:
    """By number, by name in kanji or kana, and, for who may see contacts, by telephone or e-mail
    as a whole.
    """
    exact = [col(Customer.customer_no) == narrow(asked).upper()]
    found = [_customer(row) for row in _customers(db, or_(*exact), limit=limit)]
    contacts = _contacts(asked) if may(actor, Act.SEE_CONTACT) else []
    if not found and contacts:
        found = [
            _customer(row, by_contact=True) for row in _customers(db, or_(*contacts), limit=limit)
        ]
    if found:
        return found
    named = [_is_named(word) for word in narrow(asked).split()]
    return [_customer(row) for row in _customers(db, *named, limit=limit)] if named else []


def _customers(db: Session, *where: Any, limit: int) -> Sequence[Customer]:
    return db.exec(
        select(Customer)
        .where(*where, col(Customer.erased_at).is_(None))
        .order_by(col(Customer.id))
        .limit(limit)
    ).all()


def _customer(row: Customer, *, by_contact: bool = False) -> FoundCustomer:
    kana = " ".join(part for part in (row.family_kana, row.given_kana) if part)
    name = " ".join(part for part in (row.family_name, row.given_name) if part)
    return FoundCustomer(CustomerId(row.id), row.customer_no, name, kana or None, by_contact)


def _contacts(asked: str) -> list[ColumnElement[bool]]:
    ways = []
    for read, column in ((phone_of, Customer.phone), (email_of, Customer.email)):
        try:
            ways.append(col(column) == read(narrow(asked)))
        except ContactMalformed:
            continue
    return ways


def _is_named(word: str) -> ColumnElement[bool]:
    """A part of the name, whichever way its kana are written."""
    katakana = fold(word)
    spellings = {word, katakana, katakana.translate(_HIRAGANA)}
    names = func.lower(
        func.coalesce(Customer.family_name, "") + func.coalesce(Customer.given_name, "")
    )
    kana = func.coalesce(Customer.family_kana, "") + func.coalesce(Customer.given_kana, "")
    ways = [names.contains(each, autoescape=True) for each in spellings]
    ways += [kana.contains(each, autoescape=True) for each in spellings]
    return or_(*ways)


def pieces(db: Session, asked: str, *, limit: int = 20) -> list[UnitFacts]:
    """By serial, and by everything people call them; whatever their state."""
    key = plain_key(asked)
    by_serial = (
        db.exec(select(Unit.code).where(Unit.serial_key == key).limit(limit)).all() if key else []
    )
    first = items.by_codes(db, list(by_serial), viewer=STAFF)
    known = {each.code for each in first}
    more = items.search(db, asked, viewer=STAFF, limit=limit)
    return [*first, *(each for each in more if each.code not in known)][:limit]


# What was emptied since is not found, whether or not it was taken out already.
_WHERE = (
    "SELECT m.source, m.number, m.conversation, m.at, m.id FROM message_words m"
    " WHERE m.id < :before AND {has}(m.words, :first) > 0 AND {has}(m.words, :second) > 0"
    " AND {has}(m.words, :third) > 0"
    " AND ((m.source = 'h' AND EXISTS (SELECT 1 FROM inbox i WHERE i.id = m.number"
    " AND i.scrubbed_at IS NULL)) OR (m.source = 'w' AND EXISTS (SELECT 1 FROM outbox o"
    " WHERE o.id = m.number AND o.scrubbed_at IS NULL)))"
    " ORDER BY m.id DESC LIMIT :limit"
)
_FIND = Hot(_WHERE.format(has="instr"), _WHERE.format(has="strpos"))


def messages(
    db: Session, readers: Readers, asked: str, actor: Actor, *, offset: int = 0, limit: int = 20
) -> list[FoundMessage]:
    """What was said with all these words in it (the first three count), the latest first. For who
    may not see contacts, of what is left when those are hidden.
    """
    words = fold(asked).split()[:3]
    if not words:
        return []
    rows = list(islice(_shown(db, readers, words, actor), offset, offset + limit))
    heard = _heard(db, readers, [row[1] for row in rows if row[0] == "h"])
    wrote = _wrote(db, readers, [row[1] for row in rows if row[0] == "w"])
    return [
        FoundMessage(
            ConversationId(row[2]),
            f"{row[0]}{row[1]}",
            moment(row[3]),
            row[0] == "h",
            (heard if row[0] == "h" else wrote).get(row[1], ""),
        )
        for row in rows
    ]


def _shown(
    db: Session, readers: Readers, words: Sequence[str], actor: Actor
) -> Iterator[Sequence[Any]]:
    """The rows with these words that this person may find, the latest first."""
    first, second, third = (*words, *[words[0]] * (3 - len(words)))
    before = _LAST
    while rows := _FIND(
        db, first=first, second=second, third=third, before=before, limit=_LOOKED_AT
    ):
        before = rows[-1][4]
        hidden = set() if may(actor, Act.SEE_CONTACT) else _hidden(db, readers, rows, words, actor)
        yield from (row for row in rows if (row[0], row[1]) not in hidden)
        if len(rows) < _LOOKED_AT:
            return


def _hidden(
    db: Session,
    readers: Readers,
    rows: Sequence[Sequence[Any]],
    words: Sequence[str],
    actor: Actor,
) -> set[tuple[str, int]]:
    """Those of the rows that these words are only found in by what the person may not see. Else
    one who tries digit after digit learns a number that no page shows them.
    """
    numbers = {source: [row[1] for row in rows if row[0] == source] for source in ("h", "w")}
    heard = db.exec(select(Heard).where(col(Heard.id).in_(numbers["h"]))).all()
    wrote = db.exec(select(OutboxLetter).where(col(OutboxLetter.id).in_(numbers["w"]))).all()
    told = {("h", row.id or 0): _open_words(_body(readers, row)) for row in heard}
    told |= {("w", row.id or 0): said_in(_letters(readers, row)) for row in wrote}
    left = {key: fold(masking.words(whole, actor)) for key, whole in told.items()}
    every = {(str(row[0]), int(row[1])) for row in rows}
    return {key for key in every if not all(word in left.get(key, "") for word in words)}


def _open_words(body: Body | None) -> str:
    """What can be searched by everybody: of a place nothing."""
    return "" if isinstance(body, Place) else words_of(body)


def _heard(db: Session, readers: Readers, numbers: Sequence[int]) -> dict[int, str]:
    rows = db.exec(select(Heard).where(col(Heard.id).in_(numbers)))
    return {row.id or 0: excerpt.of_body(_body(readers, row)).words for row in rows}


def _wrote(db: Session, readers: Readers, numbers: Sequence[int]) -> dict[int, str]:
    rows = db.exec(select(OutboxLetter).where(col(OutboxLetter.id).in_(numbers)))
    return {row.id or 0: excerpt.of_letters(_letters(readers, row)).words for row in rows}


def catch_up(db: Session, readers: Readers, *, now: datetime, limit: int = _AT_ONCE) -> int:
    """Keep the words of what was said since the last look. How many are new; call again while
    there are any.
    """
    last = dict(
        db.exec(
            select(MessageWords.source, func.max(MessageWords.number)).group_by(
                col(MessageWords.source)
            )
        ).all()
    )
    heard = db.exec(
        select(Heard)
        .where(col(Heard.id) > (last.get("h") or 0) - _OVERLAP, col(Heard.scrubbed_at).is_(None))
        .order_by(col(Heard.id))
        .limit(limit + _OVERLAP)
    ).all()
    wrote = db.exec(
        select(OutboxLetter)
        .where(
            col(OutboxLetter.id) > (last.get("w") or 0) - _OVERLAP,
            col(OutboxLetter.scrubbed_at).is_(None),
        )
        .order_by(col(OutboxLetter.id))
        .limit(limit + _OVERLAP)
    ).all()
    new = [
        _row("h", row.id or 0, row.conversation, row.event_at, words_of(_body(readers, row)))
        for row in heard
    ]
    new += [
        _row("w", row.id or 0, row.conversation, row.written_at, said_in(_letters(readers, row)))
        for row in wrote
    ]
    if new:
        insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
        db.connection().execute(insert(MessageWords).on_conflict_do_nothing(), new)
    return sum(row["number"] > (last.get(row["source"]) or 0) for row in new)


def _row(source: str, number: int, conversation: str, at: datetime, words: str) -> dict[str, Any]:
    return {
        "source": source, "number": number, "conversation": conversation, "at": at,
        "words": fold(words),
    }  # fmt: skip


def take_out(db: Session) -> None:
    """Let go of the words of what was emptied; they are found no more already."""
    for source, table in (("h", Heard), ("w", OutboxLetter)):
        emptied = exists().where(
            col(table.id) == col(MessageWords.number), col(table.scrubbed_at).is_not(None)
        )
        db.connection().execute(
            delete(MessageWords).where(col(MessageWords.source) == source, emptied)
        )


def forget(db: Session, conversation: ConversationId) -> None:
    """Nothing that was said there is found any more (R-137)."""
    db.connection().execute(
        delete(MessageWords).where(col(MessageWords.conversation) == conversation)
    )


def words_of(body: Body | None) -> str:
    """What can be searched of what a person did."""
    match body:
        case Said() | Edited():
            return body.text
        case Place():
            return body.address or ""
        case _:
            return ""


def said_in(letters: Sequence[Letter]) -> str:
    """Every word of these letters."""
    return "\n".join(word for letter in letters for word in _said(letter) if word)


def _said(letter: Letter) -> list[str]:
    match letter:
        case Text() | Choices():
            return [letter.text]
        case Card():
            lines = [f"{label} {value}" for label, value in letter.lines]
            return [letter.heading, *lines, letter.note or ""]
        case Cards():
            return [word for card in letter.cards for word in _said(card)]
        case _:
            return [letter.said]


def _body(readers: Readers, row: Heard) -> Body | None:
    read = readers.heard.get(row.channel)
    if read is None or row.scrubbed_at is not None:
        return None
    try:
        body: Body = read(row.body, inbox_id=row.id or 0, received_at=row.received_at).body
    except Malformed:
        return None
    return body


def _letters(readers: Readers, row: OutboxLetter) -> list[Letter]:
    read = readers.said.get(row.channel)
    return read(orjson.loads(row.messages)) if read is not None else []
