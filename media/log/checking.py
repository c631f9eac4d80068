"""Whether the log is still what it was (証跡ログの検査): every leaf and node is made again from the
payloads and held against what is stored, against each checkpoint that was signed, and against one
that somebody outside kept. Who rewrote the database and all its hashes still fails there.

Pages of the log are read, never all of it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlmodel import Session, col, func, select

from catalog.ground.journal import Entry
from media.log import checkpoints, notes, queries
from media.log.checkpoints import HEADS_LEAF, digest_of
from media.log.keys import is_signed
from media.log.notes import Checkpoint, NoteMalformed, Verifier
from media.log.rules import continues, fold, leaf_hash, node_hash
from media.log.tables import JournalHead, LogCheckpoint, LogKey, LogLeaf, LogNode

PAGE = 4_096  # leaves, a power of two: their nodes are whole ranges of each level
_MOST_TOLD = 50


@dataclass(slots=True)
class Checked:
    """What was looked at, and what is not as it was signed (empty: all is)."""

    leaves: int = 0
    checkpoints: int = 0
    heads: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, problem: str) -> None:
        """One thing that does not agree; after some dozens only the first ones are kept."""
        if len(self.problems) < _MOST_TOLD:
            self.problems.append(problem)

    @property
    def is_whole(self) -> bool:
        """Whether everything agrees."""
        return not self.problems


def check(
    db: Session, *, against: Checkpoint | None = None, trusted: Sequence[Verifier] = ()
) -> Checked:
    """Look at everything. `against`: a checkpoint somebody outside held; `trusted`: the keys known
    from elsewhere than this database (the key file, a key that was told).
    """
    found = Checked()
    signed = list(db.exec(select(LogCheckpoint).order_by(col(LogCheckpoint.number))))
    sizes = {each.size for each in signed} | ({against.size} if against is not None else set())
    roots = _rebuild(db, found, sizes)
    known = _keys(db, found, trusted)
    since = db.exec(select(LogKey.log_number, LogKey.key_id).order_by(col(LogKey.log_number))).all()
    for each in signed:
        _hold(found, each, roots, known)
        in_use = [key for number, key in since if number < each.size]
        if in_use and in_use[-1] != each.key_id:
            found.add(f"checkpoint {each.number} is signed with a key that was replaced before")
    found.checkpoints = len(signed)
    _heads(db, found)
    if against is not None:
        _hold_outside(db, found, against, roots, [*known, *trusted])
    return found


def _rebuild(db: Session, found: Checked, sizes: Collection[int]) -> Mapping[int, bytes]:
    """The roots of the log at those sizes, made from the payloads alone; the stored hashes are held
    against it on the way.
    """
    roots = {0: fold([])}
    edge: list[tuple[int, bytes]] = []  # the full subtrees so far, falling level
    number = 0
    for page in _pages(db):
        made: dict[int, dict[int, bytes]] = {}
        for at, kind, payload, stored, unit_id in page:
            if at != number:
                found.add(f"leaf {number} is missing")
                return roots
            hashed = leaf_hash(payload.encode())
            if hashed != stored:
                found.add(f"leaf {number} was changed: its hash is not that of its payload")
            if not _agrees(payload, kind, unit_id):
                found.add(f"leaf {number} is filed under another kind or piece than it says")
            made.setdefault(0, {})[number] = hashed
            level, value = 0, hashed
            while edge and edge[-1][0] == level:
                value = node_hash(edge.pop()[1], value)
                level += 1
                made.setdefault(level, {})[number >> level] = value
            edge.append((level, value))
            number += 1
            if number in sizes:
                roots[number] = fold([each for _, each in edge])
        _hold_nodes(db, found, made)
    found.leaves = number
    expected = _nodes_of(number)
    held = db.exec(select(func.count()).select_from(LogNode)).one()
    # Leaves that came after the last page have brought theirs; the next check looks at them.
    if not expected <= held <= _nodes_of(max(number, queries.size(db))):
        found.add(f"{held} nodes are stored where there should be {expected}")
    return roots


def _nodes_of(leaves: int) -> int:
    return sum(leaves >> level for level in range(leaves.bit_length()))


def _pages(db: Session) -> Iterator[Sequence[Any]]:
    last = -1
    columns: Any = (LogLeaf.number, LogLeaf.kind, LogLeaf.payload, LogLeaf.hash, LogLeaf.unit_id)
    while True:
        query = select(*columns).where(col(LogLeaf.number) > last)
        page = db.exec(query.order_by(col(LogLeaf.number)).limit(PAGE)).all()
        if not page:
            return
        yield page
        last = page[-1][0]


def _agrees(payload: str, kind: str, unit_id: str | None) -> bool:
    try:
        told = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return False
    return isinstance(told, dict) and told.get("kind") == kind and told.get("unit") == unit_id


def _hold_nodes(db: Session, found: Checked, made: Mapping[int, Mapping[int, bytes]]) -> None:
    for level, nodes in made.items():
        rows = db.exec(
            select(LogNode.number, LogNode.hash).where(
                LogNode.level == level,
                col(LogNode.number).between(min(nodes), max(nodes)),
            )
        )
        stored = dict(rows.all())
        for number, value in nodes.items():
            if stored.get(number) != value:
                found.add(f"node {number} of level {level} is not that of the leaves below it")


def _keys(db: Session, found: Checked, trusted: Sequence[Verifier]) -> list[Verifier]:
    """The keys of the database; each must be one that is known from elsewhere, when any is."""
    known = checkpoints.verifiers(db)
    outside = set(trusted)
    for each in known:
        if outside and each not in outside:
            found.add(f"key {each.key_id} is in the database, but in no file and not told")
    return known


def _hold(
    found: Checked, row: LogCheckpoint, roots: Mapping[int, bytes], known: Sequence[Verifier]
) -> None:
    name = f"checkpoint {row.number} of {row.made_at.date().isoformat()}"
    try:
        told = notes.read(row.note)
    except NoteMalformed:
        found.add(f"{name} cannot be read")
        return
    if is_signed(told, known) is None:
        found.add(f"{name} is signed by no key of the log")
    if (told.size, told.root) != (row.size, row.root):
        found.add(f"{name} says something else than its row")
    if roots.get(told.size) != told.root:
        found.add(f"{name} was signed over other leaves than the first {told.size} of today")


def _heads(db: Session, found: Checked) -> None:
    """What the log says of the journal's chains is what is kept of them, and the acts are there."""
    leaves = db.exec(
        select(LogLeaf.number, LogLeaf.payload)
        .where(LogLeaf.kind == HEADS_LEAF)
        .order_by(col(LogLeaf.number))
    ).all()
    for number, payload in leaves:
        rows = db.exec(
            select(JournalHead.subject, JournalHead.number, JournalHead.hash).where(
                JournalHead.log_number == number
            )
        ).all()
        found.heads += len(rows)
        told = [(subject, last, hashed) for subject, last, hashed in rows]
        if orjson.loads(payload).get("digest") != digest_of(told):
            found.add(f"the heads of the journal under leaf {number} are not those it was of")
    gone = db.exec(
        select(JournalHead.subject, JournalHead.number)
        .join(
            Entry,
            (col(Entry.subject) == JournalHead.subject)
            & (col(Entry.number) == JournalHead.number)
            & (col(Entry.hash) == JournalHead.hash),
            isouter=True,
        )
        .where(col(Entry.id).is_(None))
        .limit(_MOST_TOLD)
    )
    for subject, last in gone:
        found.add(f"act {last} of {subject} in the journal is not the one the log covers")


def _hold_outside(
    db: Session,
    found: Checked,
    held: Checkpoint,
    roots: Mapping[int, bytes],
    known: Sequence[Verifier],
) -> None:
    """A checkpoint from outside: signed by us, and the beginning of the log of today."""
    if is_signed(held, known) is None:
        found.add("the checkpoint held outside is signed by no key that is known here")
    size = queries.size(db)
    if held.size > size:
        found.add(
            f"the checkpoint held outside is over {held.size} leaves, the log has {size}:"
            " leaves are missing"
        )
        return
    proof = queries.consistency_proof(db, held.size)
    is_consistent = continues(held.size, size, proof, held.root, queries.root(db))
    if roots.get(held.size) != held.root or not is_consistent:
        found.add(
            f"the log of today does not continue the {held.size} leaves of the checkpoint held"
            " outside: it was rewritten"
        )
