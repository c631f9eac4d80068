"""What people send (受信ファイル): fetched at once, sealed with the sender's key, erasable, without
a log leaf.

`want` notes that a message has bytes; a worker fetches them (`received.fetch`), `keep` seals them
into the store while no transaction is open, `stored` writes that down. The digest is that of the
plain bytes. A messenger may have recompressed what it delivers, and the row says so. Not here: the
network, and attaching a file to a case.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from catalog.duties import sealing
from catalog.duties.sealing import DataKeys
from catalog.ground import worklist
from catalog.ground.errors import Missing, Refused
from catalog.ground.record import ConversationId, Sha256, new_id
from media.intake.naming import clean_name
from media.intake.tables import ReceivedFile, ReceivedState
from media.originals.store import OriginalStore

FETCH = "received.fetch"
DELETE = "received.delete"  # objects of files that are forgotten
MOST_BYTES = 300_000_000
_SOURCES = {
    "line": "LINE, may be recompressed",
    "slack": "Slack, as uploaded",
    "web": "web chat, as uploaded",
}
_OPENED_BY_STAFF = frozenset({ReceivedState.STORED.value})


class ReceivedMissing(Missing):
    """No such file, or it is hidden, gone or erased: one answer."""

    def __init__(self, file_id: str) -> None:
        super().__init__(f"no received file {file_id}")
        self.file_id = file_id


class ReceivedTooLarge(Refused):
    """More bytes than are kept of one message."""

    def __init__(self) -> None:
        super().__init__(f"a sent file has more than {MOST_BYTES} bytes")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a worker fetches and where it puts it."""

    file_id: str
    conversation: ConversationId
    channel: str
    message_id: str
    kind: str
    state: ReceivedState


@dataclass(frozen=True, slots=True)
class Kept:
    """Sealed bytes in the store; digest and size are those of the plain bytes."""

    key: str
    sha256: Sha256
    size: int


def want(
    db: Session,
    conversation: ConversationId,
    message_id: str,
    *,
    kind: str,
    name: str | None,
    sent_at: datetime,
    now: datetime,
    set_id: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> bool:
    """Note that this message has bytes to fetch; False when that is known already.

    `set_id` holds pictures sent together. `facts` travel with the due row: what whoever fetches
    them needs to tell the sender.
    """
    channel = conversation.partition(":")[0]
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    file_id = new_id(now)
    added: Any = db.connection().execute(
        insert(ReceivedFile)
        .values(
            id=file_id,
            conversation=conversation,
            channel=channel,
            message_id=message_id,
            kind=kind,
            name=clean_name(name) if name else None,
            set_id=set_id,
            state=ReceivedState.WANTED.value,
            source=_SOURCES.get(channel, channel),
            sent_at=sent_at,
            wanted_at=now,
        )
        .on_conflict_do_nothing()
        .returning(col(ReceivedFile.id))
    )
    if added.first() is None:
        return False
    worklist.add(db, FETCH, file_id, file_id, due_at=now, now=now, facts=facts)
    return True


def wanted(db: Session, file_id: str) -> Wanted:
    """What the worklist row of that subject is about. Raises ReceivedMissing."""
    row = db.exec(select(ReceivedFile).where(ReceivedFile.id == file_id)).first()
    if row is None:
        raise ReceivedMissing(file_id)
    return Wanted(
        row.id,
        ConversationId(row.conversation),
        row.channel,
        row.message_id,
        row.kind,
        ReceivedState(row.state),
    )


def sealing_key(
    db: Session, conversation: ConversationId, keys: DataKeys, *, now: datetime
) -> bytes:
    """The key of whoever writes in this conversation: a new one after they were forgotten."""
    return sealing.fresh_key(db, conversation, keys, now=now)


def keep(
    store: OriginalStore, wanted_file: Wanted, sealing_key: bytes, chunks: Iterable[bytes]
) -> Kept:
    """Seal the stream into the store; no transaction is open. Nothing stays when it breaks.

    Raises ReceivedTooLarge, StoreFull, StoreUnavailable, and whatever the stream raises.
    """
    counted = _Counted(chunks)
    file_id = wanted_file.file_id
    key = f"received/{file_id[-2:].lower()}/{file_id}"
    store.put_bytes(key, sealing.seal_stream(sealing_key, counted))
    return Kept(key, Sha256(counted.digest.hexdigest()), counted.size)


def stored(db: Session, file_id: str, kept: Kept, *, now: datetime) -> bool:
    """Write down where the bytes are. False when the file was hidden or erased meanwhile: delete
    the object.
    """
    return _move(
        db,
        file_id,
        ReceivedState.WANTED,
        state=ReceivedState.STORED.value,
        sha256=kept.sha256,
        size=kept.size,
        key=kept.key,
        stored_at=now,
    )


def in_turn(db: Session, conversation: str, set_id: str | None) -> None:
    """Files sent together are written down one after another from here to the end of the unit, so
    that the last of them knows that it is. Without a set, all of the conversation.
    """
    wanted = select(ReceivedFile.id).where(ReceivedFile.conversation == conversation)
    if set_id is not None:
        wanted = wanted.where(ReceivedFile.set_id == set_id)
    db.exec(wanted.order_by(col(ReceivedFile.id)).with_for_update()).all()


def stored_of_set(db: Session, conversation: ConversationId, set_id: str) -> int:
    """How many of the pictures sent together are safe."""
    return db.exec(
        select(func.count())
        .select_from(ReceivedFile)
        .where(
            ReceivedFile.conversation == conversation,
            ReceivedFile.set_id == set_id,
            ReceivedFile.state == ReceivedState.STORED.value,
        )
    ).one()


def gone(db: Session, file_id: str) -> bool:
    """The platform no longer has the bytes."""
    return _move(db, file_id, ReceivedState.WANTED, state=ReceivedState.GONE.value)


def hide(db: Session, channel: str, message_id: str) -> bool:
    """The sender took it back: nobody is shown it any more, its name is forgotten. False when there
    was none.
    """
    hidden: Any = db.connection().execute(
        update(ReceivedFile)
        .where(
            col(ReceivedFile.channel) == channel,
            col(ReceivedFile.message_id) == message_id,
            col(ReceivedFile.state) != ReceivedState.ERASED.value,
        )
        .values(state=ReceivedState.HIDDEN.value, name=None)
    )
    return bool(hidden.rowcount)


def erase(db: Session, conversation: ConversationId, *, now: datetime) -> int:
    """Destroy the person's key and forget the files; how many. The objects, unreadable from now on,
    are deleted by a due row.
    """
    sealing.erase_key(db, conversation, now=now)
    keys = db.exec(
        select(ReceivedFile.key).where(
            ReceivedFile.conversation == conversation, col(ReceivedFile.key).is_not(None)
        )
    ).all()
    db.connection().execute(
        update(ReceivedFile)
        .where(col(ReceivedFile.conversation) == conversation)
        .values(state=ReceivedState.ERASED.value, name=None, key=None, sha256=None)
    )
    objects = [key for key in keys if key]
    for key in objects:
        worklist.add(db, DELETE, key, key, due_at=now, now=now)
    return len(objects)


def plain(db: Session, store: OriginalStore, file_id: str, keys: DataKeys) -> Iterator[bytes]:
    """The bytes as they were sent, for staff; read them after the unit has ended.

    Raises ReceivedMissing, PersonErased; SealBroken while reading.
    """
    row = db.exec(select(ReceivedFile).where(ReceivedFile.id == file_id)).first()
    if row is None or row.key is None or row.state not in _OPENED_BY_STAFF:
        raise ReceivedMissing(file_id)
    key = sealing.known_key(db, row.conversation, keys)
    return sealing.open_stream(key, _lazily(store, row.key))


def sent_with(db: Session, conversation: ConversationId, message_id: str) -> str:
    """The file that came with this message of the conversation. Raises ReceivedMissing."""
    found = db.exec(
        select(ReceivedFile.id).where(
            ReceivedFile.channel == conversation.partition(":")[0],
            ReceivedFile.message_id == message_id,
            ReceivedFile.conversation == conversation,
        )
    ).first()
    if found is None:
        raise ReceivedMissing(message_id)
    return found


def of_conversation(
    db: Session, conversation: ConversationId, *, limit: int = 100
) -> list[ReceivedFile]:
    """What this conversation sent, latest first; what was taken back is left out."""
    left_out = [ReceivedState.HIDDEN.value, ReceivedState.ERASED.value]
    return list(
        db.exec(
            select(ReceivedFile)
            .where(
                ReceivedFile.conversation == conversation,
                col(ReceivedFile.state).not_in(left_out),
            )
            .order_by(col(ReceivedFile.sent_at).desc())
            .limit(limit)
        )
    )


def _move(db: Session, file_id: str, before: ReceivedState, **values: Any) -> bool:
    moved: Any = db.connection().execute(
        update(ReceivedFile)
        .where(col(ReceivedFile.id) == file_id, col(ReceivedFile.state) == before.value)
        .values(**values)
    )
    return bool(moved.rowcount)


def _lazily(store: OriginalStore, key: str) -> Iterator[bytes]:
    yield from store.open(key)


class _Counted:
    """A stream that knows what went through it."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.digest = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.digest.update(chunk)
            self.size += len(chunk)
            if self.size > MOST_BYTES:
                raise ReceivedTooLarge
            yield chunk
