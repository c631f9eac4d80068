"""Invitations: one person, one password, once; and nobody lets themselves in with one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from catalog.duties.actors import Actor, Role
from catalog.ground.journal import Entry
from catalog.ground.record import StaffId
from catalog.ground.session.database import Database
from handoff.staff import actions, invitations, sessions
from handoff.staff.invitations import InvitationMissing, Invited, MayNotInvite, Welcome
from handoff.staff.sessions import How, NotOfTheShop
from handoff.staff.signing_in import Entered
from handoff.staff.tables import Staff, StaffInvitation, StaffPassword
from tests.handoff.staff.people import AGENT, acting, hire

OWNER = Actor("owner", Role.OWNER)
HOUR = timedelta(hours=1)


def _invite(database: Database, staff_id: StaffId, now: datetime, actor: Actor = OWNER) -> Invited:
    return database.write(lambda db: invitations.invite(db, staff_id, actor, now=now))


def _accept(database: Database, token: str, now: datetime, digest: str = "digest") -> Entered:
    return database.write(
        lambda db: invitations.accept(db, token, digest, agent=AGENT, browser=None, now=now)
    )


def _is_good(database: Database, token: str, now: datetime) -> bool:
    try:
        database.read(lambda db: invitations.find(db, token, now=now))
    except InvitationMissing:
        return False
    return True


def test_a_link_sets_the_password_and_lets_in_once(database: Database, now: datetime) -> None:
    hanako = hire(database, now)
    invited = _invite(database, hanako, now)
    link = invited.link("https://shop.example")
    assert link == f"https://shop.example/console/welcome?t={invited.token}"
    assert invited.token not in repr(invited) and len(invited.token) >= 43
    found = database.read(lambda db: invitations.find(db, invited.token, now=now))
    assert found == Welcome(hanako, "佐藤 花子", "hanako@example.jp")
    entered = _accept(database, invited.token, now)
    session = database.read(lambda db: sessions.find(db, entered.token, now=now))
    assert session is not None and session.how is How.INVITATION
    assert database.read(lambda db: db.get_one(StaffPassword, hanako)).digest == "digest"
    with pytest.raises(InvitationMissing):
        _accept(database, invited.token, now, "another")
    assert database.read(lambda db: db.get_one(StaffPassword, hanako)).digest == "digest"
    rows = database.read(lambda db: db.exec(select(StaffInvitation)).all())
    assert invited.token not in str(rows)


def test_of_two_at_once_one_wins(database: Database, now: datetime) -> None:
    hanako = hire(database, now)
    for turn in range(5):
        token = _invite(database, hanako, now).token

        def take(number: int, token: str = token, turn: int = turn) -> bool:
            try:
                _accept(database, token, now, f"digest {turn} {number}")
            except InvitationMissing:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            won = list(pool.map(take, range(4)))
        assert won.count(True) == 1
        held = database.read(lambda db: db.get_one(StaffPassword, hanako)).digest
        assert held == f"digest {turn} {won.index(True)}"
        assert len(database.read(lambda db: sessions.known(db, now=now))) == 1


def test_unknown_used_revoked_old_replaced_and_left_are_one_answer(
    database: Database, now: datetime
) -> None:
    people = [hire(database, now, f"person {n}", email=None) for n in range(5)]
    used, revoked, old, replaced, left = (_invite(database, each, now) for each in people)
    _accept(database, used.token, now)
    database.write(lambda db: invitations.revoke(db, revoked.id, OWNER, now=now))
    _invite(database, people[3], now)

    def leave(db: Any) -> None:
        db.get_one(Staff, people[4]).left_at = now

    database.write(leave)
    assert _is_good(database, old.token, now + 72 * HOUR - timedelta(seconds=1))
    late = now + 72 * HOUR
    told = set()
    for token, at in (
        (used.token, now), (revoked.token, now), (old.token, late), (replaced.token, now),
        (left.token, now), ("", now), ("x" * 9999, now), (used.token[:-1], now),
    ):  # fmt: skip
        for verb in (_is_good, _accept):
            try:
                assert not verb(database, token, at)
            except InvitationMissing as missing:
                told.add(str(missing))
    assert len(told) == 1


def test_a_forgotten_password_ends_the_sessions_that_were_there(
    database: Database, now: datetime
) -> None:
    hanako = hire(database, now)
    before = _accept(database, _invite(database, hanako, now).token, now)
    invited = _invite(database, hanako, now)
    assert database.read(lambda db: sessions.find(db, before.token, now=now)) is not None
    after = _accept(database, invited.token, now, "new")
    assert database.read(lambda db: sessions.find(db, before.token, now=now)) is None
    assert database.read(lambda db: sessions.find(db, after.token, now=now)) is not None


def test_a_manager_opens_no_door_to_an_owner(database: Database, now: datetime) -> None:
    owner = hire(database, now, "社長", Role.OWNER, None)
    other = hire(database, now, "店長", Role.MANAGER, None)
    hanako = hire(database, now)
    manager = acting(StaffId("manager"), Role.MANAGER)
    for whom in (owner, other):
        with pytest.raises(MayNotInvite):
            _invite(database, whom, now, manager)
    invited = _invite(database, owner, now)
    with pytest.raises(MayNotInvite):
        database.write(lambda db: invitations.revoke(db, invited.id, manager, now=now))
    assert _is_good(database, invited.token, now)
    mine = _invite(database, hanako, now, manager)
    for role in (Role.SENIOR, Role.ADVISER, Role.AUDITOR, Role.REMOTE, Role.CUSTOMER, Role.BOT):
        with pytest.raises(MayNotInvite):
            _invite(database, hanako, now, Actor("x", role))
    pending = database.read(lambda db: invitations.pending(db, now=now))
    assert {(each.id, each.name) for each in pending} == {
        (invited.id, "社長"), (mine.id, "佐藤 花子"),
    }  # fmt: skip
    with pytest.raises(NotOfTheShop):
        _invite(database, StaffId("nobody"), now)


@pytest.mark.parametrize("how", ["leaves", "has another role"])
def test_a_link_does_not_outlive_what_its_maker_was(
    database: Database, now: datetime, how: str
) -> None:
    """They may have kept it, and it opens another's account; nor do they make one more."""
    boss = acting(hire(database, now, "店長", Role.OWNER, email=None), Role.OWNER)
    maker = hire(database, now, "田中 一郎", Role.MANAGER, email=None)
    hanako, jiro = hire(database, now), hire(database, now, "鈴木 次郎", email=None)
    manager = acting(maker, Role.MANAGER)
    theirs = _invite(database, hanako, now, manager)
    others = _invite(database, jiro, now, boss)
    if how == "leaves":
        database.write(lambda db: actions.leave(db, maker, boss, now=now))
    else:
        database.write(lambda db: actions.change_role(db, maker, "store", boss, now=now))
    assert not _is_good(database, theirs.token, now)
    assert _is_good(database, others.token, now)
    with pytest.raises(MayNotInvite):
        _invite(database, hanako, now, manager)


def test_the_journal_tells_who_invited_whom_and_no_link(database: Database, now: datetime) -> None:
    hanako = hire(database, now)
    invited = _invite(database, hanako, now)
    database.write(lambda db: invitations.revoke(db, invited.id, OWNER, now=now))
    with pytest.raises(InvitationMissing):
        database.write(lambda db: invitations.revoke(db, invited.id, OWNER, now=now))
    entries = database.read(lambda db: db.exec(select(Entry)).all())
    assert [(each.verb, each.actor) for each in entries[1:]] == [
        ("invited", "staff:owner"), ("invitation_revoked", "staff:owner"),
    ]  # fmt: skip
    assert invited.token not in str([each.facts for each in entries])
