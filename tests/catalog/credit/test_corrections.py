"""Goodwill, extension, adjustment, and giving credit up: with a reason, by the right people."""

import pytest
from sqlmodel import select

from catalog.credit import corrections
from catalog.credit.corrections import ApprovalWanted, ExtensionRefused, LotShort, StaffOnly
from catalog.credit.posting import CreditMalformed
from catalog.credit.terms import Origin
from catalog.duties.actors import BOT, Actor, Role
from catalog.ground import journal, worklist
from catalog.ground.money import Yen
from tests.catalog.credit.books import MANAGER, STORE, Books, day, tokyo


def test_goodwill_is_a_new_free_lot_with_its_reason_kept(books: Books) -> None:
    """R-115, PRE-2."""
    misaki = books.customer()
    lot = books.goodwill(misaki, 3_000)
    row = books.lot(lot.lot_id)
    assert (row.origin, row.is_paid, row.expires_on) == ("goodwill", False, day("2026-12-30"))
    assert books.entries(lot.lot_id)[0].reason == "late parcel"
    acts = books.database.read(lambda db: journal.of(db, f"account:{row.account_id}"))
    assert acts[-1].actor == "staff:S1"
    assert "late parcel" not in str(acts[-1].facts)
    told = books.database.read(lambda db: list(db.exec(select(worklist.Work))))
    assert [work.facts["phase"] for work in told] == ["credit_goodwill"]
    books.add_up()


def test_much_goodwill_needs_a_second_person_who_may(books: Books) -> None:
    """R-115: above the shop's limit."""
    misaki = books.customer()
    assert books.goodwill(misaki, 30_000).amount == 30_000
    for approved_by in (None, STORE, Actor("S2", Role.STORE)):
        with pytest.raises(ApprovalWanted) as wanted:
            books.goodwill(misaki, 30_001, approved_by=approved_by)
        assert wanted.value.limit == 30_000
    with pytest.raises(ApprovalWanted):
        books.goodwill(misaki, 30_001, actor=MANAGER, approved_by=MANAGER)
    assert books.goodwill(misaki, 30_001, approved_by=MANAGER).amount == 30_001
    with pytest.raises(StaffOnly):
        books.goodwill(misaki, 1, actor=BOT)


def _extend(books: Books, lot_id: str, until: str, *, actor: Actor = STORE) -> None:
    books.write(
        corrections.extend, lot_id, day(until), reason="in hospital", actor=actor, now=books.now,
        key=books.key(),
    )  # fmt: skip


def test_only_living_free_credit_is_prolonged(books: Books) -> None:
    """R-115, PRE-2."""
    misaki = books.customer()
    paid = books.issue(misaki, 1_000, Origin.RETURN)
    free = books.issue(misaki, 1_000, Origin.PROMO)
    _extend(books, free.lot_id, "2026-12-31")
    assert books.lot(free.lot_id).expires_on == day("2026-12-31")
    with pytest.raises(ExtensionRefused):
        _extend(books, paid.lot_id, "2027-12-31")
    with pytest.raises(ExtensionRefused):
        _extend(books, free.lot_id, "2026-12-31")
    with pytest.raises(StaffOnly):
        _extend(books, free.lot_id, "2027-01-31", actor=BOT)
    books.now = tokyo("2027-01-01T00:00")
    with pytest.raises(ExtensionRefused):
        _extend(books, free.lot_id, "2027-01-31")
    books.add_up()


def _adjust(books: Books, lot_id: str, amount: int, *, reason: str = "typed twice") -> Yen:
    return books.write(
        corrections.adjust, lot_id, Yen(amount), reason=reason, actor=STORE, now=books.now,
        key=f"adjust-{amount}",
    )  # fmt: skip


def test_an_adjustment_takes_a_mistake_out_as_far_as_it_is_there(books: Books) -> None:
    """R-115."""
    misaki = books.customer()
    lot = books.issue(misaki, 10_000)
    books.spend(misaki, 4_000)
    assert _adjust(books, lot.lot_id, 5_000) == 1_000
    assert _adjust(books, lot.lot_id, 5_000) == 1_000
    with pytest.raises(LotShort):
        _adjust(books, lot.lot_id, 1_001)
    with pytest.raises(CreditMalformed):
        _adjust(books, lot.lot_id, 1, reason=" ")
    books.add_up()
