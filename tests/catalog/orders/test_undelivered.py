"""A paid piece its buyer can never get: lost, broken, or handed over to whom it was stolen from
(CRD-8, CON-7, KOB-6).
"""

from datetime import timedelta

import pytest
from sqlmodel import select

from catalog.buyback import books
from catalog.consignment import ending, going_home
from catalog.consignment.contracts import ContractElsewhere
from catalog.consignment.ending import ManagerOnly
from catalog.duties.notices.orders import NewClaim, Outcome, take_claim
from catalog.duties.notices.tables import RecoveryClaim
from catalog.duties.tables import LedgerRow
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.items import freezing
from catalog.orders import claimed, returns, undelivered
from catalog.orders.returns import ReturnElsewhere
from catalog.orders.steps import LineElsewhere, Standing
from tests.catalog.consignment.shelf import MANAGER, STAFF
from tests.catalog.orders.counter import Counter


def lose(counter: Counter, order_id: str, unit_id: str, key: str | None = None) -> Standing:
    return counter.write(
        undelivered.lose, order_id, unit_id, reason="輸送中の紛失", actor=MANAGER, now=counter.now,
        key=key or counter.key(),
    )  # fmt: skip


def claim(counter: Counter, unit_id: UnitId, outcome: Outcome = Outcome.TO_POLICE) -> None:
    """A victim claims the piece, and it is handed over."""
    day = tokyo_day(counter.now)
    told = NewClaim(unit_id, day - timedelta(days=9), day, "被-1")
    counter.write(take_claim, told, actor=MANAGER, now=counter.now, key=counter.key())
    row = counter.read(lambda db: db.exec(select(RecoveryClaim)).one())
    for _ in range(2):
        counter.write(
            claimed.answer, row.id, outcome, actor=MANAGER, now=counter.now, key=counter.key()
        )


def is_even(counter: Counter, contract_id: str) -> bool:
    sides = counter.read(lambda db: books.balances(db, f"contract:{contract_id}"))
    return sum(sides.values()) == 0


def test_a_lost_parcel_is_refunded_and_its_consignor_made_good(counter: Counter) -> None:
    who = counter.consignor()
    contract_id, unit_id = counter.consigned(who, 300_000, guarantee=200_000)
    buyer = counter.customer()
    made = counter.bought(buyer, unit_id)
    counter.pack(made.order_id)
    counter.ship(made.order_id)
    with pytest.raises(ManagerOnly):
        counter.write(
            undelivered.lose, made.order_id, unit_id, reason="x", actor=STAFF, now=counter.now,
            key="0",
        )  # fmt: skip
    for _ in range(2):
        lose(counter, made.order_id, unit_id, key="1")
    total = counter.order(made.order_id).total
    assert counter.order(made.order_id).state == "cancelled"
    assert counter.tenders(made.order_id) == {"card": (total, total)}
    assert counter.told(f"order:{made.order_id}").count("order_undelivered") == 1
    assert "refund_money" in counter.open_tasks()
    contract, unit = counter.contract(contract_id), counter.unit(unit_id)
    assert (contract.state, contract.payout, contract.commission) == ("compensated", 255_000, 0)
    assert [each.amount for each in counter.payouts(contract_id)] == [255_000]
    assert (unit.state, unit.owner_kind, unit.custody) == ("lost_damaged", "dealer", "carrier")
    sides = counter.read(lambda db: books.balances(db, f"contract:{contract_id}"))
    assert sides == {books.Account.GOODS: 255_000, books.Account.PAYOUT: -255_000}
    corrected = counter.read(
        lambda db: db.exec(select(LedgerRow).where(LedgerRow.corrects != None)).all()  # noqa: E711
    )
    assert len(corrected) == 1
    with pytest.raises(LineElsewhere):
        lose(counter, made.order_id, unit_id)
    assert counter.is_replayed()


def test_the_guaranteed_price_is_the_least(counter: Counter) -> None:
    contract_id, unit_id = counter.consigned(counter.consignor(), 300_000, guarantee=280_000)
    made = counter.bought(counter.customer(), unit_id)
    lose(counter, made.order_id, unit_id)
    assert counter.contract(contract_id).payout == 280_000


def test_the_rest_of_the_order_goes_on(counter: Counter) -> None:
    first, second = counter.owned("W-1", 100_000), counter.owned("W-2", 50_000)
    made = counter.bought(counter.customer(), first, second)
    counter.pack(made.order_id)
    lose(counter, made.order_id, first)
    order = counter.order(made.order_id)
    assert order.state == "packed"
    assert counter.tenders(made.order_id)["card"][1] == 100_000
    counter.ship(made.order_id)
    counter.deliver(made.order_id)
    assert counter.order(made.order_id).state == "delivered"
    with pytest.raises(LineElsewhere):
        lose(counter, made.order_id, second)
    assert counter.is_replayed()


def test_what_is_found_again_is_the_shops_to_be_looked_at(counter: Counter) -> None:
    unit_id = counter.owned("W-1")
    made = counter.bought(counter.customer(), unit_id)
    counter.pack(made.order_id)
    counter.ship(made.order_id)
    lose(counter, made.order_id, unit_id)
    counter.write(
        freezing.found, unit_id, reason="運送会社から戻る", by="staff:M1", now=counter.now,
        key="f",
    )  # fmt: skip
    unit = counter.unit(unit_id)
    assert (unit.state, unit.custody, unit.owner_kind) == ("inspection", "dealer:shop", "dealer")


def test_a_sold_piece_is_not_compensated_past_its_order(counter: Counter) -> None:
    contract_id, unit_id = counter.consigned(counter.consignor(), 300_000)
    counter.bought(counter.customer(), unit_id)
    with pytest.raises(ContractElsewhere):
        counter.write(
            ending.compensate, contract_id, Yen(300_000), reason="x", actor=MANAGER,
            now=counter.now, key="1",
        )  # fmt: skip
    assert counter.payouts(contract_id) == []


def test_a_lost_parcel_to_a_consignor_is_compensated(counter: Counter) -> None:
    """The way home is at the shop's risk too."""
    who = counter.consignor()
    contract_id, unit_id = counter.consigned(who, 300_000, guarantee=200_000)
    counter.withdraw(contract_id, who)
    counter.write(
        going_home.send, contract_id, carrier="yamato", tracking_no="4711", actor=STAFF,
        now=counter.now, key="1",
    )  # fmt: skip
    counter.write(
        ending.compensate, contract_id, Yen(200_000), reason="紛失", actor=MANAGER,
        now=counter.now, key="2",
    )  # fmt: skip
    assert counter.contract(contract_id).state == "compensated"
    assert counter.unit(unit_id).state == "lost_damaged"
    assert counter.is_replayed()


@pytest.mark.parametrize("outcome", [Outcome.TO_POLICE, Outcome.TO_VICTIM])
def test_a_claimed_piece_is_refunded_to_its_buyer_and_nobody_is_told_why(
    counter: Counter, outcome: Outcome
) -> None:
    who = counter.consignor()
    contract_id, unit_id = counter.consigned(who, 300_000, guarantee=200_000)
    before = counter.told(f"contract:{contract_id}")
    made = counter.bought(counter.customer(), unit_id)
    counter.pack(made.order_id)
    sold = [*before, "consignment_sold"]
    assert counter.told(f"contract:{contract_id}") == sold
    claim(counter, unit_id, outcome)
    total = counter.order(made.order_id).total
    assert counter.order(made.order_id).state == "cancelled"
    assert counter.tenders(made.order_id) == {"card": (total, total)}
    assert counter.told(f"order:{made.order_id}").count("order_undelivered") == 1
    assert counter.contract(contract_id).state == "returned"
    assert counter.told(f"contract:{contract_id}") == sold
    assert counter.payouts(contract_id) == []
    assert is_even(counter, contract_id)
    unit = counter.unit(unit_id)
    assert (unit.state, unit.owner_kind) == ("surrendered", "consignor")
    assert counter.is_replayed()


def test_an_unpaid_order_of_a_claimed_piece_ends(counter: Counter) -> None:
    contract_id, unit_id = counter.consigned(counter.consignor(), 300_000)
    other = counter.owned("W-2")
    made = counter.basket(counter.customer(), unit_id, other)
    claim(counter, unit_id)
    assert counter.order(made.order_id).state == "cancelled"
    assert counter.unit(other).state == "listed"
    assert counter.contract(contract_id).state == "returned"
    assert counter.is_replayed()


def test_a_claim_that_did_not_hold_leaves_the_order_as_it_is(counter: Counter) -> None:
    unit_id = counter.owned("W-1")
    made = counter.bought(counter.customer(), unit_id)
    claim(counter, unit_id, Outcome.REJECTED)
    assert counter.order(made.order_id).state == "paid"
    assert counter.unit(unit_id).state == "sold"


def on_its_way_back(counter: Counter, unit_id: UnitId) -> tuple[str, str]:
    """A delivered piece its buyer sends back: the order, the return."""
    buyer = counter.customer()
    made = counter.delivered(buyer, unit_id)
    return_id = counter.ask(buyer, made.order_id, unit_id).return_id
    counter.write(returns.underway, return_id, by="carrier", now=counter.now)
    return made.order_id, return_id


def test_a_lost_return_is_refunded_as_if_it_had_come(counter: Counter) -> None:
    """The way back is at the shop's risk; the consignor gets what the sale brought."""
    contract_id, unit_id = counter.consigned(counter.consignor(), 300_000, guarantee=200_000)
    order_id, return_id = on_its_way_back(counter, unit_id)
    told = {"reason": "紛失", "now": counter.now}
    with pytest.raises(ManagerOnly):
        counter.write(undelivered.lose_return, return_id, actor=STAFF, key="0", **told)
    for _ in range(2):
        counter.write(undelivered.lose_return, return_id, actor=MANAGER, key="1", **told)
    total = counter.order(order_id).total
    assert counter.tenders(order_id) == {"card": (total, total)}
    assert counter.order(order_id).state == "returned"
    assert counter.told(f"order:{order_id}").count("return_refunded") == 1
    contract, unit = counter.contract(contract_id), counter.unit(unit_id)
    assert (contract.state, contract.payout) == ("compensated", 255_000)
    assert [each.amount for each in counter.payouts(contract_id)] == [255_000]
    assert (unit.state, unit.owner_kind) == ("lost_damaged", "dealer")
    sides = counter.read(lambda db: books.balances(db, f"contract:{contract_id}"))
    assert sides == {books.Account.GOODS: 255_000, books.Account.PAYOUT: -255_000}
    assert counter.is_replayed()


def test_a_return_that_came_is_compared_and_not_lost(counter: Counter) -> None:
    unit_id = counter.owned("W-1")
    _, return_id = on_its_way_back(counter, unit_id)
    counter.receive(return_id)
    with pytest.raises(ReturnElsewhere):
        counter.write(
            undelivered.lose_return, return_id, reason="x", actor=MANAGER, now=counter.now, key="1"
        )
