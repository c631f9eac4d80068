"""Size, root and proofs of the evidence log, for now or for an earlier size."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import tuple_
from sqlmodel import Session, col, func, select

from catalog.ground.errors import Missing
from media.log.rules import Node, Span, consistency_spans, cover, fold, inclusion_spans
from media.log.tables import LogLeaf, LogNode

_MOST_AT_ONCE = 200


class NoSuchLeaf(Missing):
    """The log has no such leaf, or was never that large."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the log does not reach {number}")
        self.number = number


@dataclass(frozen=True, slots=True)
class Leaf:
    """One fact as it was appended: `payload` is the text the hash is over."""

    number: int
    kind: str
    payload: str
    hash: bytes


def size(db: Session) -> int:
    """How many leaves there are."""
    last: int | None = db.exec(select(func.max(LogLeaf.number))).one()
    return 0 if last is None else last + 1


def leaf(db: Session, number: int) -> Leaf:
    """Raises NoSuchLeaf."""
    row = db.exec(select(LogLeaf).where(LogLeaf.number == number)).first()
    if row is None:
        raise NoSuchLeaf(number)
    return Leaf(row.number, row.kind, row.payload, row.hash)


def root(db: Session, *, at_size: int | None = None) -> bytes:
    """The root hash now, or when the log had `at_size` leaves. Raises NoSuchLeaf."""
    wanted = _reached(db, at_size)
    return _hashes(db, [Span(0, wanted)])[0]


def inclusion_proof(db: Session, number: int, *, at_size: int | None = None) -> list[bytes]:
    """Shows that leaf `number` is in the log. Raises NoSuchLeaf."""
    wanted = _reached(db, at_size)
    if not 0 <= number < wanted:
        raise NoSuchLeaf(number)
    return _hashes(db, inclusion_spans(number, wanted))


def consistency_proof(db: Session, old: int, *, at_size: int | None = None) -> list[bytes]:
    """Shows that the first `old` leaves are still what they were. Raises NoSuchLeaf."""
    wanted = _reached(db, at_size)
    if not 0 <= old <= wanted:
        raise NoSuchLeaf(old)
    return _hashes(db, consistency_spans(old, wanted))


def nodes(db: Session, wanted: Collection[Node]) -> dict[Node, bytes]:
    """The stored hashes of these full subtrees."""
    listed = list(wanted)
    found: dict[Node, bytes] = {}
    for start in range(0, len(listed), _MOST_AT_ONCE):
        places = [(node.level, node.index) for node in listed[start : start + _MOST_AT_ONCE]]
        rows = db.exec(
            select(LogNode.level, LogNode.number, LogNode.hash).where(
                tuple_(col(LogNode.level), col(LogNode.number)).in_(places)
            )
        )
        found.update({Node(level, number): value for level, number, value in rows})
    return found


def _reached(db: Session, at_size: int | None) -> int:
    reached = size(db)
    if at_size is None:
        return reached
    if not 0 <= at_size <= reached:
        raise NoSuchLeaf(at_size)
    return at_size


def _hashes(db: Session, spans: Sequence[Span]) -> list[bytes]:
    covers = [cover(span) for span in spans]
    known = nodes(db, {node for each in covers for node in each})
    return [fold([known[node] for node in each]) for each in covers]
