"""What is nobody's own page is seen, done and ended at the console: once, by whoever may, with who
and when in the journal.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from catalog.customers import actions as customers
from catalog.customers import linking
from catalog.customers.actions import Particulars
from catalog.customers.tables import Customer
from catalog.duties.actors import Role
from catalog.ground import journal, worklist
from catalog.ground.calendar import ShopHours
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work, WorkState
from handoff.desk import lists, tasks
from handoff.desk.lists import DeskList
from handoff.desk.tasks import DECIDED, ENDING
from handoff.staff.permissions import ALLOWED
from tests.catalog.items.pieces import NOW, listed
from tests.handoff.console.window import Opened, window

TALK = "conversation:line:Umisaki"
PHONE = "+819012345678"


@pytest.fixture
def seat(database: Database) -> Iterator[Opened]:
    with window(database, lambda: NOW) as opened:
        yield opened


def task(database: Database, name: str, about: str = TALK, **facts: Any) -> int:
    """An open task; its number."""

    def unit(db: Session) -> int:
        due_at = NOW + timedelta(minutes=30)
        worklist.task(db, name, about, due_at=due_at, now=NOW, facts=facts)
        return worklist.tasks_about(db, about, name=name)[0].id or 0

    return database.write(unit)


def customer(database: Database, *, phone: str | None = None) -> str:
    def unit(db: Session) -> str:
        who = customers.register(
            db, "C-1", "<i>佐藤</i>", given_name=None, language="ja", by="t", now=NOW,
            more=Particulars(phone=phone),
        )  # fmt: skip
        customers.bind(db, who, "line", "Umisaki", by="t", now=NOW)
        return who

    return database.write(unit)


def row(database: Database, number: int) -> Work:
    return database.read(lambda db: db.get_one(Work, number))


def count(database: Database) -> int:
    return database.read(lambda db: lists.counts(db, hours=ShopHours(), now=NOW)[DeskList.TASKS])


def test_a_call_back_tells_whom_to_call_where_and_until_when(
    database: Database, seat: Opened
) -> None:
    """R-065."""
    listed(database, "W-1")
    number = task(database, "call_back", phone=PHONE, unit="W-1", lang="en")
    adviser = seat("田中", Role.ADVISER)
    assert f'href="/console/tasks/{number}"' in adviser.page("/console?list=tasks")
    page = adviser.page(f"/console/tasks/{number}")
    assert "お電話を折り返す" in page
    assert PHONE in page
    assert "まで" in page
    assert "英語" in page
    assert '/console/items/W-1"' in page
    assert "/console/inbox?list=all" in page


def test_the_number_on_file_is_told_and_a_remote_adviser_sees_its_end_alone(
    database: Database, seat: Opened
) -> None:
    """R-142."""
    who = customer(database, phone=PHONE)
    number = task(database, "call_back", customer=who)
    page = seat("田中", Role.STORE).page(f"/console/tasks/{number}")
    assert PHONE in page
    assert "登録の番号" in page
    assert "<i>佐藤</i>" not in page
    assert "&lt;i&gt;佐藤" in page
    hidden = seat("遠隔", Role.REMOTE).page(f"/console/tasks/{number}")
    assert PHONE not in hidden
    assert "***-****-5678" in hidden


def test_what_is_done_is_ended_once_with_who_when_and_what(
    database: Database, seat: Opened
) -> None:
    number = task(database, "call_back", phone=PHONE)
    adviser, other = seat("田中", Role.ADVISER), seat("佐藤", Role.ADVISER)
    place, done = f"/console/tasks/{number}", f"/console/tasks/{number}/done"
    form, late = adviser.form(place, done).fields, other.form(place, done).fields
    assert count(database) == 1
    note = f"{PHONE}へお電話済み。また来週とのこと"
    first = adviser.post(done, {**form, "note": note})
    assert first.headers["location"] == f"{place}?done=ended"
    for who, fields in ((adviser, form), (other, late)):
        again = who.post(done, {**fields, "note": "二度目の対応"})
        assert again.headers["location"] == f"{place}?done=before"
    assert count(database) == 0
    assert row(database, number).state == WorkState.DONE.value
    assert row(database, number).ended_at == NOW
    page = other.page(f"{place}?done=before")
    assert "田中" in page
    assert note in page
    assert "二度目の対応" not in page
    assert "済みにする" not in page
    assert note not in seat("遠隔", Role.REMOTE).page(place)
    (entry,) = database.read(lambda db: journal.of(db, TALK))
    assert (entry.verb, entry.actor, entry.at) == ("task_ended", adviser.actor.name, NOW)
    assert entry.facts == {"task": "call_back", "work": number, "noted": True}


def test_nobody_ends_it_from_elsewhere_or_without_the_right(
    database: Database, seat: Opened
) -> None:
    """R-167."""
    number = task(database, "payout_late", "payout:none")
    place, done = f"/console/tasks/{number}", f"/console/tasks/{number}/done"
    money = seat("経理", Role.ACCOUNTING)
    form = money.form(place, done).fields
    assert money.post(done, {**form, "csrf": "x"}).status_code == 403
    assert money.post(done, form, headers={"origin": "https://evil.example"}).status_code == 403
    for role in (Role.ADVISER, Role.SENIOR, Role.AUDITOR):
        person = seat(role.value, role)
        page = person.page(place)
        assert "済みにする" not in page
        token = person.form("/console/me", "/console/me/language").fields["csrf"]
        assert person.post(done, {"csrf": token}).status_code == 403
    assert row(database, number).state == WorkState.DUE.value
    assert money.post(done, form).status_code == 303
    assert row(database, number).state == WorkState.DONE.value


def test_what_is_ended_by_its_answer_leads_there(database: Database, seat: Opened) -> None:
    number = task(database, "credit_approval", "customer:none")
    owner = seat("佐藤", Role.OWNER)
    assert "/console/approvals" in owner.page("/console?list=tasks")
    answer = owner.get(f"/console/tasks/{number}")
    assert answer.headers["location"] == "/console/approvals"
    token = owner.form("/console/me", "/console/me/language").fields["csrf"]
    assert owner.post(f"/console/tasks/{number}/done", {"csrf": token}).status_code == 409
    assert row(database, number).state == WorkState.DUE.value


def test_no_task_and_no_task_at_all_get_one_answer(database: Database, seat: Opened) -> None:
    notice = database.write(
        lambda db: worklist.add(db, "notice", "x", "y", due_at=NOW, now=NOW) and 1
    )
    owner = seat("佐藤", Role.OWNER)
    assert {owner.get(f"/console/tasks/{each}").status_code for each in (notice, 0, 999)} == {404}


def test_every_task_is_somebodys_to_end() -> None:
    """Each act that ends tasks is one of a role, and no task is both ended and answered."""
    everybody = set().union(*ALLOWED.values())
    assert everybody >= ENDING
    for name in DECIDED:
        assert tasks.act_to_end(name) == "approve"


def test_the_code_that_links_a_chat_is_made_on_its_task_and_told_once(
    database: Database, seat: Opened
) -> None:
    """Where no mail goes out; again voids the one before, and what is over says so."""
    who = customer(database, phone=PHONE)

    def unit(db: Session) -> tuple[str, int]:
        db.get_one(Customer, who).email = "sato@example.jp"
        token = linking.begin(db, "line", "Unew", lang="ja", now=NOW)
        assert linking.ask(db, token, "O-1", CustomerId(who), lang="ja", now=NOW)
        link = linking.find(db, token, now=NOW).id
        facts = {"link": link}
        worklist.task(db, linking.STAFF_CODE, f"customer:{who}", due_at=NOW, now=NOW, facts=facts)
        return token, worklist.open_tasks_named(db, linking.STAFF_CODE)[0].id or 0

    token, number = database.write(unit)
    at, clerk = f"/console/tasks/{number}", seat("田中", Role.STORE)
    assert f"{at}/code" not in seat("林", Role.REMOTE).page(at)
    form = clerk.form(at, f"{at}/code")
    made = [clerk.post(form.action, form.fields) for _ in range(2)]
    assert [each.status_code for each in made] == [200, 200]
    codes = [re.findall(r"<code>(\d{6})</code>", each.text)[0] for each in made]
    assert PHONE in made[1].text and "sato@example.jp" in made[1].text
    assert codes[1] not in clerk.page(at)
    assert row(database, number).state == WorkState.DONE.value
    ended = database.read(lambda db: tasks.of_id(db, number).ended_by)
    assert ended == clerk.actor.name

    def prove(code: str) -> bool:
        found = database.write(lambda db: linking.prove(db, token, code, b"test", now=NOW))
        return found is not None

    assert [prove(each) for each in codes] == [codes[0] == codes[1], True]
    database.write(lambda db: linking.begin(db, "line", "Unew", lang="ja", now=NOW))
    over = clerk.post(form.action, form.fields)
    assert (over.status_code, "すでに終わっています" in over.text) == (404, True)
    other = task(database, "call_back", phone=PHONE)
    assert clerk.post(f"/console/tasks/{other}/code", form.fields).status_code == 404
