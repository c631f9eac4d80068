"""The leaves of the evidence log once more, in the store (葉の控え): a thousand to a page, one
canonical text a line, so that the log can be built again with the same root when the database is
gone.

Written after the leaves are committed, by due work every minute at the latest. A page only ever
grows: one that begins otherwise than the log does is left as it is, and staff are told, because
then one of the two was rewritten. A page that is behind, because it was the last one when somebody
wrote or copied it, is told by its size and grows too, however many came after it.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, select

from catalog.ground import worklist
from catalog.ground.errors import Stale
from catalog.ground.session.database import Database
from media.log import queries as log
from media.originals.moving import ASIDE
from media.originals.replicas import Replicas
from media.originals.store import ObjectMissing, OriginalStore
from media.retention.tables import LeafExport

PAGES = "log.pages"  # due work: the leaves into the store
REWRITTEN_TASK = "log_rewritten"  # staff: the log and its pages differ
FOLDER = "log/leaves"
A_PAGE = 1024
_PAGE = re.compile(rf"{FOLDER}/(\d{{8}})\.jsonl")


class LogRewritten(Stale):
    """A page in the store begins otherwise than the log does. `page`."""

    def __init__(self, page: int) -> None:
        super().__init__(f"page {page} of the leaves differs from the log")
        self.page = page


def due(db: Session, at: datetime) -> None:
    """Slot `leaf-pages`: leaves that are not in the store yet are due. Again: nothing."""
    size = log.size(db)
    if size > exported(db):
        worklist.add(db, PAGES, "log", f"{size}", due_at=at, now=at)


def exported(db: Session) -> int:
    """How many leaves lie in the store of every place."""
    return db.exec(select(LeafExport.size).where(LeafExport.id == 1)).first() or 0


def remember(db: Session, size: int, *, now: datetime) -> None:
    """That many lie there."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    db.connection().execute(
        insert(LeafExport)
        .values(id=1, size=size, at=now)
        .on_conflict_do_update(index_elements=["id"], set_={"size": size, "at": now})
    )


def rewritten(db: Session, page: int, *, now: datetime) -> None:
    """Staff have to know."""
    worklist.task(db, REWRITTEN_TASK, "log", due_at=now, now=now, once=f"{page}",
                  facts={"page": page})  # fmt: skip


def write(database: Database, replicas: Replicas) -> int:
    """Every leaf there is into every place; how many there are. No transaction is open while bytes
    move. Raises StoreUnavailable, LogRewritten.
    """
    size = database.read(log.size)
    full = database.read(lambda db: log.payload_bytes(db, size, each=A_PAGE))
    for replica in replicas.all:
        _write_to(database, replica.store, size, full)
    return size


def _write_to(database: Database, store: OriginalStore, size: int, full: Mapping[int, int]) -> None:
    held = {each.key: each.size for each in store.each(FOLDER)}
    last = (size - 1) // A_PAGE
    for page in range(last + 1):
        # A page that has all its leaves is never read or written again.
        if page in full and held.get(_key(page)) == full[page]:
            continue
        start = page * A_PAGE
        count = min(A_PAGE, size - start)
        lines = database.read(lambda db, s=start, c=count: log.payloads(db, s, limit=c))  # type: ignore[misc]  # bound at once
        content = "".join(f"{line}\n" for line in lines).encode()
        before = _content(store, page)
        if before.startswith(content):
            continue
        if not content.startswith(before):
            raise LogRewritten(page)
        store.put_bytes(_key(page), [content])


def read(store: OriginalStore) -> Iterator[str]:
    """The texts of all leaves that lie in this store, from the first on without a gap."""
    for wanted, (number, text) in enumerate(numbered(store)):
        if number != wanted:
            return
        yield text


def numbered(store: OriginalStore) -> Iterator[tuple[int, str]]:
    """Every leaf that lies in this store with its number, also those after a page that is behind
    or gone.
    """
    for each in sorted(one.key for one in store.each(FOLDER)):
        named = _PAGE.fullmatch(each)
        if named is not None:
            page = int(named[1])
            for line, text in enumerate(_content(store, page).decode().split("\n")[:-1]):
                yield page * A_PAGE + line, text


def put_aside(store: OriginalStore, mark: str) -> int:
    """Keep the pages of this store under another name, and begin without any; how many. `mark`:
    another each time.
    """
    count = 0
    for each in list(store.each(FOLDER)):
        store.put_bytes(f"{ASIDE}/{mark}/{each.key.rpartition('/')[2]}", store.open(each.key))
        store.delete(each.key)
        count += 1
    return count


def _content(store: OriginalStore, page: int) -> bytes:
    with contextlib.suppress(ObjectMissing):
        return b"".join(store.open(_key(page)))
    return b""


def _key(page: int) -> str:
    return f"{FOLDER}/{page:08d}.jsonl"
