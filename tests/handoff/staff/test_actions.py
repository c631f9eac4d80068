"""People of the shop: who may change them, and what ends when they leave (R-119)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from sqlmodel import col, select

from catalog.duties.actors import STAFF_ROLES, Actor, Role
from catalog.ground import journal
from catalog.ground.errors import Missing, Refused
from catalog.ground.journal import Entry
from catalog.ground.record import StaffId
from catalog.ground.session.database import Database
from handoff.staff import actions, attempts, invitations, passkeys, passwords, sessions, signing_in
from handoff.staff.actions import LastOwner, OnlyAnOwner, StaffKnown, StaffMalformed
from handoff.staff.invitations import InvitationMissing
from handoff.staff.passwords import Checked
from handoff.staff.permissions import NotAllowed
from handoff.staff.sessions import How, NotOfTheShop
from handoff.staff.tables import Passkey, Staff, StaffPassword, StaffSession
from tests.handoff.staff.people import AGENT, HOME, give_password, hire

OWNER = Actor("owner", Role.OWNER)


def _person(database: Database, staff_id: StaffId) -> Staff:
    return database.read(lambda db: db.get_one(Staff, staff_id))


def _session(database: Database, staff_id: StaffId, now: datetime) -> str:
    return database.write(
        lambda db: sessions.begin(db, staff_id, how=How.PASSWORD, agent=AGENT, now=now)
    )


def _leave(database: Database, staff_id: StaffId, now: datetime, actor: Actor = OWNER) -> None:
    database.write(lambda db: actions.leave(db, staff_id, actor, now=now))


def _role(
    database: Database, staff_id: StaffId, role: Role, now: datetime, actor: Actor = OWNER
) -> None:
    database.write(lambda db: actions.change_role(db, staff_id, role, actor, now=now))


def test_who_leaves_is_out_at_once_and_nothing_of_theirs_opens_anything(
    database: Database, now: datetime
) -> None:
    hanako = hire(database, now)
    give_password(database, hanako, now)
    token = _session(database, hanako, now)
    browser = database.write(lambda db: attempts.know(db, hanako, browser=None, now=now))
    invited = database.write(lambda db: invitations.invite(db, hanako, OWNER, now=now))
    key: dict[str, Any] = {"credential_id": b"1", "public_key": b"2", "name": "Mac"}
    database.write(
        lambda db: db.add(Passkey(id="1", staff_id=hanako, added_at=now, sign_count=0, **key))
    )
    _leave(database, hanako, now)
    assert _person(database, hanako).left_at == now
    assert database.read(lambda db: sessions.find(db, token, now=now)) is None
    assert database.read(lambda db: passkeys.known(db, hanako)) == []
    assert database.read(lambda db: db.get(StaffPassword, hanako)) is None
    assert not database.read(lambda db: attempts.is_known(db, browser, hanako, now=now))
    with pytest.raises(InvitationMissing):
        database.read(lambda db: invitations.find(db, invited.token, now=now))
    for again in (
        lambda: _leave(database, hanako, now),
        lambda: _role(database, hanako, Role.STORE, now),
        lambda: _session(database, hanako, now),
    ):
        with pytest.raises(NotOfTheShop):
            again()


def test_who_left_keeps_neither_name_nor_address_from_whoever_comes_next(
    database: Database, now: datetime
) -> None:
    """The same person a year later, or another of that name; their acts stay apart."""
    people = []
    for _ in range(3):
        hanako = hire(database, now)
        change = partial(actions.change_slack, staff_id=hanako, slack_id="U0AB12", actor=OWNER)
        database.write(lambda db, give=change: give(db, now=now))
        _leave(database, hanako, now)
        people.append(hanako)
    last = hire(database, now)
    jiro = hire(database, now, "鈴木 次郎", email=None)
    _leave(database, jiro, now)
    database.write(lambda db: actions.rename(db, last, "鈴木 次郎", OWNER, now=now))
    assert [_person(database, each).name for each in people] == ["佐藤 花子"] * 3
    assert {_person(database, each).email for each in people} == {None}
    assert [each.id for each in database.read(actions.everybody)] == [last]
    with pytest.raises(StaffKnown):
        hire(database, now, "鈴木 次郎", email=None)


def test_another_role_ends_sessions_and_invitations(database: Database, now: datetime) -> None:
    hanako = hire(database, now)
    token = _session(database, hanako, now)
    manager = Actor("manager", Role.MANAGER)
    invited = database.write(lambda db: invitations.invite(db, hanako, manager, now=now))
    _role(database, hanako, Role.ADVISER, now)  # the same: nothing changes
    assert database.read(lambda db: sessions.find(db, token, now=now)) is not None
    _role(database, hanako, Role.OWNER, now)
    assert database.read(lambda db: sessions.find(db, token, now=now)) is None
    with pytest.raises(InvitationMissing):  # a manager's link opens no owner's door
        database.read(lambda db: invitations.find(db, invited.token, now=now))
    fresh = _session(database, hanako, now)
    found = database.read(lambda db: sessions.find(db, fresh, now=now))
    assert found is not None and found.actor.role is Role.OWNER
    told = database.read(
        lambda db: db.exec(select(Entry).where(Entry.verb == "role_changed")).one()
    )
    assert told.facts == {"before": "adviser", "role": "owner"}


def test_only_who_answers_for_staff_does_any_of_it(database: Database, now: datetime) -> None:
    hanako = hire(database, now)
    hire(database, now, "社長", Role.OWNER, None)
    for role in (*STAFF_ROLES, Role.BOT, Role.CUSTOMER):
        if role is Role.OWNER:
            continue
        actor = Actor(hanako, role)
        for verb in (
            lambda db, a=actor: actions.take_on(
                db, "新人", "store", a, email=None, slack_id=None, now=now
            ),
            lambda db, a=actor: actions.change_role(db, hanako, Role.SENIOR, a, now=now),
            lambda db, a=actor: actions.leave(db, hanako, a, now=now),
            lambda db, a=actor: actions.rename(db, hanako, "別名", a, now=now),
            lambda db, a=actor: actions.change_email(db, hanako, "x@example.jp", a, now=now),
            lambda db, a=actor: actions.change_slack(db, hanako, "U0AB12", a, now=now),
        ):
            with pytest.raises((NotAllowed, OnlyAnOwner)):
                database.write(verb)
    assert _person(database, hanako).role == "adviser"


def test_the_last_owner_neither_leaves_nor_becomes_something_else(
    database: Database, now: datetime
) -> None:
    first = hire(database, now, "社長", Role.OWNER, None)
    second = hire(database, now, "会長", Role.OWNER, None)
    _leave(database, first, now)
    with pytest.raises(LastOwner):
        _leave(database, second, now)
    with pytest.raises(LastOwner):
        _role(database, second, Role.MANAGER, now)
    _role(database, second, Role.OWNER, now)
    hanako = hire(database, now)
    _leave(database, hanako, now)
    assert _person(database, second).left_at is None


def test_of_two_owners_who_leave_at_once_one_stays(database: Database, now: datetime) -> None:
    for turn in range(5):
        both = [hire(database, now, f"{turn} {n}", Role.OWNER, None) for n in range(2)]
        kept = [each for each in _owners(database) if each not in both]
        for each in kept:
            _leave(database, each, now)

        def go(staff_id: StaffId) -> bool:
            try:
                _leave(database, staff_id, now)
            except Refused:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(go, both)) == [False, True]


def test_whatever_comes_at_once_ends_in_an_answer_and_leaves_nothing_open(
    database: Database, now: datetime
) -> None:
    """Sign-in, link, new password, other role, end of sessions and leaving, in any order."""
    hire(database, now, "社長", Role.OWNER, None)
    for turn in range(8):
        hanako = hire(database, now, f"佐藤 {turn}", email=f"hanako{turn}@example.jp")
        give_password(database, hanako, now)
        token = database.write(
            lambda db, who=hanako: invitations.invite(db, who, OWNER, now=now)  # type: ignore[misc]  # bound at once
        ).token
        tried = database.write(
            lambda db, n=turn: signing_in.begin(  # type: ignore[misc]  # bound at once
                db, f"hanako{n}@example.jp", address=HOME, browser=None, now=now
            )
        )
        said: list[Any] = [
            lambda db, t=tried: signing_in.finish(db, t, Checked(True), agent=AGENT, now=now),
            lambda db, t=token: invitations.accept(
                db, t, "digest", agent=AGENT, browser=None, now=now
            ),
            lambda db, who=hanako: passwords.put(db, who, "other", by="test", now=now),
            lambda db, who=hanako: actions.change_role(db, who, "senior", OWNER, now=now),
            lambda db, who=hanako: sessions.end_all(db, who, by="test", now=now),
            lambda db, who=hanako: actions.leave(db, who, OWNER, now=now),
        ]

        def do(unit: Any) -> str:
            try:
                database.write(unit)
            except (Refused, Missing) as answer:
                return type(answer).__name__
            return "done"

        with ThreadPoolExecutor(len(said)) as pool:
            told = list(pool.map(do, said[turn % 6 :] + said[: turn % 6]))
        assert set(told) <= {"done", "NotSignedIn", "InvitationMissing", "NotOfTheShop"}
        assert database.read(lambda db: sessions.known(db, now=now)) == []
        left = database.read(lambda db, who=hanako: db.exec(_OPEN.where(who == _WHOSE)).all())  # type: ignore[misc]  # bound at once
        assert left == []
        assert database.read(lambda db, who=hanako: db.get(StaffPassword, who)) is None  # type: ignore[misc]  # bound at once


_WHOSE = StaffSession.staff_id
_OPEN = select(StaffSession.id).where(col(StaffSession.ended_at).is_(None))


def _owners(database: Database) -> list[StaffId]:
    people = database.read(actions.everybody)
    return [StaffId(each.id) for each in people if each.role == "owner"]


def test_a_name_and_an_address_are_one_persons(database: Database, now: datetime) -> None:
    hanako = hire(database, now)
    jiro = hire(database, now, "鈴木 次郎", email="jiro@example.jp")
    database.write(lambda db: actions.rename(db, hanako, " 佐藤 花 ", OWNER, now=now))
    database.write(lambda db: actions.rename(db, hanako, "佐藤 花", OWNER, now=now))
    database.write(lambda db: actions.change_email(db, hanako, "Hana@Example.JP", OWNER, now=now))
    person = _person(database, hanako)
    assert (person.name, person.email) == ("佐藤 花", "hana@example.jp")
    with pytest.raises(StaffKnown):
        database.write(lambda db: actions.rename(db, jiro, "佐藤 花", OWNER, now=now))
    with pytest.raises(StaffKnown):
        database.write(lambda db: actions.change_email(db, jiro, "hana@example.jp", OWNER, now=now))
    for wrong in ("", " ", "x" * 101):
        with pytest.raises(StaffMalformed):
            database.write(lambda db, w=wrong: actions.rename(db, jiro, w, OWNER, now=now))  # type: ignore[misc]  # bound at once
    with pytest.raises(StaffMalformed):
        database.write(lambda db: actions.change_email(db, jiro, "jiro", OWNER, now=now))
    database.write(lambda db: actions.change_email(db, jiro, None, OWNER, now=now))
    assert _person(database, jiro).email is None
    entries = database.read(lambda db: db.exec(select(Entry)).all())
    told = str([each.facts for each in entries])
    assert not [word for word in ("佐藤", "hana", "jiro") if word in told]


def test_a_slack_id_is_one_persons_and_can_be_taken_away(database: Database, now: datetime) -> None:
    hanako = hire(database, now)
    jiro = hire(database, now, "鈴木 次郎", email=None)

    def change(who: StaffId, slack_id: str | None) -> None:
        database.write(lambda db: actions.change_slack(db, who, slack_id, OWNER, now=now))

    change(hanako, "U0AB12")
    change(hanako, "U0AB12")
    with pytest.raises(StaffKnown):
        change(jiro, "U0AB12")
    with pytest.raises(StaffMalformed):
        change(jiro, "@jiro")
    change(hanako, None)
    change(jiro, "U0AB12")
    assert (_person(database, hanako).slack_id, _person(database, jiro).slack_id) == (
        None, "U0AB12",
    )  # fmt: skip
    verbs = database.read(lambda db: [each.verb for each in journal.of(db, f"staff:{hanako}")])
    assert verbs == ["added", "slack_changed", "slack_changed"]  # the same again is no change


def test_of_two_who_want_one_name_at_once_one_gets_it(database: Database, now: datetime) -> None:
    """Whoever is late is answered, never an error of the database's."""
    for turn in range(5):
        both = [hire(database, now, f"{turn} {n}", email=None) for n in range(2)]
        units: list[Any] = [
            *(
                lambda db, who=who, n=turn: actions.rename(db, who, f"同名 {n}", OWNER, now=now)
                for who in both
            ),
            lambda db, n=turn: actions.add(
                db, f"同名 {n}", "store", email=None, slack_id=None, by="test", now=now
            ),
        ]

        def do(unit: Any) -> bool:
            try:
                database.write(unit)
            except StaffKnown:
                return False
            return True

        with ThreadPoolExecutor(3) as pool:
            assert sorted(pool.map(do, units)) == [False, False, True]


def test_an_owner_is_called_otherwise_by_owners_alone(database: Database, now: datetime) -> None:
    boss = hire(database, now, "社長", Role.OWNER, None)
    manager = Actor("manager", Role.MANAGER)
    for verb in (
        lambda db: actions.rename(db, boss, "別名", manager, now=now),
        lambda db: actions.change_slack(db, boss, "U0AB12", manager, now=now),
    ):
        with pytest.raises((NotAllowed, OnlyAnOwner)):
            database.write(verb)
    database.write(lambda db: actions.rename(db, boss, "会長", OWNER, now=now))
    assert _person(database, boss).name == "会長"


def test_somebody_is_found_by_name_address_or_id(database: Database, now: datetime) -> None:
    hanako = hire(database, now)
    for told in ("佐藤 花子", " HANAKO@example.jp", hanako):
        assert database.read(lambda db, t=told: actions.of_name(db, t)) == hanako  # type: ignore[misc]  # bound at once
    _leave(database, hanako, now)
    for told in ("佐藤 花子", "nobody", ""):
        with pytest.raises(NotOfTheShop):
            database.read(lambda db, t=told: actions.of_name(db, t))  # type: ignore[misc]  # bound at once


def test_an_owner_takes_anybody_on(database: Database, now: datetime) -> None:
    made = database.write(
        lambda db: actions.take_on(
            db, "新人", "store", OWNER, email=None, slack_id="U0AB12", now=now
        )
    )
    assert _person(database, made).role == "store"
    for name, role in (("", "store"), ("人", "king"), ("人", "customer")):
        with pytest.raises(StaffMalformed):
            database.write(
                lambda db, n=name, r=role: actions.take_on(  # type: ignore[misc]  # bound at once
                    db, n, r, OWNER, email=None, slack_id=None, now=now
                )
            )
