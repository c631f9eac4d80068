"""A seller's piece lost on its way, either way, or broken in the shop: made good once, at least
with what was last offered (R-049, PAY-1).
"""

import pytest

from catalog.buyback import answers, compensating, paying, returns, timers, transit
from catalog.buyback.answers import After
from catalog.buyback.cases import MoverRefused, StageRefused, Standing
from catalog.buyback.compensating import BelowOffer
from catalog.buyback.payouts.answers import Outcome
from catalog.buyback.stages import Stage
from catalog.ground.money import Yen
from catalog.orders import tracking
from catalog.orders.tracking import TrackingLine
from tests.catalog.buyback.deals import (
    ACCOUNTING,
    APPRAISER,
    CASHIER,
    MANAGER,
    STORE,
    Deals,
)


def sent_in(deals: Deals) -> str:
    """A case whose piece is with the carrier; its id."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id)
    deals.do(transit.in_transit, case_id, tracking_no="4711", actor=STORE)
    return case_id


def make_good(deals: Deals, case_id: str, amount: int, **told: object) -> Standing:
    facts = {"reason": "輸送中の紛失", "actor": MANAGER, **told}
    return deals.do(compensating.compensate, deals.piece(case_id).id, Yen(amount), **facts)


def answered(deals: Deals, batch_id: str, outcome: Outcome) -> None:
    """The bank answers the only line of the list."""
    reply = deals.reply(batch_id, {1: outcome})
    deals.database.write(
        lambda db: paying.take_answer(db, batch_id, reply, actor=CASHIER, now=deals.now)
    )


def test_a_parcel_that_never_came_is_made_good_and_paid_by_the_list(deals: Deals) -> None:
    case_id = sent_in(deals)
    for actor in (STORE, APPRAISER):
        with pytest.raises(MoverRefused):
            make_good(deals, case_id, 400_000, actor=actor)
    for _ in range(2):
        make_good(deals, case_id, 400_000, key="once")
    assert deals.stage(case_id) is Stage.COMPENSATED
    unit = deals.unit(case_id)
    assert (unit.state, unit.owner_kind, unit.custody) == ("lost_damaged", "dealer", "carrier")
    assert deals.notices(f"case:{case_id}").count("piece_compensated") == 1
    [payout] = deals.payouts(case_id)
    assert payout.amount == 400_000
    assert MANAGER.name in payout.hands
    deals.later(hours=24 * 5)
    deals.at(timers.raise_alarms)
    assert deals.tasks("case_late") == []
    deals.originator()
    batch = deals.batch()
    assert deals.file(batch.id)
    answered(deals, batch.id, Outcome.PAID)
    assert deals.payouts(case_id)[0].status == "paid"
    assert deals.told(f"case:{case_id}", "paid")["amount"] == 400_000
    assert deals.balances(case_id) == {"goods": 400_000, "bank": -400_000}
    with pytest.raises(StageRefused):
        make_good(deals, case_id, 400_000)
    deals.adds_up()


def test_what_the_bank_sends_back_is_still_owed(deals: Deals) -> None:
    case_id = sent_in(deals)
    make_good(deals, case_id, 400_000)
    deals.originator()
    batch = deals.batch()
    assert deals.file(batch.id)
    answered(deals, batch.id, Outcome.NO_ACCOUNT)
    assert [each.status for each in deals.payouts(case_id)] == ["failed"]
    deals.do(paying.try_again, deals.payouts(case_id)[0].id, actor=ACCOUNTING)
    assert [each.status for each in deals.payouts(case_id)] == ["planned"]
    deals.adds_up()


def test_lost_on_its_way_home_it_is_worth_what_was_last_offered(deals: Deals) -> None:
    seller = deals.seller()
    case_id = deals.here(seller)
    quote_id = deals.offered(case_id, 400_000)
    deals.do(answers.decline, quote_id, after=After.RETURN, actor=seller)
    deals.do(returns.send_back, case_id, tracking_no="4712", actor=STORE)
    with pytest.raises(BelowOffer) as refused:
        make_good(deals, case_id, 399_999)
    assert refused.value.least == 400_000
    make_good(deals, case_id, 400_000)
    assert deals.stage(case_id) is Stage.COMPENSATED
    deals.adds_up()


def test_broken_in_the_shop_its_offer_ends(deals: Deals) -> None:
    case_id = deals.here(deals.seller())
    deals.offered(case_id, 400_000)
    make_good(deals, case_id, 450_000)
    assert deals.stage(case_id) is Stage.COMPENSATED
    deals.later(hours=24 * 20)
    deals.at(timers.expire)
    assert "offer_expired" not in deals.notices(f"case:{case_id}")
    deals.adds_up()


def test_what_is_sold_is_paid_and_not_compensated(deals: Deals) -> None:
    seller = deals.seller()
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    with pytest.raises(StageRefused):
        make_good(deals, case_id, 400_000)


def test_a_late_word_of_the_carrier_promises_nothing(deals: Deals) -> None:
    case_id = sent_in(deals)
    number = deals.case(case_id).case_no
    make_good(deals, case_id, 400_000)
    line = TrackingLine("yamato", "4711", "配達完了", deals.now, case_no=number)
    deals.database.write(lambda db: tracking.track(db, line, by="carrier", now=deals.now))
    assert deals.case(case_id).alarm_at is None
    assert deals.unit(case_id).state == "lost_damaged"


def test_without_an_identity_it_waits_and_is_not_lost(deals: Deals) -> None:
    """KOB-1, QUO-8: nobody is paid whose name is not known."""
    seller = deals.seller(checked=False)
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id)
    deals.do(transit.in_transit, case_id, tracking_no="4711", actor=STORE)
    make_good(deals, case_id, 50_000)
    deals.originator()
    assert [each.status for each in deals.payouts(case_id)] == ["planned"]
    deals.adds_up()
