"""Append to the evidence log, one at a time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import Session

from catalog.ground.record import to_millis
from media.log import queries
from media.log.rules import Node, canonical, closed_by, leaf_hash, node_hash
from media.log.tables import LogLeaf, LogNode

_ONE_APPENDER = 0x616B6C6F67  # "aklog"; any constant not used for another advisory lock


def append(db: Session, kind: str, payload: Mapping[str, Any], *, now: datetime) -> int:
    """Add one fact; its number. The payload gets its kind and moment, and must hold ids and hashes
    only.

    On PostgreSQL the appender keeps a lock until the unit ends; SQLite has one writer anyway.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_APPENDER})
    number = queries.size(db)
    content = canonical({**payload, "kind": kind, "at": to_millis(now)})
    hashed = leaf_hash(content.encode())
    db.connection().execute(
        insert(LogLeaf),
        [
            {
                "number": number,
                "kind": kind,
                "payload": content,
                "hash": hashed,
                "appended_at": now,
            }
        ],
    )
    _close_subtrees(db, number, hashed)
    return number


def _close_subtrees(db: Session, number: int, hashed: bytes) -> None:
    siblings = closed_by(number)
    known = queries.nodes(db, siblings)
    made = [(Node(0, number), hashed)]
    for sibling in siblings:
        node = Node(sibling.level + 1, sibling.index >> 1)
        made.append((node, node_hash(known[sibling], made[-1][1])))
    db.connection().execute(
        insert(LogNode),
        [{"level": node.level, "number": node.index, "hash": value} for node, value in made],
    )
