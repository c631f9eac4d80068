"""Sessions: a fresh secret each time, an end in any case, and at once when the shop says so."""

import hashlib
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import Session, select

from catalog.duties.actors import Role
from catalog.ground.journal import Entry
from catalog.ground.record import StaffId
from catalog.ground.session.database import Database
from handoff.staff import actions as staff
from handoff.staff import sessions
from handoff.staff.sessions import How, NotOfTheShop, SessionMissing, SignedIn
from handoff.staff.tables import Staff, StaffSession
from tests.handoff.staff.people import AGENT, acting, hire

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def _begin(database: Database, staff_id: StaffId, now: datetime, **more: Any) -> str:
    return database.write(
        lambda db: sessions.begin(db, staff_id, how=How.PASSWORD, agent=AGENT, now=now, **more)
    )


def _find(database: Database, token: str, now: datetime) -> SignedIn | None:
    return database.read(lambda db: sessions.find(db, token, now=now))


def _found(database: Database, token: str, now: datetime) -> SignedIn:
    found = _find(database, token, now)
    assert found is not None
    return found


def test_a_token_tells_who_sits_there_and_is_kept_as_a_hash(
    database: Database, now: datetime
) -> None:
    hanako = hire(database, now)
    token = _begin(database, hanako, now)
    found = _found(database, token, now)
    assert (found.actor, found.name) == (acting(hanako), "佐藤 花子")
    assert (found.how, found.started_at, found.staff_id) == (How.PASSWORD, now, hanako)
    assert len(token) >= 43  # 256 bits
    row = database.read(lambda db: db.exec(select(StaffSession)).one())
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(row) and token not in repr(found)
    assert "csrf_secret" not in repr(found)


def test_no_other_token_opens_anything(database: Database, now: datetime) -> None:
    token = _begin(database, hire(database, now), now)
    row = database.read(lambda db: db.exec(select(StaffSession)).one())
    for told in ("", token[:-1], token + "=", token.swapcase(), row.token_hash, row.id, "x" * 9999):
        assert _find(database, told, now) is None


def test_each_sign_in_makes_a_new_token_and_ends_the_one_the_browser_had(
    database: Database, now: datetime
) -> None:
    hanako = hire(database, now)
    planted = _begin(database, hanako, now)
    fresh = _begin(database, hanako, now, instead_of=planted)
    assert fresh != planted
    assert _find(database, planted, now) is None
    assert _found(database, fresh, now).staff_id == hanako
    never = _begin(database, hanako, now, instead_of="a token nobody was given")
    assert _find(database, "a token nobody was given", now) is None
    assert _found(database, never, now).id != _found(database, fresh, now).id


@pytest.mark.parametrize(
    ("role", "idle", "longest"),
    [(Role.ADVISER, 12 * HOUR, 30 * DAY), (Role.REMOTE, 30 * MINUTE, 9 * HOUR)],
)
def test_a_session_ends_when_nobody_is_there_and_in_any_case(
    database: Database, now: datetime, role: Role, idle: timedelta, longest: timedelta
) -> None:
    token = _begin(database, hire(database, now, role=role), now)
    session = _found(database, token, now + idle - MINUTE)
    assert _find(database, token, now + idle) is None
    at = now
    while at + idle - MINUTE < now + longest:
        at += idle - MINUTE
        assert _found(database, token, at).is_unseen
        assert database.write(lambda db, at=at: sessions.seen(db, session.id, now=at))  # type: ignore[misc]  # bound at once
    assert _find(database, token, now + longest - MINUTE) is not None
    assert _find(database, token, now + longest) is None
    assert not database.write(lambda db: sessions.seen(db, session.id, now=now + longest))


def test_a_sign_of_life_is_written_once_a_minute(database: Database, now: datetime) -> None:
    token = _begin(database, hire(database, now), now)
    session = _found(database, token, now)
    assert not session.is_unseen

    def seen(at: datetime) -> bool:
        return database.write(lambda db: sessions.seen(db, session.id, now=at))

    assert [seen(now + timedelta(seconds=s)) for s in (1, 59, 60, 61, 119, 120)] == [
        False, False, True, False, False, True,
    ]  # fmt: skip
    assert _found(database, token, now + 2 * MINUTE).seen_at == now + 2 * MINUTE


def test_a_session_that_has_ended_is_not_brought_to_life_again(
    database: Database, now: datetime
) -> None:
    hanako = hire(database, now)
    token = _begin(database, hanako, now)
    session = _found(database, token, now)
    database.write(lambda db: sessions.end(db, session.id, session.actor, now=now))
    assert not database.write(lambda db: sessions.seen(db, session.id, now=now + HOUR))
    assert _find(database, token, now) is None
    with pytest.raises(SessionMissing):
        database.write(lambda db: sessions.end(db, session.id, session.actor, now=now))


def test_nobody_ends_anothers_session_but_who_answers_for_staff(
    database: Database, now: datetime
) -> None:
    hanako = hire(database, now)
    jiro = hire(database, now, "鈴木 次郎", Role.MANAGER, None)
    token = _begin(database, hanako, now)
    session_id = _found(database, token, now).id
    for actor in (acting(jiro, Role.MANAGER), acting(jiro), acting(StaffId("nobody"))):
        with pytest.raises(SessionMissing):
            database.write(lambda db, by=actor: sessions.end(db, session_id, by, now=now))  # type: ignore[misc]  # bound at once
    assert _find(database, token, now) is not None
    owner = acting(StaffId("owner"), Role.OWNER)
    database.write(lambda db: sessions.end(db, session_id, owner, now=now))
    assert _find(database, token, now) is None


def test_all_sessions_of_a_person_end_together_and_no_others(
    database: Database, now: datetime
) -> None:
    hanako, jiro = hire(database, now), hire(database, now, "鈴木 次郎", email=None)
    mine = [_begin(database, hanako, now) for _ in range(3)]
    other = _begin(database, jiro, now)
    kept = _found(database, mine[0], now).id
    count = database.write(lambda db: sessions.end_all(db, hanako, by="test", now=now, but=kept))
    assert count == 2
    assert [_find(database, token, now) is not None for token in mine] == [True, False, False]
    assert database.write(lambda db: sessions.end_all(db, hanako, by="test", now=now)) == 1
    assert database.write(lambda db: sessions.end_all(db, hanako, by="test", now=now)) == 0
    assert _find(database, other, now) is not None


@pytest.mark.parametrize("change", ["left", "role"])
def test_who_left_or_has_another_role_is_out_at_once_whatever_wrote_it(
    database: Database, now: datetime, change: str
) -> None:
    hanako = hire(database, now)
    token = _begin(database, hanako, now)

    def unit(db: Any) -> None:
        person = db.get_one(Staff, hanako)
        if change == "left":
            person.left_at = now
        else:
            person.role = Role.AUDITOR.value

    database.write(unit)
    assert _find(database, token, now) is None
    assert database.read(lambda db: sessions.known(db, now=now)) == []


def test_nobody_signs_in_who_left_or_never_was(database: Database, now: datetime) -> None:
    hanako = hire(database, now)

    def leave(db: Any) -> None:
        db.get_one(Staff, hanako).left_at = now

    database.write(leave)
    for who in (hanako, StaffId("nobody")):
        with pytest.raises(NotOfTheShop):
            _begin(database, who, now)


def test_ones_own_sessions_are_listed_the_last_seen_first(
    database: Database, now: datetime
) -> None:
    hanako, jiro = hire(database, now), hire(database, now, "鈴木 次郎", email=None)
    first, second = _begin(database, hanako, now), _begin(database, hanako, now + MINUTE)
    _begin(database, jiro, now)
    session = _found(database, first, now)
    database.write(lambda db: sessions.seen(db, session.id, now=now + HOUR))
    shown = database.read(lambda db: sessions.known(db, now=now + HOUR, of=hanako))
    assert [each.id for each in shown] == [session.id, _found(database, second, now).id]
    assert (shown[0].agent, shown[0].seen_at) == (AGENT, now + HOUR)
    assert len(database.read(lambda db: sessions.known(db, now=now + HOUR))) == 3
    assert database.read(lambda db: sessions.known(db, now=now + DAY, of=hanako)) == []


def test_a_request_proves_that_it_comes_from_a_page_of_the_session(
    database: Database, now: datetime
) -> None:
    hanako = hire(database, now)
    one, two = (_found(database, _begin(database, hanako, now), now) for _ in range(2))
    assert one.csrf_token != two.csrf_token
    assert sessions.is_csrf(one, one.csrf_token)
    for told in ("", two.csrf_token, one.csrf_token[:-1], one.csrf_token.upper(), "ｆ" * 64):
        assert not sessions.is_csrf(one, told)
    again = sessions.find
    assert database.read(lambda db: again(db, "", now=now)) is None


def test_to_find_a_session_costs_one_statement_over_indices(
    database: Database, now: datetime
) -> None:
    token = _begin(database, hire(database, now), now)
    asked: list[tuple[str, Any]] = []

    def unit(db: Any) -> None:
        def note(_c: Any, _k: Any, statement: str, parameters: Any, *_: Any) -> None:
            asked.append((statement, parameters))

        connection = db.connection()
        event.listen(connection, "before_cursor_execute", note)
        try:
            assert sessions.find(db, token, now=now) is not None
        finally:
            event.remove(connection, "before_cursor_execute", note)
        if database.dialect == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0][0]}", asked[0][1])
            told = [row[3] for row in plan]
            assert told and all(line.startswith("SEARCH") for line in told), told
        else:
            db.execute(text("SET LOCAL enable_seqscan = off"))
            plan = connection.exec_driver_sql(f"EXPLAIN {asked[0][0]}", asked[0][1])
            assert not [row[0] for row in plan if "Seq Scan" in row[0]]

    database.read(unit)
    assert len(asked) == 1


def test_the_journal_tells_who_signed_in_and_names_nobody(
    database: Database, now: datetime
) -> None:
    hanako = hire(database, now)
    token = _begin(database, hanako, now)
    session = _found(database, token, now)
    database.write(lambda db: sessions.end(db, session.id, session.actor, now=now))
    entries = database.read(lambda db: db.exec(select(Entry)).all())
    assert [each.verb for each in entries] == ["added", "signed_in", "signed_out"]
    assert entries[1].facts == {"session": session.id, "how": "password"}
    told = str([each.facts for each in entries])
    assert not [word for word in (token, AGENT, "佐藤", "hanako") if word in told]


def test_old_sessions_are_forgotten(database: Database, now: datetime) -> None:
    hanako = hire(database, now)
    _begin(database, hanako, now - 70 * DAY)
    ended = _begin(database, hanako, now - DAY)
    kept = _begin(database, hanako, now)
    session = _found(database, ended, now - DAY)
    database.write(lambda db: sessions.end(db, session.id, session.actor, now=now - DAY))
    database.write(lambda db: sessions.sweep(db, before=now - HOUR))
    rows = database.read(lambda db: db.exec(select(StaffSession)).all())
    assert [row.id for row in rows] == [_found(database, kept, now).id]


def test_of_some_sessions_those_are_open_that_let_somebody_in(
    database: Database, now: datetime
) -> None:
    """As `find` says of each: over by itself, ended, with another role, gone, never begun."""
    boss = acting(hire(database, now, "店長", Role.OWNER, email=None), Role.OWNER)
    people = [hire(database, now, f"person {n}", Role.REMOTE, email=None) for n in range(4)]
    tokens = [_begin(database, each, now) for each in people]
    ids = [_found(database, each, now).id for each in tokens]
    database.write(lambda db: sessions.end_all(db, people[0], by="owner", now=now))
    database.write(lambda db: staff.change_role(db, people[1], "adviser", boss, now=now))
    database.write(lambda db: staff.leave(db, people[2], boss, now=now))

    def still(at: datetime) -> frozenset[str]:
        return database.read(lambda db: sessions.still_open(db, [*ids, "none"], now=at))

    assert still(now) == {ids[3]}
    assert still(now + 29 * MINUTE) == {ids[3]}
    assert still(now + 30 * MINUTE) == set()
    for at in (now, now + 30 * MINUTE):
        let_in = {
            each for each, token in zip(ids, tokens, strict=True) if _find(database, token, at)
        }
        assert still(at) == let_in


def test_a_session_that_is_kept_lasts_until_the_unit_ends(
    database: Database, now: datetime
) -> None:
    """Who leaves, or is signed out, while they do something has done it before or not at all."""
    boss = acting(hire(database, now, "店長", Role.OWNER, email=None), Role.OWNER)
    hanako = hire(database, now)
    held = _found(database, _begin(database, hanako, now), now)
    database.write(lambda db: sessions.keep(db, held, now=now))
    with pytest.raises(SessionMissing):
        database.write(lambda db: sessions.keep(db, held, now=held.ends_at))
    begun, refused = threading.Event(), []

    def leaves(db: Session) -> None:
        staff.leave(db, hanako, boss, now=now)
        begun.set()
        # On PostgreSQL the other is to meet the lock; SQLite has one writer.
        assert not other.join(0.3)

    def acts() -> None:
        begun.wait(10)
        try:
            database.write(lambda db: sessions.keep(db, held, now=now))
        except SessionMissing as late:
            refused.append(late)

    other = threading.Thread(target=acts)
    other.start()
    database.write(leaves)
    other.join(20)
    assert len(refused) == 1
