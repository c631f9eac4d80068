"""Taking back touches only the lot it concerns; what was spent is owed."""

import pytest

from catalog.credit import reversal
from catalog.credit.corrections import ApprovalWanted
from catalog.credit.posting import CreditMalformed, LotMissing
from catalog.credit.reversal import ReceivableLess, ReceivableMissing, ReversalTooHigh
from catalog.credit.terms import Origin
from catalog.duties.actors import Actor, Role
from catalog.ground.money import Yen
from tests.catalog.credit.books import MANAGER, STORE, Books, tokyo


def test_a_reversal_takes_from_its_lot_and_the_rest_is_owed(books: Books) -> None:
    """CRD-9."""
    misaki = books.customer()
    lot = books.issue(misaki, 10_000, Origin.TRADE_IN)
    other = books.issue(misaki, 4_000, Origin.RETURN)
    books.spend(misaki, 11_000)
    told = books.reverse(lot.lot_id, 10_000, key="k")
    assert (told.taken, told.owed) == (3_000, 7_000)
    assert books.reverse(lot.lot_id, 10_000, key="k") == told
    assert books.left(lot, other) == [0, 0]
    assert books.balance(misaki).owed == 7_000
    books.add_up()


def test_other_lots_are_never_touched(books: Books) -> None:
    """CRD-9."""
    misaki = books.customer()
    spent = books.issue(misaki, 3_000, Origin.RETURN)
    other = books.issue(misaki, 4_000, Origin.TRADE_IN)
    books.spend(misaki, 3_000)
    assert books.reverse(spent.lot_id, 3_000).owed == 3_000
    assert books.left(other) == [4_000]


def test_no_more_is_taken_back_than_was_given(books: Books) -> None:
    misaki = books.customer()
    lot = books.issue(misaki, 1_000)
    books.spend(misaki, 400)
    books.reverse(lot.lot_id, 900)
    with pytest.raises(ReversalTooHigh) as high:
        books.reverse(lot.lot_id, 101)
    assert (high.value.rest, high.value.asked) == (100, 101)
    with pytest.raises(LotMissing):
        books.reverse("nothing", 1)
    for amount in (0, -1):
        with pytest.raises(CreditMalformed):
            books.reverse(lot.lot_id, amount)
    books.add_up()


def test_credit_that_is_over_is_not_taken_whether_or_not_the_job_has_run(books: Books) -> None:
    """CRD-9, CRD-10."""
    misaki = books.customer()
    lot = books.issue(misaki, 1_000, Origin.RETURN)
    books.now = tokyo("2027-03-31T00:00")
    told = books.reverse(lot.lot_id, 1_000)
    assert (told.taken, told.owed) == (0, 1_000)
    assert books.lot(lot.lot_id).expired == 1_000
    books.add_up()


def test_what_is_owed_is_settled_once(books: Books) -> None:
    misaki = books.customer()
    lot = books.issue(misaki, 1_000)
    books.spend(misaki, 1_000)
    receivable = books.reverse(lot.lot_id, 1_000).receivable_id
    assert receivable is not None
    told = {"reason": "paid in cash", "by": "staff:1", "now": books.now}
    for _ in range(2):
        assert books.write(reversal.settle, receivable, Yen(600), key="a", **told) == 400
    with pytest.raises(ReceivableLess):
        books.write(reversal.settle, receivable, Yen(401), key="b", **told)
    with pytest.raises(ReceivableMissing):
        books.write(reversal.settle, "none", Yen(1), key="c", **told)
    assert books.balance(misaki).owed == 400
    books.add_up()
    told_why = [each.reason for each in books.entries(lot.lot_id) if each.kind == "adjust"]
    assert told_why == ["paid in cash"]


def test_what_is_owed_is_given_up_alone_up_to_the_limit_and_by_two_above_it(books: Books) -> None:
    """R-115: like goodwill, and never more than is owed."""
    misaki = books.customer()
    lot = books.issue(misaki, 90_000)
    books.spend(misaki, 90_000)
    receivable = books.reverse(lot.lot_id, 90_000).receivable_id
    told = {"reason": "an old friend of the house", "actor": STORE, "now": books.now}
    for _ in range(2):
        assert books.write(reversal.forgive, receivable, Yen(5_000), key="a", **told) == 85_000
    for second in (None, STORE, Actor("S2", Role.STORE)):
        with pytest.raises(ApprovalWanted):
            books.write(
                reversal.forgive, receivable, Yen(60_000), key="b", approved_by=second, **told
            )
    with pytest.raises(ReceivableLess):
        books.write(reversal.forgive, receivable, Yen(85_001), key="c", approved_by=MANAGER, **told)
    assert books.write(
        reversal.forgive, receivable, Yen(60_000), key="d", approved_by=MANAGER, **told
    ) == 25_000  # fmt: skip
    assert books.balance(misaki).owed == 25_000
    books.add_up()
