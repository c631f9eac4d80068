"""The evidence log: a durable append against one commit, many at once, proofs out of a million."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session

from bench.result import Result, against, middle, within
from bench.setting import Setting
from bot.migrations.history import upgrade
from catalog.ground.session.database import Database
from catalog.ground.session.sqlite import SqliteDatabase
from media.log import actions, queries, rules

LEAVES, QUICK_LEAVES = 1_000_000, 100_000
BATCH = 20_000
SINGLES, PROOFS = 300, 300
AT_LEAST_A_SECOND = 30_000
PROOF_MS = 1.0
DURABLE_SHARE = 0.7
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def run(setting: Setting) -> list[Result]:
    """One log, filled and asked; the commit it is held against is of the same file."""
    database = _opened(setting.place("log"))
    try:
        leaves = LEAVES if setting.rounds > 1 else QUICK_LEAVES
        ratios = [_singles(database) for _ in range(setting.rounds)]
        rate = _fill(database, leaves)
        inclusion, consistency = _proofs(database)
    finally:
        database.close()
    appended = middle([each for each, _ in ratios])
    committed = middle([each for _, each in ratios])
    return [
        against(
            "log", "durable appends/s, to one commit", appended, committed, unit="/s",
            at_least=DURABLE_SHARE,
        ),
        against(
            "log", f"appends/s by {BATCH:,}", rate, float(AT_LEAST_A_SECOND), unit="/s",
            at_least=1.0,
        ),
        within("log", f"inclusion proof of {leaves:,}", inclusion, PROOF_MS, unit="ms"),
        within("log", f"consistency proof of {leaves:,}", consistency, PROOF_MS, unit="ms"),
    ]  # fmt: skip


def _opened(folder: Path) -> SqliteDatabase:
    folder.mkdir()
    database = SqliteDatabase(str(folder / "log.db"))
    upgrade(database.engine())
    with database.engine().begin() as connection:
        connection.execute(text("CREATE TABLE plain (id INTEGER PRIMARY KEY, told TEXT) STRICT"))
    return database


def _leaf(n: int) -> tuple[str, dict[str, object]]:
    facts = {
        "asset": f"01M2PMX1W0{n:016d}", "sha256": f"{n:064x}", "bytes": n, "media": "still",
        "unit": f"01M2PMX1W1{n // 9:016d}", "part": "dial", "captured_at": n,
        "time_source": "camera", "actor": "hot folder",
    }  # fmt: skip
    return "asset.received", facts


def _singles(database: Database) -> tuple[float, float]:
    """Appends and plain rows a second, each in a unit of its own, taken by turns: the disk's moods
    hit both alike.
    """

    def append(n: int) -> None:
        kind, facts = _leaf(n)
        database.write(lambda db: actions.append(db, kind, facts, now=NOW))

    def commit(n: int) -> None:
        row = text("INSERT INTO plain (told) VALUES (:told)")
        database.write(lambda db: db.connection().execute(row, {"told": f"{n:0300d}"}))

    took = {append: 0.0, commit: 0.0}
    for n in range(SINGLES):
        for deed in took:
            took[deed] += _seconds(lambda deed=deed, n=n: deed(n))  # type: ignore[misc]
    return SINGLES / took[append], SINGLES / took[commit]


def _fill(database: Database, leaves: int) -> float:
    """Appends a second, by batches."""
    took = 0.0
    begun = database.read(queries.size)
    for start in range(begun, leaves, BATCH):
        facts = [_leaf(n) for n in range(start, min(start + BATCH, leaves))]

        def unit(db: Session, facts: list[tuple[str, dict[str, object]]] = facts) -> None:
            actions.append_many(db, facts, now=NOW)

        took += _seconds(lambda unit=unit: database.write(unit))  # type: ignore[misc]
    return (leaves - begun) / took


def _proofs(database: Database) -> tuple[float, float]:
    """Milliseconds of one proof of each kind, out of the whole log; each is checked too."""

    def unit(db: Session) -> tuple[float, float]:
        size, root = queries.size(db), queries.root(db)
        took = [0.0, 0.0]
        for n in range(PROOFS):
            number = n * 7_919 % size
            begun = time.perf_counter()
            proof = queries.inclusion_proof(db, number, at_size=size)
            took[0] += time.perf_counter() - begun
            leaf = queries.leaf(db, number)
            assert rules.holds_leaf(leaf.hash, number, size, proof, root)
            begun = time.perf_counter()
            proof = queries.consistency_proof(db, number + 1, at_size=size)
            took[1] += time.perf_counter() - begun
            old = queries.root(db, at_size=number + 1)
            assert rules.continues(number + 1, size, proof, old, root)
        return took[0] * 1000 / PROOFS, took[1] * 1000 / PROOFS

    return database.read(unit)


def _seconds(deed: Callable[[], object]) -> float:
    begun = time.perf_counter()
    deed()
    return time.perf_counter() - begun
