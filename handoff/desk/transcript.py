"""One time line of a conversation for staff (会話の記録): what the person said and did, every
letter of the bot and of staff with its state, notes, moves, films watched.

Read page by page backwards by a cursor of moment, register and number; each register gives at most
a page. What was emptied shows as emptied. Not here: the shapes (`entries`), marking as read
(`seen`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from catalog.ground.errors import Malformed
from catalog.ground.journal import Entry as Act
from catalog.ground.record import ConversationId, StaffId, from_millis, to_millis
from catalog.items.tables import Unit
from conversations import messages
from conversations.inbox.queries import KEPT_FOR
from conversations.inbox.tables import Heard as HeardRow
from conversations.inbox.tables import HeardState
from conversations.messages import Button, Card, Cards, Choices, Letter, Tapped, Unsent
from conversations.outbox.tables import LetterState, OutboxLetter
from handoff.desk import notes
from handoff.desk.entries import (
    Entry,
    FileSent,
    Happened,
    Happening,
    Heard,
    Noted,
    Page,
    Readers,
    Viewed,
    Wrote,
)
from handoff.desk.notes import Note
from handoff.staff.tables import Staff
from media.assets.tables import Asset
from media.intake.tables import ReceivedFile
from media.sharing.tables import MediaPass
from media.sharing.views import MediaView

USUAL, MOST = 60, 200
_LOOKED_BACK = 40  # letters before the page in which the button of a tap is looked for
_WITH_REASON = frozenset(
    {LetterState.DEAD, LetterState.SUPPRESSED, LetterState.EXPIRED, LetterState.AMBIGUOUS,
     LetterState.WAITING, LetterState.DUE}
)  # fmt: skip


class CursorMalformed(Malformed):
    """Not a place in a time line or a list."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where a page ends: entries strictly before this one."""

    at: datetime
    rank: int
    key: str

    def text(self) -> str:
        return f"{to_millis(self.at)}.{self.rank}.{self.key}"

    def is_after(self, placed: "_Placed") -> bool:
        """Whether that entry comes earlier."""
        at, rank, key, _ = placed
        if (at, rank) != (self.at, self.rank):
            return (at, rank) < (self.at, self.rank)
        return bool(key < (self.key if rank == _NOTE else int(self.key)))

    def before(self, rank: int, at: Any, key: Any, *, number: bool) -> ColumnElement[bool]:
        """The rows of one register that come earlier."""
        at, key = col(at), col(key)
        if rank < self.rank:
            return and_(at <= self.at)
        if rank > self.rank:
            return and_(at < self.at)
        last = int(self.key) if number else self.key
        return or_(at < self.at, and_(at == self.at, key < last))


# In this order within one millisecond: a move, then what was said, what was answered, and the rest.
_MOVE, _HEARD, _WROTE, _NOTE, _VIEW = range(5)
_Placed = tuple[datetime, int, Any, Entry | None]


def of(
    db: Session,
    readers: Readers,
    conversation: ConversationId,
    *,
    before: str | None = None,
    since: str | None = None,
    limit: int = USUAL,
) -> Page:
    """The latest entries, those before a cursor, or those from a cursor on. Raises
    CursorMalformed.
    """
    cut = _cut(before) if before is not None else None
    top = _cut(since) if since is not None else None
    limit = max(1, min(limit, MOST))
    names = _names(db)
    placed: list[_Placed] = []
    placed += _moves(db, conversation, cut, names, limit + 1)
    heard = _heard_rows(db, conversation, cut, limit + 1)
    wrote = _wrote_rows(db, conversation, cut, limit + 1)
    placed += [(row.event_at, _HEARD, row.id, None) for row in heard]
    placed += [(row.written_at, _WROTE, row.id, None) for row in wrote]
    placed += _notes(db, conversation, cut, names, limit + 1)
    placed += _views(db, conversation, cut, limit + 1)
    placed.sort(key=lambda each: (each[0], each[1], each[2]))
    wanted = placed if top is None else [each for each in placed if not top.is_after(each)]
    shown = wanted[-limit:]
    has_more = len(placed) > len(shown)
    said = _letters_of(readers, [row for row in wrote if _is_in(shown, _WROTE, row.id)], names)
    told = _told_of(
        db, readers, conversation, [row for row in heard if _is_in(shown, _HEARD, row.id)], said
    )
    entries = [
        entry if entry is not None else (said if rank == _WROTE else told).get(key)
        for _, rank, key, entry in shown
    ]
    first = shown[0] if shown else None
    return Page(
        tuple(entry for entry in entries if entry is not None),
        _Cut(first[0], first[1], str(first[2])).text() if first and has_more else None,
        last_id(db, conversation),
    )


def _is_in(shown: Sequence[_Placed], rank: int, key: Any) -> bool:
    return any(each[1] == rank and each[2] == key for each in shown)


def since(
    db: Session, readers: Readers, conversation: ConversationId, seen: str
) -> tuple[Entry, ...]:
    """What was said there after that `last_id`: by the person, and by others of the shop. Raises
    CursorMalformed.
    """
    heard_to, wrote_to = place(seen)
    names = _names(db)
    heard = list(
        db.exec(
            select(HeardRow)
            .where(HeardRow.conversation == conversation, col(HeardRow.id) > heard_to)
            .order_by(col(HeardRow.id))
            .limit(MOST)
        )
    )
    wrote = list(
        db.exec(
            select(OutboxLetter)
            .where(
                OutboxLetter.conversation == conversation,
                col(OutboxLetter.id) > wrote_to,
                col(OutboxLetter.written_by).is_not(None),
            )
            .order_by(col(OutboxLetter.id))
            .limit(MOST)
        )
    )
    said = _letters_of(readers, wrote, names)
    told = _told_of(db, readers, conversation, heard, said)
    found: list[Entry] = [entry for entry in told.values() if entry is not None]
    return tuple(sorted([*found, *said.values()], key=lambda entry: entry.at))


def last_id(db: Session, conversation: ConversationId) -> str:
    """How far a conversation has come: the latest thing heard, and the latest letter of staff."""
    heard = select(func.max(HeardRow.id)).where(HeardRow.conversation == conversation)
    wrote = select(func.max(OutboxLetter.id)).where(
        OutboxLetter.conversation == conversation, col(OutboxLetter.written_by).is_not(None)
    )
    return f"{db.exec(heard).one() or 0}.{db.exec(wrote).one() or 0}"


def has_moved(
    db: Session, conversation: ConversationId, seen: str, readers: Readers | None = None
) -> bool:
    """Whether something was said there that whoever saw `seen` has not: by somebody else of the
    shop, or by the person. A film that was watched and words taken back say nothing, as far as
    there are `readers` to tell. Raises CursorMalformed.
    """
    heard_to, wrote_to = place(seen)
    heard, wrote = place(last_id(db, conversation))
    if wrote > wrote_to:
        return True
    if readers is None or heard <= heard_to:
        return heard > heard_to
    rows = db.exec(
        select(HeardRow).where(HeardRow.conversation == conversation, col(HeardRow.id) > heard_to)
    )
    return any(not isinstance(_body(readers, row), Unsent | messages.Watched) for row in rows)


def place(text: str) -> tuple[int, int]:
    """The latest event and the latest letter of a `last_id`. Raises CursorMalformed."""
    heard, _, wrote = text.partition(".")
    if not (heard.isascii() and heard.isdigit() and wrote.isascii() and wrote.isdigit()):
        raise CursorMalformed("no place in a conversation")
    return int(heard[:18]), int(wrote[:18])


def _cut(text: str) -> _Cut:
    parts = text.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isalnum() for part in parts):
        raise CursorMalformed("no cursor of a time line")
    millis, rank, key = parts
    is_number = millis.isdigit() and len(millis) < 15 and rank.isdigit() and int(rank) <= _VIEW
    if not is_number or (int(rank) != _NOTE and not (key.isdigit() and len(key) < 19)):
        raise CursorMalformed("no cursor of a time line")
    return _Cut(from_millis(int(millis)), int(rank), key)


def _names(db: Session) -> dict[str, str]:
    return dict(db.exec(select(Staff.id, Staff.name)).all())


# --- what the person did ----------------------------------------------------------------------


def _heard_rows(
    db: Session, conversation: ConversationId, cut: _Cut | None, limit: int
) -> list[HeardRow]:
    found = select(HeardRow).where(HeardRow.conversation == conversation)
    if cut is not None:
        found = found.where(cut.before(_HEARD, HeardRow.event_at, HeardRow.id, number=True))
    order = (col(HeardRow.event_at).desc(), col(HeardRow.id).desc())
    return list(db.exec(found.order_by(*order).limit(limit)))


def _told_of(
    db: Session,
    readers: Readers,
    conversation: ConversationId,
    rows: Sequence[HeardRow],
    said: Mapping[int, Wrote],
) -> dict[int, Heard | None]:
    """By number; None for what is no entry of its own (a change or a taking back of another)."""
    bodies = {row.id or 0: _body(readers, row) for row in rows}
    ids = [row.message_id for row in rows if row.message_id is not None]
    changes = _changes(db, readers, conversation, ids)
    files = _files(db, conversation, ids)
    pressed = _pressed(db, readers, conversation, rows, bodies, said)
    told: dict[int, Heard | None] = {}
    for row in rows:
        number = row.id or 0
        body = bodies[number]
        later = changes.get(row.message_id or "", ())
        is_first = all(change.id >= number for change in later)
        if isinstance(body, Unsent | messages.Edited | messages.Watched) or not is_first:
            told[number] = None
            continue
        told[number] = Heard(
            id=f"h{number}",
            at=row.event_at,
            body=body,
            is_taken_back=any(change.is_taken_back for change in later),
            pressed=pressed.get(number),
            edited_to=next((each.words for each in reversed(later) if each.words), None),
            file=files.get(row.message_id or "") if row.message_id else None,
            trouble=row.last_error if row.state == HeardState.DEAD else None,
        )
    return told


def _body(readers: Readers, row: HeardRow) -> messages.Body | None:
    read = readers.heard.get(row.channel)
    if row.scrubbed_at is not None or read is None:
        return None
    try:
        event = read(row.body, inbox_id=row.id or 0, received_at=row.received_at)
    except Malformed:
        return messages.Unknown("unreadable")
    return event.body


@dataclass(frozen=True, slots=True)
class _Change:
    """A row that carries a message again: its new words, or that it was taken back."""

    id: int
    words: str | None
    is_taken_back: bool


def _changes(
    db: Session, readers: Readers, conversation: ConversationId, ids: Sequence[str]
) -> dict[str, list[_Change]]:
    """Every row of those messages, where there is more than the message itself."""
    rows = db.exec(
        select(HeardRow)
        .where(col(HeardRow.message_id).in_(ids), HeardRow.conversation == conversation)
        .order_by(col(HeardRow.id))
    )
    together: dict[str, list[HeardRow]] = {}
    for row in rows:
        together.setdefault(row.message_id or "", []).append(row)
    found: dict[str, list[_Change]] = {}
    for message, several in together.items():
        if len(several) > 1:
            found[message] = [_change(readers, row) for row in several]
    return found


def _change(readers: Readers, row: HeardRow) -> _Change:
    body = _body(readers, row)
    # Emptied long before its time: whoever wrote it took it back.
    is_early = row.scrubbed_at is not None and row.scrubbed_at < row.received_at + KEPT_FOR
    words = body.text if isinstance(body, messages.Edited) else None
    return _Change(row.id or 0, words, isinstance(body, Unsent) or is_early)


def _files(db: Session, conversation: ConversationId, ids: Sequence[str]) -> dict[str, FileSent]:
    channel = conversation.partition(":")[0]
    rows = db.exec(
        select(ReceivedFile).where(
            col(ReceivedFile.message_id).in_(ids), ReceivedFile.channel == channel
        )
    )
    return {
        row.message_id: FileSent(row.id, row.kind, row.name, row.size, row.state) for row in rows
    }


def _pressed(
    db: Session,
    readers: Readers,
    conversation: ConversationId,
    rows: Sequence[HeardRow],
    bodies: Mapping[int, messages.Body | None],
    said: Mapping[int, Wrote],
) -> dict[int, str]:
    """What the buttons that were pressed said, as far as the letters that bore them are kept."""
    taps = {number: body.data for number, body in bodies.items() if isinstance(body, Tapped)}
    if not taps:
        return {}
    words = _words_behind(letter for wrote in said.values() for letter in wrote.letters)
    if any(data not in words for data in taps.values()):
        earliest = min(row.event_at for row in rows)
        before = db.exec(
            select(OutboxLetter)
            .where(
                OutboxLetter.conversation == conversation,
                col(OutboxLetter.written_at) <= earliest,
                col(OutboxLetter.scrubbed_at).is_(None),
            )
            .order_by(col(OutboxLetter.written_at).desc(), col(OutboxLetter.id).desc())
            .limit(_LOOKED_BACK)
        )
        earlier = (letter for row in before for letter in _letters(readers, row))
        words = {**_words_behind(earlier), **words}
    return {number: words[data] for number, data in taps.items() if data in words}


def _words_behind(letters: Iterable[Letter]) -> dict[str, str]:
    """What is behind a button → what the chat shows when it is pressed."""
    return {
        button.data: button.said or button.label
        for letter in letters
        for button in _buttons(letter)
        if button.data is not None
    }


def _buttons(letter: Letter) -> Sequence[Button]:
    match letter:
        case Choices():
            return letter.options
        case Card():
            return letter.buttons
        case Cards():
            return [button for card in letter.cards for button in card.buttons]
        case _:
            return ()


# --- what was written to the person -----------------------------------------------------------


def _wrote_rows(
    db: Session, conversation: ConversationId, cut: _Cut | None, limit: int
) -> list[OutboxLetter]:
    found = select(OutboxLetter).where(OutboxLetter.conversation == conversation)
    if cut is not None:
        found = found.where(cut.before(_WROTE, OutboxLetter.written_at, OutboxLetter.id,
                                       number=True))  # fmt: skip
    order = (col(OutboxLetter.written_at).desc(), col(OutboxLetter.id).desc())
    return list(db.exec(found.order_by(*order).limit(limit)))


def _letters_of(
    readers: Readers, rows: Sequence[OutboxLetter], names: Mapping[str, str]
) -> dict[int, Wrote]:
    return {
        row.id or 0: Wrote(
            id=f"w{row.id}",
            at=row.written_at,
            letter=row.id or 0,
            letters=tuple(_letters(readers, row)),
            author=StaffId(row.written_by) if row.written_by else None,
            author_name=names.get(row.written_by, row.written_by) if row.written_by else None,
            state=row.state,
            purpose=row.purpose,
            reason=row.last_error if row.state in _WITH_REASON else None,
            due_at=row.due_at if row.state == LetterState.DUE and not row.attempts else None,
            is_emptied=row.scrubbed_at is not None,
        )
        for row in rows
    }


def _letters(readers: Readers, row: OutboxLetter) -> list[Letter]:
    read = readers.said.get(row.channel)
    return read(orjson.loads(row.messages)) if read is not None else []


# --- notes, moves, films ----------------------------------------------------------------------


def _notes(
    db: Session,
    conversation: ConversationId,
    cut: _Cut | None,
    names: Mapping[str, str],
    limit: int,
) -> list[_Placed]:
    found = select(Note).where(Note.conversation == conversation, col(Note.retracts).is_(None))
    if cut is not None:
        found = found.where(cut.before(_NOTE, Note.written_at, Note.id, number=False))
    order = (col(Note.written_at).desc(), col(Note.id).desc())
    rows = list(db.exec(found.order_by(*order).limit(limit)))
    ids = [row.id for row in rows]
    taken_back = set(db.exec(select(Note.retracts).where(col(Note.retracts).in_(ids))))
    called = notes.called_in(db, ids)
    return [
        (row.written_at, _NOTE, row.id, _noted(row, names, called, row.id in taken_back))
        for row in rows
    ]


def _noted(
    row: Note, names: Mapping[str, str], called: Mapping[str, Sequence[str]], is_taken_back: bool
) -> Noted:
    return Noted(
        id=f"n{row.id}",
        at=row.written_at,
        note=row.id,
        author=StaffId(row.author),
        author_name=names.get(row.author, row.author),
        body=None if is_taken_back or row.scrubbed_at is not None else row.body,
        source=row.source,
        called=tuple(names.get(who, who) for who in called.get(row.id, ())),
        is_taken_back=is_taken_back,
    )


_SHOWN = [each.value for each in Happening]


def _moves(
    db: Session,
    conversation: ConversationId,
    cut: _Cut | None,
    names: Mapping[str, str],
    limit: int,
) -> list[_Placed]:
    found = select(Act).where(
        Act.subject == f"conversation:{conversation}", col(Act.verb).in_(_SHOWN)
    )
    if cut is not None:
        found = found.where(cut.before(_MOVE, Act.at, Act.id, number=True))
    rows = db.exec(found.order_by(col(Act.at).desc(), col(Act.id).desc()).limit(limit))
    return [(row.at, _MOVE, row.id or 0, _happened(row, names)) for row in rows]


def _happened(row: Act, names: Mapping[str, str]) -> Happened:
    facts = row.facts
    owner = facts.get("owner")
    until = facts.get("until") or facts.get("promised_at")
    return Happened(
        id=f"j{row.id}",
        at=row.at,
        what=Happening(row.verb),
        by=row.actor,
        by_name=names.get(row.actor.removeprefix("staff:")),
        owner=StaffId(owner) if owner else None,
        owner_name=names.get(owner, owner) if owner else None,
        reason=facts.get("reason"),
        until=from_millis(until) if until else None,
        level=facts.get("level"),
        stars=facts.get("stars"),
    )


def _views(
    db: Session, conversation: ConversationId, cut: _Cut | None, limit: int
) -> list[_Placed]:
    rows = select_columns(
        col(MediaView.id),
        col(MediaView.at),
        col(MediaView.asset_id),
        col(MediaPass.issued_at),
        col(Asset.unit_id),
    ).where(
        col(MediaView.conversation) == conversation,
        col(MediaPass.token_hash) == col(MediaView.token_hash),
        col(Asset.id) == col(MediaView.asset_id),
    )
    if cut is not None:
        rows = rows.where(cut.before(_VIEW, MediaView.at, MediaView.id, number=True))
    order = (col(MediaView.at).desc(), col(MediaView.id).desc())
    found = db.connection().execute(rows.order_by(*order).limit(limit)).all()
    units = {each[4] for each in found if each[4] is not None}
    titled = (
        {
            unit: (code, title)
            for unit, code, title in db.exec(
                select(Unit.id, Unit.code, Unit.title).where(col(Unit.id).in_(units))
            )
        }
        if units
        else {}
    )
    return [
        (at, _VIEW, number, _viewed(number, at, asset, titled.get(unit or ""), sent))
        for number, at, asset, sent, unit in found
    ]


def _viewed(
    number: int | None,
    at: datetime,
    asset: str,
    piece: tuple[str, str] | None,
    sent_at: datetime,
) -> Viewed:
    code, title = piece if piece is not None else (None, None)
    return Viewed(f"v{number}", at, asset, code, title, sent_at)
