"""Goods and papers that never come: their customer is reminded once, then a person may end it, and
nobody before (R-047, R-061).
"""

import pytest

from catalog.buyback import awaiting, timers, transit
from catalog.buyback.awaiting import StillAwaited
from catalog.buyback.cases import StageRefused
from catalog.buyback.stages import Stage
from catalog.duties.identity.actions import StaffNeeded
from catalog.duties.rules import Channel
from tests.catalog.buyback.deals import STORE, Deals


def tick(deals: Deals, days: int) -> None:
    deals.later(hours=24 * days)
    deals.at(timers.raise_alarms)


@pytest.mark.parametrize("channel", [Channel.MAIL_IN, Channel.STORE_DROP])
def test_goods_that_never_come_end_by_a_person(deals: Deals, channel: Channel) -> None:
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id, channel)
    if channel is Channel.MAIL_IN:
        deals.do(transit.kit_sent, case_id, tracking_no="4711", actor=STORE)
    about = f"case:{case_id}"
    tick(deals, 13)
    assert "goods_awaited" not in deals.notices(about)
    tick(deals, 1)
    tick(deals, 1)
    assert deals.notices(about).count("goods_awaited") == 1
    with pytest.raises(StillAwaited):
        deals.do(awaiting.give_up, case_id, actor=STORE)
    assert deals.tasks("goods_never_came") == []
    tick(deals, 15)
    tick(deals, 5)
    assert len(deals.tasks("goods_never_came")) == 1
    assert "delayed" not in deals.notices(about)
    assert deals.stage(case_id) in {Stage.SUBMITTED, Stage.KIT_SENT}  # silence ends nothing
    with pytest.raises(StaffNeeded):
        deals.do(awaiting.give_up, case_id, actor=seller)
    for _ in range(2):
        deals.do(awaiting.give_up, case_id, actor=STORE, key="once")
    assert (deals.stage(case_id), deals.unit(case_id).state) == (Stage.CLOSED, "cancelled")
    assert deals.notices(about).count("goods_given_up") == 1
    assert [each.state for each in deals.tasks("goods_never_came")] == ["done"]
    deals.adds_up()


def test_goods_that_come_late_are_taken_in(deals: Deals) -> None:
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id, Channel.STORE_DROP)
    tick(deals, 14)
    tick(deals, 16)
    deals.arrive(case_id)
    assert deals.stage(case_id) is Stage.ARRIVED
    with pytest.raises(StageRefused):
        deals.do(awaiting.give_up, case_id, actor=STORE)


def test_a_kit_that_the_shop_never_sent_is_the_shops_to_move(deals: Deals) -> None:
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id)
    tick(deals, 40)
    assert "goods_awaited" not in deals.notices(f"case:{case_id}")
    with pytest.raises(StageRefused):
        deals.do(awaiting.give_up, case_id, actor=STORE)


def test_a_sale_without_papers_is_undone_by_a_person(deals: Deals) -> None:
    """Nothing was paid: the piece goes home and nothing is owed."""
    seller = deals.seller(checked=False)
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    assert deals.stage(case_id) is Stage.ACCEPTED
    about = f"case:{case_id}"
    tick(deals, 3)
    tick(deals, 1)
    assert deals.notices(about).count("papers_awaited") == 1
    assert "delayed" not in deals.notices(about)
    with pytest.raises(StillAwaited):
        deals.do(awaiting.give_up, case_id, actor=STORE)
    tick(deals, 10)
    assert len(deals.tasks("papers_never_came")) == 1
    for _ in range(2):
        deals.do(awaiting.give_up, case_id, actor=STORE, key="once")
    assert (deals.stage(case_id), deals.unit(case_id).state) == (
        Stage.RETURN_SHIPPING, "return_pending",
    )  # fmt: skip
    assert deals.balances(case_id) == {}
    assert deals.payouts(case_id) == []
    assert [each.state for each in deals.tasks("identity_wanted")] == ["done"]
    assert deals.notices(about).count("papers_given_up") == 1
    deals.adds_up()
