"""Checkpoints are time-stamped by the workers; an authority that is down delays nothing and is
asked again, and the log is open to anybody (`/verify/log`).
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select
from starlette.testclient import TestClient

from bot.answers import answer_errors
from bot.authority import HttpAuthority
from bot.pages.log import log_router
from bot.unit import Units
from bot.workers.errands import Errand
from bot.workers.stamping import ASKED_FOR, StampWork
from catalog.ground import worklist
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work
from media.log import actions as log
from media.log import checkpoints, notes, stamping
from media.log.checkpoints import STAMP, Notary
from media.log.keys import KeyRing
from media.log.rules import continues, holds_leaf
from media.log.stamping import AuthorityUnavailable
from tests import authority as authorities
from tests.authority import Authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authorities.opened(authorities.founded(tmp_path_factory.mktemp("tsa"))) as opened:
        yield opened


@pytest.fixture
def notary(tmp_path: Path) -> Notary:
    return Notary(KeyRing(tmp_path / "keys", "shop.example/akashi"), has_authority=True)


def waiting(database: Database) -> list[Work]:
    rows = select(Work).where(Work.kind == STAMP).order_by(Work.id)
    return database.read(lambda db: list(db.exec(rows)))


def work_at(database: Database, authority: Authority, now: datetime) -> int:
    """The stamp worker looks once; how many rows it took."""
    units = Units(database)
    work = StampWork(units, HttpAuthority(authority.url), lambda: now)

    def claim(db: Session) -> list[worklist.DueWork]:
        return worklist.claim(db, [STAMP], worker="w", now=now, lease_seconds=8)

    due = database.write(claim)

    async def look() -> None:
        for each in due:
            await work.stamp(Errand(each, "w"))

    asyncio.run(look())
    units.close()
    return len(due)


def test_down_it_is_asked_again_ever_more_seldom_and_up_it_stamps_once(
    database: Database, notary: Notary, authority: Authority, now: datetime
) -> None:
    database.write(lambda db: log.append(db, "test", {}, now=now))
    row = database.write(lambda db: checkpoints.daily(db, notary, now=now).number) or 0
    authority.mood = "down"
    try:
        at, gaps = now, []
        for _ in range(8):
            assert work_at(database, authority, at) == 1
            (left,) = waiting(database)
            gaps.append(left.due_at - at)
            at = left.due_at
        assert gaps == sorted(gaps) and gaps[0] == timedelta(seconds=30)
        assert max(gaps) <= timedelta(hours=1)
        # Nothing else waited: the next day has its checkpoint, and the log takes leaves.
        next_day = now + timedelta(days=1)
        database.write(lambda db: checkpoints.daily(db, notary, now=next_day))
        assert database.read(lambda db: checkpoints.unstamped(db, before=next_day)) == 1
    finally:
        authority.mood = "well"
    asked = authority.asked
    later = now + timedelta(days=2)
    assert work_at(database, authority, later) == 2
    assert work_at(database, authority, later) == 0
    assert authority.asked == asked + 2
    answer = database.read(lambda db: checkpoints.stamp_of(db, row))
    note = database.read(lambda db: checkpoints.by_number(db, row).note)
    assert answer is not None
    stamping.need_stamp_of(answer, note.encode(), nonce=None)
    assert [each.state for each in waiting(database)] == ["done", "done"]


def test_after_a_month_it_is_given_up_where_staff_see_it(
    database: Database, notary: Notary, authority: Authority, now: datetime
) -> None:
    database.write(lambda db: checkpoints.daily(db, notary, now=now))
    authority.mood = "down"
    try:
        with pytest.raises(AuthorityUnavailable):
            work_at(database, authority, now + ASKED_FOR + timedelta(hours=1))
    finally:
        authority.mood = "well"


def test_without_an_authority_nothing_is_asked(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    alone = Notary(KeyRing(tmp_path / "keys", "shop.example/akashi"))
    database.write(lambda db: checkpoints.daily(db, alone, now=now))
    assert waiting(database) == []


def test_anybody_reads_checkpoints_keys_and_proofs(
    database: Database, notary: Notary, authority: Authority, now: datetime
) -> None:
    units = Units(database)
    app = FastAPI()
    app.include_router(log_router(units))
    answer_errors(app)
    with TestClient(app) as outside:
        assert outside.get("/verify/log/checkpoint").status_code == 404
        assert outside.get("/verify/log/checkpoint/2026-02-30").status_code == 422
        database.write(
            lambda db: log.append_many(
                db, [("test", {"fact": n, "secret": "x"}) for n in range(9)], now=now
            )
        )
        old = notes.read(database.write(lambda db: checkpoints.daily(db, notary, now=now)).note)
        work_at(database, authority, now)
        database.write(lambda db: log.append(db, "test", {}, now=now))
        database.write(lambda db: checkpoints.fresh(db, notary, now=now))
        new = notes.read(outside.get("/verify/log/checkpoint").text)
        assert new.size == old.size + 1
        day = outside.get("/verify/log/checkpoint/2026-11-22")
        assert notes.read(day.text) == old
        assert outside.get("/verify/log/keys").text.strip() == str(notary.keys.current().verifier)
        stamp = outside.get("/verify/log/timestamp/2026-11-22")
        stamping.need_stamp_of(stamp.content, day.content, nonce=None)
        told = outside.get(f"/verify/log/proof/4?size={new.size}").json()
        proof = [bytes.fromhex(each) for each in told["proof"]]
        leaf = bytes.fromhex(told["leaf_hash"])
        assert holds_leaf(leaf, 4, new.size, proof, new.root)
        assert "secret" not in str(told)
        told = outside.get(f"/verify/log/consistency/{old.size}?size={new.size}").json()
        proof = [bytes.fromhex(each) for each in told["proof"]]
        assert continues(old.size, new.size, proof, old.root, new.root)
        for nowhere in ("proof/99", "proof/1?size=99", "consistency/99", "timestamp/2026-11-21"):
            assert outside.get(f"/verify/log/{nowhere}").status_code == 404, nowhere
        assert outside.get("/verify/log/proof/-1").status_code == 422
    units.close()
