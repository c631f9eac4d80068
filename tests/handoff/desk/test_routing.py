"""Who is asked first and who is called when nobody comes, on both databases."""

from datetime import datetime, time, timedelta

from catalog.customers import actions as customers
from catalog.duties.actors import SCHEDULER, Actor, Role
from catalog.ground import journal, worklist
from catalog.ground.calendar import ShopHours, Span
from catalog.ground.record import ConversationId, StaffId, TicketId
from catalog.ground.session.database import Database
from conversations.threads import actions as threads
from handoff.desk import actions as desk
from handoff.desk import queries, routing, timers
from handoff.desk.actions import Called
from handoff.desk.moves import Level
from handoff.desk.queries import ALERT, Alarm, Alert
from handoff.desk.tables import Ticket, TicketReason
from handoff.desk.watch import TIMER
from handoff.shifts import actions as shifts
from handoff.shifts.actions import Profile
from handoff.shifts.rules import Why
from tests.handoff.shifts.test_actions import BOSS, hire

ALL_DAY = (Span(time(9), time(20)),)


def works(database: Database, staff: StaffId, now: datetime, spans: object = ALL_DAY) -> None:
    database.write(
        lambda db: shifts.plan_week(db, staff, dict.fromkeys(range(7), spans), actor=BOSS, now=now)
    )


def knows(database: Database, staff: StaffId, now: datetime, **what: object) -> None:
    profile = Profile(**what)  # type: ignore[arg-type]
    database.write(lambda db: shifts.describe(db, staff, profile, actor=BOSS, now=now))


def call(
    database: Database,
    who: str,
    now: datetime,
    reason: TicketReason = TicketReason.ASKED,
    **more: object,
) -> Called:
    conversation = ConversationId(f"line:{who}")
    database.write(lambda db: threads.open_in(db, conversation, "line", lang="ja", now=now))
    return database.write(
        lambda db: desk.call(
            db, conversation, reason, lang="ja", about_unit=None,
            promised_at=now + timedelta(minutes=10), now=now, **more,
        )
    )  # fmt: skip


def ticket_of(database: Database, ticket: TicketId) -> Ticket:
    return database.read(lambda db: queries.of_id(db, ticket))


def alerts(database: Database, staff: StaffId, now: datetime) -> list[Alert]:
    return database.read(lambda db: queries.alerts_for(db, staff, now=now))


def customer(database: Database, who: str, now: datetime, adviser: str | None = None) -> None:
    def unit(db: object) -> None:
        found = customers.register(
            db, f"C-{who}", "佐藤", given_name=None, language="ja", by="test", now=now  # type: ignore[arg-type]
        )  # fmt: skip
        customers.bind(db, found, "line", who, by="test", now=now)  # type: ignore[arg-type]
        told = customers.Particulars(adviser=adviser)
        customers.amend(db, found, told, by="test", now=now)  # type: ignore[arg-type]

    database.write(unit)


def test_the_own_adviser_is_asked_first_and_the_log_says_why(
    database: Database, now: datetime
) -> None:
    """R-157."""
    tanaka, sato = hire(database, "田中", now), hire(database, "佐藤", now)
    for each in (tanaka, sato):
        works(database, each, now)
    knows(database, tanaka, now, deputy=sato)
    customer(database, "Umisaki", now, "田中")
    called = call(database, "Umisaki", now)
    assert (called.by_name, called.is_own) == ("田中", True)
    ticket = ticket_of(database, called.ticket)
    assert (ticket.asked_first, ticket.asked_why) == (tanaka, Why.OWN)
    entries = database.read(lambda db: journal.of(db, "conversation:line:Umisaki"))
    (asked,) = (each for each in entries if each.verb == "asked_first")
    assert asked.facts["why"] == "own adviser"
    (alert,) = alerts(database, tanaka, now)
    assert (alert.alarm, alert.why, alert.is_over) == (Alarm.CALLED, "own adviser", False)
    assert alerts(database, sato, now) == []
    database.write(lambda db: desk.claim(db, ticket.id, Actor(tanaka, Role.ADVISER), now=now))
    assert alerts(database, tanaka, now)[0].is_over
    database.write(
        lambda db: desk.give_back(
            db, TicketId(ticket.id), actor=SCHEDULER, promised_at=now + timedelta(hours=1), now=now
        )
    )
    ticket = ticket_of(database, called.ticket)
    assert (ticket.asked_first, ticket.asked_why) == (sato, Why.THERE)
    assert [each.alarm for each in alerts(database, sato, now)] == [Alarm.GIVEN_BACK]


def test_a_deputy_is_asked_where_the_adviser_is_off(database: Database, now: datetime) -> None:
    tanaka, sato = hire(database, "田中", now), hire(database, "佐藤", now)
    works(database, sato, now)
    hermes = hire(database, "鈴木", now)
    works(database, hermes, now)
    knows(database, hermes, now, brands=["エルメス"])
    knows(database, tanaka, now, deputy=sato)
    customer(database, "Umisaki", now, "田中")
    called = call(database, "Umisaki", now, about_brand="hermes")
    assert ticket_of(database, called.ticket).asked_why == Why.DEPUTY
    assert (called.by_name, called.is_own) == ("佐藤", False)
    other = call(database, "Uken", now, about_brand="hermes")
    assert ticket_of(database, other.ticket).asked_first == hermes


def test_a_customer_may_ask_for_somebody_by_name(database: Database, now: datetime) -> None:
    hire(database, "田中", now)
    suzuki = hire(database, "鈴木", now)
    named = database.read(lambda db: routing.named_in(db, "鈴木さんをお願いします", now=now))
    assert named == suzuki
    called = call(database, "Umisaki", now, named=named)
    assert called.by_name == "鈴木"
    assert ticket_of(database, called.ticket).asked_why == Why.NAMED


def test_who_is_given_a_conversation_is_called_to_it(database: Database, now: datetime) -> None:
    sato, suzuki = hire(database, "佐藤", now), hire(database, "鈴木", now)
    ticket = call(database, "Umisaki", now).ticket
    lead = Actor("lead", Role.SENIOR)
    database.write(lambda db: desk.assign(db, ticket, suzuki, lead, now=now))
    (alert,) = alerts(database, suzuki, now)
    assert (alert.alarm, alert.is_over) == (Alarm.ASSIGNED, False)
    assert [each.is_over for each in alerts(database, sato, now)] == [True]


def test_of_a_complaint_the_lead_hears_at_once(database: Database, now: datetime) -> None:
    sato, lead = hire(database, "佐藤", now), hire(database, "主任", now, role="senior")
    for each in (sato, lead):
        works(database, each, now)
    knows(database, sato, now, brands=["エルメス"])
    call(database, "Umisaki", now, TicketReason.COMPLAINT, about_brand="hermes")
    assert [each.alarm for each in alerts(database, sato, now)] == [Alarm.CALLED]
    assert [each.alarm for each in alerts(database, lead, now)] == [Alarm.CALLED]


def test_customers_with_an_adviser_stand_first_in_the_queue(
    database: Database, now: datetime
) -> None:
    """R-131."""
    customer(database, "Uvip", now, "田中")
    first = call(database, "Uken", now)
    vip = call(database, "Uvip", now + timedelta(minutes=5))
    waiting = database.read(lambda db: [each.id for each in queries.waiting(db)])
    assert waiting == [vip.ticket, first.ticket]


def test_work_is_shared_out_by_what_each_has(database: Database, now: datetime) -> None:
    staff = [hire(database, name, now) for name in ("a", "b", "c")]
    asked = [ticket_of(database, call(database, f"U{n}", now).ticket).asked_first for n in range(6)]
    assert asked == staff * 2


def test_when_nobody_comes_the_lead_then_the_manager_are_called(
    database: Database, now: datetime
) -> None:
    """R-156."""
    sato = hire(database, "佐藤", now)
    lead = hire(database, "主任", now, role="senior")
    boss = hire(database, "店長", now, role="manager")
    for each in (sato, lead, boss):
        works(database, each, now)
    knows(database, sato, now, brands=["エルメス"])
    called = call(database, "Umisaki", now, about_brand="hermes")
    assert [each.alarm for each in alerts(database, sato, now)] == [Alarm.CALLED]
    assert alerts(database, lead, now) == []
    _strike(database, now + timedelta(minutes=3))
    assert [each.level for each in alerts(database, lead, now)] == [Level.LEAD]
    assert alerts(database, boss, now) == []
    _strike(database, now + timedelta(minutes=10))
    assert [each.level for each in alerts(database, boss, now)] == [Level.MANAGER]
    told = {each.alarm for each in alerts(database, sato, now)}
    assert told == {Alarm.CALLED, Alarm.MISSED}
    rows = database.read(lambda db: [each.facts for each in _alert_rows(db)])
    assert all(each["ticket"] == called.ticket for each in rows)
    assert all(set(each) == {"ticket", "alarm", "level", "staff", "why"} for each in rows)


def _alert_rows(db: object) -> list[worklist.Work]:
    from sqlmodel import col, select

    found = select(worklist.Work).where(worklist.Work.kind == ALERT)
    return list(db.exec(found.order_by(col(worklist.Work.id))))  # type: ignore[attr-defined]


def _strike(database: Database, now: datetime) -> None:
    def unit(db: object) -> None:
        due = worklist.claim(db, [TIMER], worker="w", now=now, lease_seconds=8)  # type: ignore[arg-type]
        for work in due:
            timers.strike(
                db, work, hours=ShopHours(), answer_lead=timedelta(minutes=10), now=now  # type: ignore[arg-type]
            )  # fmt: skip
            worklist.done(db, work, worker="w", now=now)  # type: ignore[arg-type]

    database.write(unit)


def test_where_nobody_is_there_in_time_the_chain_is_called_at_once(
    database: Database, now: datetime
) -> None:
    sato = hire(database, "佐藤", now)
    lead = hire(database, "主任", now, role="senior")
    works(database, sato, now, (Span(time(9), time(10)),))
    called = call(database, "Umisaki", now)
    assert called.by_name is None
    assert ticket_of(database, called.ticket).asked_first is None
    assert [each.alarm for each in alerts(database, lead, now)] == [Alarm.CALLED]


def test_a_short_turn_gets_the_next_conversation_that_fits(
    database: Database, now: datetime
) -> None:
    """R-140."""
    tanaka, sato = hire(database, "田中", now), hire(database, "佐藤", now)
    for each in (tanaka, sato):
        works(database, each, now)
    remote = hire(database, "遠隔", now, role="remote")
    knows(database, remote, now, brands=["ロレックス"])
    customer(database, "Uvip", now, "田中")
    call(database, "Uvip", now)
    call(database, "Uken", now, about_brand="hermes")
    fitting = call(database, "Umisaki", now, about_brand="rolex")
    until, offered = database.write(lambda db: routing.available_for(db, remote, 20, now=now))
    assert (until, offered) == (now + timedelta(minutes=20), fitting.ticket)
    ticket = ticket_of(database, fitting.ticket)
    assert (ticket.asked_first, ticket.asked_why) == (remote, Why.WINDOW)
    assert [each.ticket for each in alerts(database, remote, now)] == [fitting.ticket]
    following = call(database, "Unext", now + timedelta(minutes=1), about_brand="rolex")
    assert ticket_of(database, following.ticket).asked_first == remote
