"""The audit trail: chained per subject, repeat keys answered with the first result (CMD-1)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import MetaData, delete, text, update
from sqlmodel import Field, Session, col

from catalog.ground import journal
from catalog.ground.journal import Difference, Wrote
from catalog.ground.record import STRICT, Row, Whole, Words
from catalog.ground.session.database import Database

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def test_a_chain_is_whole_until_somebody_changes_it(database: Database) -> None:
    for verb in ("received", "graded", "listed"):
        database.write(
            lambda db, verb=verb: journal.record(  # type: ignore[misc]  # bound at once
                db, "unit:1", verb, actor="staff:1", at=NOW, facts={"grade": "A"}
            )
        )
    database.write(
        lambda db: journal.begin(db, [("unit:2", {}, [])], "received", actor="x", at=NOW)
    )
    assert database.read(lambda db: journal.verify(db, "unit:1"))
    assert database.read(lambda db: journal.verify(db, "unit:2"))
    assert [entry.verb for entry in database.read(lambda db: journal.of(db, "unit:1"))] == [
        "received",
        "graded",
        "listed",
    ]
    changed = text("UPDATE journal SET actor = 'nobody' WHERE subject = 'unit:1' AND number = 2")
    database.write(lambda db: db.connection().execute(changed))
    assert not database.read(lambda db: journal.verify(db, "unit:1"))
    assert database.read(lambda db: journal.verify(db, "unit:2"))
    assert database.read(journal.broken) == ["unit:1"]


def test_a_missing_entry_shows(database: Database) -> None:
    for verb in ("received", "graded", "listed"):
        database.write(
            lambda db, verb=verb: journal.record(db, "unit:1", verb, actor="x", at=NOW)  # type: ignore[misc]  # bound at once
        )
    gone = text("DELETE FROM journal WHERE number = 2")
    database.write(lambda db: db.connection().execute(gone))
    assert not database.read(lambda db: journal.verify(db, "unit:1"))


def test_a_repeated_key_finds_the_first_result_and_another_request_is_refused(
    database: Database,
) -> None:
    request = {"amount": 500}
    database.write(
        lambda db: journal.record(
            db, "credit:1", "spent", actor="x", at=NOW, key="k1", request=request, result={"ok": 1}
        )
    )
    assert database.read(lambda db: journal.stored_result(db, "k1", request)) == {"ok": 1}
    assert database.read(lambda db: journal.stored_result(db, "k2", request)) is None
    with pytest.raises(journal.KeyUsedOtherwise):
        database.read(lambda db: journal.stored_result(db, "k1", {"amount": 501}))


class Purse(Row, table=True):
    """A row of money for these tests."""

    __tablename__ = "purse_of_tests"
    __table_args__ = (STRICT,)
    __journaled__ = ("held", "owner")
    metadata = MetaData()  # not the product's own

    id: str = Field(primary_key=True, sa_type=Words)
    held: int = Field(sa_type=Whole)
    owner: str | None = Field(default=None, sa_type=Words)
    colour: str = Field(default="red", sa_type=Words)


@pytest.fixture
def purses(database: Database) -> Iterator[Database]:
    Purse.metadata.tables["purse_of_tests"].create(database.engine())
    yield database
    Purse.metadata.tables["purse_of_tests"].drop(database.engine())


def test_the_journal_rebuilds_what_was_written_and_tells_what_it_does_not_know(
    purses: Database,
) -> None:
    def make(db: Session) -> None:
        rows = [Purse(id="a", held=5), Purse(id="b", held=7)]
        db.add_all(rows)
        db.flush()
        journal.begin(db, [("purse:a", {}, [rows[0]])], "made", actor="x", at=NOW)
        journal.record(db, "purse:b", "made", actor="x", at=NOW, wrote=[rows[1]])

    def spend(db: Session) -> None:
        db.connection().execute(update(Purse).where(col(Purse.id) == "a").values(held=2))
        journal.record(
            db, "purse:a", "spent", actor="x", at=NOW, wrote=[Wrote(Purse, "a", {"held": 2})]
        )

    purses.write(make)
    purses.write(spend)
    assert purses.read(journal.rebuilt) == {
        "purse_of_tests": {"a": {"held": 2, "owner": None}, "b": {"held": 7, "owner": None}}
    }
    assert purses.read(lambda db: journal.differences(db, [Purse])) == []
    purses.write(
        lambda db: db.connection().execute(
            update(Purse).where(col(Purse.id) == "b").values(held=8, colour="blue")
        )
    )
    purses.write(lambda db: db.connection().execute(delete(Purse).where(col(Purse.id) == "a")))
    assert purses.read(lambda db: journal.differences(db, [Purse])) == [
        Difference("purse_of_tests", "b", {"held": 8, "owner": None}, {"held": 7, "owner": None}),
        Difference("purse_of_tests", "a", None, {"held": 2, "owner": None}),
    ]


def test_two_at_once_with_one_key_have_one_effect(database: Database) -> None:
    """CMD-1 on both databases, with more than one worker."""
    done: list[int] = []

    def command(db: Session) -> None:
        request = {"amount": 1}
        if journal.stored_result(db, "k", request) is None:
            done.append(1)
            journal.record(
                db, "purse:x", "spent", actor="x", at=NOW, key="k", request=request, result={"a": 1}
            )

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(database.write, command) for _ in range(8)]:
            each.result()
    entries = database.read(lambda db: journal.of(db, "purse:x"))
    assert [entry.number for entry in entries] == [1] and done == [1]
