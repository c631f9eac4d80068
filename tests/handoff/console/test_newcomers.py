"""Staff decide whether a newcomer and a customer are one person (R-118), by the console's forms."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import ShopHours
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from conversations.flows import forgetting
from handoff.desk import lists
from handoff.desk.lists import DeskList
from tests.catalog.buyback.deals import DAYTONA, Deals
from tests.conversations.flows.test_newcomers import cases_of, linked, newcomer
from tests.handoff.console.window import Opened, window

SHOWN = "/console?list=newcomers"


@pytest.fixture
def deals(database: Database) -> Deals:
    return Deals(database)


@pytest.fixture
def seat(database: Database, deals: Deals) -> Iterator[Opened]:
    with window(database, lambda: deals.now + timedelta(hours=1)) as opened:
        yield opened


def apart(deals: Deals) -> tuple[Actor, Actor, str]:
    """A customer whose chat was a newcomer's, who had asked to be forgotten; and the open case."""
    known, new = deals.seller(), newcomer(deals)
    case_id = deals.inquiry(new, DAYTONA)
    deals.database.write(
        lambda db: forgetting.forget_customer(
            db, CustomerId(new.id), by="customer", now=deals.now, key="forget"
        )
    )
    linked(deals, known)
    return known, new, case_id


def count(deals: Deals, which: DeskList, now: datetime) -> int:
    return deals.database.read(lambda db: lists.counts(db, hours=ShopHours(), now=now)[which])


def test_one_person_is_joined_and_what_runs_comes_along(deals: Deals, seat: Opened) -> None:
    known, new, case_id = apart(deals)
    store, auditor = seat("店員", Role.STORE), seat("監査", Role.AUDITOR)
    assert count(deals, DeskList.NEWCOMERS, deals.now) == 1
    assert "/console/newcomers/" in store.page(SHOWN)
    assert deals.case(case_id).case_no in store.page(_one(store.page("/console/newcomers")))
    assert auditor.get("/console/newcomers").status_code == 403
    page = _one(store.page("/console/newcomers"))
    form = store.form(page, f"{page}/join")
    assert store.post(form.action, form.fields).status_code == 303
    assert cases_of(deals, known) == [case_id]
    assert cases_of(deals, new) == []
    assert count(deals, DeskList.NEWCOMERS, deals.now) == 0
    assert store.post(form.action, form.fields).status_code == 404  # decided
    assert store.get(page).status_code == 404


def test_two_people_stay_two(deals: Deals, seat: Opened) -> None:
    known, new, case_id = apart(deals)
    store = seat("店員", Role.STORE)
    page = _one(store.page("/console/newcomers"))
    form = store.form(page, f"{page}/apart")
    assert store.post(form.action, form.fields).status_code == 303
    assert (cases_of(deals, new), cases_of(deals, known)) == ([case_id], [])
    assert count(deals, DeskList.NEWCOMERS, deals.now) == 0
    assert store.get("/console/newcomers/999999999999999999999").status_code == 422


def test_one_who_is_forgotten_meanwhile_is_not_joined(deals: Deals, seat: Opened) -> None:
    known, new, case_id = apart(deals)
    store = seat("店員", Role.STORE)
    page = _one(store.page("/console/newcomers"))
    form = store.form(page, f"{page}/join")
    deals.database.write(
        lambda db: forgetting.forget_customer(
            db, CustomerId(known.id), by="customer", now=deals.now, key="too"
        )
    )
    refused = store.post(form.action, form.fields)
    assert (refused.status_code, "まとめられません" in refused.text) == (409, True)
    assert cases_of(deals, new) == [case_id]
    assert count(deals, DeskList.NEWCOMERS, deals.now) == 1  # still to be decided


def _one(page: str) -> str:
    """The address of the first one in the list."""
    return "/console/newcomers/" + page.partition('href="/console/newcomers/')[2].partition('"')[0]
