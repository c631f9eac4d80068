"""Append to the evidence log, one at a time or many at once."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from catalog.ground.errors import Malformed
from catalog.ground.record import from_millis, to_millis
from catalog.ground.session.hot import Hot
from media.log import queries
from media.log.rules import Span, canonical, closed_by, cover, leaf_hash, node_hash

_ONE_APPENDER = 0x616B6C6F67  # "aklog"; any constant not used for another advisory lock

_LEAF = Hot(
    "INSERT INTO log_leaf (number, kind, payload, hash, appended_at, unit_id)"
    " VALUES (:number, :kind, :payload, :hash, :at, :unit)"
)
_NODE = Hot("INSERT INTO log_node (level, number, hash) VALUES (:level, :number, :hash)")


class NotALeaf(Malformed):
    """A text that no leaf of this log has."""

    def __init__(self) -> None:
        super().__init__("not the text of a leaf")


@dataclass(frozen=True, slots=True)
class _Fact:
    """A leaf to be: `content` is the text its hash is over."""

    kind: str
    content: str
    at: datetime
    unit: str | None


def append(db: Session, kind: str, payload: Mapping[str, Any], *, now: datetime) -> int:
    """Add one fact; its number. The payload gets its kind and moment, and must hold ids and hashes
    only. What it says of a piece is under `unit`.

    On PostgreSQL the appender keeps a lock until the unit ends; SQLite has one writer anyway.
    """
    return append_many(db, [(kind, payload)], now=now).start


def take_turn(db: Session) -> None:
    """Until the unit ends nobody else appends: what it reads from now on is what it appends after.

    SQLite has one writer anyway.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_APPENDER})


def append_many(
    db: Session, facts: Iterable[tuple[str, Mapping[str, Any]]], *, now: datetime
) -> range:
    """Add many facts, each a kind and its payload, in order and with one lock; their numbers."""
    at = to_millis(now)
    told = [
        _Fact(kind, canonical({**payload, "kind": kind, "at": at}), now, payload.get("unit"))
        for kind, payload in facts
    ]
    return _add(db, told)


def restore(db: Session, payloads: Sequence[str]) -> None:
    """Add facts that were in the log before, letter by letter as they were: the same leaves and
    roots. Raises NotALeaf.
    """
    _add(db, [_read(each) for each in payloads])


def _read(payload: str) -> _Fact:
    try:
        told = json.loads(payload)
        return _Fact(str(told["kind"]), payload, from_millis(int(told["at"])), told.get("unit"))
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise NotALeaf from broken


def _add(db: Session, told: Sequence[_Fact]) -> range:
    take_turn(db)
    is_postgres = db.get_bind().dialect.name == "postgresql"
    first = number = queries.size(db)
    leaves: list[tuple[Any, ...]] = []
    made: dict[tuple[int, int], bytes] = {}
    left_of = closed_by(first) if len(told) == 1 else cover(Span(0, first))
    known = {(node.level, node.index): value for node, value in queries.nodes(db, left_of).items()}
    for each in told:
        hashed = leaf_hash(each.content.encode())
        at = each.at if is_postgres else to_millis(each.at)
        leaves.append((number, each.kind, each.content, hashed, at, each.unit))
        made[0, number] = value = hashed
        level, index = 0, number
        while index & 1:  # `closed_by`, without a value for each step
            left = (level, index - 1)
            value = node_hash(made[left] if left in made else known[left], value)
            level, index = level + 1, index >> 1
            made[level, index] = value
        number += 1
    if leaves:
        _LEAF.many(db, leaves)
        _NODE.many(db, [(*place, value) for place, value in made.items()])
    return range(first, number)
