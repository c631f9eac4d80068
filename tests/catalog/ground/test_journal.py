"""The audit trail: chained per subject, repeat keys answered with the first result (CMD-1)."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from catalog.ground import journal, policy
from catalog.ground.session.database import Database

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def test_a_chain_is_whole_until_somebody_changes_it(database: Database) -> None:
    for verb in ("received", "graded", "listed"):
        database.write(
            lambda db, verb=verb: journal.record(  # type: ignore[misc]  # bound at once
                db, "unit:1", verb, actor="staff:1", at=NOW, facts={"grade": "A"}
            )
        )
    database.write(lambda db: journal.begin(db, [("unit:2", {})], "received", actor="x", at=NOW))
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


def test_policies_are_only_followed_by_another_version(database: Database) -> None:
    for terms in ({"opens": "10:00"}, {"opens": "11:00"}):
        database.write(lambda db, terms=terms: policy.amend(db, "hours", terms, by="x", now=NOW))  # type: ignore[misc]  # bound at once
    held = database.read(lambda db: policy.current(db, "hours"))
    assert held is not None
    assert (held.version, held.terms) == (2, {"opens": "11:00"})
    assert database.read(lambda db: policy.current(db, "none")) is None
