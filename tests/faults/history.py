"""What must hold after any fault, read from the database and from what the platform accepted.

I1 every acknowledged event is in state exactly once · I2 each conversation is answered in (event
time, row) order · I3 no letter reached a person twice, and none was lost.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import text

from catalog.ground.session.database import Database
from tests.line_platform import LinePlatform

SETTLED = frozenset({"sent"})
# A reply whose outcome LINE never told is not sent anew: the next message brings it.
UNCLEAR = frozenset({"carried", "ambiguous"})
MOST_UNCLEAR = 0.1


@dataclass(frozen=True, slots=True)
class Row:
    """An inbox row in the order its conversation must be answered."""

    id: int
    event_id: str
    conversation: str
    state: str


@dataclass(frozen=True, slots=True)
class Sent:
    """An outbox row and how the platform knows it."""

    id: int
    dedupe: str
    conversation: str
    state: str
    reply_token: str | None
    retry_key: str
    is_unclear: bool


def open_rows(database: Database) -> int:
    """Events and letters nobody is done with."""
    statement = text(
        "SELECT (SELECT count(*) FROM inbox WHERE state = 'due') +"
        " (SELECT count(*) FROM outbox WHERE state IN ('due', 'sending'))"
    )
    return int(database.read(lambda db: db.connection().execute(statement).scalar_one()))


def heard(database: Database) -> list[Row]:
    """Every inbox row, per conversation in its order."""
    statement = text(
        "SELECT id, event_id, conversation, state FROM inbox ORDER BY conversation, event_at, id"
    )
    return database.read(lambda db: [Row(*row) for row in db.connection().execute(statement)])


def letters(database: Database) -> list[Sent]:
    """Every outbox row as written."""
    statement = text(
        "SELECT id, dedupe, conversation, state, reply_token, retry_key, is_unclear FROM outbox"
        " ORDER BY id"
    )
    return database.read(lambda db: [Sent(*row) for row in db.connection().execute(statement)])


def versions(database: Database) -> dict[str, int]:
    """How many turns each conversation's state has seen."""
    statement = text("SELECT id, version FROM thread")
    return database.read(lambda db: {row[0]: row[1] for row in db.connection().execute(statement)})


def check(
    database: Database,
    line: LinePlatform,
    acknowledged: Collection[str],
    *,
    settled: Collection[str] = SETTLED,
) -> None:
    """Fail with what is wrong. `settled`: states a letter may have ended in."""
    if database.dialect == "sqlite":
        whole = database.read(
            lambda db: db.connection().execute(text("PRAGMA integrity_check")).scalar()
        )
        assert whole == "ok", whole
    rows, sent = heard(database), letters(database)
    _in_state_once(database, rows, acknowledged)
    _answered(rows, sent, settled)
    _told_once_in_order(rows, sent, line)


def _in_state_once(database: Database, rows: list[Row], acknowledged: Collection[str]) -> None:
    kept = Counter(row.event_id for row in rows)
    lost = [event for event in acknowledged if event not in kept]
    assert not lost, f"acknowledged and lost: {lost[:5]} of {len(lost)}"
    assert max(kept.values(), default=1) == 1, "an event was kept twice"
    undone = [row for row in rows if row.state != "done"]
    assert not undone, f"not done: {undone[:5]} of {len(undone)}"
    turns = Counter(row.conversation for row in rows)
    assert versions(database) == dict(turns), "a turn took effect twice, or not at all"


def _is_late_please_wait(letter: Sent) -> bool:
    """On a slow machine somebody is asked to wait; the answer may come before those words leave."""
    return letter.dedupe.startswith("waiting:") and letter.state == "expired"


def _answered(rows: list[Row], sent: list[Sent], settled: Collection[str]) -> None:
    written = {letter.dedupe for letter in sent}
    silent = [row for row in rows if f"event:{row.id}" not in written]
    assert not silent, f"no answer was written for {silent[:5]} of {len(silent)}"
    open_ = [
        letter
        for letter in sent
        if letter.state not in settled
        and not (letter.state in UNCLEAR and letter.is_unclear)
        and not _is_late_please_wait(letter)
    ]
    assert not open_, f"letters not settled: {open_[:5]} of {len(open_)}"
    unclear = [letter for letter in sent if letter.state in UNCLEAR]
    assert len(unclear) <= MOST_UNCLEAR * len(sent), f"{len(unclear)} of {len(sent)} unclear"


def _told_once_in_order(rows: list[Row], sent: list[Sent], line: LinePlatform) -> None:
    by_token = {letter.reply_token: letter for letter in sent if letter.reply_token}
    by_key = {letter.retry_key: letter for letter in sent}
    told: Counter[int] = Counter()
    order: dict[str, list[int]] = defaultdict(list)
    turn_of = {f"event:{row.id}": place for place, row in enumerate(rows)}
    for delivery in line.accepted:
        letter = by_token.get(delivery.reply_token or "") or by_key.get(delivery.retry_key or "")
        assert letter is not None, f"nobody wrote what was sent: {delivery}"
        told[letter.id] += 1
        if letter.dedupe in turn_of:
            order[letter.conversation].append(turn_of[letter.dedupe])
    doubled = [letter for letter, times in told.items() if times > 1]
    assert not doubled, f"told twice: {doubled[:5]} of {len(doubled)}"
    untold = [letter for letter in sent if letter.state == "sent" and not told[letter.id]]
    assert not untold, f"noted as sent, never accepted: {untold[:5]} of {len(untold)}"
    for conversation, places in order.items():
        assert places == sorted(places), f"{conversation} was answered out of order: {places}"
    assert not line.misuses, line.misuses
