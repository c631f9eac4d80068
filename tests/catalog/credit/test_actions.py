"""Giving credit: lots with their own last days, and the bonus on what is taken as credit."""

from datetime import timedelta

import pytest
from sqlmodel import select

from catalog.credit import actions, consents
from catalog.credit.consents import ConsentMissing
from catalog.credit.posting import AccountMissing, CreditMalformed
from catalog.credit.tables import CreditAccount
from catalog.credit.terms import CreditTerms, Origin
from catalog.ground import journal, policy, worklist
from catalog.ground.journal import KeyUsedOtherwise
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from tests.catalog.credit.books import TABLES, Books, day


def test_each_origin_lives_as_long_as_its_terms_say(books: Books) -> None:
    """CRD-2, CRD-3."""
    misaki = books.customer()
    last = {origin: books.issue(misaki, 1_000, origin).expires_on for origin in Origin}
    assert last == {
        Origin.RETURN: day("2027-03-30"),
        Origin.TRADE_IN: None,
        Origin.CONSIGNMENT_PAYOUT: None,
        Origin.BONUS: day("2027-10-01"),
        Origin.GOODWILL: day("2026-12-30"),
        Origin.PROMO: day("2026-11-30"),
    }
    balance = books.balance(misaki)
    assert (balance.spendable, balance.paid, balance.free) == (6_000, 3_000, 3_000)
    assert balance.next_expires_on == day("2026-11-30")
    assert balance.ends_next == 1_000
    books.add_up()


def test_all_credit_of_a_customer_is_on_one_account_and_stays_there(books: Books) -> None:
    """CRD-1: one account a person, whatever the channel; what one holds nobody else can spend."""
    misaki, hana = books.customer("C-11"), books.customer("C-12")
    books.issue(misaki, 1_000)
    books.issue(misaki, 2_000)
    books.issue(hana, 5_000)
    accounts = books.database.read(
        lambda db: [(row.customer_id, row.id) for row in db.exec(select(CreditAccount))]
    )
    assert sorted(customer for customer, _ in accounts) == sorted([misaki, hana])
    assert books.balance(misaki).spendable == 3_000
    assert books.balance(hana).spendable == 5_000


def test_the_bonus_is_a_free_lot_of_its_own(books: Books) -> None:
    """CRD-6."""
    misaki = books.customer()
    principal, bonus = books.write(
        actions.issue_with_bonus, misaki, Origin.TRADE_IN, Yen(12_345), document="case:1",
        channel="online", by="staff:1", now=books.now, key="k",
    )  # fmt: skip
    assert bonus is not None
    assert (principal.amount, bonus.amount, bonus.origin) == (12_345, 1_234, Origin.BONUS)
    assert not books.lot(bonus.lot_id).is_paid
    none = books.write(
        actions.issue_with_bonus, misaki, Origin.TRADE_IN, Yen(9), document=None,
        channel="online", by="staff:1", now=books.now, key="k2",
    )[1]  # fmt: skip
    assert none is None
    books.add_up()


def test_a_repeat_with_the_same_key_gives_nothing_more(books: Books) -> None:
    """CMD-1."""
    misaki = books.customer()
    first = books.issue(misaki, 5_000, key="k")
    books.now += timedelta(days=1)
    assert books.issue(misaki, 5_000, key="k") == first
    assert books.balance(misaki).spendable == 5_000
    with pytest.raises(KeyUsedOtherwise):
        books.issue(misaki, 5_001, key="k")
    books.add_up()


def test_what_cannot_be_given_is_refused_and_nothing_changes(books: Books) -> None:
    misaki = books.customer()
    for amount in (0, -1, True, 1.5, "7"):
        with pytest.raises(CreditMalformed):
            books.issue(misaki, amount)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(AccountMissing):
        books.issue(CustomerId("nobody"), 100)
    assert books.entries() == []


def test_new_terms_never_reach_back_to_lots(books: Books) -> None:
    misaki = books.customer()
    old = books.issue(misaki, 1_000, Origin.RETURN)
    books.write(
        policy.amend, {"crd.life_days.return": 30}, known=[CreditTerms], by="owner", now=books.now
    )
    new = books.issue(misaki, 1_000, Origin.RETURN)
    assert books.lot(old.lot_id).expires_on == day("2027-03-30")
    assert new.expires_on == day("2026-10-31")
    assert books.lot(new.lot_id).policy_version == 1


def test_the_customer_s_consent_is_kept_with_the_lot(books: Books) -> None:
    """CRD-13."""
    misaki, other = books.customer(), books.customer("C-2")
    consent = books.write(
        consents.agree, misaki, consents.NEVER_PAID_OUT, text_version="2026-10", source="line:1",
        by="bot", now=books.now,
    )  # fmt: skip
    told = {"document": None, "channel": "online", "by": "bot", "now": books.now}
    issued = books.write(
        actions.issue, misaki, Origin.TRADE_IN, Yen(500), key="a", consent_id=consent, **told
    )
    assert books.lot(issued.lot_id).consent_id == consent
    with pytest.raises(ConsentMissing):
        books.write(
            actions.issue, other, Origin.TRADE_IN, Yen(500), key="b", consent_id=consent, **told
        )


def test_giving_credit_writes_one_journal_row_and_one_notice(books: Books) -> None:
    misaki = books.customer()
    issued = books.issue(misaki, 1_000)
    acts = books.database.read(lambda db: journal.of(db, f"account:{issued.account_id}"))
    assert [act.verb for act in acts] == ["credit_issued"]
    notices = books.database.read(lambda db: list(db.exec(select(worklist.Work))))
    assert [each.facts["phase"] for each in notices] == ["credit_issued"]
    assert notices[0].facts["to"] == f"customer:{misaki}"
    assert TABLES
