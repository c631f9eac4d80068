"""Keys for other programs: shown once, kept as a digest, revoked at once."""

from datetime import datetime

import pytest

from catalog.ground.session.database import Database
from handoff.staff import keys
from handoff.staff.keys import KeyMalformed, KeyMissing, KeyNameTaken, Made


def _add(database: Database, now: datetime, name: str = "till 1", *scopes: str) -> Made:
    given = scopes or ("till",)
    return database.write(lambda db: keys.add(db, name, given, by="test", now=now))


def test_a_key_is_known_by_its_token_until_it_is_revoked(database: Database, now: datetime) -> None:
    made = _add(database, now)
    holder = database.read(lambda db: keys.holder(db, made.token))
    assert holder is not None
    assert (holder.key_id, holder.name, holder.scopes) == (made.key_id, "till 1", {"till"})
    rows = database.read(keys.known)
    assert made.token.split("_", 2)[2] not in str(rows)
    for _ in range(2):
        database.write(lambda db: keys.revoke(db, made.key_id, by="test", now=now))
    assert database.read(lambda db: keys.holder(db, made.token)) is None


def test_no_other_token_opens_anything(database: Database, now: datetime) -> None:
    one, two = _add(database, now), _add(database, now, "till 2")
    secret = two.token.split("_", 2)[2]
    tokens = ("", "akashi", f"akashi_{one.key_id}_{secret}", one.token[:-1], "x" * 10_000)
    for token in tokens:
        assert database.read(lambda db, token=token: keys.holder(db, token)) is None  # type: ignore[misc]  # bound at once


def test_names_and_scopes_are_checked(database: Database, now: datetime) -> None:
    _add(database, now)
    with pytest.raises(KeyNameTaken):
        _add(database, now)
    for name in ("", " ", "a" * 61, "a\nb"):
        with pytest.raises(KeyMalformed):
            _add(database, now, name)
    with pytest.raises(KeyMalformed):
        _add(database, now, "other", "everything")
    with pytest.raises(KeyMissing):
        database.write(lambda db: keys.revoke(db, "none", by="test", now=now))
