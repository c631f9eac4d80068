"""Sending back: in time, compared, refunded as it was paid (RET-1, RET-2, CRD-8, R-095, R-099)."""

import pytest
from sqlmodel import Session

from catalog.consignment.ending import ManagerOnly, Withdrawal
from catalog.credit import consents
from catalog.credit.consents import ConsentMissing
from catalog.credit.queries import balance
from catalog.credit.terms import Origin
from catalog.ground.money import Yen
from catalog.items import actions as items
from catalog.items.actions import NotOurs
from catalog.items.kinds import OwnerKind, UnitState
from catalog.items.parcels.actions import parcels_of
from catalog.orders import comparing, dispatch, returns, undoing
from catalog.orders.checkout import StillSold
from catalog.orders.queries import (
    bought,
    bought_line,
    of_buyer,
    open_return,
    options_of,
    refund_options,
)
from catalog.orders.returns import (
    Asked,
    NotReturnable,
    ReturnElsewhere,
    WindowOver,
)
from catalog.orders.states import ReturnKind, SettleAs
from catalog.orders.steps import LineElsewhere, OrderMissing
from catalog.orders.undoing import ComparisonMissing, Refunding
from tests.catalog.consignment.shelf import MANAGER, STAFF, person, tokyo
from tests.catalog.orders.counter import IN_STORE, Counter


@pytest.mark.parametrize(
    ("asked_at", "is_in_time"), [("2026-10-08 23:59:59", True), ("2026-10-09 00:00:00", False)]
)
def test_the_moment_of_asking_decides(counter: Counter, asked_at: str, is_in_time: bool) -> None:
    """RET-1, R-094: eight days, the day of delivery counted; nobody of the shop is needed."""
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.delivered(who, unit_id)
    counter.now = tokyo("2026-10-09 00:10")
    if is_in_time:
        assert counter.ask(who, made.order_id, unit_id, asked_at=tokyo(asked_at)).state == "asked"
        assert "return_label" in counter.tasks()
        out, back = counter.read(lambda db: parcels_of(db, f"order:{made.order_id}"))
        assert (out.direction, back.direction, back.tracking_no) == ("out", "in", None)
    else:
        with pytest.raises(WindowOver):
            counter.ask(who, made.order_id, unit_id, asked_at=tokyo(asked_at))


def test_a_piece_comes_back_to_inspection_and_the_money_goes_back(counter: Counter) -> None:
    """RET-2, R-099: no refund without a comparison; never straight on sale."""
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.delivered(who, unit_id)
    return_id = counter.ask(who, made.order_id, unit_id).return_id
    with pytest.raises(ComparisonMissing):
        counter.refund(return_id)
    counter.receive(return_id)
    unit = counter.unit(unit_id)
    assert (unit.state, unit.custody, unit.owner_kind) == ("inspection", "dealer:shop", "buyer")
    with pytest.raises(ComparisonMissing):
        counter.refund(return_id)
    counter.compare(return_id)
    for _ in range(3):
        done = counter.refund(return_id, key="r")
    assert (done.state, done.refund) == ("refunded", 100_000)
    with pytest.raises(ReturnElsewhere):
        counter.refund(return_id)
    assert counter.tenders(made.order_id) == {"card": (100_000, 100_000)}
    assert counter.unit(unit_id).owner_kind == "dealer"
    assert counter.order(made.order_id).state == "returned"
    assert counter.books(made.order_id).is_even
    assert counter.told(f"order:{made.order_id}")[-3:] == [
        "return_accepted", "return_received", "return_refunded",
    ]  # fmt: skip
    assert counter.is_replayed()


def test_refunds_are_pro_rata_and_credit_goes_back_to_its_lots(counter: Counter) -> None:
    """CRD-8, the published example: credit 5,000 and 3,000, card 4,000; refunds 7,000 and 5,000."""
    who = counter.customer()
    seven, five = counter.owned("W-1001", 7_000), counter.owned("W-1002", 5_000)
    first = counter.credit(who, 5_000, Origin.RETURN)
    second = counter.credit(who, 3_000)
    made = counter.basket(who, seven, five, credit=8_000, delivery=IN_STORE)
    counter.pay(made)
    counter.pack(made.order_id)
    counter.write(
        dispatch.hand_over, made.order_id, pickup_code=None, by="t", now=counter.now, key="h"
    )
    parts = []
    for unit_id in (seven, five):
        return_id = counter.write(
            returns.ask, Asked(made.order_id, unit_id, "x"), asked_at=counter.now, actor=STAFF,
            now=counter.now, key=counter.key(),
        ).return_id  # fmt: skip
        counter.receive(return_id)
        counter.compare(return_id)
        told = counter.read(lambda db, i=return_id: refund_options(db, i))
        parts.append((told.to_credit, told.to_other))
        counter.refund(return_id)
    assert parts == [(4_666, 2_334), (3_334, 1_666)]
    assert counter.tenders(made.order_id) == {"credit": (8_000, 8_000), "card": (4_000, 4_000)}
    left = {
        lot.lot_id: lot.left for lot in counter.read(lambda db: balance(db, who, counter.now)).lots
    }
    assert left == {first: 5_000, second: 3_000}
    assert counter.is_replayed()


def test_money_taken_as_credit_earns_the_bonus_once_it_is_known_what_credit_is(
    counter: Counter,
) -> None:
    """R-095, CRD-6, CRD-13."""
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.delivered(who, unit_id)
    return_id = counter.came_back(who, made.order_id, unit_id)
    told = counter.read(lambda db: refund_options(db, return_id))
    assert (told.to_other, told.bonus_if_credit, told.as_credit) == (100_000, 10_000, 110_000)
    with pytest.raises(ConsentMissing):
        counter.refund(return_id, Refunding(as_credit=True))
    consent = counter.write(
        consents.agree, who, consents.NEVER_PAID_OUT, text_version="1", source="m1", by="bot",
        now=counter.now,
    )  # fmt: skip
    counter.refund(return_id, Refunding(as_credit=True, consent_id=consent))
    held = counter.read(lambda db: balance(db, who, counter.now))
    assert (held.spendable, held.paid, held.free) == (110_000, 100_000, 10_000)
    assert "refund_money" not in counter.tasks()
    assert counter.tenders(made.order_id) == {"card": (100_000, 100_000)}
    assert counter.is_replayed()


def test_shipping_goes_back_with_the_last_piece(counter: Counter) -> None:
    who = counter.customer()
    one, two = counter.owned("W-1001", 10_000), counter.owned("W-1002", 9_000)
    made = counter.delivered(who, one, two)
    assert made.shipping == 1_650
    given = []
    for unit_id in (one, two):
        given.append(counter.refund(counter.came_back(who, made.order_id, unit_id)).refund)
    assert given == [10_000, 10_650]
    books = counter.books(made.order_id)
    assert (books.paid, books.refunded, books.is_even) == (20_650, 20_650, True)


def test_what_is_not_as_it_was_sent_is_decided_by_a_manager(counter: Counter) -> None:
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.delivered(who, unit_id)
    return_id = counter.ask(who, made.order_id, unit_id).return_id
    counter.receive(return_id)
    assert counter.compare(return_id, is_same=False).state == "disputed"
    assert counter.unit(unit_id).state == UnitState.RETURN_DISPUTE
    with pytest.raises(ComparisonMissing):
        counter.refund(return_id)
    told = {"accepts": False, "reason": "worn", "now": counter.now}
    with pytest.raises(ManagerOnly):
        counter.write(comparing.decide, return_id, actor=STAFF, key="a", **told)
    decided = counter.write(comparing.decide, return_id, actor=MANAGER, key="b", **told)
    assert decided.state == "refused"
    unit = counter.unit(unit_id)
    assert (unit.state, unit.owner_kind) == ("return_pending", "buyer")
    assert counter.books(made.order_id).refunded == 0
    assert counter.is_replayed()


def test_a_consignors_unpaid_payout_is_cancelled_by_a_return(counter: Counter) -> None:
    consignor, who = counter.consignor(), counter.customer()
    contract_id, unit_id = counter.consigned(consignor, 100_000)
    made = counter.delivered(who, unit_id)
    assert counter.contract(contract_id).state == "return_window"
    counter.refund(counter.came_back(who, made.order_id, unit_id))
    contract, unit = counter.contract(contract_id), counter.unit(unit_id)
    assert (contract.state, contract.payout) == ("active", None)
    assert (unit.owner_kind, unit.owner_id) == ("consignor", consignor)
    assert counter.withdraw(contract_id, consignor) == Withdrawal("active", True)
    assert counter.is_replayed()


def test_once_the_consignor_is_paid_the_returned_piece_is_the_shops(counter: Counter) -> None:
    consignor, who = counter.consignor(), counter.customer()
    contract_id, unit_id = counter.consigned(consignor, 100_000)
    made = counter.basket(who, unit_id, delivery=IN_STORE)
    counter.pay(made)
    (payout,) = counter.payouts(contract_id)
    counter.pay_out(payout.id)
    counter.pack(made.order_id)
    counter.write(
        dispatch.hand_over, made.order_id, pickup_code=None, by="t", now=counter.now, key="h"
    )
    with pytest.raises(NotReturnable):
        counter.ask(who, made.order_id, unit_id)
    return_id = counter.write(
        returns.ask, Asked(made.order_id, unit_id, "recall", ReturnKind.COLLECT),
        asked_at=counter.now, actor=STAFF, now=counter.now, key=counter.key(),
    ).return_id  # fmt: skip
    counter.receive(return_id)
    counter.compare(return_id)
    counter.refund(return_id)
    unit = counter.unit(unit_id)
    assert (unit.owner_kind, unit.cost) == ("dealer", 80_000)
    assert "consignor_paid_piece_returned" in counter.tasks()
    assert counter.is_replayed()


def test_a_foreign_order_is_no_order_and_a_piece_returns_once(counter: Counter) -> None:
    who, other, unit_id = counter.customer(), counter.customer(), counter.owned("W-1001")
    made = counter.delivered(who, unit_id)
    with pytest.raises(OrderMissing):
        counter.ask(other, made.order_id, unit_id)
    return_id = counter.ask(who, made.order_id, unit_id).return_id
    with pytest.raises(LineElsewhere):
        counter.ask(who, made.order_id, unit_id)
    told = {"actor": person(who), "now": counter.now, "key": "w"}
    assert counter.write(returns.withdraw, return_id, **told).state == "withdrawn"
    assert counter.order(made.order_id).state == "delivered"


def test_a_returned_piece_is_sold_again(counter: Counter) -> None:
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.delivered(who, unit_id)
    counter.refund(counter.came_back(who, made.order_id, unit_id))
    counter.move(unit_id, UnitState.LISTED)
    again = counter.delivered(counter.customer(), unit_id)
    assert counter.order(again.order_id).state == "delivered"
    assert counter.books(again.order_id).paid == Yen(100_000)
    assert counter.is_replayed()


def test_a_refund_is_as_the_buyer_wanted_it_when_asking(counter: Counter) -> None:
    """R-056, R-095, CRD-13: what was told and chosen in the chat waits for the comparison."""
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.delivered(who, unit_id)
    (piece,) = counter.read(lambda db: bought(db, who))
    before = counter.read(lambda db: options_of(db, piece.order, piece.line))
    wanted = Asked(
        made.order_id, unit_id, "imagined", told={"tag": "on"}, settle_as=SettleAs.CREDIT,
        credit_text="1",
    )  # fmt: skip
    opened = counter.write(
        returns.ask, wanted, asked_at=counter.now, actor=person(who), now=counter.now, key="r"
    )
    assert counter.read(lambda db: refund_options(db, opened.return_id)) == before
    case = counter.read(lambda db: open_return(db, piece.line.id))
    assert case is not None
    assert (case.told, case.settle_as) == ({"tag": "on"}, "credit")
    counter.receive(opened.return_id)
    counter.compare(opened.return_id)
    counter.write(
        undoing.refund, opened.return_id, None, actor=STAFF, now=counter.now, key="as asked"
    )
    held = counter.read(lambda db: balance(db, who, counter.now))
    assert held.spendable == before.as_credit
    assert counter.read(lambda db: open_return(db, piece.line.id)) is None
    assert counter.is_replayed()


def test_another_customers_order_and_piece_are_nobodys(counter: Counter) -> None:
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.delivered(who, unit_id)
    (piece,) = counter.read(lambda db: bought(db, who))
    assert counter.read(lambda db: of_buyer(db, who, made.order_no)).id == made.order_id
    stranger = counter.customer("C-2")
    with pytest.raises(OrderMissing):
        counter.read(lambda db: of_buyer(db, stranger, made.order_no))
    with pytest.raises(OrderMissing):
        counter.read(lambda db: bought_line(db, stranger, piece.line.id))
    assert counter.read(lambda db: bought(db, stranger)) == []


def test_may_ask_says_what_asking_does(counter: Counter) -> None:
    """RET-1: what the chat offers is what the register takes."""
    who, unit_id = counter.customer(), counter.owned("W-1001")
    counter.delivered(who, unit_id)
    (piece,) = counter.read(lambda db: bought(db, who))

    def offered(at: str) -> bool:
        return counter.read(
            lambda db: returns.may_ask(db, piece.order, piece.line, asked_at=tokyo(at))
        )

    assert offered("2026-10-08 23:59:59")
    assert not offered("2026-10-09 00:00:00")
    counter.ask(who, piece.order.id, unit_id)
    (piece,) = counter.read(lambda db: bought(db, who))
    assert not offered("2026-10-08 12:00")


def test_a_piece_is_not_put_on_sale_before_its_refund(counter: Counter) -> None:
    """Invariant 6: it is its buyer's until the return is settled, by whatever way one goes."""
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.delivered(who, unit_id)
    return_id = counter.came_back(who, made.order_id, unit_id)
    for stop in (None, UnitState.UNLISTED):
        if stop is not None:
            counter.move(unit_id, stop)
        with pytest.raises(NotOurs) as refused:
            counter.move(unit_id, UnitState.LISTED)
        assert refused.value.owner_kind is OwnerKind.BUYER
    counter.refund(return_id)
    if counter.unit(unit_id).state != UnitState.LISTED:
        counter.move(unit_id, UnitState.LISTED)
    counter.basket(counter.customer(), unit_id)


def test_a_row_that_says_listed_before_the_refund_is_not_sold_either(counter: Counter) -> None:
    """Invariant 6, though a state was set by no move."""
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.delivered(who, unit_id)
    counter.came_back(who, made.order_id, unit_id)

    def by_hand(db: Session) -> None:
        unit = items.locked(db, unit_id)
        listed = {"state": UnitState.LISTED.value}
        items.change(db, unit, listed, by="t", now=counter.now, verb="by_hand")

    counter.write(by_hand)
    with pytest.raises(StillSold) as refused:
        counter.basket(counter.customer(), unit_id)
    assert refused.value.unit_id == unit_id
    assert counter.unit(unit_id).state == UnitState.LISTED, "nothing of the order was kept"
