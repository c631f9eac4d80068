"""What waits for a second person: changed by nobody alone, answered once (R-115)."""

import pytest

from catalog.credit import asking
from catalog.credit.asking import Kind, Wish, WishMissing
from catalog.credit.corrections import ApprovalWanted, LotShort
from catalog.ground import worklist
from catalog.ground.money import Yen
from catalog.ground.session.database import Database
from tests.catalog.credit.books import MANAGER, OWNER, STORE, Books


@pytest.fixture
def books(database: Database) -> Books:
    return Books(database)


def waiting(books: Books) -> list[asking.Waiting]:
    return list(books.database.read(asking.waiting))


def test_a_wish_changes_nothing_until_another_manager_carries_it_out(books: Books) -> None:
    who = books.customer()
    wish = Wish(Kind.GOODWILL, who, Yen(50_000), "late parcel")
    for _ in range(2):
        books.write(asking.ask, wish, actor=STORE, now=books.now, key="w1")
    [asked] = waiting(books)
    assert (asked.wish, asked.asked_by) == (wish, STORE)
    with pytest.raises(ApprovalWanted):
        books.write(asking.agree, asked.id, actor=STORE, now=books.now)
    assert books.balance(who).spendable == 0
    books.write(asking.agree, asked.id, actor=MANAGER, now=books.now)
    for answer in (asking.agree, asking.refuse):
        with pytest.raises(WishMissing):
            books.write(answer, asked.id, actor=OWNER, now=books.now)
    assert books.balance(who).spendable == 50_000
    assert waiting(books) == []
    books.add_up()


def test_a_wish_is_found_behind_any_number_of_older_tasks(books: Books) -> None:
    """R-115: nobody has to end what else is open before an approval shows."""
    for number in range(201):
        books.write(worklist.task, "pack_order", f"order:{number}", due_at=books.now, now=books.now)
    wish = Wish(Kind.GOODWILL, books.customer(), Yen(50_000), "late parcel")
    books.write(asking.ask, wish, actor=STORE, now=books.now, key="w1")
    assert [each.wish for each in waiting(books)] == [wish]


def test_what_cannot_be_done_any_more_stays_asked(books: Books) -> None:
    """The refusal of the change takes the answer back too."""
    who = books.customer()
    lot = books.issue(who, 60_000)
    wish = Wish(Kind.ADJUST, who, Yen(50_000), "typed twice", lot.lot_id)
    books.write(asking.ask, wish, actor=MANAGER, now=books.now, key="w1")
    books.spend(who, 20_000)
    [asked] = waiting(books)
    with pytest.raises(LotShort):
        books.write(asking.agree, asked.id, actor=OWNER, now=books.now)
    assert waiting(books) == [asked]
    books.write(asking.refuse, asked.id, actor=OWNER, now=books.now)
    assert waiting(books) == []
    assert books.left(lot) == [40_000]
