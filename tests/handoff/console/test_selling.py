"""A sale of the counter, the telephone or another site is entered at the console: shown, kept for
the buyer, paid once (R-093, CRD-7).
"""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from catalog.customers.tables import Customer
from catalog.duties.actors import Role
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from catalog.orders.tables import SaleOrder, Tender
from tests.catalog.orders.counter import Counter
from tests.handoff.console.window import Opened, window


@pytest.fixture
def counter(database: Database) -> Counter:
    return Counter(database)


@pytest.fixture
def seat(counter: Counter) -> Iterator[Opened]:
    with window(counter.database, lambda: counter.now) as opened:
        yield opened


def number(counter: Counter, who: CustomerId) -> str:
    return counter.read(lambda db: db.get_one(Customer, who).customer_no)


def orders(counter: Counter) -> list[SaleOrder]:
    return counter.read(lambda db: list(db.exec(select(SaleOrder))))


def test_a_sale_at_the_counter_is_shown_and_entered_once(counter: Counter, seat: Opened) -> None:
    who, store = counter.customer(), seat("店", Role.STORE)
    unit_id = counter.owned("W-1", 300_000)
    sold = {"customer": number(counter, who), "items": "w-1"}
    assert 'href="/console/sale"' in store.page("/console/orders")
    shown = store.send("/console/sale", "/console/sale", reference="R-5", **sold)
    assert "¥300,000" in shown.text
    assert orders(counter) == []  # only looked at
    assert store.confirm(shown, times=2).status_code == 303
    [made] = orders(counter)
    assert (made.state, made.delivery, made.total) == ("paid", "in_store", 300_000)
    [tender] = counter.read(lambda db: list(db.exec(select(Tender))))
    assert (tender.kind, tender.amount, tender.reference) == ("card", 300_000, "R-5")
    assert counter.unit(unit_id).state == "sold"
    taken = store.send("/console/sale", "/console/sale", reference="R-6", **sold)
    assert "W-1 は、ほかのお客様の" in taken.text
    nobody = store.send("/console/sale", "/console/sale", items="W-1", customer="C-404")
    assert "会員番号のお客様が見つかりません" in nobody.text
    assert seat("経理", Role.ACCOUNTING).get("/console/sale").status_code == 403


def test_a_sale_is_entered_at_the_price_that_was_confirmed_or_not_at_all(
    counter: Counter, seat: Opened
) -> None:
    """A colleague reprices the piece between the page and its button (R-093)."""
    who, store = counter.customer(), seat("店", Role.STORE)
    unit_id = counter.owned("W-1", 410_000)
    told = {"customer": number(counter, who), "items": "W-1", "reference": "R-5"}
    shown = store.send("/console/sale", "/console/sale", **told)
    counter.priced(unit_id, 390_000)
    refused = store.confirm(shown)
    assert refused.status_code == 409
    assert "合計が ¥410,000 から ¥390,000 に変わった" in refused.text
    assert orders(counter) == []
    store.confirm(store.send("/console/sale", "/console/sale", **told))
    assert [each.total for each in orders(counter)] == [390_000]


def test_what_is_paid_later_is_kept_and_then_paid_to_the_yen(
    counter: Counter, seat: Opened
) -> None:
    who, store = counter.customer(), seat("店", Role.STORE)
    counter.owned("W-1", 300_000)
    told = {"customer": number(counter, who), "items": "W-1", "delivery": "ship"}
    shown = store.send(
        "/console/sale", "/console/sale", means="later", keep="3", order_no="楽-1", **told
    )
    assert "お取り置きします" in shown.text
    store.confirm(shown)
    [made] = orders(counter)
    assert (made.order_no, made.state) == ("楽-1", "open")
    path = "/console/orders/%E6%A5%BD-1"
    counter.go(days=2)
    store = seat("店の別の者", Role.STORE)
    assert store.send(path, f"{path}/pay", times=2, reference="振込 8").status_code == 303
    assert [each.state for each in orders(counter)] == ["paid"]
    assert counter.told(f"order:{made.id}").count("order_confirmed") == 1
    assert "梱包を記録する" in store.page(path)
    assert f"{path}/pay" not in store.page(path)
