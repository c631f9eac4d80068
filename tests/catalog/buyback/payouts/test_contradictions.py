"""The bank says one thing and later another: for one sale money leaves once, what came back is paid
again, and nobody is left without a way on (R-051, QUO-8, KOB-5).
"""

import pytest

from catalog.buyback import paying, police, timers
from catalog.buyback.paying import NotContradicted, PayoutBlocked
from catalog.buyback.payouts.answers import Outcome
from catalog.buyback.payouts.batches import PayerRefused
from catalog.buyback.rescinding import take_back
from catalog.buyback.stages import Stage
from catalog.duties.actors import Actor
from catalog.duties.identity.methods import Method
from catalog.duties.rules import Channel
from catalog.items import freezing
from tests.catalog.buyback.deals import ACCOUNTING, APPRAISER, CASHIER, MANAGER, Deals
from tests.catalog.buyback.payouts.test_lists import last, sent, status
from tests.catalog.buyback.payouts.test_paying import answer, sold


def held(deals: Deals, case_id: str) -> None:
    deals.do(police.hold, deals.piece(case_id).id, reason="order", actor=MANAGER)


def let_go(deals: Deals, case_id: str) -> None:
    unit_id = deals.unit(case_id).id
    deals.database.write(
        lambda db: freezing.unfreeze(db, unit_id, by="t", now=deals.now)  # type: ignore[arg-type]  # a unit's id
    )
    deals.do(police.let_go, deals.piece(case_id).id, actor=MANAGER)


def statuses(deals: Deals, case_id: str) -> list[str]:
    return [each.status for each in deals.payouts(case_id)]


def open_tasks(deals: Deals, *names: str) -> list[str]:
    return [each.subject for name in names for each in deals.tasks(name) if each.state == "due"]


def bought_at_home(deals: Deals) -> tuple[str, Actor]:
    seller = deals.seller(method=Method.FACE_TO_FACE)
    case_id = deals.here(seller, channel=Channel.HOME_VISIT)
    deals.accept(seller, deals.offered(case_id))
    return case_id, seller


def test_what_the_bank_calls_paid_after_all_is_not_planned_anew_when_police_let_it_go(
    deals: Deals,
) -> None:
    case_id = sold(deals)
    batch = sent(deals)
    held(deals, case_id)
    answer(deals, batch.id, {1: Outcome.NO_ACCOUNT})
    assert statuses(deals, case_id) == ["cancelled"]
    assert answer(deals, batch.id, {1: Outcome.PAID}).paid == 1
    let_go(deals, case_id)
    assert statuses(deals, case_id) == ["paid"]
    assert deals.stage(case_id) is Stage.PAID
    assert deals.balances(case_id) == {"goods": 400_000, "bank": -400_000}
    deals.adds_up()


def test_what_was_planned_anew_falls_away_when_the_first_had_left_after_all(deals: Deals) -> None:
    case_id = sold(deals)
    batch = sent(deals)
    held(deals, case_id)
    answer(deals, batch.id, {1: Outcome.NO_ACCOUNT})
    let_go(deals, case_id)
    assert statuses(deals, case_id) == ["cancelled", "planned"]
    second = deals.batch()
    assert answer(deals, batch.id, {1: Outcome.PAID}).paid == 1
    assert statuses(deals, case_id) == ["paid", "cancelled"]
    assert deals.file_or_none(second.id) is None
    assert deals.notices(f"case:{case_id}").count("paid") == 1
    assert deals.balances(case_id) == {"goods": 400_000, "bank": -400_000}
    deals.adds_up()


def test_what_was_sent_twice_is_paid_by_the_first_when_the_second_did_not_arrive(
    deals: Deals,
) -> None:
    """Nobody sends it a third time."""
    again, anew = sold(deals), sold(deals)
    first = sent(deals)
    line = {each: last(deals, each).line or 0 for each in (again, anew)}
    held(deals, anew)
    answer(deals, first.id, {1: Outcome.OTHER, 2: Outcome.OTHER})
    let_go(deals, anew)
    deals.do(paying.try_again, last(deals, again).id, actor=ACCOUNTING)
    second = sent(deals)
    assert answer(deals, first.id, {line[again]: Outcome.PAID, line[anew]: Outcome.PAID}).differs
    assert len(open_tasks(deals, "payout_contradicted")) == 2
    answer(deals, second.id, {1: Outcome.NO_ACCOUNT, 2: Outcome.NO_ACCOUNT})
    assert statuses(deals, again) == ["paid"]
    assert statuses(deals, anew) == ["paid", "cancelled"]
    assert open_tasks(deals, "payout_contradicted", "payout_failed") == []
    deals.adds_up()


@pytest.mark.parametrize("is_closed", [False, True])
def test_money_that_came_back_is_owed_and_paid_again(deals: Deals, is_closed: bool) -> None:
    """組戻: days after it was paid, the case perhaps closed by then."""
    case_id = sold(deals)
    batch = sent(deals)
    answer(deals, batch.id, {1: Outcome.PAID})
    with pytest.raises(NotContradicted):
        deals.do(paying.came_back, batch.id, 1, actor=ACCOUNTING)
    deals.later(days=4)
    if is_closed:
        deals.at(timers.close_done)
    assert answer(deals, batch.id, {1: Outcome.NO_ACCOUNT}).differs == 1
    with pytest.raises(PayerRefused):
        deals.do(paying.came_back, batch.id, 1, actor=APPRAISER)
    for _ in range(2):
        deals.do(paying.came_back, batch.id, 1, actor=ACCOUNTING, key="back")
    assert (status(deals, case_id), deals.stage(case_id)) == ("failed", Stage.PAY_SCHEDULED)
    assert deals.balances(case_id) == {"goods": 400_000, "payout": -400_000}
    assert open_tasks(deals, "payout_contradicted") == []
    assert open_tasks(deals, "payout_failed") == [f"payout:{last(deals, case_id).id}"]
    deals.do(paying.try_again, last(deals, case_id).id, actor=ACCOUNTING)
    assert open_tasks(deals, "payout_failed") == []
    second = sent(deals)
    answer(deals, second.id, {1: Outcome.PAID})
    assert (status(deals, case_id), deals.stage(case_id)) == ("paid", Stage.PAID)
    assert deals.notices(f"case:{case_id}").count("paid") == 2
    deals.adds_up()


def test_the_old_word_that_it_was_paid_does_not_undo_that_it_came_back(deals: Deals) -> None:
    """Nothing more leaves until a person has cleared it."""
    case_id = sold(deals)
    batch = sent(deals)
    for word in (Outcome.PAID, Outcome.NO_ACCOUNT):
        answer(deals, batch.id, {1: word})
    deals.do(paying.came_back, batch.id, 1, actor=CASHIER)
    assert answer(deals, batch.id, {1: Outcome.NO_ACCOUNT}).known == 1
    assert answer(deals, batch.id, {1: Outcome.PAID}).differs == 1
    assert status(deals, case_id) == "failed"
    with pytest.raises(PayoutBlocked) as no:
        deals.do(paying.try_again, last(deals, case_id).id, actor=ACCOUNTING)
    assert no.value.block.value == "may_have_left"
    deals.end_tasks("payout_contradicted")
    deals.do(paying.try_again, last(deals, case_id).id, actor=ACCOUNTING)
    assert status(deals, case_id) == "planned"


def test_money_that_comes_back_under_a_police_hold_waits_for_its_end(deals: Deals) -> None:
    case_id = sold(deals)
    batch = sent(deals)
    answer(deals, batch.id, {1: Outcome.PAID})
    held(deals, case_id)
    answer(deals, batch.id, {1: Outcome.NO_ACCOUNT})
    deals.do(paying.came_back, batch.id, 1, actor=ACCOUNTING)
    assert (status(deals, case_id), deals.stage(case_id)) == ("cancelled", Stage.POLICE_HOLD)
    let_go(deals, case_id)
    assert statuses(deals, case_id) == ["cancelled", "planned"]
    assert deals.stage(case_id) is Stage.PAY_SCHEDULED
    deals.adds_up()


def test_who_took_the_sale_back_is_told_that_nothing_is_to_be_given_back(deals: Deals) -> None:
    """TOK-1: for the money never arrived; and when the claim was settled by then, a person is."""
    for is_settled in (False, True):
        case_id, seller = bought_at_home(deals)
        batch = sent(deals)
        deals.do(take_back, case_id, dispatched_at=deals.now, message_id="m", actor=seller)
        if is_settled:
            deals.end_tasks("claim_back")
        answer(deals, batch.id, {1: Outcome.NO_ACCOUNT})
        assert deals.balances(case_id) == {}
        assert ("claim_ended" in deals.notices(f"case:{case_id}")) is not is_settled
        assert (f"case:{case_id}" in open_tasks(deals, "claim_settled")) is is_settled
    deals.adds_up()


def test_what_arrived_after_all_is_claimed_from_who_took_the_sale_back(deals: Deals) -> None:
    """And when it comes back once more, it is not."""
    case_id, seller = bought_at_home(deals)
    batch = sent(deals)
    deals.do(take_back, case_id, dispatched_at=deals.now, message_id="m", actor=seller)
    answer(deals, batch.id, {1: Outcome.NO_ACCOUNT})
    answer(deals, batch.id, {1: Outcome.PAID})
    assert status(deals, case_id) == "paid"
    assert deals.balances(case_id) == {"receivable": 400_000, "bank": -400_000}
    assert open_tasks(deals, "claim_back") == [f"case:{case_id}"]
    answer(deals, batch.id, {1: Outcome.OTHER})
    deals.do(paying.came_back, batch.id, 1, actor=ACCOUNTING)
    assert status(deals, case_id) == "cancelled"
    assert deals.balances(case_id) == {}
    assert open_tasks(deals, "claim_back") == []
    deals.adds_up()
