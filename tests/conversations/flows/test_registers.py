"""R-027, R-137 as a property over customers' registers: whoever names somebody else's order, case,
piece, offer, contract, purchase, wish, page or appointment, by word or by a forged button, gets
the answer to something that is nowhere, byte for byte; learns nothing of it and changes nothing.

In a group nobody is told what is theirs alone.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from bot.app import FLOWS
from catalog.customers import actions as customers
from catalog.customers import tastes
from catalog.ground import worklist
from catalog.ground.record import ConversationId, CustomerId, UnitId
from catalog.ground.session.database import Database
from catalog.items import watchers
from catalog.items.tables import Unit
from catalog.items.wishes import actions as wishes
from catalog.items.wishes.rules import Sought
from catalog.orders.tables import OrderLine
from catalog.partners import actions as partners
from media.disputes import actions as disputes
from media.disputes.actions import Claim
from tests.catalog.buyback.deals import NOW, Deals
from tests.catalog.orders.counter import Counter
from tests.conversations.flows.stall import Person, ask, told
from tests.databases import fresh

# What only looks like an answer to a question, or takes no thing of a register.
BESIDE: Mapping[str, tuple[str, ...]] = {
    "means": ("bank", "credit"),
    "method": ("mail_in", "home_visit", "store_drop"),
    "rejected": ("return", "dispose"),
    "route": ("buyback", "consign"),
    "on": ("2026-10-15",),
    "scope": ("appraise", "may_offer"),
    "box": ("s", "m"),
    "settle": ("money", "credit"),
    "reason": ("changed_mind",),
    "money": ("250000",),
    "opt": ("in", "out"),
    "lang": ("en",),
    "purpose": ("buyback", "repair"),
    "category": ("watch", "bag"),
    "once": ("7",),
}
# New at each giving out: links of one's own, the code for the till.
_TOKEN = re.compile(r"/(?:my/data|my|m|s)/[\w-]+|link\?t=[\w-]+|[0-9A-Z]{4}-[0-9A-Z]{4}")
TABLES = (
    "customer", "contact", "consent", "taste", "wish", "unit_watcher", "unit_hold", "share",
    "sale_order", "order_line", "return_case", "buyback_case", "case_piece", "quote", "contract",
    "price_proposal", "credit_lot", "payout", "dispute", "worklist",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Theirs:
    """One customer's things: what names them, and the facts nobody else may read."""

    person: Person
    customer: CustomerId
    names: Mapping[str, tuple[str, ...]]  # slot of a button → ids
    facts: frozenset[str]


def _customer(database: Database, number: int) -> Theirs:
    """Somebody with something in every register, each amount and title their own."""
    deals = Deals(database)
    counter = Counter(database, deals.now, deals.numbers)
    for _ in range(1_000 * number):  # keys and ids of their own
        next(deals.numbers)
    address, secret = f"Uc{number}", 111 * number
    seller = deals.seller()
    who = CustomerId(seller.id)
    case = deals.here(seller)
    offer = deals.offered(case, 400_000 + secret)
    waiting = deals.inquiry(seller)
    contract, entrusted = counter.consigned(who, 700_000 + secret, is_listed=False)
    bought = counter.owned(f"W-{5000 + number}", 300_000 + secret)
    order = counter.delivered(who, bought)
    second = counter.owned(f"W-{6000 + number}", 500_000 + secret)
    returning = counter.delivered(who, second)
    asked_back = counter.ask(who, returning.order_id, second).return_id
    counter.credit(who, 60_000 + secret)

    def unit(db: Session) -> Theirs:
        customers.bind(db, who, "line", address, by="test", now=NOW)
        taste = tastes.hear(db, who, f"好み{secret}番の革", now=NOW)
        assert taste is not None
        tastes.keep(db, who, taste, by="test", now=NOW)
        wish = wishes.seek(db, f"customer:{who}", Sought(brand="omega"), now=NOW)
        watchers.watch(db, UnitId(_open_piece(db)), f"customer:{who}", now=NOW)
        conversation = ConversationId(f"line:{address}")
        dispute = disputes.claim(
            db, Claim(bought, conversation, order_id=order.order_id), by="customer",
            promised_at=NOW, now=NOW,
        )  # fmt: skip
        worklist.task(
            db, "visit_wish", f"conversation:{conversation}", due_at=NOW, now=NOW,
            facts={"kind": "store", "starts_at": "2026-10-15T15:00:00+09:00", "customer": who},
        )  # fmt: skip
        task = worklist.tasks_about(db, f"conversation:{conversation}", name="visit_wish")[0]
        lines = db.exec(
            select(OrderLine.id).where(
                col(OrderLine.order_id).in_([order.order_id, returning.order_id])
            )
        ).all()
        units = [db.get_one(Unit, each) for each in (bought, second, entrusted)]
        pieces = tuple(each.id for each in deals_pieces(db, case, waiting))
        numbers = tuple(
            db.connection().execute(text(f"SELECT order_no FROM sale_order WHERE id = '{each}'"))
            .scalar_one() for each in (order.order_id, returning.order_id)
        )  # fmt: skip
        names = {
            "order_no": numbers,
            "case": (case, waiting),
            "piece": pieces,
            "quote": (offer,),
            "contract": (contract,),
            "line": tuple(lines),
            "taste": (taste,),
            "wish": (wish,),
            "task": (str(task.id),),
            "unit": tuple(each.id for each in units),
            "sku": tuple(each.code for each in units),
            "return": (asked_back,),
            "dispute": (dispute.dispute_id,),
        }
        amounts = (400_000, 700_000, 300_000, 500_000, 60_000)
        facts = {f"{each + secret:,}" for each in amounts} | {f"好み{secret}番"}
        return Theirs(Person(address), who, names, frozenset(facts))

    return database.write(unit)


def deals_pieces(db: Session, *cases: str) -> list[Any]:
    """The pieces of these cases."""
    from catalog.buyback.tables import CasePiece

    return list(db.exec(select(CasePiece).where(col(CasePiece.case_id).in_(cases))))


def _open_piece(db: Session) -> str:
    return db.exec(select(Unit.id).where(Unit.code == "W-4000")).one()


def nowhere(name: str) -> str:
    """A name of the same shape that names nothing."""
    if name.isdigit():
        return str(int(name) + 900_000)
    turned = {"W": "Y"}.get(name[0], name[0])
    return turned + name[1:-3] + "".join("ZYX"[n] if c.isalpha() else "987"[n]
                                         for n, c in enumerate(name[-3:]))  # fmt: skip


def _echoed(name: str, names: Mapping[str, str]) -> str:
    return f"task={names[name]}" if name == "task" else names[name]


def answered(db: Session, person: Person, what: str, slots: Mapping[str, Any]) -> str:
    """The answer, or the bug, with everything undone."""
    undone = db.begin_nested()
    try:
        return told(ask(db, replace(person), what, slots, now=NOW))
    except (KeyError, ValueError, AssertionError) as bug:  # a button without its slots
        return type(bug).__name__
    finally:
        undone.rollback()
        db.expire_all()


def standing(db: Session, theirs: Theirs) -> list[str]:
    """Every row that names one of their things."""
    marks = [
        theirs.customer,
        *(each for ids in theirs.names.values() for each in ids if len(each) > 8),
    ]
    rows = []
    for table in TABLES:
        for row in db.connection().execute(text(f'SELECT * FROM "{table}"')):
            line = str(row)
            if any(mark in line for mark in marks):
                rows.append(f"{table} {line}")
    return rows


def one_try(
    db: Session, dice: random.Random, prober: Person, theirs: Theirs, mine: Theirs | None
) -> list[str]:
    """One forged button or question about somebody else's thing, and its twin about nothing."""
    steps = sorted(FLOWS.intents | FLOWS.taps)
    what = dice.choice(steps)
    named = dice.sample(sorted(theirs.names), dice.randrange(1, 4))
    if dice.random() < 0.3:
        named = sorted(theirs.names)
    slots: dict[str, Any] = {name: dice.choice(values) for name, values in BESIDE.items()}
    if dice.random() < 0.4:
        slots = {}
    picked = {name: dice.choice(theirs.names[name]) for name in named}
    is_intent = what in FLOWS.intents

    def shaped(names: Mapping[str, str]) -> dict[str, Any]:
        typed: dict[str, Any] = {**slots, **names}
        if is_intent:
            if "sku" in typed:
                typed["sku"] = [typed["sku"]]
            if "money" in typed:
                typed["money"] = int(typed["money"])
            for beside in ("on", "once", "category", "opt"):
                typed.pop(beside, None)
        return typed

    first = answered(db, prober, what, shaped(picked))
    twins = {name: nowhere(value) for name, value in picked.items()}
    second = answered(db, prober, what, shaped(twins))
    private = theirs.facts | (mine.facts if prober.group and mine else frozenset())
    found = [f"{what} {picked} tells {fact}" for fact in private if fact in first]
    for name in picked:
        first = first.replace(_echoed(name, picked), "X")
        second = second.replace(_echoed(name, twins), "X")
    first, second = _TOKEN.sub("", first), _TOKEN.sub("", second)
    # An order number is on the parcel: who is not linked may know its stage, and nothing else.
    is_order = what.startswith(("order.", "collect.", "store.collect"))
    may_know = mine is None and "order_no" in picked and is_order
    if first != second and not may_know:
        found.append(f"{what} {picked} {slots} is told from nothing:\n  {first}\n  {second}")
    return found


def tried(folder: Path, seed: int, times: int) -> list[str]:
    dice = random.Random(seed)
    with fresh("sqlite", folder) as database:
        Counter(database, NOW).owned("W-4000")
        first, second = _customer(database, 1), _customer(database, 2)

        def series(db: Session) -> list[str]:
            partner = partners.enter(db, "P", "店", by="test", now=NOW)
            partners.seat(db, partner, "line", "Up", by="test", now=NOW)
            people: list[tuple[Person, Theirs, Theirs | None]] = [
                (first.person, second, first),
                (second.person, first, second),
                (Person("Up"), first, None),
                (Person("Uvisitor"), second, None),
                (Person("Uc1", group="G1"), second, first),
            ]
            before = standing(db, first), standing(db, second)
            found: list[str] = []
            for _ in range(times):
                prober, theirs, mine = dice.choice(people)
                found += one_try(db, dice, prober, theirs, mine)
            assert (standing(db, first), standing(db, second)) == before
            return found

        return database.write(series)


@pytest.mark.parametrize("seed", range(2))
def test_nothing_of_another_customer_is_told_or_told_from_nothing(
    seed: int, tmp_path: Path
) -> None:
    assert tried(tmp_path, seed, 250) == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 120))
def test_ten_thousand_names_of_others_things_tell_nothing(seed: int, tmp_path: Path) -> None:
    assert tried(tmp_path, seed, 500) == []
