"""Browsers that are told things: whose they are, what ends them, and that each telling is one due
row for each of them.
"""

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from catalog.duties.actors import Role
from catalog.ground import policy, worklist
from catalog.ground.record import StaffId
from catalog.ground.session.database import Database
from handoff.staff import actions as staff
from handoff.staff import sessions, sweeping
from handoff.staff.push import actions, queries
from handoff.staff.push.actions import BrowserMissing, News
from handoff.staff.push.rules import MOST_A_PERSON
from handoff.staff.push.tables import PushSubscription
from handoff.staff.rules import SignInTerms
from tests.handoff.staff.people import acting, hire
from tests.handoff.staff.push.browsers import choose, signed_in, told

NEWS = News("called", "T1", "/console/inbox?ticket=T1", {})


def reached(database: Database, who: StaffId, now: datetime) -> list[str]:
    return [each.id for each in database.read(lambda db: queries.of(db, [who], now=now))]


def test_a_browser_is_told_as_long_as_its_session_may_last_and_no_longer(
    database: Database, now: datetime
) -> None:
    who = hire(database, now)
    session = signed_in(database, who, now)
    browser = choose(database, session, now)
    days = database.read(lambda db: policy.current(db).of(SignInTerms)).longest_days
    idle = now + timedelta(days=days - 1)  # nobody touched it for weeks
    assert database.read(lambda db: sessions.known(db, now=idle, of=who)) == []
    assert reached(database, who, idle) == [browser]
    assert reached(database, who, now + timedelta(days=days)) == []


def test_signing_out_another_role_and_leaving_end_it_at_once(
    database: Database, now: datetime
) -> None:
    owner = acting(hire(database, now, "店主", Role.OWNER, email=None), Role.OWNER)
    for number, verb in enumerate(("out", "role", "left")):
        who = hire(database, now, f"佐藤 {number}", email=None)
        session = signed_in(database, who, now)
        choose(database, session, now, verb)
        assert len(reached(database, who, now)) == 1
        match verb:
            case "out":
                database.write(
                    lambda db, session=session: sessions.end(db, session.id, session.actor, now=now)
                )
            case "role":
                database.write(
                    lambda db, who=who: staff.change_role(db, who, "store", owner, now=now)
                )
            case _:
                database.write(lambda db, who=who: staff.leave(db, who, owner, now=now))
                assert (
                    database.read(
                        lambda db, who=who: list(
                            db.exec(
                                select(PushSubscription).where(PushSubscription.staff_id == who)
                            )
                        )
                    )
                    == []
                )
        assert reached(database, who, now) == []


def test_who_signs_in_anew_in_the_same_browser_goes_on_and_nobody_else_does(
    database: Database, now: datetime
) -> None:
    who, other = hire(database, now), hire(database, now, "田中", email=None)
    first = signed_in(database, who, now)
    browser = choose(database, first, now)
    database.write(lambda db: sessions.end(db, first.id, first.actor, now=now))
    strangers = signed_in(database, other, now)
    endpoint = told().endpoint
    assert not database.write(lambda db: actions.keep(db, strangers, endpoint))
    assert reached(database, who, now) == reached(database, other, now) == []
    again = signed_in(database, who, now)
    assert database.write(lambda db: actions.keep(db, again, endpoint))
    assert reached(database, who, now) == [browser]
    assert not database.write(lambda db: actions.keep(db, again, f"{endpoint}x"))


def test_a_browser_another_person_chooses_is_theirs_from_then_on(
    database: Database, now: datetime
) -> None:
    who, other = hire(database, now), hire(database, now, "田中", email=None)
    first = choose(database, signed_in(database, who, now), now)
    second = choose(database, signed_in(database, other, now), now)
    assert first == second  # the same row, for the address is the same browser's
    assert (reached(database, who, now), reached(database, other, now)) == ([], [second])


def test_a_person_has_so_many_browsers_and_the_oldest_goes(
    database: Database, now: datetime
) -> None:
    who = hire(database, now)
    session = signed_in(database, who, now)
    made = [
        choose(database, session, now + timedelta(minutes=n), f"b{n}")
        for n in range(MOST_A_PERSON + 2)
    ]
    later = now + timedelta(hours=1)
    assert reached(database, who, later) == made[2:]
    choose(database, session, later, "b5")  # chosen again, it is no other one
    assert len(reached(database, who, later)) == MOST_A_PERSON


def test_only_ones_own_is_ended_and_it_can_be_chosen_again(
    database: Database, now: datetime
) -> None:
    who, other = hire(database, now), hire(database, now, "田中", email=None)
    session, strangers = signed_in(database, who, now), signed_in(database, other, now)
    browser = choose(database, session, now)
    for missing in (browser, "nonsense"):
        with pytest.raises(BrowserMissing):
            database.write(lambda db, missing=missing: actions.end(db, missing, strangers, now=now))
    database.write(lambda db: actions.end(db, browser, session, now=now))
    assert reached(database, who, now) == []
    with pytest.raises(BrowserMissing):
        database.write(lambda db: actions.end(db, browser, session, now=now))
    assert not database.write(lambda db: actions.keep(db, session, told().endpoint))
    assert reached(database, who, now) == []
    assert choose(database, session, now) == browser
    assert reached(database, who, now) == [browser]


def test_what_a_service_forgot_ends_but_not_what_was_chosen_anew_meanwhile(
    database: Database, now: datetime
) -> None:
    who = hire(database, now)
    session = signed_in(database, who, now)
    browser, endpoint = choose(database, session, now), told().endpoint
    assert not database.write(lambda db: actions.gone(db, browser, f"{endpoint}/old", now=now))
    assert reached(database, who, now) == [browser]
    assert database.write(lambda db: actions.gone(db, browser, endpoint, now=now))
    assert not database.write(lambda db: actions.gone(db, browser, endpoint, now=now))
    assert reached(database, who, now) == []


def test_a_telling_is_one_row_for_each_browser_and_once(database: Database, now: datetime) -> None:
    who, other = hire(database, now), hire(database, now, "田中", email=None)
    silent = hire(database, now, "鈴木", email=None)
    session = signed_in(database, who, now)
    choose(database, session, now, "desk")
    choose(database, session, now, "phone")
    choose(database, signed_in(database, other, now), now, "other")
    people = [who, other, silent, who]
    for _ in range(2):
        assert database.write(lambda db: actions.tell(db, people, NEWS, key="k", now=now)) == 3
    rows = database.write(
        lambda db: worklist.claim(
            db, [actions.PUSH], worker="t", now=now, lease_seconds=60, limit=50
        )
    )
    assert len(rows) == 3
    due = [actions.due_of(row) for row in rows]
    assert [each.news for each in due] == [NEWS] * 3
    assert [each.at for each in due] == [now] * 3
    assert sorted(each.staff for each in due) == sorted([who, who, other])
    assert "push.example.com" not in str([row.facts for row in rows])  # an address is a key


def test_what_ended_long_ago_is_forgotten_at_night(database: Database, now: datetime) -> None:
    who = hire(database, now)
    session = signed_in(database, who, now)
    ended = choose(database, session, now, "ended")
    kept = choose(database, session, now + timedelta(days=20), "kept")
    database.write(lambda db: actions.end(db, ended, session, now=now))

    def rows() -> list[str]:
        return list(
            database.read(
                lambda db: db.exec(
                    select(PushSubscription.id).order_by(col(PushSubscription.id))
                ).all()
            )
        )

    database.write(lambda db: sweeping.run(db, now + timedelta(days=29)))
    assert rows() == sorted([ended, kept])
    database.write(lambda db: sweeping.run(db, now + timedelta(days=31)))
    assert rows() == [kept]
    database.write(lambda db: sweeping.run(db, now + timedelta(days=100)))  # its session is gone
    assert rows() == []
