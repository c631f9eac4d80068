"""Size, root and proofs of the evidence log, for now or for an earlier size."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from sqlmodel import Session, col, select

from catalog.ground.errors import Missing
from catalog.ground.session.hot import Hot
from media.log.rules import Node, Span, consistency_spans, cover, fold, inclusion_spans
from media.log.tables import LogLeaf

_MOST_AT_ONCE = 200
_NODES_AT_ONCE = 64
_BYTES = Hot(
    "SELECT number / :each AS page, sum(length(CAST(payload AS BLOB)) + 1) FROM log_leaf"
    " WHERE number < :size GROUP BY page",
    postgres=(
        "SELECT number / :each AS page, sum(octet_length(payload) + 1) FROM log_leaf"
        " WHERE number < :size GROUP BY page"
    ),
)
_LAST = Hot("SELECT max(number) FROM log_leaf")


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
    last: int | None = _LAST(db)[0][0]
    return 0 if last is None else last + 1


def leaf(db: Session, number: int) -> Leaf:
    """Raises NoSuchLeaf."""
    row = db.exec(select(LogLeaf).where(LogLeaf.number == number)).first()
    if row is None:
        raise NoSuchLeaf(number)
    return Leaf(row.number, row.kind, row.payload, row.hash)


def leaves(db: Session, numbers: Collection[int]) -> list[Leaf]:
    """Those of them that are there, in order."""
    wanted = sorted(numbers)
    found: list[Leaf] = []
    for start in range(0, len(wanted), _MOST_AT_ONCE):
        rows = db.exec(
            select(LogLeaf)
            .where(col(LogLeaf.number).in_(wanted[start : start + _MOST_AT_ONCE]))
            .order_by(col(LogLeaf.number))
        )
        found += [Leaf(row.number, row.kind, row.payload, row.hash) for row in rows]
    return found


def leaves_of(db: Session, kinds: Collection[str]) -> list[Leaf]:
    """Every leaf of these kinds, in order. Reads the whole log: for what is asked seldom."""
    query = select(LogLeaf).where(col(LogLeaf.kind).in_(kinds)).order_by(col(LogLeaf.number))
    return [Leaf(row.number, row.kind, row.payload, row.hash) for row in db.exec(query)]


def leaves_about(db: Session, unit_id: str) -> list[Leaf]:
    """Every leaf that names the piece, in order."""
    rows = db.exec(select(LogLeaf).where(LogLeaf.unit_id == unit_id).order_by(col(LogLeaf.number)))
    return [Leaf(row.number, row.kind, row.payload, row.hash) for row in rows]


def payloads(db: Session, start: int, *, limit: int) -> list[str]:
    """The texts of the leaves from `start` on, in order."""
    return list(
        db.exec(
            select(LogLeaf.payload)
            .where(col(LogLeaf.number) >= start)
            .order_by(col(LogLeaf.number))
            .limit(limit)
        )
    )


def payload_bytes(db: Session, size: int, *, each: int) -> dict[int, int]:
    """How many bytes the texts of the first `size` leaves take, one a line, for every whole `each`
    of them, by their place.
    """
    return {page: int(taken) for page, taken in _BYTES(db, size=size - size % each, each=each)}


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
    for start in range(0, len(listed), _NODES_AT_ONCE):
        some = listed[start : start + _NODES_AT_ONCE]
        places = {f"l{n}": node.level for n, node in enumerate(some)}
        places |= {f"n{n}": node.index for n, node in enumerate(some)}
        for level, number, value in _these_nodes(len(some))(db, **places):
            found[Node(level, number)] = bytes(value)
    return found


@cache
def _these_nodes(count: int) -> Hot:
    """Each looked up by the key: neither engine does so for a list of pairs."""
    each = "SELECT level, number, hash FROM log_node WHERE level = :l{0} AND number = :n{0}"
    return Hot(" UNION ALL ".join(each.format(n) for n in range(count)))


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
