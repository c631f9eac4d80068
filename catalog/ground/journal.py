"""Who did what when: the audit trail, and the idempotency keys with their stored results.

Rows are chained by hash per subject, so a changed or missing one shows (`verify`); the heads go
into the evidence log daily. Facts carry ids, amounts and salted hashes only, never names or message
text: a journal cannot forget.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, insert
from sqlmodel import Field, Session, col, select

from catalog.ground.errors import Refused
from catalog.ground.record import STRICT, Instant, Json, Row, Whole, Words, to_millis

GENESIS = "0" * 64


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
) -> Entry:
    """Append one act to its subject's chain."""
    last = db.exec(
        select(Entry.number, Entry.hash)
        .where(Entry.subject == subject)
        .order_by(col(Entry.number).desc())
        .limit(1)
    ).first()
    number, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    entry = Entry(
        subject=subject,
        number=number,
        verb=verb,
        actor=actor,
        at=at,
        facts=dict(facts or {}),
        key=key,
        request_hash=_digest(request) if request is not None else None,
        result=dict(result) if result is not None else None,
        previous=previous,
        hash="",
    )
    entry.hash = entry_hash(entry)
    db.add(entry)
    db.flush()
    return entry


def begin(
    db: Session,
    subjects: Sequence[tuple[str, Mapping[str, Any]]],
    verb: str,
    *,
    actor: str,
    at: datetime,
) -> None:
    """The first act of many new subjects at once: pairs of subject and facts."""
    entries = []
    for subject, facts in subjects:
        entry = Entry(
            subject=subject,
            number=1,
            verb=verb,
            actor=actor,
            at=at,
            facts=dict(facts),
            previous=GENESIS,
            hash="",
        )
        entry.hash = entry_hash(entry)
        entries.append(entry.model_dump(exclude={"id"}))
    db.connection().execute(insert(Entry), entries)


def stored_result(db: Session, key: str, request: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the first command with this key answered; None when there was none.

    Raises KeyUsedOtherwise when the request differs (CMD-1).
    """
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


def of(db: Session, subject: str) -> list[Entry]:
    """The subject's acts, oldest first."""
    return list(db.exec(select(Entry).where(Entry.subject == subject).order_by(col(Entry.number))))


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
