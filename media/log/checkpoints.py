"""Making checkpoints (検証点の作成): daily over everything, the heads of the journal's chains among
it; at any moment for an export. Each is signed, kept as it was signed, noted to be time-stamped
where the shop has an authority, and sent to the partners who wish to hold it: who holds one finds
out when the log is rewritten.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert
from sqlmodel import Session, col, func, select

from catalog.ground import worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing
from catalog.ground.journal import Entry
from catalog.ground.record import to_millis
from catalog.ground.session.database import insert_once
from catalog.partners import queries as partners
from media.log import actions as log
from media.log import notes, queries
from media.log.keys import KeyReplaced, KeyRing, Signer
from media.log.rules import canonical
from media.log.tables import CheckpointStamp, JournalHead, LogCheckpoint, LogKey

STAMP = "log.stamp"  # due work: have a checkpoint time-stamped
TOLD = "checkpoint"  # the notice partners get
KEY_LEAF = "log.key"
HEADS_LEAF = "journal.heads"
# An act whose unit was overtaken by this many others before its commit is covered a day later.
_OVERTAKEN = 20_000
_AT_ONCE = 500


class CheckpointMissing(Missing):
    """No such checkpoint was made."""

    def __init__(self, told: object = "") -> None:
        super().__init__(f"no checkpoint {told}".rstrip())


@dataclass(frozen=True, slots=True)
class Notary:
    """With what checkpoints are made. `has_authority`: they are to be time-stamped."""

    keys: KeyRing
    has_authority: bool = False


def daily(db: Session, notary: Notary, *, now: datetime) -> LogCheckpoint:
    """The checkpoint of the Tokyo day, made now unless it was: over the log and, by a leaf of their
    own, over the chains of the journal that went on. Raises KeyMissing, KeyExposed, KeyReplaced.
    """
    day = tokyo_day(now)
    made = of_day(db, day)
    if made is not None:
        return made
    signer = _signer(db, notary.keys, now=now)
    cover_journal(db, now=now)
    made = _make(db, signer, notary, day=day, now=now)
    for partner in partners.holders(db):
        worklist.notice(
            db, f"checkpoint:{made.number}", TOLD, to=f"partner:{partner}",
            version=made.number or 0, now=now,
        )  # fmt: skip
    return made


def fresh(db: Session, notary: Notary, *, now: datetime) -> LogCheckpoint:
    """A checkpoint over every leaf there is: the latest one when it is, else a new one. Raises
    KeyMissing, KeyExposed, KeyReplaced.
    """
    signer = _signer(db, notary.keys, now=now)
    last = latest(db)
    if last is not None and last.size == queries.size(db):
        return last
    return _make(db, signer, notary, day=None, now=now)


def rotate(db: Session, keys: KeyRing, *, by: str, now: datetime) -> Signer:
    """The key the ring has just been given is the one in use; a leaf says since when and whose
    place it takes.
    """
    before, signer = _key_in_use(db), keys.current()
    if signer.verifier.key_id != before:
        _register(db, signer, replaces=before, by=by, now=now)
    return signer


def _signer(db: Session, keys: KeyRing, *, now: datetime) -> Signer:
    """The key in use, in the log. The very first is made; a lost one never silently; one that was
    replaced signs nothing.
    """
    in_use = _key_in_use(db)
    signer = keys.current() if in_use is not None else keys.ensure()
    key_id = signer.verifier.key_id
    if key_id == in_use:
        return signer
    if in_use is not None and db.get(LogKey, key_id) is not None:
        raise KeyReplaced(key_id, in_use)
    _register(db, signer, replaces=in_use, by="bot", now=now)
    return signer


def _key_in_use(db: Session, *, at_size: int | None = None) -> str | None:
    """The latest key the log names, among its first `at_size` leaves."""
    latest_first = select(LogKey.key_id).order_by(col(LogKey.log_number).desc())
    if at_size is not None:
        latest_first = latest_first.where(col(LogKey.log_number) < at_size)
    return db.exec(latest_first).first()


def _register(db: Session, signer: Signer, *, replaces: str | None, by: str, now: datetime) -> None:
    verifier = signer.verifier
    facts = {
        "key": verifier.key_id, "verifier": str(verifier), "replaces": replaces, "actor": by,
    }  # fmt: skip
    number = log.append(db, KEY_LEAF, facts, now=now)
    values = {
        "key_id": verifier.key_id, "verifier": str(verifier), "log_number": number,
        "added_at": now,
    }  # fmt: skip
    insert_once(db, LogKey, values)


def _make(
    db: Session, signer: Signer, notary: Notary, *, day: date | None, now: datetime
) -> LogCheckpoint:
    # Others may append meanwhile: it is the root of these leaves, and signed with their key.
    size = queries.size(db)
    root, in_use = queries.root(db, at_size=size), _key_in_use(db, at_size=size)
    if in_use is not None and in_use != signer.verifier.key_id:
        raise KeyReplaced(signer.verifier.key_id, in_use)
    values = {
        "size": size,
        "root": root,
        "key_id": signer.verifier.key_id,
        "note": signer.sign(notes.checkpoint_text(signer.verifier.name, size, root)),
        "day": day,
        "made_at": now,
    }
    is_new = insert_once(db, LogCheckpoint, values)
    row = latest(db) if day is None else of_day(db, day)
    assert row is not None
    if is_new and notary.has_authority:
        told = str(row.number)
        worklist.add(db, STAMP, told, told, due_at=now, now=now)
    return row


def cover_journal(db: Session, *, now: datetime) -> int | None:
    """A leaf with one digest over the last act of every chain that went on since the last such
    leaf; the list it is of is kept beside it. None when none did.
    """
    heads = _heads(db)
    if not heads:
        return None
    facts = {"chains": len(heads), "digest": digest_of(heads), "until": to_millis(now)}
    number = log.append(db, HEADS_LEAF, facts, now=now)
    for start in range(0, len(heads), _AT_ONCE):
        rows = [
            {"log_number": number, "subject": subject, "number": last, "hash": hashed}
            for subject, last, hashed in heads[start : start + _AT_ONCE]
        ]
        db.connection().execute(insert(JournalHead), rows)
    return number


def digest_of(heads: Sequence[tuple[str, int, str]]) -> str:
    """One digest for a list of heads, whatever its order."""
    told = canonical({"heads": sorted(list(each) for each in heads)})
    return hashlib.sha256(told.encode()).hexdigest()


def _heads(db: Session) -> list[tuple[str, int, str]]:
    """Subject, number and hash of the last act of each chain that is further than was covered."""
    since = _covered_until(db)
    grown = (
        select(Entry.subject, func.max(Entry.number).label("number"))
        .where(col(Entry.id) > since - _OVERTAKEN)
        .group_by(Entry.subject)
        .subquery()
    )
    covered = (
        select(func.max(JournalHead.number))
        .where(JournalHead.subject == grown.c.subject)
        .correlate(grown)
        .scalar_subquery()
    )
    rows = db.exec(
        select(Entry.subject, Entry.number, Entry.hash)
        .join(grown, (col(Entry.subject) == grown.c.subject))
        .where(
            col(Entry.number) == grown.c.number,
            grown.c.number > func.coalesce(covered, 0),
        )
        .order_by(Entry.subject)
    )
    return [(subject, number, hashed) for subject, number, hashed in rows]


def _covered_until(db: Session) -> int:
    """The latest act that a leaf covers."""
    last = db.exec(select(func.max(JournalHead.log_number))).one()
    if last is None:
        return 0
    until: int | None = db.exec(
        select(func.max(Entry.id)).where(
            JournalHead.log_number == last,
            Entry.subject == JournalHead.subject,
            Entry.number == JournalHead.number,
        )
    ).one()
    return until or 0


def of_day(db: Session, day: date) -> LogCheckpoint | None:
    """The checkpoint the clock made for that Tokyo day."""
    return db.exec(select(LogCheckpoint).where(LogCheckpoint.day == day)).first()


def latest(db: Session) -> LogCheckpoint | None:
    """The one made last."""
    return db.exec(select(LogCheckpoint).order_by(col(LogCheckpoint.number).desc())).first()


def by_number(db: Session, number: int) -> LogCheckpoint:
    """Raises CheckpointMissing."""
    found = db.get(LogCheckpoint, number)
    if found is None:
        raise CheckpointMissing(number)
    return found


def verifiers(db: Session) -> list[notes.Verifier]:
    """The public halves of every key there ever was, the oldest first."""
    rows = db.exec(select(LogKey.verifier).order_by(col(LogKey.log_number)))
    return [notes.read_verifier(each) for each in rows]


def stamp_of(db: Session, number: int) -> bytes | None:
    """What the time-stamping authority answered for it."""
    row = db.get(CheckpointStamp, number)
    return row.answer if row is not None else None


def first_stamped(db: Session, number: int) -> LogCheckpoint | None:
    """The smallest checkpoint over that leaf that an authority stamped: by then it was there."""
    return db.exec(
        select(LogCheckpoint)
        .join(CheckpointStamp, col(CheckpointStamp.checkpoint) == col(LogCheckpoint.number))
        .where(col(LogCheckpoint.size) > number)
        .order_by(col(LogCheckpoint.size), col(LogCheckpoint.number))
        .limit(1)
    ).first()


def keep_stamp(db: Session, number: int, answer: bytes, *, now: datetime) -> bool:
    """Keep the authority's answer; False when one was kept before."""
    values = {"checkpoint": number, "answer": answer, "stamped_at": now}
    return insert_once(db, CheckpointStamp, values)


def unstamped(db: Session, *, before: datetime) -> int:
    """How many checkpoints of before then still wait for their time stamp."""
    waiting = select(func.count()).select_from(worklist.Work).where(
        worklist.Work.kind == STAMP,
        worklist.Work.state == worklist.WorkState.DUE.value,
        col(worklist.Work.written_at) < before,
    )  # fmt: skip
    return db.exec(waiting).one()
