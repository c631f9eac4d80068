"""Hours and shifts as they are entered, on both databases."""

from datetime import date, datetime, time, timedelta

import pytest

from catalog.duties.actors import Actor, Role
from catalog.ground import journal
from catalog.ground.calendar import HoursMalformed, ShopHours, Span, at_tokyo
from catalog.ground.record import StaffId
from catalog.ground.session.database import Database
from handoff.shifts import actions as shifts
from handoff.shifts import queries, rules
from handoff.shifts.actions import (
    CalendarMoved,
    NeverOpen,
    PersonMissing,
    Profile,
    SkillsMalformed,
)
from handoff.shifts.queries import KeptCalendar
from handoff.staff import actions as staff

BOSS = Actor("boss", Role.MANAGER)
USUAL = ShopHours()
SPLIT = (Span(time(10), time(13)), Span(time(15), time(20)))
TUESDAY = date(2026, 11, 24)


def hire(database: Database, name: str, now: datetime, role: str = "adviser") -> StaffId:
    return database.write(
        lambda db: staff.add(db, name, role, email=None, slack_id=None, by="test", now=now)
    )


def test_until_somebody_enters_hours_the_settings_answer(database: Database, now: datetime) -> None:
    calendar = KeptCalendar(USUAL)
    assert database.read(calendar) is USUAL
    assert database.read(lambda db: queries.hours(db, usual=USUAL)) == USUAL


def test_one_calendar_with_several_spans_holidays_and_single_days(
    database: Database, now: datetime
) -> None:
    calendar = KeptCalendar(USUAL)
    database.write(
        lambda db: shifts.set_week(db, {1: SPLIT, 6: (), 7: SPLIT[:1]}, actor=BOSS, now=now)
    )
    told = database.read(calendar)
    assert told.spans(TUESDAY) == SPLIT
    assert told.spans(date(2026, 11, 25)) == USUAL.week[2]
    assert not told.spans(date(2026, 11, 29))  # a Sunday
    assert told.spans(date(2026, 11, 23)) == SPLIT[:1]  # a holiday
    assert database.read(calendar) is told
    database.write(
        lambda db: shifts.set_days(db, {TUESDAY: ()}, actor=BOSS, now=now, note="棚卸し")
    )
    assert not database.read(calendar).spans(TUESDAY)
    database.write(lambda db: shifts.set_days(db, {TUESDAY: None}, actor=BOSS, now=now))
    assert database.read(calendar).spans(TUESDAY) == SPLIT
    verbs = database.read(lambda db: [each.verb for each in journal.of(db, "hours:")])
    assert verbs == ["week_set", "days_set", "days_set"]


def test_a_store_has_hours_of_its_own_over_those_of_the_shop(
    database: Database, now: datetime
) -> None:
    calendar = KeptCalendar(USUAL)
    database.write(lambda db: shifts.set_week(db, {1: SPLIT}, actor=BOSS, now=now))
    database.write(
        lambda db: shifts.set_week(db, {1: SPLIT[1:]}, actor=BOSS, now=now, store="銀座店")
    )
    database.write(lambda db: shifts.set_days(db, {TUESDAY: ()}, actor=BOSS, now=now))
    following = TUESDAY + timedelta(days=7)
    assert database.read(lambda db: calendar(db, "銀座店")).spans(following) == SPLIT[1:]
    assert not database.read(lambda db: calendar(db, "銀座店")).spans(TUESDAY)
    assert database.read(lambda db: calendar(db, "新宿店")).spans(following) == SPLIT


def test_a_change_that_was_undone_is_never_answered_from_what_was_kept(
    database: Database, now: datetime
) -> None:
    calendar = KeptCalendar(USUAL)
    database.write(lambda db: shifts.set_week(db, {1: SPLIT}, actor=BOSS, now=now))

    class Undone(Exception):
        pass

    def undone(db: object) -> None:
        shifts.set_week(db, {1: SPLIT[:1]}, actor=BOSS, now=now)  # type: ignore[arg-type]
        assert calendar(db).spans(TUESDAY) == SPLIT[:1]  # type: ignore[arg-type]
        raise Undone

    with pytest.raises(Undone):
        database.write(undone)
    assert database.read(calendar).spans(TUESDAY) == SPLIT
    database.write(lambda db: shifts.set_week(db, {1: SPLIT[1:]}, actor=BOSS, now=now))
    assert database.read(calendar).spans(TUESDAY) == SPLIT[1:]


def test_two_who_change_the_hours_at_once_do_not_overwrite_each_other(
    database: Database, now: datetime
) -> None:
    seen = database.read(queries.stamp)
    database.write(lambda db: shifts.set_week(db, {1: SPLIT}, actor=BOSS, now=now, seen=seen))
    with pytest.raises(CalendarMoved):
        database.write(lambda db: shifts.set_week(db, {1: ()}, actor=BOSS, now=now, seen=seen))
    assert database.read(KeptCalendar(USUAL)).spans(TUESDAY) == SPLIT


def test_hours_that_could_promise_nothing_are_refused(database: Database, now: datetime) -> None:
    never = dict.fromkeys(range(7), ())
    with pytest.raises(NeverOpen):
        database.write(lambda db: shifts.set_week(db, never, actor=BOSS, now=now))
    months = {TUESDAY + timedelta(days=n): () for n in range(90)}
    with pytest.raises(NeverOpen):
        database.write(lambda db: shifts.set_days(db, months, actor=BOSS, now=now))
    with pytest.raises(HoursMalformed):
        overlapping = (Span(time(10), time(13)), Span(time(12), time(19)))
        database.write(lambda db: shifts.set_week(db, {1: overlapping}, actor=BOSS, now=now))
    assert database.read(queries.stamp) == queries.UNTOLD


def test_who_works_when_is_read_back_as_it_was_planned(database: Database, now: datetime) -> None:
    sato, suzuki = hire(database, "佐藤", now), hire(database, "鈴木", now)
    hire(database, "経理", now, role="accounting")
    everybody = database.read(lambda db: queries.people(db, now=now))
    assert [each.name for each in everybody] == ["佐藤", "鈴木"]
    assert not any(each.is_told for each in everybody)
    assert all(rules.is_on_duty(each, now) for each in everybody)
    database.write(
        lambda db: shifts.plan_week(
            db, sato, {6: (Span(time(10), time(15)),), 7: ()}, actor=BOSS, now=now
        )
    )
    profile = Profile(
        categories=["bag"], brands=["エルメス"], languages=["ja", "en"], capacity=2, deputy=suzuki
    )
    database.write(lambda db: shifts.describe(db, sato, profile, actor=BOSS, now=now))
    there = database.read(lambda db: queries.on_duty(db, now=now))  # Sunday, 14:00
    assert [each.id for each in there] == [sato]
    assert there[0].brands == {"hermes"}
    assert (there[0].capacity, there[0].deputy) == (2, suzuki)
    database.write(
        lambda db: shifts.plan_days(db, sato, {date(2026, 11, 22): ()}, actor=BOSS, now=now)
    )
    assert database.read(lambda db: queries.on_duty(db, now=now)) == []
    following = database.read(lambda db: queries.next_up(db, now=now))
    assert following is not None
    assert (following[0].id, following[1]) == (sato, at_tokyo(date(2026, 11, 29), 10))


def test_a_short_turn_ends_by_itself_or_by_its_own_word(database: Database, now: datetime) -> None:
    remote, sato = hire(database, "遠隔", now, role="remote"), hire(database, "佐藤", now)
    database.write(
        lambda db: shifts.plan_week(db, sato, {0: (Span(time(10), time(15)),)}, actor=BOSS, now=now)
    )

    def there(at: datetime) -> list[StaffId]:
        return [each.id for each in database.read(lambda db: queries.on_duty(db, now=at))]

    assert there(now) == []
    until = database.write(lambda db: shifts.open_window(db, remote, 20, now=now))
    assert there(now) == there(until - timedelta(seconds=1)) == [remote]
    assert there(until) == []
    again = now + timedelta(minutes=5)
    database.write(lambda db: shifts.open_window(db, remote, 60, now=again))
    assert there(until) == [remote]
    database.write(lambda db: shifts.close_window(db, remote, now=until))
    assert there(until) == []
    with pytest.raises(SkillsMalformed):
        database.write(lambda db: shifts.open_window(db, remote, 1000, now=now))


def test_who_steps_out_is_back_at_midnight_at_the_latest(database: Database, now: datetime) -> None:
    sato = hire(database, "佐藤", now)

    def is_there(at: datetime) -> bool:
        (person,) = database.read(lambda db: queries.people(db, now=at))
        return rules.is_on_duty(person, at)

    until = database.write(lambda db: shifts.go_away(db, sato, now=now))
    assert until == at_tokyo(date(2026, 11, 23))
    assert not is_there(now)
    assert is_there(until)
    database.write(lambda db: shifts.come_back(db, sato, now=now))
    assert is_there(now)


def test_what_cannot_be_is_refused(database: Database, now: datetime) -> None:
    sato = hire(database, "佐藤", now)
    for wrong in (
        Profile(categories=["boats"]), Profile(languages=["xx"]), Profile(capacity=99),
        Profile(deputy=sato),
    ):  # fmt: skip
        with pytest.raises(SkillsMalformed):
            database.write(lambda db, p=wrong: shifts.describe(db, sato, p, actor=BOSS, now=now))
    with pytest.raises(PersonMissing):
        database.write(lambda db: shifts.plan_week(db, StaffId("nobody"), {}, actor=BOSS, now=now))
