"""Many at once: one unit has one buyer, and a command sent many times has one effect."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from catalog.buyback import answers, inquiry
from catalog.buyback.answers import Acceptance
from catalog.buyback.payouts import batches
from catalog.buyback.rules import Settlement
from catalog.buyback.tables import BuybackCase, Quote
from catalog.consignment import guarantee
from catalog.consignment.tables import Contract
from catalog.credit import redemption
from catalog.credit.tables import CreditHold
from catalog.customers import actions as customers
from catalog.duties.notices import orders as police
from catalog.duties.notices.orders import NewOrder
from catalog.ground import journal
from catalog.ground.calendar import ShopHours, tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.ground.session.database import Database
from catalog.items.actions import UnitTaken
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from catalog.orders import actions as orders
from catalog.orders.actions import Tendered
from catalog.orders.checkout import Basket, Checkout, checkout
from catalog.orders.states import TenderKind
from catalog.orders.tables import OrderLine, SaleOrder
from tests.catalog.buyback.deals import CASHIER, DAYTONA
from tests.catalog.credit.books import Books
from tests.catalog.house.commands import MAKERS
from tests.catalog.house.walk import Command, House

_BUYERS = 50
_CREDIT = 500_000
_PART = Yen(1_000)


@pytest.fixture
def house(database: Database) -> House:
    return House(database, MAKERS)


def _keyed(house: House, verb: Callable[..., object], *args: object, **told: object) -> Command:
    return Command(verb, args, {**told, "key": house.deals.key()})


def _buyers(house: House, books: Books) -> list[CustomerId]:
    people = [
        house.deals.database.write(
            lambda db, n=n: customers.register(  # type: ignore[misc]  # bound at once
                db, f"R-{n}", "佐藤", given_name=None, language="ja", by="t", now=house.now
            ),
            durable=False,
        )
        for n in range(_BUYERS)
    ]
    for who in people:
        books.issue(who, _CREDIT)
    return people


def _race(house: House, *, rounds: int) -> None:
    books = Books(house.database, house.now, house.deals.numbers)
    people = _buyers(house, books)
    spent = dict.fromkeys(people, 0)
    for round_ in range(rounds):
        unit_id = house.counter.owned(f"B-{20_001 + round_}", 30_000)
        wanted = [
            _keyed(house, checkout, Basket(who, (unit_id,), credit=_PART), by="bot")
            for who in people
        ]
        told = house.at_once(*wanted)
        won = [(who, each.result) for who, each in zip(people, told, strict=True) if each.result]
        assert len(won) == 1, told
        assert all(isinstance(each.error, UnitTaken) for each in told if each.result is None)
        buyer, made = won[0]
        assert isinstance(made, Checkout)
        tender = Tendered(TenderKind.CARD, made.to_pay, f"p{round_}")
        paid = house.answered(_keyed(house, orders.pay, made.order_id, [tender], by="shop"))
        assert paid.error is None
        spent[buyer] += _PART
    for who in people:
        balance = books.balance(who)
        assert (balance.spendable, balance.held) == (_CREDIT - spent[who], 0)
    holds = house.rows(CreditHold)
    assert [row.state for row in holds] == ["captured"] * rounds
    assert len(house.rows(OrderLine)) == rounds
    house.check()


def test_of_fifty_buyers_of_one_unit_one_gets_it(house: House) -> None:
    """R-083, invariant 6: the others keep their credit."""
    _race(house, rounds=5)


@pytest.mark.soak
def test_of_fifty_buyers_of_one_unit_one_gets_it_two_hundred_times(house: House) -> None:
    """The same, whole."""
    _race(house, rounds=200)


def _credit_hold(house: House) -> Command:
    who = CustomerId(house.people[0].id)
    return _keyed(house, redemption.hold, who, Yen(700), channel="store", by="till:1")


def _inquiry(house: House) -> Command:
    who = house.people[0]
    return _keyed(house, inquiry.inquire, who.id, [DAYTONA], hours=ShopHours(), actor=who)


def _acceptance(house: House) -> Command:
    who = house.people[0]
    [case] = house.rows(BuybackCase, BuybackCase.state == "offered")
    told = Acceptance(
        Yen(400_000), Settlement(Yen(300_000), Yen(100_000), Yen(0)), house.now,
        credit_consent=house.consents[who.id],
    )  # fmt: skip
    quote_id = house.deals.database.read(
        lambda db: db.exec(
            select(Quote.id).where(Quote.case_id == case.id, Quote.state == "open")
        ).one()
    )
    return _keyed(house, answers.accept, quote_id, told, actor=who)


def _release(house: House) -> Command:
    house.answered(_acceptance(house))
    house.later(days=4)
    made = house.deals.made()
    return _keyed(house, batches.release, made.id, actor=CASHIER)


def _guarantee(house: House) -> Command:
    who = house.people[0]
    [contract] = house.rows(Contract, Contract.customer_id == who.id)
    return _keyed(
        house, guarantee.request, contract.id, sent_at=house.now, message_id="m", actor=who
    )


def _police_order(house: House) -> Command:
    unit = house.rows(Unit, Unit.state == UnitState.LISTED.value)[0]
    today = tokyo_day(house.now)
    return _keyed(
        house, police.take_order, NewOrder(UnitId(unit.id), "警察署", "1", today, today), by="m"
    )


def _checkout(house: House) -> Command:
    unit = house.rows(Unit, Unit.state == UnitState.LISTED.value)[0]
    basket = Basket(house.people[1].id, (UnitId(unit.id),), credit=_PART)
    return _keyed(house, checkout, basket, by="bot")


def _payment(house: House) -> Command:
    made = house.answered(_checkout(house)).result
    tender = Tendered(TenderKind.CARD, made.to_pay, "p1")
    return _keyed(house, orders.pay, made.order_id, [tender], by="shop")


def _cancelling(house: House) -> Command:
    house.answered(_payment(house))
    [order] = house.rows(SaleOrder)
    return _keyed(house, orders.cancel, order.id, reason="x", by="t")


@pytest.mark.parametrize(
    "one",
    [
        _credit_hold, _inquiry, _acceptance, _release, _guarantee, _police_order, _checkout,
        _payment, _cancelling,
    ],
)  # fmt: skip
def test_a_command_sent_eight_times_at_once_has_one_effect(
    house: House, one: Callable[[House], Command]
) -> None:
    """Invariant 5, one verb of each register: the same answer for all, one row in the journal."""
    command = one(house)
    told = house.at_once(*[command] * 8)
    assert all(each.error is None and each.result == told[0].result for each in told), told
    house.again(command, told[0].result)
    found = house.database.read(
        lambda db: db.exec(select(journal.Entry.id).where(journal.Entry.key == command.key)).all()
    )
    assert len(found) == 1
    house.check()
