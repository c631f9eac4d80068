"""Till codes: whose credit may be held, once, for some minutes."""

from datetime import timedelta

import pytest
from sqlmodel import select

from catalog.credit import codes
from catalog.credit.codes import CodeLimit, CodeUnknown, Shown
from catalog.credit.posting import AccountMissing, CreditMalformed
from catalog.credit.tables import TillCode
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from tests.catalog.credit.books import Books


def _show(books: Books, customer: CustomerId, most: Yen | None = None) -> Shown:
    return books.write(codes.show, customer, most=most, now=books.now)


def _take(books: Books, code: str, *, amount: int = 100, key: str = "k") -> CustomerId:
    return books.write(codes.take, code, Yen(amount), now=books.now, key=key)


def test_a_code_is_good_once_and_its_command_may_ask_again(books: Books) -> None:
    """R-106."""
    misaki = books.customer()
    books.issue(misaki, 5_000)
    shown = _show(books, misaki)
    assert shown.ends_at == books.now + timedelta(minutes=15)
    assert _take(books, shown.code.lower().replace("-", " ")) == misaki
    assert _take(books, shown.code) == misaki
    with pytest.raises(CodeUnknown):
        _take(books, shown.code, key="another")
    kept = books.database.read(lambda db: db.exec(select(TillCode)).one())
    assert shown.code.replace("-", "") not in str(kept)


def test_a_code_ends_and_a_new_one_ends_the_old(books: Books) -> None:
    misaki = books.customer()
    books.issue(misaki, 5_000)
    old, new = _show(books, misaki), _show(books, misaki)
    with pytest.raises(CodeUnknown):
        _take(books, old.code)
    books.now = new.ends_at
    for code in (new.code, "AAAA-AAAA", ""):
        with pytest.raises(CodeUnknown):
            _take(books, code)


def test_the_customer_may_limit_what_is_spent(books: Books) -> None:
    misaki = books.customer()
    books.issue(misaki, 5_000)
    shown = _show(books, misaki, Yen(3_000))
    with pytest.raises(CodeLimit) as limit:
        _take(books, shown.code, amount=3_001)
    assert limit.value.most == 3_000
    assert _take(books, shown.code, amount=3_000) == misaki
    with pytest.raises(CreditMalformed):
        _show(books, misaki, Yen(0))


def test_who_has_no_account_gets_no_code(books: Books) -> None:
    with pytest.raises(AccountMissing):
        _show(books, books.customer())
