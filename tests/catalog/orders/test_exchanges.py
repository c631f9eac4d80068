"""Exchanges are settled net, once, and never turn credit into money (RET-3, R-100, CRD-13)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.credit.queries import balance
from catalog.ground.money import Yen
from catalog.orders import actions, exchanges, lapsing, queries, undoing
from catalog.orders.actions import Tendered, TenderMismatch
from catalog.orders.exchanges import ExchangeMoved, Settlement
from catalog.orders.rules import exchange_settlement
from catalog.orders.states import TenderKind
from catalog.orders.tables import ReturnCase
from catalog.orders.undoing import ComparisonMissing
from tests.catalog.consignment.shelf import STAFF
from tests.catalog.orders.counter import Counter


def _ready(counter: Counter, *, credit: int, new: int) -> tuple[str, exchanges.Exchange, str]:
    who = counter.customer()
    old_unit, new_unit = counter.owned("W-1001"), counter.owned("W-1002", new)
    if credit:
        counter.credit(who, credit)
    made = counter.delivered(who, old_unit, credit=credit)
    swap = counter.exchange(who, made.order_id, old_unit, new_unit)
    counter.receive(swap.returned.return_id)
    return who, swap, made.order_id


def _confirm(counter: Counter, return_id: str, pays: int, **told: object) -> None:
    tenders = [Tendered(TenderKind.CARD, Yen(pays), "x1")] if pays else []
    counter.write(
        exchanges.confirm, return_id, told.pop("tenders", tenders), confirmed=Yen(pays),
        actor=STAFF, now=counter.now, key=told.pop("key", "e"), **told,
    )  # fmt: skip


def test_a_dearer_piece_costs_the_difference(counter: Counter) -> None:
    """R-100: +12,000 yen, one confirmation."""
    who, swap, old = _ready(counter, credit=30_000, new=112_000)
    return_id, new = swap.returned.return_id, swap.chosen.order_id
    with pytest.raises(ComparisonMissing):
        _confirm(counter, return_id, 12_000)
    counter.compare(return_id)
    told = counter.read(lambda db: exchanges.settlement(db, return_id))
    assert (told.net.customer_pays, told.net.back_to_credit, told.net.back_to_other) == (
        12_000, 0, 0,
    )  # fmt: skip
    with pytest.raises(ExchangeMoved):
        _confirm(counter, return_id, 11_999)
    with pytest.raises(TenderMismatch):
        _confirm(counter, return_id, 12_000, tenders=[])
    for _ in range(3):
        _confirm(counter, return_id, 12_000)
    assert counter.tenders(old) == {"credit": (30_000, 30_000), "card": (70_000, 70_000)}
    assert counter.tenders(new) == {
        "credit": (30_000, 0), "carried": (70_000, 0), "card": (12_000, 0),
    }  # fmt: skip
    assert counter.read(lambda db: balance(db, who, counter.now)).spendable == 0  # type: ignore[arg-type]
    assert (counter.order(old).state, counter.order(new).state) == ("returned", "paid")
    assert counter.books(old).is_even
    assert counter.books(new).is_even
    assert "refund_money" not in counter.tasks()
    assert counter.is_replayed()


def test_of_a_cheaper_piece_the_rest_goes_back_as_it_was_paid(counter: Counter) -> None:
    """RET-3: to credit floor(back × old credit / old total), the rest to the other tender."""
    who, swap, old = _ready(counter, credit=33_333, new=60_000)
    return_id, new = swap.returned.return_id, swap.chosen.order_id
    counter.compare(return_id)
    _confirm(counter, return_id, 0)
    assert counter.read(lambda db: balance(db, who, counter.now)).spendable == 13_333  # type: ignore[arg-type]
    assert counter.tenders(old) == {"credit": (33_333, 33_333), "card": (66_667, 66_667)}
    assert counter.tenders(new) == {"credit": (20_000, 0), "carried": (40_000, 0)}
    assert counter.tasks().count("refund_money") == 1
    assert counter.books(new).is_even
    assert counter.is_replayed()


def test_the_piece_chosen_is_kept_while_the_other_is_on_its_way(counter: Counter) -> None:
    _, swap, _ = _ready(counter, credit=0, new=112_000)
    counter.go(days=13)
    counter.compare(swap.returned.return_id)
    _confirm(counter, swap.returned.return_id, 12_000)
    assert counter.order(swap.chosen.order_id).state == "paid"


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_a_piece_that_came_back_is_refunded_although_what_it_was_to_be_exchanged_for_is_gone(
    counter: Counter, is_cancelled: bool
) -> None:
    """RET-3: the return goes on as a plain one, its money back as it was paid, and the buyer is
    told so.
    """
    _, swap, old = _ready(counter, credit=30_000, new=112_000)
    return_id, new = swap.returned.return_id, swap.chosen.order_id
    if is_cancelled:
        counter.write(actions.cancel, new, reason="other", by="shop", now=counter.now, key="c")
    else:
        counter.go(days=15)
        counter.write(lapsing.run_lapses, counter.now)
    case = counter.read(lambda db: db.get_one(ReturnCase, return_id))
    assert (case.kind, case.new_order_id, case.settle_as) == ("return", None, None)
    assert counter.told(f"order:{new}")[-1] == "exchange_over"
    counter.compare(return_id)
    counter.refund(return_id, undoing.as_asked(case))
    assert counter.tenders(old) == {"credit": (30_000, 30_000), "card": (70_000, 70_000)}
    assert (counter.order(old).state, counter.order(new).state) == ("returned", "cancelled")
    assert counter.is_replayed()


@given(old=st.integers(1, 5_000_000), share=st.integers(0, 10_000), new=st.integers(0, 5_000_000))
@settings(max_examples=300, deadline=None)
def test_every_yen_of_an_exchange_is_somewhere(old: int, share: int, new: int) -> None:
    """RET-3: what was paid is carried or goes back; credit never becomes money."""
    credit = old * share // 10_000
    net = exchange_settlement(old_total=Yen(old), old_credit=Yen(credit), new_total=Yen(new))
    told = Settlement(Yen(old), Yen(credit), Yen(new), net)
    assert told.carried.to_credit + net.back_to_credit == credit
    assert told.carried.to_other + net.back_to_other == old - credit
    assert min(told.carried.to_credit, told.carried.to_other) >= 0
    assert told.carried.to_credit + told.carried.to_other + net.customer_pays == new


@pytest.mark.parametrize(("credit", "new"), [(0, 112_000), (30_000, 112_000), (30_000, 80_000)])
def test_what_is_foreseen_is_what_the_exchange_comes_to(
    counter: Counter, credit: int, new: int
) -> None:
    """R-100: the difference told before anything is asked for is the one settled."""
    who = counter.customer()
    old_unit, new_unit = counter.owned("W-1001"), counter.owned("W-1002", new)
    if credit:
        counter.credit(who, credit)
    made = counter.delivered(who, old_unit, credit=credit)

    def foreseen(db: Session) -> Settlement:
        (piece,) = queries.bought(db, who)
        return exchanges.foreseen(db, piece.order, piece.line, new_unit)

    told = counter.read(foreseen)
    swap = counter.exchange(who, made.order_id, old_unit, new_unit)
    assert counter.read(lambda db: exchanges.settlement(db, swap.returned.return_id)) == told
