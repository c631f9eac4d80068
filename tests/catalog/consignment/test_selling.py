"""A sale settles the consignor: the share by the contract's terms, paid once, after the buyer's
return window (CON-3, PAY-2).
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.buyback import books
from catalog.buyback.books import Account
from catalog.buyback.payouts import actions as payouts
from catalog.consignment import contracts, ending, selling, settling
from catalog.consignment.rules import consignment_payout
from catalog.consignment.selling import NotForSale
from catalog.consignment.states import MOVES, ContractState, SaleKind, Settlement, may_move
from catalog.consignment.terms import ConsignmentTerms
from catalog.credit import consents
from catalog.credit.queries import balance
from catalog.duties.identity import actions as identity
from catalog.duties.identity.actions import Doubt
from catalog.duties.terms import DutyTerms
from catalog.ground import policy
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from tests.catalog.consignment.shelf import Shelf, day, person, tokyo


def sell(shelf: Shelf, contract_id: str, basis: int = 300_000, *, in_store: bool = False) -> None:
    kind = SaleKind.IN_STORE if in_store else SaleKind.ONLINE
    shelf.database.write(
        lambda db: selling.sold(
            db,
            contracts.locked(db, contract_id),
            Yen(basis),
            kind=kind,
            order_id="o1",
            by="t",
            now=shelf.now,
        )
    )


def deliver(shelf: Shelf, contract_id: str, on: str) -> None:
    shelf.database.write(
        lambda db: selling.delivered(
            db, contracts.locked(db, contract_id), day(on), DutyTerms(), by="t", now=shelf.now
        )
    )


def over(shelf: Shelf, contract_id: str) -> None:
    shelf.database.write(
        lambda db: selling.window_over(db, contracts.locked(db, contract_id), by="t", now=shelf.now)
    )


def undo(shelf: Shelf, contract_id: str) -> bool:
    return shelf.database.write(
        lambda db: selling.came_back(db, contracts.locked(db, contract_id), by="t", now=shelf.now)
    )


def test_sold_online_it_is_paid_after_the_return_window(shelf: Shelf) -> None:
    """R-075, R-076: price, rate, tax and the certain day are told."""
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who)
    sell(shelf, contract_id, 300_001)
    contract = shelf.contract(contract_id)
    assert (contract.rate_bps, contract.payout, contract.commission, contract.commission_tax) == (
        8_500, 255_001, 45_000, 4_090,
    )  # fmt: skip
    assert contract.pay_on is None
    deliver(shelf, contract_id, "2026-10-02")  # window through Friday the 9th, Monday a holiday
    assert shelf.contract(contract_id).pay_on == day("2026-10-13")
    assert shelf.payouts(contract_id) == []
    shelf.now = tokyo("2026-10-10 00:00")
    over(shelf, contract_id)
    (payout,) = shelf.payouts(contract_id)
    assert (payout.amount, payout.due_on) == (255_001, day("2026-10-13"))
    shelf.write(settling.note_paid, shelf.now)
    assert shelf.contract(contract_id).state == "payable"
    shelf.pay_out(payout.id)
    for _ in range(2):
        shelf.write(settling.note_paid, shelf.now)
    assert shelf.contract(contract_id).state == "paid"
    shelf.go(days=1)
    shelf.write(ending.run_terms, shelf.now)
    assert shelf.contract(contract_id).state == "closed"
    told = shelf.told(f"contract:{contract_id}")
    assert told[-4:] == [
        "consignment_sold", "consignment_payout_dated", "consignment_payable", "consignment_paid",
    ]  # fmt: skip
    assert shelf.is_replayed()


def test_sold_in_the_shop_it_is_paid_as_a_buyback(shelf: Shelf) -> None:
    """PAY-2: PAY-1 with the instant of the sale."""
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who)
    shelf.now = tokyo("2026-10-02 13:59")
    sell(shelf, contract_id, in_store=True)
    (payout,) = shelf.payouts(contract_id)
    assert (payout.due_on, shelf.contract(contract_id).state) == (day("2026-10-02"), "payable")


def test_a_consignor_may_be_paid_in_credit_that_never_ends(shelf: Shelf) -> None:
    who = shelf.consignor()
    unit_id = shelf.piece(who)
    contract_id = shelf.propose(who, unit_id, settles_in=Settlement.CREDIT).contract_id
    consent = shelf.write(
        consents.agree, who, consents.NEVER_PAID_OUT, text_version="1", source="m1", by="bot",
        now=shelf.now,
    )  # fmt: skip
    shelf.agree(contract_id, who, consent_id=consent)
    sell(shelf, contract_id, in_store=True)
    held = shelf.read(lambda db: balance(db, CustomerId(who), shelf.now))
    assert (held.spendable, held.lots[0].origin, held.lots[0].expires_on) == (
        255_000, "consignment_payout", None,
    )  # fmt: skip
    assert shelf.contract(contract_id).state == "paid"
    assert shelf.payouts(contract_id) == []
    told = shelf.read(lambda db: books.balances(db, f"contract:{contract_id}"))
    assert told == {Account.GOODS: 300_000, Account.FEE: -45_000, Account.CREDIT: -255_000}
    assert shelf.is_replayed()


def test_terms_changed_later_do_not_reach_back(shelf: Shelf) -> None:
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who)
    shelf.write(
        policy.amend, {"con.tiers": [[0, 5_000]]}, known=[ConsignmentTerms], by="t", now=shelf.now
    )
    sell(shelf, contract_id)
    assert shelf.contract(contract_id).payout == 255_000


def test_an_undone_sale_goes_on_and_an_unpaid_payout_is_cancelled(shelf: Shelf) -> None:
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who)
    sell(shelf, contract_id)
    assert undo(shelf, contract_id)
    sell(shelf, contract_id, 280_000)
    deliver(shelf, contract_id, "2026-10-02")
    over(shelf, contract_id)
    assert undo(shelf, contract_id)
    contract = shelf.contract(contract_id)
    assert (contract.state, contract.basis, contract.pay_on) == ("active", None, None)
    assert [each.status for each in shelf.payouts(contract_id)] == ["cancelled"]
    told = shelf.read(lambda db: books.balances(db, f"contract:{contract_id}"))
    assert told == {}
    sell(shelf, contract_id, 290_000, in_store=True)
    assert sorted(each.status for each in shelf.payouts(contract_id)) == ["cancelled", "planned"]
    assert shelf.is_replayed()


def test_money_that_has_left_stays_and_staff_are_told(shelf: Shelf) -> None:
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who)
    sell(shelf, contract_id, in_store=True)
    (payout,) = shelf.payouts(contract_id)
    shelf.pay_out(payout.id)
    assert not undo(shelf, contract_id)
    assert "consignor_paid_piece_returned" in shelf.tasks()
    shelf.write(settling.note_paid, shelf.now)
    assert shelf.contract(contract_id).state == "paid"


def test_nobody_is_paid_without_an_identity_and_it_is_planned_once_there_is_one(
    shelf: Shelf,
) -> None:
    """KOB-1."""
    from sqlalchemy import text

    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who)

    def forget(db: object) -> None:
        db.connection().execute(text("UPDATE contract SET identity_id = NULL"))  # type: ignore[attr-defined]
        db.connection().execute(text("UPDATE identity_check SET revoked_at = verified_at"))  # type: ignore[attr-defined]

    shelf.database.write(forget)
    sell(shelf, contract_id, in_store=True)
    assert shelf.payouts(contract_id) == []
    assert "identity_for_payout" in shelf.open_tasks()
    shelf.identify(who)
    for _ in range(2):
        shelf.write(settling.note_paid, shelf.now)
    assert len(shelf.payouts(contract_id)) == 1
    assert "identity_for_payout" not in shelf.open_tasks()


def test_a_contract_whose_check_is_revoked_is_paid_on_the_one_that_serves(shelf: Shelf) -> None:
    """KOB-1: a payment planned on it waits, and rests on the next check with its contract."""
    who = shelf.consignor()
    first, _ = shelf.consigned(who)
    second, _ = shelf.consigned(who)
    old = shelf.contract(first).identity_id
    assert old is not None
    sell(shelf, first, in_store=True)
    shelf.database.write(
        lambda db: identity.revoke(db, old, doubt=Doubt.MISTAKE, by="t", now=shelf.now)
    )
    sell(shelf, second, in_store=True)
    assert shelf.payouts(second) == []
    shelf.write(settling.go_on, who, now=shelf.now)
    assert shelf.payouts(first)[0].identity_id == old
    new = shelf.identify(who)
    shelf.write(settling.note_paid, shelf.now)
    for each in (first, second):
        assert [payout.identity_id for payout in shelf.payouts(each)] == [new]
        assert shelf.contract(each).identity_id == new
    version = shelf.contract(first).version
    shelf.write(settling.note_paid, shelf.now)
    shelf.write(settling.go_on, who, now=shelf.now)
    assert shelf.contract(first).version == version
    assert shelf.is_replayed()


def test_a_piece_not_under_an_active_contract_is_not_sold(shelf: Shelf) -> None:
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who)
    shelf.withdraw(contract_id, who)
    with pytest.raises(NotForSale):
        sell(shelf, contract_id)
    with pytest.raises(NotForSale):
        shelf.write(selling.require_sellable, unit_id)


def test_the_plan_of_a_second_payment_is_refused(shelf: Shelf) -> None:
    """Invariant: each sale is paid exactly once."""
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who)
    sell(shelf, contract_id, in_store=True)
    with pytest.raises(payouts.AlreadyPlanned):
        shelf.database.write(
            lambda db: settling.plan_payment(
                db, contracts.locked(db, contract_id), by="t", now=shelf.now
            )
        )


@given(st.integers(0, 10_000_000))
@settings(max_examples=300, deadline=None)
def test_basis_is_always_payout_and_commission(basis: int) -> None:
    share = consignment_payout(ConsignmentTerms(), Yen(basis))
    assert share.payout + share.commission == share.basis
    assert 0 <= share.commission_tax * 11 <= share.commission + 10


def test_every_state_is_reached_and_every_end_is_one() -> None:
    reached = {after for states in MOVES.values() for after in states}
    assert reached == set(ContractState) - {ContractState.PROPOSED}
    ends = {state for state, after in MOVES.items() if not after}
    assert ends == {
        ContractState.DECLINED, ContractState.CLOSED, ContractState.RENEWED,
        ContractState.RETURNED,
    }  # fmt: skip
    assert not may_move(ContractState.PAID, ContractState.ACTIVE)


def test_a_foreign_consignor_sees_no_contract(shelf: Shelf) -> None:
    who, other = shelf.consignor(), shelf.consignor()
    contract_id, _ = shelf.consigned(who)
    with pytest.raises(contracts.ContractMissing):
        shelf.write(
            ending.withdraw, contract_id, actor=person(other), now=shelf.now, key=shelf.key()
        )
