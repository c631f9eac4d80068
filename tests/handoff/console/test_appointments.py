"""What customers booked, before those who receive them (R-143, R-149), on both databases: the day
as it is, and each thing the shop does with an appointment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlmodel import Session, col, select

from catalog.customers import actions as customers
from catalog.customers.actions import Particulars
from catalog.duties.actors import Actor, Role
from catalog.ground import worklist
from catalog.ground.calendar import ShopHours, at_tokyo
from catalog.ground.record import ConversationId, CustomerId
from catalog.ground.session.database import Database
from catalog.ground.worklist import NOTICE, TASK, Work
from conversations.threads.tables import Thread
from handoff.appointments import actions as appointments
from handoff.appointments import queries
from handoff.appointments.actions import Wanted
from handoff.appointments.steps import LINK, UNASSIGNED
from handoff.appointments.tables import Appointment, AppointmentState, Kind
from handoff.dialogue.visits.calls import CALL_BACK
from tests.handoff.console.window import Form, Opened, Seat, forms, window
from tests.handoff.desk.test_routing import works
from tests.handoff.shifts.test_actions import hire

TUESDAY = date(2026, 11, 24)
THREE = at_tokyo(TUESDAY, 15)
TALK = ConversationId("line:U" + "1" * 32)
PHONE = "+819087654321"
DAY = f"/console/appointments?day={TUESDAY}"


@dataclass
class Time:
    """The clock of the shop, which tests move."""

    now: datetime


@pytest.fixture
def time() -> Time:
    return Time(at_tokyo(TUESDAY, 10))


@pytest.fixture
def seat(database: Database, time: Time) -> Iterator[Opened]:
    with window(database, lambda: time.now) as opened:
        yield opened


@pytest.fixture
def misaki(database: Database, time: Time) -> CustomerId:
    """A customer who writes on LINE."""

    def unit(db: Session) -> CustomerId:
        found = customers.register(
            db, "C-1", "<i>佐藤</i>", given_name="美咲", language="ja", by="test", now=time.now,
            more=Particulars(phone=PHONE),
        )  # fmt: skip
        channel, _, address = TALK.partition(":")
        customers.bind(db, found, channel, address, by="test", now=time.now)
        db.add(Thread(id=TALK, channel="line", opened_at=time.now, memory={}))
        return found

    return database.write(unit)


def book(database: Database, who: CustomerId | None, time: Time, **more: Any) -> Appointment:
    """The customer said yes in the chat."""
    me = Actor(who or TALK, Role.CUSTOMER)
    told = {"kind": Kind.STORE, "starts_at": THREE, "conversation": TALK, "lang": "ja", **more}

    def unit(db: Session) -> Appointment:
        wanted = Wanted(customer=who, **told)  # type: ignore[arg-type]
        held = appointments.hold(
            db,
            wanted,
            hours=ShopHours(),
            actor=me,
            now=time.now,
            key=f"{told['kind']}:{told['starts_at']}",
        )
        return appointments.book(db, held.id, me, now=time.now)

    return database.write(unit)


def as_it_is(database: Database, row: Appointment) -> Appointment:
    return database.read(lambda db: queries.of_id(db, row.id))


def told(database: Database) -> list[str]:
    """What the customer hears."""
    rows = database.read(
        lambda db: list(db.exec(select(Work).where(Work.kind == NOTICE).order_by(col(Work.id))))
    )
    return [each.facts["phase"] for each in rows]


def open_tasks(database: Database) -> list[str]:
    found = select(Work).where(Work.kind == TASK, Work.state == "due").order_by(col(Work.id))
    return [each.facts["task"] for each in database.read(lambda db: list(db.exec(found)))]


def at(row: Appointment, act: str) -> str:
    return f"/console/appointments/{row.id}/{act}"


def free_times(seat: Seat, path: str) -> Form:
    """The form that books or moves, on the page of free times."""
    (made,) = [each for each in forms(seat.page(path)) if each.fields.get("key")]
    assert made.action == path.partition("?")[0]
    return made


def test_the_day_tells_who_comes_when_to_whom_and_where(
    database: Database, seat: Opened, misaki: CustomerId, time: Time
) -> None:
    late = book(database, misaki, time, starts_at=THREE + timedelta(hours=2), store="銀座店")
    early = book(database, None, time, kind=Kind.VIDEO, conversation=ConversationId("web:x"))
    adviser, auditor = seat("田中", Role.ADVISER), seat("監査", Role.AUDITOR)
    page = adviser.page("/console/appointments")
    assert "本日" in page
    assert "<i>佐藤</i>" not in page and "&lt;i&gt;佐藤" in page
    assert page.index(early.id) < page.index(late.id)
    for words in ("15:00", "17:00", "銀座店", "ビデオ通話", "ご来店", "担当未定", "お名前未登録"):
        assert words in page, words
    assert "day=2026-11-23" in page and "day=2026-11-25" in page
    assert early.id not in adviser.page("/console/appointments?day=2026-11-25")
    shown = auditor.page(DAY)
    assert late.id in shown and 'method="post"' not in shown.partition("<main")[2]
    assert adviser.get("/console/appointments?day=nonsense").status_code == 200


def test_who_works_from_elsewhere_sees_no_number(
    database: Database, seat: Opened, misaki: CustomerId, time: Time
) -> None:
    """R-142."""
    book(database, misaki, time, kind=Kind.CALL)
    assert PHONE in seat("田中", Role.ADVISER).page(DAY)
    remote = seat("遠隔", Role.REMOTE).page(DAY)
    assert PHONE not in remote and "***-****-4321" in remote


def test_the_first_page_and_the_menu_lead_to_the_day(
    database: Database, seat: Opened, misaki: CustomerId, time: Time
) -> None:
    book(database, misaki, time)
    book(database, misaki, time, starts_at=THREE + timedelta(hours=2))
    page = seat("田中", Role.ADVISER).page("/console")
    tile = page.partition("本日のご予約</span>")[2][:60]
    assert ">2<" in tile
    assert page.count('href="/console/appointments"') >= 2


def test_beside_the_talk_stands_what_is_booked(
    database: Database, seat: Opened, misaki: CustomerId, time: Time
) -> None:
    row = book(database, misaki, time, starts_at=THREE + timedelta(days=1))
    adviser = seat("田中", Role.ADVISER)
    for path in (f"/console/customer?c={TALK}", f"/console/customers/{misaki}"):
        page = unescape(adviser.page(path))
        assert f"/console/appointments?day=2026-11-25#a-{row.id}" in page, path
        assert "/console/appointments/new?" in page


def test_who_came_and_who_did_not(
    database: Database, seat: Opened, misaki: CustomerId, time: Time
) -> None:
    row = book(database, misaki, time)
    adviser = seat("田中", Role.ADVISER)
    early = adviser.post(at(row, "no_show"), adviser.form(DAY, at(row, "arrived")).fields)
    assert early.status_code == 409 and "まだ" in early.text
    time.now = THREE + timedelta(minutes=20)
    assert adviser.send(DAY, at(row, "no_show")).status_code == 303
    assert as_it_is(database, row).state == AppointmentState.NO_SHOW
    assert told(database) == ["appointment_missed"]
    answer = adviser.send(DAY, at(row, "arrived"), times=2)  # came late after all
    assert answer.headers["location"] == f"{DAY}&done=arrived#a-{row.id}"
    assert as_it_is(database, row).state == AppointmentState.ARRIVED
    assert open_tasks(database) == [], "nobody needs to be found for it any more"


def test_given_to_somebody_and_what_changed_meanwhile_is_told(
    database: Database, seat: Opened, misaki: CustomerId, time: Time
) -> None:
    row = book(database, misaki, time)
    assert open_tasks(database) == [UNASSIGNED]
    adviser, other = seat("田中", Role.ADVISER), seat("鈴木", Role.ADVISER)
    form = adviser.form(DAY, at(row, "assign"))
    assert adviser.post(at(row, "assign"), {**form.fields, "to": other.staff_id}).status_code == 303
    assert as_it_is(database, row).staff == other.staff_id
    assert open_tasks(database) == []
    late = adviser.post(at(row, "assign"), {**form.fields, "to": adviser.staff_id})
    assert late.status_code == 409 and "ほかの方が先に" in late.text
    assert as_it_is(database, row).staff == other.staff_id
    assert adviser.post(at(row, "assign"), {**form.fields, "to": "nobody"}).status_code == 404
    second = book(database, misaki, time, kind=Kind.VIDEO, starts_at=THREE)
    form = adviser.form(DAY, at(second, "assign"))
    taken = adviser.post(at(second, "assign"), {**form.fields, "to": other.staff_id})
    assert taken.status_code == 409 and "ほかのご予約" in taken.text


def test_the_link_of_a_video_call_is_typed_and_told(
    database: Database, seat: Opened, misaki: CustomerId, time: Time
) -> None:
    row = book(database, misaki, time, kind=Kind.VIDEO)
    adviser = seat("田中", Role.ADVISER)
    wrong = adviser.send(DAY, at(row, "link"), link="javascript:alert(1)")
    assert wrong.status_code == 422 and "https://" in wrong.text
    form = adviser.form(DAY, at(row, "link"))
    for _ in range(2):
        answer = adviser.post(at(row, "link"), {**form.fields, "link": "https://meet.example/a"})
        assert answer.status_code == 303
    assert told(database) == ["appointment_link"]
    late = adviser.post(at(row, "link"), {**form.fields, "link": "https://meet.example/b"})
    assert late.status_code == 409
    assert as_it_is(database, row).link == "https://meet.example/a"
    assert "https://meet.example/a" in adviser.page(DAY)


def test_a_video_call_without_a_room_is_on_the_list_until_it_has_one(
    database: Database, seat: Opened, misaki: CustomerId, time: Time
) -> None:
    """Whoever has it next says where: the customer does not wait in the room of who had it."""
    row = book(database, misaki, time, kind=Kind.VIDEO)
    adviser, other = seat("田中", Role.ADVISER), seat("鈴木", Role.ADVISER)
    assert sorted(open_tasks(database)) == sorted([UNASSIGNED, LINK])
    for name in (LINK, UNASSIGNED):
        task = database.read(
            lambda db, n=name: worklist.tasks_about(db, f"conversation:{row.conversation}", name=n)
        )[-1]
        assert f"#a-{row.id}" in adviser.page(f"/console/tasks/{task.id}")
        csrf = adviser.form(DAY, "/console/sign-out").fields["csrf"]
        assert adviser.post(f"/console/tasks/{task.id}/done", {"csrf": csrf}).status_code == 409
    adviser.send(DAY, at(row, "assign"), to=adviser.staff_id)
    adviser.send(DAY, at(row, "link"), link="https://meet.example/tanaka")
    assert open_tasks(database) == []
    time.now += timedelta(minutes=1)
    adviser.send(DAY, at(row, "assign"), to=other.staff_id)
    assert as_it_is(database, row).link is None
    assert open_tasks(database) == [LINK]
    other.send(DAY, at(row, "link"), link="https://meet.example/suzuki")
    assert open_tasks(database) == []
    assert told(database) == ["appointment_link", "appointment_link"]


def test_called_off_once_and_not_again_by_an_old_page(
    database: Database, seat: Opened, misaki: CustomerId, time: Time
) -> None:
    row = book(database, misaki, time)
    adviser = seat("田中", Role.ADVISER)
    form = adviser.form(DAY, at(row, "cancel")).fields
    for _ in range(2):
        assert adviser.post(at(row, "cancel"), form).status_code == 303
    assert as_it_is(database, row).state == AppointmentState.CANCELLED
    assert told(database) == ["appointment_cancelled"]
    assert open_tasks(database) == []
    late = adviser.post(at(row, "arrived"), form)
    assert late.status_code == 409 and "取り消されています" in late.text
    assert adviser.post("/console/appointments/nobody/cancel", form).status_code == 404
    assert row.id not in adviser.page(DAY)


def test_moved_to_a_time_that_the_chat_would_offer(
    database: Database, seat: Opened, misaki: CustomerId, time: Time
) -> None:
    row = book(database, misaki, time)
    adviser = seat("田中", Role.ADVISER)
    page = adviser.page(at(row, "move"))
    assert "2026-11-24T16:00:00+09:00" in page and "2026-11-24T09:30" not in page
    assert 'value="2026-11-24T15:00:00+09:00' not in page, "where it is already"
    path = f"{at(row, 'move')}?day=2026-11-25"
    form = free_times(adviser, path)
    for _ in range(2):
        answer = adviser.post(at(row, "move"), {**form.fields, "at": "2026-11-25T16:00:00+09:00"})
        assert answer.status_code == 303, answer.text
    assert "day=2026-11-25&done=moved" in answer.headers["location"]
    (moved,) = database.read(lambda db: queries.on_day(db, date(2026, 11, 25)))
    assert (moved.replaces, moved.starts_at) == (row.id, at_tokyo(date(2026, 11, 25), 16))
    assert told(database) == ["appointment_moved"]
    assert open_tasks(database) == [UNASSIGNED], "of the new one alone"
    late = adviser.post(at(row, "move"), {**form.fields, "key": "k2", "at": f"{THREE.isoformat()}"})
    assert late.status_code == 409 and "変更されています" in late.text
    assert adviser.get(at(row, "move")).status_code == 409
    for wrong in ("", "soon", "2026-11-25T16:00"):
        told_wrong = {**form.fields, "key": "k3", "at": wrong}
        assert adviser.post(at(moved, "move"), told_wrong).status_code == 422
    outside = {**form.fields, "key": "k4", "at": "2026-11-25T03:00:00+09:00"}
    assert "ほかのご予約" in adviser.post(at(moved, "move"), outside).text


def test_put_in_by_hand_for_whoever_calls(
    database: Database, seat: Opened, misaki: CustomerId, time: Time
) -> None:
    adviser, auditor = seat("田中", Role.ADVISER), seat("監査", Role.AUDITOR)
    new = "/console/appointments/new"
    assert auditor.get(new).status_code == 403
    by_number = adviser.page(f"{new}?no=C-1&kind=store&day=2026-11-25")
    assert "&lt;i&gt;佐藤" in by_number
    path = f"{new}?c={TALK}&kind=video_call&day=2026-11-25"
    form = free_times(adviser, path).fields
    for _ in range(2):
        answer = adviser.post(new, {**form, "at": "2026-11-25T11:00:00+09:00"})
        assert answer.status_code == 303, answer.text
    (row,) = database.read(lambda db: queries.on_day(db, date(2026, 11, 25)))
    assert (row.kind, row.customer, row.conversation) == ("video_call", misaki, TALK)
    assert told(database) == ["appointment_booked"], "once"
    taken = {**form, "key": "k2", "at": "2026-11-25T03:00:00+09:00"}
    assert adviser.post(new, taken).status_code == 409
    assert adviser.get(f"{new}?no=C-9").status_code == 404
    assert adviser.get(f"{new}?c=line:nobody").status_code == 404


def test_a_call_that_is_moved_or_off_is_called_at_its_new_time_or_not_at_all(
    database: Database, seat: Opened, misaki: CustomerId, time: Time
) -> None:
    """R-065: the task of whoever calls goes with the appointment."""
    adviser = seat("田中", Role.ADVISER)
    new = "/console/appointments/new"
    form = free_times(adviser, f"{new}?c={TALK}&kind=call_back&day=2026-11-25").fields
    typed = {**form, "at": "2026-11-25T11:00:00+09:00", "phone": "03-1234-5678"}
    assert adviser.post(new, typed).status_code == 303
    (row,) = database.read(lambda db: queries.on_day(db, date(2026, 11, 25)))
    form = free_times(adviser, f"{at(row, 'move')}?day=2026-11-26")
    moved_to = {**form.fields, "at": "2026-11-26T11:00:00+09:00"}
    assert adviser.post(at(row, "move"), moved_to).status_code == 303
    (row,) = database.read(lambda db: queries.on_day(db, date(2026, 11, 26)))
    about = f"conversation:{TALK}"
    calls = database.read(lambda db: worklist.tasks_about(db, about, name=CALL_BACK))
    assert [(each.state, each.due_at, each.facts["phone"]) for each in calls] == [
        ("done", at_tokyo(date(2026, 11, 25), 11), "+81312345678"),
        ("due", at_tokyo(date(2026, 11, 26), 11), "+81312345678"),
    ]
    assert (
        adviser.send("/console/appointments?day=2026-11-26", at(row, "cancel")).status_code == 303
    )
    assert open_tasks(database) == []


def test_whose_time_it_is_shows_with_their_name(
    database: Database, seat: Opened, misaki: CustomerId, time: Time
) -> None:
    """Where the shop keeps shifts the day says who receives whom."""
    sato = hire(database, "佐藤 花子", time.now)
    works(database, sato, time.now)
    row = book(database, misaki, time)
    assert row.staff == sato
    page = seat("田中", Role.ADVISER).page(DAY)
    assert "佐藤 花子" in page.partition(f'id="a-{row.id}"')[2].partition("</tr>")[0]


def test_a_stranger_books_nothing(database: Database, seat: Opened, misaki: CustomerId) -> None:
    accounting: Seat = seat("経理", Role.ACCOUNTING)
    csrf = {"csrf": "x"}
    assert accounting.post("/console/appointments/new", csrf).status_code == 403
