"""Signing in: one answer for everybody who does not come in, whatever the reason."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from bot.rulebook.book import TERMS
from catalog.duties.actors import Actor, Role
from catalog.ground import policy
from catalog.ground.record import StaffId
from catalog.ground.session.database import Database
from handoff.staff import actions, passwords, sessions, signing_in
from handoff.staff.attempts import TooManyAttempts
from handoff.staff.sessions import How
from handoff.staff.signing_in import Entered, NotSignedIn, PasskeyWanted, Try
from handoff.staff.tables import Passkey, Staff, StaffPassword, StaffSession
from tests.handoff.staff.people import ABROAD, AGENT, GOOD, HOME, WRONG, give_password, hire

MINUTE = timedelta(minutes=1)
OWNER = Actor("owner", Role.OWNER)


def _begin(
    database: Database, now: datetime, who: str, browser: str | None = None, address: str = HOME
) -> Try:
    return database.write(
        lambda db: signing_in.begin(db, who, address=address, browser=browser, now=now)
    )


def _sign_in(
    database: Database,
    now: datetime,
    who: str = "hanako@example.jp",
    password: str = GOOD,
    *,
    browser: str | None = None,
    address: str = HOME,
    instead_of: str | None = None,
) -> Entered:
    tried = _begin(database, now, who, browser, address)
    checked = passwords.check(password, tried.digest)
    return database.write(
        lambda db: signing_in.finish(
            db, tried, checked, agent=AGENT, now=now, instead_of=instead_of
        )
    )


def _leave(database: Database, staff_id: StaffId, now: datetime) -> None:
    def unit(db: Any) -> None:
        db.get_one(Staff, staff_id).left_at = now

    database.write(unit)


@pytest.mark.parametrize(
    "who", ["hanako@example.jp", " Hanako@Example.JP ", "佐藤 花子", "ｈａｎａｋｏ@example.jp"]
)
def test_the_right_password_opens_a_session(database: Database, now: datetime, who: str) -> None:
    hanako = hire(database, now)
    give_password(database, hanako, now)
    entered = _sign_in(database, now, who)
    found = database.read(lambda db: sessions.find(db, entered.token, now=now))
    assert found is not None
    assert (found.staff_id, found.how) == (hanako, How.PASSWORD)
    assert entered.token not in repr(entered) and entered.browser not in repr(entered)


def test_unknown_wrong_left_and_without_a_password_are_one_answer(
    database: Database, now: datetime
) -> None:
    give_password(database, hire(database, now), now)
    gone = hire(database, now, "鈴木 次郎", email="jiro@example.jp")
    give_password(database, gone, now)
    _leave(database, gone, now)
    hire(database, now, "高橋 三郎", email="saburo@example.jp")
    told, statements = set(), set()
    for who, password in (
        ("nobody@example.jp", GOOD),
        ("hanako@example.jp", WRONG),
        ("jiro@example.jp", GOOD),
        ("saburo@example.jp", GOOD),
        ("saburo@example.jp", ""),
        ("", ""),
    ):
        with pytest.raises(NotSignedIn) as refused:
            _sign_in(database, now, who, password)
        told.add((type(refused.value), str(refused.value), refused.value.args))
        statements.add(tuple(_statements_of(database, now + MINUTE, who)))
    assert len(told) == 1
    assert len(statements) == 1  # the same work before the slow step


def _statements_of(database: Database, now: datetime, who: str) -> list[str]:
    asked: list[str] = []

    def unit(db: Any) -> None:
        def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
            asked.append(statement)

        connection = db.connection()
        event.listen(connection, "before_cursor_execute", note)
        try:
            signing_in.begin(db, who, address=HOME, browser=None, now=now)
        finally:
            event.remove(connection, "before_cursor_execute", note)

    database.write(unit)
    return asked


def test_the_wait_tells_nothing_of_who_works_here(database: Database, now: datetime) -> None:
    give_password(database, hire(database, now), now)
    told = []
    for who in ("hanako@example.jp", "nobody@example.jp"):
        for number in range(5):
            with pytest.raises(NotSignedIn):
                _sign_in(database, now, who, f"{WRONG} {number}")
        with pytest.raises(TooManyAttempts) as refused:
            _sign_in(database, now, who, GOOD)
        told.append((str(refused.value), refused.value.retry_after_seconds))
    assert told[0] == told[1]


def test_a_thousand_tries_never_come_in_and_the_owner_of_the_account_still_does(
    database: Database, now: datetime
) -> None:
    """Nor does the right password, once the limit is reached."""
    give_password(database, hire(database, now), now)
    browser = _sign_in(database, now).browser
    looked_at = refused = 0
    for number in range(1_000):
        try:
            tried = _begin(
                database, now + timedelta(seconds=number), "hanako@example.jp", None, ABROAD
            )
        except TooManyAttempts:
            refused += 1
            continue
        looked_at += 1
        checked = passwords.check(f"{WRONG} {number}", tried.digest)
        with pytest.raises(NotSignedIn):
            database.write(
                lambda db, tried=tried, checked=checked: signing_in.finish(  # type: ignore[misc]  # bound at once
                    db, tried, checked, agent=AGENT, now=now
                )
            )
    assert refused >= 985 and looked_at <= 15
    end = now + timedelta(seconds=1_000)
    with pytest.raises(TooManyAttempts):
        _sign_in(database, end, address=ABROAD)
    assert _sign_in(database, end, browser=browser, address=ABROAD).browser == browser
    assert _sign_in(database, end + 15 * MINUTE, address=ABROAD).token


def test_signing_in_ends_the_session_the_browser_had(database: Database, now: datetime) -> None:
    give_password(database, hire(database, now), now)
    first = _sign_in(database, now)
    second = _sign_in(database, now, browser=first.browser, instead_of=first.token)
    assert second.token != first.token
    assert database.read(lambda db: sessions.find(db, first.token, now=now)) is None


def test_a_password_changed_or_a_person_gone_meanwhile_opens_nothing(
    database: Database, now: datetime
) -> None:
    hanako = hire(database, now)
    give_password(database, hanako, now)
    for meanwhile in (
        lambda: give_password(database, hanako, now),
        lambda: _leave(database, hanako, now),
    ):
        tried = _begin(database, now, "hanako@example.jp")
        checked = passwords.check(GOOD, tried.digest)
        meanwhile()
        with pytest.raises(NotSignedIn):
            database.write(
                lambda db, tried=tried, checked=checked: signing_in.finish(  # type: ignore[misc]  # bound at once
                    db, tried, checked, agent=AGENT, now=now
                )
            )
    assert database.read(lambda db: db.exec(select(StaffSession)).all()) == []


def test_a_digest_of_older_parameters_is_renewed_and_ends_nothing(
    database: Database, now: datetime
) -> None:
    hanako = hire(database, now)
    old = give_password(database, hanako, now)
    first = _sign_in(database, now)
    digest = database.read(lambda db: db.get_one(StaffPassword, hanako)).digest
    assert digest != old and passwords.check(GOOD, digest) == passwords.Checked(True, None)
    assert database.read(lambda db: sessions.find(db, first.token, now=now)) is not None
    assert _sign_in(database, now).staff_id == hanako


def _with_passkey(database: Database, staff_id: StaffId, now: datetime) -> None:
    key = {"credential_id": b"1", "public_key": b"2", "name": "Mac", "sign_count": 0}
    database.write(lambda db: db.add(Passkey(id="1", staff_id=staff_id, added_at=now, **key)))


def test_a_password_alone_is_not_enough_for_who_has_a_passkey(
    database: Database, now: datetime
) -> None:
    hanako = hire(database, now)
    give_password(database, hanako, now)
    _with_passkey(database, hanako, now)
    with pytest.raises(PasskeyWanted):
        _sign_in(database, now)
    with pytest.raises(NotSignedIn):
        _sign_in(database, now, password=WRONG)
    change = {"staff.password_with_passkey": True}
    database.write(lambda db: policy.amend(db, change, known=TERMS, by="test", now=now))
    assert _sign_in(database, now).staff_id == hanako


def test_a_changed_password_ends_every_session_and_gives_this_browser_a_new_one(
    database: Database, now: datetime
) -> None:
    give_password(database, hire(database, now), now)
    other, here = _sign_in(database, now), _sign_in(database, now)
    session = database.read(lambda db: sessions.find(db, here.token, now=now))
    assert session is not None
    digest = passwords.digest_of("Tsukimisou 42 kaoru", name=session.name, email=None)

    def change(told: str) -> Entered:
        tried = database.write(
            lambda db: signing_in.begin_again(
                db, session, address=HOME, browser=here.browser, now=now
            )
        )
        checked = passwords.check(told, tried.digest)
        return database.write(
            lambda db: signing_in.change(db, session, tried, checked, digest, agent=AGENT, now=now)
        )

    with pytest.raises(NotSignedIn):
        change(WRONG)
    fresh = change(GOOD)
    found = {
        name: database.read(lambda db, each=each: sessions.find(db, each.token, now=now))  # type: ignore[misc]  # bound at once
        for name, each in (("other", other), ("here", here), ("fresh", fresh))
    }
    assert [name for name, each in found.items() if each is not None] == ["fresh"]
    with pytest.raises(NotSignedIn):
        _sign_in(database, now)
    assert _sign_in(database, now, password="Tsukimisou 42 kaoru").staff_id == session.staff_id


def test_one_persons_password_changes_no_other_persons(database: Database, now: datetime) -> None:
    give_password(database, hire(database, now), now)
    jiro = hire(database, now, "鈴木 次郎", email="jiro@example.jp")
    give_password(database, jiro, now)
    here = _sign_in(database, now)
    session = database.read(lambda db: sessions.find(db, here.token, now=now))
    assert session is not None
    tried = _begin(database, now, "jiro@example.jp")
    checked = passwords.check(GOOD, tried.digest)
    with pytest.raises(NotSignedIn):
        database.write(
            lambda db: signing_in.change(
                db, session, tried, checked, "digest", agent=AGENT, now=now
            )
        )


def test_who_works_here_comes_in_by_a_name_that_somebody_who_left_had(
    database: Database, now: datetime
) -> None:
    for _ in range(2):
        gone = hire(database, now, email=None)
        database.write(lambda db, who=gone: actions.leave(db, who, OWNER, now=now))
    here = hire(database, now, email=None)
    give_password(database, here, now)
    assert _sign_in(database, now, "佐藤 花子").staff_id == here
