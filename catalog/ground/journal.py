"""Who did what when (記録簿): the audit trail, and the idempotency keys with their stored results.

Rows are chained by hash per subject, so a changed or missing one shows (`verify`); the heads go
into the evidence log daily. Facts carry ids, amounts and salted hashes only, never names or message
text: a journal cannot forget. Every change of money or custody also notes what it wrote
(`wrote`), so that the journal alone rebuilds those columns (`rebuilt`, `differences`).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, UniqueConstraint, bindparam, func, insert, inspect
from sqlalchemy import select as select_columns
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.ground.errors import Refused
from catalog.ground.record import STRICT, Instant, Json, Row, Whole, Words, to_millis

GENESIS = "0" * 64
_ROWS = "rows"  # table → primary key → columns: what an act wrote, among its facts
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Command:
    """What makes a repeat find the first (CMD-1): its key, what was asked, and, once known, what a
    repeat is answered with.
    """

    key: str
    request: Mapping[str, Any]
    result: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Wrote:
    """What a statement wrote without the row in hand: some journaled columns of one row."""

    table: type[Row]
    key: Any
    values: Mapping[str, Any]


class Entry(Row, table=True):
    """One act. `number` counts from 1 within the subject; `key` makes a repeat find the first."""

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("subject", "number"),
        UniqueConstraint("key"),
        Index("journal_at", "at"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    subject: str = Field(sa_type=Words)
    number: int = Field(sa_type=Whole)
    verb: str = Field(sa_type=Words)
    actor: str = Field(sa_type=Words)
    at: datetime = Field(sa_type=Instant)
    facts: dict[str, Any] = Field(sa_type=Json)
    key: str | None = Field(default=None, sa_type=Words)
    request_hash: str | None = Field(default=None, sa_type=Words)
    result: dict[str, Any] | None = Field(default=None, sa_type=Json)
    previous: str = Field(sa_type=Words)
    hash: str = Field(sa_type=Words)


class KeyUsedOtherwise(Refused):
    """The same idempotency key came with another request."""

    def __init__(self, key: str) -> None:
        super().__init__(f"key {key} was used for another request")
        self.key = key


_LAST = (
    select_columns(col(Entry.number), col(Entry.hash))
    .where(col(Entry.subject) == bindparam("subject"))
    .order_by(col(Entry.number).desc())
    .limit(1)
)
_APPEND = insert(Entry)


def record(
    db: Session,
    subject: str,
    verb: str,
    *,
    actor: str,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    key: str | None = None,
    request: Mapping[str, Any] | None = None,
    result: Mapping[str, Any] | None = None,
    wrote: Iterable[Row | Wrote] = (),
) -> Entry:
    """Append one act to its subject's chain. `wrote`: every row of money or custody it changed or
    made, as it stands now.
    """
    _one_at_a_time(db, f"journal {subject}")
    last = db.connection().execute(_LAST, {"subject": subject}).first()
    number, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    entry = Entry(
        subject=subject,
        number=number,
        verb=verb,
        actor=actor,
        at=at,
        facts={**(facts or {}), **_written(wrote)},
        key=key,
        request_hash=_digest(request) if request is not None else None,
        result=dict(result) if result is not None else None,
        previous=previous,
        hash="",
    )
    entry.hash = entry_hash(entry)
    db.flush()
    db.connection().execute(_APPEND, entry.model_dump(exclude={"id"}))
    return entry


def _written(wrote: Iterable[Row | Wrote]) -> dict[str, Any]:
    rows: dict[str, dict[str, dict[str, Any]]] = {}
    for each in wrote:
        change = each if isinstance(each, Wrote) else wrote_of(each)
        table = rows.setdefault(str(change.table.__tablename__), {})
        values = {name: _plain(value) for name, value in change.values.items()}
        table.setdefault(str(change.key), {}).update(values)
    return {_ROWS: rows} if rows else {}


def wrote_of(row: Row) -> Wrote:
    """A row's key and its journaled columns (`__journaled__`) as they stand."""
    kind = type(row)
    return Wrote(
        kind, getattr(row, _key(kind)), {name: getattr(row, name) for name in kind.__journaled__}
    )


def _key(kind: type[Row]) -> str:
    return str(inspect(kind).primary_key[0].key)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_millis(value)
    return value.isoformat() if isinstance(value, date) else value


def _one_at_a_time(db: Session, name: str) -> None:
    """Wait until nobody else is inside a transaction that asked for the same name. SQLite has one
    writer anyway.
    """
    if db.get_bind().dialect.name != "sqlite":
        number = func.hashtextextended(name, 0)
        db.connection().execute(select_columns(func.pg_advisory_xact_lock(number)))


def begin(
    db: Session,
    subjects: Sequence[tuple[str, Mapping[str, Any], Iterable[Row | Wrote]]],
    verb: str,
    *,
    actor: str,
    at: datetime,
) -> None:
    """The first act of many new subjects at once: subject, facts, and what was written of money or
    custody.
    """
    entries = []
    for subject, facts, wrote in subjects:
        entry = Entry(
            subject=subject,
            number=1,
            verb=verb,
            actor=actor,
            at=at,
            facts={**facts, **_written(wrote)},
            previous=GENESIS,
            hash="",
        )
        entry.hash = entry_hash(entry)
        entries.append(entry.model_dump(exclude={"id"}))
    db.connection().execute(insert(Entry), entries)


def was_said_in(db: Session, subject: str, conversation: str, *, at: datetime) -> bool:
    """Whether somebody in that conversation gave the command of what was done to the subject then:
    its key names the conversation.
    """
    found = db.exec(
        select(Entry.id)
        .where(
            Entry.subject == subject,
            Entry.at == at,
            col(Entry.key).contains(f":{conversation}:", autoescape=True),
        )
        .limit(1)
    )
    return found.first() is not None


def stored_result(db: Session, key: str, request: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the first command with this key answered; None when there was none.

    Raises KeyUsedOtherwise when the request differs (CMD-1). Ask before anything is written: a
    second command with the key waits here until the first is committed.
    """
    _one_at_a_time(db, f"key {key}")
    entry = db.exec(select(Entry).where(Entry.key == key)).first()
    if entry is None:
        return None
    if entry.request_hash != _digest(request):
        raise KeyUsedOtherwise(key)
    return entry.result or {}


def entry_hash(entry: Entry) -> str:
    """The chain hash of one entry: its content and the hash before it."""
    return _digest(
        {
            "subject": entry.subject,
            "number": entry.number,
            "verb": entry.verb,
            "actor": entry.actor,
            "at": to_millis(entry.at),
            "facts": entry.facts,
            "key": entry.key,
            "request": entry.request_hash,
            "result": entry.result,
            "previous": entry.previous,
        }
    )


def verify(db: Session, subject: str) -> bool:
    """Whether the subject's chain is whole and unchanged."""
    previous = GENESIS
    for number, entry in enumerate(of(db, subject), start=1):
        if entry.number != number or entry.previous != previous or entry.hash != entry_hash(entry):
            return False
        previous = entry.hash
    return True


def broken(db: Session) -> list[str]:
    """The subjects whose chain is not whole and unchanged, of all there are."""
    found: list[str] = []
    subject, number, previous = "", 0, GENESIS
    entries = db.exec(
        select(Entry)
        .order_by(col(Entry.subject), col(Entry.number))
        .execution_options(yield_per=_AT_ONCE)
    )
    for entry in entries:
        if entry.subject != subject:
            subject, number, previous = entry.subject, 0, GENESIS
        number += 1
        is_next = entry.number == number and entry.previous == previous
        if (not is_next or entry.hash != entry_hash(entry)) and subject not in found[-1:]:
            found.append(subject)
        previous = entry.hash
        db.expunge(entry)
    return found


def of(db: Session, subject: str) -> list[Entry]:
    """The subject's acts, oldest first."""
    return list(db.exec(select(Entry).where(Entry.subject == subject).order_by(col(Entry.number))))


def of_each(db: Session, subjects: Iterable[str]) -> dict[str, list[Entry]]:
    """The acts of each of these subjects, oldest first; a subject without any is left out."""
    found: dict[str, list[Entry]] = {}
    which = col(Entry.subject).in_(list(subjects))
    for entry in db.exec(select(Entry).where(which).order_by(col(Entry.number))):
        found.setdefault(entry.subject, []).append(entry)
    return found


@dataclass(frozen=True, slots=True)
class Sought:
    """Which acts: of a subject (or, ending in `:`, of that kind), by one of these actors, with a
    verb, from a moment until before another; None: any.
    """

    subject: str | None = None
    actors: tuple[str, ...] | None = None
    verb: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def search(
    db: Session, sought: Sought, *, before: int | None = None, limit: int = 50
) -> list[Entry]:
    """The acts that were sought, the latest first; `before`: the `id` of the last one shown."""
    found = select(Entry).where(*_fitting(sought))
    if before is not None:
        found = found.where(col(Entry.id) < before)
    return list(db.exec(found.order_by(col(Entry.id).desc()).limit(limit)))


def count(db: Session, sought: Sought) -> tuple[int, int]:
    """How many acts were sought, and the `id` of the last of them (0: there is none)."""
    found = select(func.count(), func.coalesce(func.max(Entry.id), 0)).where(*_fitting(sought))
    many, last = db.exec(found).one()
    return many, last or 0


def _fitting(sought: Sought) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if sought.subject is not None and sought.subject.endswith(":"):
        # Half-open, so that the index on subjects serves: ';' follows ':'.
        wanted.append(col(Entry.subject) >= sought.subject)
        wanted.append(col(Entry.subject) < f"{sought.subject[:-1]};")
    elif sought.subject is not None:
        wanted.append(col(Entry.subject) == sought.subject)
    if sought.actors is not None:
        wanted.append(col(Entry.actor).in_(sought.actors))
    if sought.verb is not None:
        wanted.append(col(Entry.verb) == sought.verb)
    if sought.since is not None:
        wanted.append(col(Entry.at) >= sought.since)
    if sought.until is not None:
        wanted.append(col(Entry.at) < sought.until)
    return wanted


def wrote_in(entry: Entry, table: type[Row], key: str) -> Mapping[str, Any]:
    """The journaled columns of that row as this act left them; empty when it did not touch it."""
    rows: Mapping[str, Mapping[str, Mapping[str, Any]]] = entry.facts.get(_ROWS, {})
    return rows.get(str(table.__tablename__), {}).get(key, {})


def rebuilt(db: Session) -> dict[str, dict[str, dict[str, Any]]]:
    """What the journal alone says of every journaled column: table → primary key → values."""
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    last = 0
    while True:
        rows = db.exec(
            select(Entry.id, Entry.facts)
            .where(col(Entry.id) > last)
            .order_by(col(Entry.id))
            .limit(_AT_ONCE)
        ).all()
        for number, facts in rows:
            last = number or last
            for table, changed in facts.get(_ROWS, {}).items():
                kept = tables.setdefault(table, {})
                for key, values in changed.items():
                    kept.setdefault(key, {}).update(values)
        if len(rows) < _AT_ONCE:
            return tables


def journaled() -> list[type[Row]]:
    """Every table of the product that has columns of money or custody."""
    return [
        kind
        for kind in Row.__subclasses__()
        if kind.__journaled__ and kind.metadata is SQLModel.metadata
    ]


@dataclass(frozen=True, slots=True)
class Difference:
    """A journaled row whose table and journal disagree; None: not there at all."""

    table: str
    key: str
    in_table: Mapping[str, Any] | None
    in_journal: Mapping[str, Any] | None


def differences(db: Session, tables: Iterable[type[Row]]) -> list[Difference]:
    """Replay the journal beside the tables; empty when it rebuilds every journaled column."""
    told = rebuilt(db)
    found = []
    for kind in tables:
        name, key = str(kind.__tablename__), _key(kind)
        kept = told.pop(name, {})
        columns = [getattr(kind, column) for column in (key, *kind.__journaled__)]
        for row in db.connection().execute(select_columns(*columns)):
            values = dict(zip(kind.__journaled__, map(_plain, row[1:]), strict=True))
            journaled = kept.pop(str(row[0]), None)
            if journaled != values:
                found.append(Difference(name, str(row[0]), values, journaled))
        found.extend(Difference(name, key, None, values) for key, values in kept.items())
    for name, kept in told.items():
        found.extend(Difference(name, key, None, values) for key, values in kept.items())
    return found


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
