"""A piece from the question to the money, and every way out of it."""

from datetime import datetime, timedelta

import pytest

from catalog.buyback import answers, appraisal, inquiry, queries, returns, timers, transit
from catalog.buyback.cases import CaseMissing, CustomerOnly, MoverRefused, StageRefused
from catalog.buyback.inquiry import Purpose
from catalog.buyback.rules import Flag
from catalog.buyback.stages import Stage
from catalog.duties.actors import BOT
from catalog.duties.rules import Channel
from catalog.ground.calendar import TOKYO
from catalog.ground.money import Yen
from tests.catalog.buyback.deals import (
    APPRAISER,
    DAYTONA,
    MANAGER,
    STORE,
    Deals,
    basis,
    offer,
)
from tests.catalog.duties import law


def test_a_piece_goes_from_question_to_money_by_post(deals: Deals) -> None:
    """R-045: every stage tells the customer once; PAY-1: Friday 11:00 is paid the same day."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    piece_id = deals.piece(case_id).id
    deals.do(inquiry.quote, piece_id, basis(), actor=APPRAISER)
    deals.submit(seller, case_id)
    deals.do(transit.kit_sent, case_id, tracking_no="1234-5678", actor=STORE)
    deals.do(transit.in_transit, case_id, tracking_no="8765-4321", actor=BOT)
    deals.arrive(case_id)
    deals.do(appraisal.begin_appraisal, piece_id, actor=APPRAISER)
    deals.grade(deals.piece(case_id))
    quote_id = deals.offered(case_id, 1_200_000, approvers=(MANAGER,))
    deals.accept(seller, quote_id, 1_200_000)
    (payout,) = deals.payouts(case_id)
    assert (payout.amount, str(payout.due_on)) == (1_200_000, "2026-10-09")
    assert deals.stage(case_id) is Stage.PAY_SCHEDULED
    unit = deals.unit(case_id)
    assert (unit.state, unit.owner_kind, unit.cost) == ("stock", "dealer", 1_200_000)
    assert deals.notices(f"case:{case_id}") == [
        "inquiry", "quoted", "submitted", "kit_sent", "in_transit", "arrived", "offered",
        "accepted",
    ]  # fmt: skip
    assert deals.balances(case_id) == {"goods": 1_200_000, "payout": -1_200_000}
    deals.adds_up()


def test_five_pieces_are_decided_one_by_one(deals: Deals) -> None:
    """R-063: three are sold, two go home, in one case."""
    seller = deals.seller()
    case_id = deals.here(seller, *[DAYTONA] * 5)
    quotes = [deals.offered(case_id, number=n) for n in range(1, 6)]
    for quote_id in quotes[:3]:
        deals.accept(seller, quote_id)
    for quote_id in quotes[3:]:
        deals.do(answers.decline, quote_id, actor=seller)
    assert [deals.stage(case_id, n) for n in range(1, 6)] == [
        *[Stage.PAY_SCHEDULED] * 3, *[Stage.RETURN_SHIPPING] * 2
    ]  # fmt: skip
    deals.do(returns.send_back, case_id, tracking_no="1111", actor=STORE)
    deals.do(returns.returned, case_id, actor=BOT)
    assert [deals.unit(case_id, n).state for n in (1, 4)] == ["stock", "returned"]
    assert deals.balances(case_id) == {"goods": 1_200_000, "payout": -1_200_000}
    deals.adds_up()


def test_silence_sends_the_piece_home_and_never_sells_it(deals: Deals) -> None:
    """QUO-5: the fourteenth day counts whole; R-049: free of charge."""
    seller = deals.seller()
    case_id = deals.here(seller)
    deals.offered(case_id)
    last = datetime(2026, 10, 23, 23, 59, tzinfo=TOKYO)
    deals.at(timers.expire, last)
    assert deals.stage(case_id) is Stage.OFFERED
    deals.at(timers.expire, last + timedelta(minutes=1))
    deals.at(timers.expire)
    assert deals.stage(case_id) is Stage.RETURN_SHIPPING
    assert deals.unit(case_id).owner_kind == "customer"
    assert deals.notices(f"case:{case_id}")[-1] == "offer_expired"
    assert deals.balances(case_id) == {}


def test_reminders_are_told_once_each_and_only_the_latest_after_a_pause(deals: Deals) -> None:
    """R-045: at 10:00 seven, three and one days before the offer ends."""
    seller = deals.seller()
    case_id = deals.here(seller)
    quote_id = deals.offered(case_id)  # holds through the 23rd
    for day in (15, 16, 16, 21, 22, 23):
        deals.at(timers.remind, datetime(2026, 10, day, 10, 0, tzinfo=TOKYO))
    told = deals.notices(f"quote:{quote_id}")
    assert told == ["offer_reminder"] * 3
    assert deals.told(f"quote:{quote_id}", "offer_reminder")["days_left"] == 1


def test_a_withdrawal_is_free_wherever_the_piece_is(deals: Deals) -> None:
    """R-049: with the customer it ends, on its way it turns round at the door, here it goes
    home.
    """
    seller = deals.seller()
    early, moving, here = (deals.inquiry(seller) for _ in range(3))
    for case_id in (early, moving, here):
        deals.submit(seller, case_id)
    deals.do(transit.in_transit, moving, tracking_no="1", actor=BOT)
    deals.arrive(here)
    for case_id in (early, moving, here):
        deals.do(transit.withdraw, case_id, actor=seller)
    deals.arrive(moving)
    assert deals.stage(early) is Stage.CLOSED
    assert deals.unit(early).state == "cancelled"
    assert [deals.stage(moving), deals.stage(here)] == [Stage.RETURN_SHIPPING] * 2
    assert [deals.unit(moving).state, deals.unit(here).state] == ["return_pending"] * 2
    assert deals.told(f"case:{here}", "withdrawn")["fee"] == 0


def test_the_channel_changes_until_the_goods_have_come(deals: Deals) -> None:
    """R-041."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id)
    deals.do(transit.change_channel, case_id, Channel.STORE_DROP, actor=seller)
    assert deals.case(case_id).channel == "store_drop"
    deals.arrive(case_id)
    with pytest.raises(transit.TooLateToChange):
        deals.do(transit.change_channel, case_id, Channel.MAIL_IN, actor=seller)


def test_a_repair_goes_the_same_way_and_is_not_paid(deals: Deals) -> None:
    """R-060: estimate, accept, done, home; no purchase anywhere."""
    seller = deals.seller(checked=False)
    case_id = deals.here(seller, purpose=Purpose.REPAIR)
    quote_id = deals.offered(case_id, 55_000)
    deals.accept(seller, quote_id, 55_000)
    deals.do(answers.repaired, deals.piece(case_id).id, actor=APPRAISER)
    assert deals.stage(case_id) is Stage.RETURN_SHIPPING
    assert deals.payouts(case_id) == []
    assert deals.balances(case_id) == {}


def test_a_counterfeit_leads_home_only(deals: Deals) -> None:
    """R-054: told why, with the choices; never resold."""
    seller = deals.seller()
    case_id = deals.here(seller)
    piece_id = deals.piece(case_id).id
    deals.do(appraisal.reject, piece_id, reasons=["counterfeit"], evidence=["a:1"], actor=APPRAISER)
    assert deals.told(f"case:{case_id}", "rejected")["chosen"] == "return"
    with pytest.raises(StageRefused):
        deals.do(appraisal.appraise, piece_id, offer(), actor=APPRAISER)
    deals.do(returns.send_home, piece_id, reason="counterfeit", actor=STORE)
    assert deals.unit(case_id).state == "return_pending"


def test_a_counter_brings_another_offer_and_the_first_no_longer_binds(deals: Deals) -> None:
    """R-050."""
    seller = deals.seller()
    case_id = deals.here(seller)
    first = deals.offered(case_id)
    deals.do(answers.counter, first, Yen(450_000), actor=seller)
    second = deals.offered(case_id, 430_000)
    with pytest.raises(answers.OfferChanged):
        deals.accept(seller, first)
    deals.accept(seller, second, 430_000)
    assert deals.payouts(case_id)[0].amount == 430_000


def test_declined_for_consignment_waits_with_its_offer(deals: Deals) -> None:
    """R-040: the other choice; the unit stays appraised for the contract to take."""
    seller = deals.seller()
    case_id = deals.here(seller)
    deals.do(answers.decline, deals.offered(case_id), after=answers.After.CONSIGN, actor=seller)
    assert deals.stage(case_id) is Stage.CONSIGN
    assert deals.unit(case_id).state == "appraised"


def test_the_bot_tells_a_range_only_within_its_limits(deals: Deals) -> None:
    """QUO-6: above a million, on words alone, with few comparables or a flag a person looks."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    piece_id = deals.piece(case_id).id
    done = deals.do(inquiry.quote, piece_id, basis(), actor=BOT)
    assert deals.stage(case_id) is Stage.INQUIRY
    assert len(deals.tasks("quote_review")) == 1
    with pytest.raises(MoverRefused):
        deals.do(inquiry.tell_quote, done.made, actor=BOT)
    deals.do(inquiry.tell_quote, done.made, actor=APPRAISER)
    assert deals.stage(case_id) is Stage.QUOTED
    told = deals.told(f"case:{case_id}", "quoted")
    assert told["is_binding"] is False
    assert (told["low"], told["high"]) == (1_010_000, 1_180_000)
    deals.do(inquiry.quote, piece_id, basis(), flags=[Flag.MINOR], actor=BOT)
    assert len(deals.tasks("quote_review")) == 2
    priced = basis(reference=None)
    deals.do(inquiry.quote, piece_id, priced, actor=BOT)
    assert len(deals.tasks("reference_price")) == 1


def test_nobody_of_the_shop_answers_for_the_customer(deals: Deals) -> None:
    """R-050: staff, the bot and another customer can neither accept nor decline."""
    seller = deals.seller()
    case_id = deals.here(seller)
    quote_id = deals.offered(case_id)
    for actor in (MANAGER, BOT):
        with pytest.raises(CustomerOnly):
            deals.accept(actor, quote_id)
        with pytest.raises(CustomerOnly):
            deals.do(answers.decline, quote_id, actor=actor)
    assert deals.stage(case_id) is Stage.OFFERED


def test_a_case_that_stands_still_alarms_staff_and_tells_a_new_time(deals: Deals) -> None:
    """R-047: an arrival without an offer after a day and a half."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id)
    deals.arrive(case_id)
    deals.later(hours=35)
    deals.at(timers.raise_alarms)
    assert deals.tasks("case_late") == []
    deals.later(hours=2)
    deals.at(timers.raise_alarms)
    deals.at(timers.raise_alarms)
    assert len(deals.tasks("case_late")) == 1
    assert deals.notices(f"case:{case_id}")[-1] == "delayed"


def test_a_kit_is_late_a_day_after_it_was_promised(deals: Deals) -> None:
    """R-044, R-047: asked for before 15:00 it leaves today; another way of coming ends the wait."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id)
    assert deals.told(f"case:{case_id}", "submitted")["kit_by"] == "2026-10-09T15:00:00+09:00"
    assert deals.case(case_id).alarm_at == datetime(2026, 10, 10, 15, 0, tzinfo=TOKYO)
    deals.do(transit.change_channel, case_id, Channel.STORE_DROP, actor=seller)
    alarm = deals.case(case_id).alarm_at
    assert alarm == deals.now + timedelta(days=14), "brought in within two weeks, or asked about"


def test_a_manager_sends_home_with_a_reason_and_never_answers_for_a_customer(
    deals: Deals,
) -> None:
    """An override changes who, never where."""
    seller = deals.seller()
    waiting, offered = deals.here(seller), deals.here(seller)
    deals.do(answers.decline, deals.offered(waiting), after=answers.After.CONSIGN, actor=seller)
    piece_id = deals.piece(waiting).id
    with pytest.raises(MoverRefused):
        deals.do(returns.send_home, piece_id, reason="no contract", actor=STORE)
    deals.do(returns.send_home, piece_id, reason="no contract", actor=MANAGER)
    assert deals.stage(waiting) is Stage.RETURN_SHIPPING
    deals.offered(offered)
    with pytest.raises(StageRefused):
        deals.do(returns.send_home, deals.piece(offered).id, reason="why not", actor=MANAGER)


def test_where_silence_does_not_return_a_person_decides(deals: Deals) -> None:
    """QUO-5: the house may wait; it still sells nothing."""
    deals.database.write(lambda db: law.house(db, buy__silence_returns=False))
    seller = deals.seller()
    case_id = deals.here(seller)
    deals.offered(case_id)
    deals.later(days=15)
    deals.at(timers.expire)
    assert deals.stage(case_id) is Stage.OFFER_EXPIRED
    assert len(deals.tasks("offer_unanswered")) == 1
    deals.do(returns.send_home, deals.piece(case_id).id, reason="unanswered", actor=MANAGER)
    assert deals.stage(case_id) is Stage.RETURN_SHIPPING


def test_what_a_customer_sees_of_a_case_is_theirs_alone(deals: Deals) -> None:
    """R-046, R-055."""
    seller, other = deals.seller(), deals.seller()
    case_id = deals.here(seller)
    deals.offered(case_id)
    told = deals.database.read(lambda db: queries.status(db, case_id, customer=seller.id))
    offer_ = told.pieces[0].offer
    assert offer_ is not None
    assert (offer_.amount, offer_.is_binding) == (400_000, True)
    with pytest.raises(CaseMissing):
        deals.database.read(lambda db: queries.status(db, case_id, customer=other.id))
    assert deals.database.read(lambda db: queries.open_cases(db, customer=seller.id)) == [case_id]
