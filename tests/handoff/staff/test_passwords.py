"""Passwords: argon2, nothing kept that could be told, the same work whoever it is."""

from datetime import datetime

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import select

from catalog.ground.journal import Entry
from catalog.ground.record import StaffId
from catalog.ground.session.database import Database
from handoff.staff import passwords, sessions
from handoff.staff.passwords import PasswordWeak
from handoff.staff.rules import Weak
from handoff.staff.sessions import How, NotOfTheShop
from handoff.staff.tables import StaffPassword
from tests.handoff.staff.people import AGENT, GOOD, hire


def _kept(password: str) -> str:
    return passwords.digest_of(password, name="佐藤 花子", email=None)


def test_a_password_is_right_as_it_was_typed_in_either_width() -> None:
    digest = _kept(GOOD)
    assert digest.startswith("$argon2id$") and GOOD not in digest
    assert _kept(GOOD) != digest
    for told, is_right in (
        (GOOD, True), ("Ｋｉｎｍｏｋｕｓｅｉ no kaori 7", True), (GOOD.lower(), False), ("", False),
        (f"{GOOD} ", False), ("x" * 100_000, False),
    ):  # fmt: skip
        assert passwords.check(told, digest).is_right is is_right


def test_where_there_is_no_password_nothing_is_right_and_the_same_work_is_done() -> None:
    passwords.warm_up()
    nobodys = passwords._nobodys()
    today = _kept(GOOD)
    assert (
        nobodys.rpartition("$")[0].rpartition("$")[0] == today.rpartition("$")[0].rpartition("$")[0]
    )
    assert not passwords.check(GOOD, None).is_right
    assert passwords.check(GOOD, None).renewed is None


def test_a_weak_one_is_refused() -> None:
    with pytest.raises(PasswordWeak) as refused:
        passwords.digest_of("佐藤花子の佐藤花子の佐藤花子", name="佐藤 花子", email=None)
    assert refused.value.why is Weak.PERSONAL
    assert "佐藤" not in str(refused.value)


def test_one_of_older_parameters_is_told_to_be_renewed() -> None:
    old = Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    checked = passwords.check(GOOD, old)
    assert checked.is_right and checked.renewed is not None
    assert passwords.check(GOOD, checked.renewed) == passwords.Checked(True, None)
    assert passwords.check("another one", old) == passwords.Checked(False, None)


def test_a_new_password_ends_every_session(database: Database, now: datetime) -> None:
    hanako = hire(database, now)
    tokens = [
        database.write(
            lambda db: sessions.begin(db, hanako, how=How.PASSWORD, agent=AGENT, now=now)
        )
        for _ in range(2)
    ]
    for digest in ("first", "second"):
        database.write(
            lambda db, digest=digest: passwords.put(db, hanako, digest, by="test", now=now)  # type: ignore[misc]  # bound at once
        )
    for token in tokens:
        assert database.read(lambda db, token=token: sessions.find(db, token, now=now)) is None  # type: ignore[misc]  # bound at once
    rows = database.read(lambda db: db.exec(select(StaffPassword)).all())
    assert [(row.staff_id, row.digest) for row in rows] == [(hanako, "second")]
    entries = database.read(lambda db: db.exec(select(Entry)).all())
    assert "second" not in str([each.facts for each in entries])
    assert [each.verb for each in entries].count("password_set") == 2


def test_nobody_else_gets_a_password(database: Database, now: datetime) -> None:
    with pytest.raises(NotOfTheShop):
        database.write(
            lambda db: passwords.put(db, StaffId("nobody"), "digest", by="test", now=now)
        )
