"""The buyback guarantee: in the term never less than first offered, outside it never (CON-7)."""

from datetime import timedelta

import pytest
from sqlmodel import select

from catalog.buyback import books
from catalog.consignment import ending, guarantee, queries
from catalog.consignment.guarantee import OfferMoved, OfferTooLow
from catalog.consignment.states import RequestState
from catalog.consignment.tables import GuaranteeRequest
from catalog.duties.identity.queries import IdentityMissing
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.items.kinds import UnitState
from catalog.items.reservations import reserve, unreserve
from tests.catalog.consignment.shelf import STAFF, Shelf, day, person, tokyo


def _reserve(shelf: Shelf, unit_id: str, order: str = "o1") -> None:
    shelf.write(
        reserve, unit_id, order_id=order, until=shelf.now + timedelta(minutes=30), by="t",
        now=shelf.now,
    )  # fmt: skip


def _lapse(shelf: Shelf, unit_id: str, order: str = "o1") -> None:
    shelf.write(unreserve, unit_id, order_id=order, by="t", now=shelf.now)
    shelf.write(ending.free_again, unit_id, by="t", now=shelf.now)


def test_on_day_150_the_first_price_is_paid_the_next_bank_day(shelf: Shelf) -> None:
    """R-071: the market may have fallen, the amount has not."""
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who, guarantee=200_000)
    shelf.now = tokyo("2027-02-28 15:00")  # day 150, a Sunday
    answer = shelf.request(contract_id, who)
    assert (answer.state, answer.amount, answer.pay_on) == (
        RequestState.ACCEPTED, 200_000, day("2027-03-01"),
    )  # fmt: skip
    unit, contract = shelf.unit(unit_id), shelf.contract(contract_id)
    assert (unit.state, unit.owner_kind, unit.owner_id, unit.cost) == (
        "stock", "dealer", None, 200_000,
    )  # fmt: skip
    assert (contract.state, contract.basis, contract.commission) == ("converted", 200_000, 0)
    (payout,) = shelf.payouts(contract_id)
    assert (payout.amount, payout.due_on, payout.status) == (
        200_000, day("2027-03-01"), "planned",
    )  # fmt: skip
    assert "guarantee_converted" in shelf.told(f"contract:{contract_id}")
    assert shelf.is_replayed()


@pytest.mark.parametrize(
    ("sent_at", "reason"),
    [
        ("2026-10-01 00:00:00", None),  # the day of start counts from its midnight
        ("2027-03-30 23:59:59", None),
        ("2027-03-31 00:00:00", "term_over"),
        ("2026-09-30 23:59:59", "term_over"),
    ],
)
def test_the_instant_of_sending_decides(shelf: Shelf, sent_at: str, reason: str | None) -> None:
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who, guarantee=200_000)
    shelf.go(days=181)  # looked at after the term
    answer = shelf.request(contract_id, who, sent_at=tokyo(sent_at))
    assert answer.reason == reason
    assert shelf.contract(contract_id).state == ("active" if reason else "converted")


def test_a_refusal_is_kept_and_changes_nothing_else(shelf: Shelf) -> None:
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who, guarantee=200_000, is_listed=False)
    answer = shelf.request(contract_id, who)
    assert (answer.state, answer.reason) == (RequestState.REFUSED, "unit_consigned")
    none_id, _ = shelf.consigned(who)
    assert shelf.request(none_id, who).reason == "no_guarantee"
    assert shelf.unit(unit_id).state == "consigned"
    assert shelf.payouts(contract_id) == []
    assert shelf.is_replayed()


def test_a_request_during_a_reservation_is_parked_and_honoured_when_it_lapses(
    shelf: Shelf,
) -> None:
    """Even when the term has ended meanwhile; paid from the instant it lapsed."""
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who, guarantee=200_000)
    shelf.now = tokyo("2027-03-30 23:50")
    _reserve(shelf, unit_id)
    answer = shelf.request(contract_id, who)
    assert (answer.state, answer.reason) == (RequestState.PARKED, "unit_reserved")
    assert shelf.request(contract_id, who).state is RequestState.PARKED
    shelf.now = tokyo("2027-03-31 00:00")
    shelf.write(ending.run_terms, shelf.now)
    assert shelf.contract(contract_id).state == "active"
    told = shelf.read(lambda db: queries.exposure(db, on=tokyo_day(shelf.now)))
    assert [each.guarantee for each in told.rows] == [200_000]  # still owed
    shelf.now = tokyo("2027-03-31 00:20")
    _lapse(shelf, unit_id)
    contract = shelf.contract(contract_id)
    assert (contract.state, contract.payout, contract.pay_on) == (
        "converted", 200_000, day("2027-03-31"),
    )  # fmt: skip
    rows = shelf.read(lambda db: db.exec(select(GuaranteeRequest)).all())
    assert [row.state for row in rows] == ["accepted"]
    assert shelf.is_replayed()


def test_the_better_of_two_offers_counts(shelf: Shelf) -> None:
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who, guarantee=200_000)
    offer = {"actor": STAFF, "now": shelf.now}
    with pytest.raises(OfferTooLow):
        shelf.write(guarantee.raise_offer, contract_id, Yen(199_999), **offer, key="a")
    shelf.write(guarantee.raise_offer, contract_id, Yen(230_000), **offer, key="b")
    told = shelf.read(lambda db: queries.exposure(db, on=tokyo_day(shelf.now)))
    assert told.owed == 230_000  # what the shop would have to pay
    assert shelf.request(contract_id, who).amount == 230_000


def test_a_guarantee_sent_many_times_is_paid_once(shelf: Shelf) -> None:
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who, guarantee=200_000)
    answers = {shelf.request(contract_id, who, key="g") for _ in range(5)}
    assert len(answers) == 1
    again = shelf.request(contract_id, who)
    assert (again.state, again.reason) == (RequestState.REFUSED, "unit_stock")
    assert len(shelf.payouts(contract_id)) == 1


def test_without_an_identity_the_parked_request_waits_and_nobody_buys_the_piece(
    shelf: Shelf,
) -> None:
    """Taken over without a check: the promise holds, the money waits (KOB-1)."""
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who, guarantee=200_000)

    def forget(db: object) -> None:
        from sqlalchemy import text

        db.connection().execute(text("UPDATE contract SET identity_id = NULL"))  # type: ignore[attr-defined]
        db.connection().execute(text("UPDATE identity_check SET revoked_at = verified_at"))  # type: ignore[attr-defined]

    shelf.database.write(forget)
    with pytest.raises(IdentityMissing):
        shelf.request(contract_id, who)
    _reserve(shelf, unit_id)
    shelf.request(contract_id, who)
    shelf.go(minutes=20)
    lapsed_on = shelf.now
    _lapse(shelf, unit_id)
    assert shelf.unit(unit_id).state == UnitState.UNLISTED
    assert "identity_for_guarantee" in shelf.open_tasks()
    shelf.go(days=5)
    shelf.identify(who)
    shelf.write(ending.run_terms, shelf.now)
    contract = shelf.contract(contract_id)
    assert (contract.state, contract.payout) == ("converted", 200_000)
    assert contract.pay_on == lapsed_on.date()
    assert "identity_for_guarantee" not in shelf.open_tasks()
    assert shelf.is_replayed()


def test_after_the_term_a_fresh_offer_can_be_taken_as_it_was_shown(shelf: Shelf) -> None:
    """CON-9: choices are renew, a fresh offer, return."""
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who, guarantee=200_000)
    shelf.now = tokyo("2027-03-31 00:00")
    shelf.write(ending.run_terms, shelf.now)
    assert shelf.contract(contract_id).state == "term_ended"
    shelf.write(
        guarantee.raise_offer, contract_id, Yen(210_000), actor=STAFF, now=shelf.now, key="o"
    )
    told = {"actor": person(who), "now": shelf.now}
    sell = guarantee.sell_at_fresh_offer
    with pytest.raises(OfferMoved):
        shelf.write(sell, contract_id, amount=Yen(220_000), **told, key="1")
    shelf.write(sell, contract_id, amount=Yen(210_000), **told, key="2")
    assert shelf.contract(contract_id).payout == 210_000
    assert shelf.is_replayed()


def test_the_books_of_a_conversion_sum_to_zero(shelf: Shelf) -> None:
    """R-080."""
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who, guarantee=200_000)
    shelf.request(contract_id, who)
    told = shelf.read(lambda db: books.balances(db, f"contract:{contract_id}"))
    assert sum(told.values()) == 0
    assert told[books.Account.PAYOUT] == -200_000


def test_a_request_sent_in_time_and_read_after_the_term_is_honoured(shelf: Shelf) -> None:
    """CON-7: the instant of sending decides, not when somebody reads it."""
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who, guarantee=200_000)
    shelf.now = tokyo("2027-03-31 09:00")
    shelf.write(ending.run_terms, shelf.now)
    assert shelf.contract(contract_id).state == "term_ended"
    answer = shelf.request(contract_id, who, sent_at=tokyo("2027-03-30 23:59:59"))
    assert (answer.state, answer.amount) == (RequestState.ACCEPTED, 200_000)
    assert shelf.unit(unit_id).owner_kind == "dealer"
    assert [each.amount for each in shelf.payouts(contract_id)] == [200_000]
    assert shelf.is_replayed()
