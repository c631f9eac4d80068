"""Two workers at once: one acceptance, one list, one payment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from catalog.buyback import paying
from catalog.buyback.payouts import batches
from catalog.buyback.payouts.answers import Outcome
from catalog.buyback.stages import Stage
from catalog.duties.identity.methods import Method
from catalog.duties.rules import Channel, Means
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import ShopError
from tests.catalog.buyback.deals import ACCOUNTING, CASHIER, STORE, Deals


def at_once(act: Callable[[int], Any], times: int = 8) -> list[Any]:
    """The results; an answer of the shop counts as one."""

    def one(number: int) -> Any:
        try:
            return act(number)
        except ShopError as answer:
            return answer

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_one_key_accepts_once_however_often_it_comes(deals: Deals) -> None:
    """CMD-1: every worker answers the same."""
    seller = deals.seller()
    case_id = deals.here(seller)
    quote_id = deals.offered(case_id)
    told = at_once(lambda _: deals.accept(seller, quote_id, credit=0, key="one"))
    assert len({each.version for each in told}) == 1
    assert len(deals.payouts(case_id)) == 1
    deals.adds_up()


def test_many_acceptances_sell_a_piece_once(deals: Deals) -> None:
    seller = deals.seller()
    case_id = deals.here(seller)
    quote_id = deals.offered(case_id)
    told = at_once(lambda n: deals.accept(seller, quote_id, key=f"each{n}"))
    assert sum(not isinstance(each, ShopError) for each in told) == 1
    assert len(deals.payouts(case_id)) == 1
    deals.adds_up()


def test_lists_made_at_once_take_each_payout_once(deals: Deals) -> None:
    seller = deals.seller()
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    on = tokyo_day(deals.now)
    told = at_once(
        lambda n: deals.do(batches.prepare, on=on, actor=ACCOUNTING, key=f"list{n}"), times=4
    )
    assert sum(not isinstance(each, (ShopError, Exception)) for each in told) == 1


def test_the_banks_answer_read_twice_at_once_pays_once(deals: Deals) -> None:
    deals.originator()
    seller = deals.seller()
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    batch = deals.batch()
    deals.file(batch.id)
    reply = deals.reply(batch.id, {1: Outcome.PAID})
    told = at_once(
        lambda _: deals.database.write(
            lambda db: paying.take_answer(db, batch.id, reply, actor=CASHIER, now=deals.now)
        ),
        times=4,
    )
    assert sum(each.paid for each in told) == 1
    assert deals.stage(case_id) is Stage.PAID
    deals.adds_up()


def test_two_tills_pay_cash_once(deals: Deals) -> None:
    seller = deals.seller(method=Method.FACE_TO_FACE)
    case_id = deals.here(seller, channel=Channel.STORE_DROP)
    deals.accept(seller, deals.offered(case_id), means=Means.CASH)
    (payout,) = deals.payouts(case_id)
    told = at_once(
        lambda n: deals.do(paying.pay_cash, payout.id, actor=STORE, key=f"till{n}"), times=4
    )
    assert sum(isinstance(each, str) for each in told) == 1
    assert deals.balances(case_id) == {"goods": 400_000, "cash": -400_000}
    deals.adds_up()
