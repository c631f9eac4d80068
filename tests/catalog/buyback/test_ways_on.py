"""From wherever a piece stands there is a way on: for its customer, the shop or the clock."""

import pytest
from sqlmodel import col, select

from catalog.buyback import answers, appraisal, inquiry, overview, police, returns, timers
from catalog.buyback.cases import MoverRefused, StageRefused
from catalog.buyback.inquiry import QuoteElsewhere
from catalog.buyback.stages import Stage
from catalog.buyback.tables import Quote
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.items import freezing
from tests.catalog.buyback.deals import (
    APPRAISER,
    DAYTONA,
    MANAGER,
    STORE,
    Deals,
    basis,
    offer,
)


def test_a_piece_its_customer_gave_up_ends_disposed_of(deals: Deals) -> None:
    """R-059: never without their word for it; its task ends, and nobody is late any more."""
    seller = deals.seller()
    case_id = deals.here(seller)
    piece_id = deals.piece(case_id).id
    deals.do(appraisal.reject, piece_id, reasons=["counterfeit"], actor=APPRAISER)
    deals.later(hours=49)
    deals.at(timers.raise_alarms)
    assert len(deals.tasks("case_late")) == 1
    assert "delayed" not in deals.notices(f"case:{case_id}")  # the choice is theirs
    with pytest.raises(appraisal.DisposalNotAgreed):
        deals.do(appraisal.dispose, piece_id, actor=APPRAISER)
    deals.do(appraisal.consent_to_disposal, piece_id, consent="m1", actor=seller)
    with pytest.raises(MoverRefused):
        deals.do(appraisal.dispose, piece_id, actor=STORE)
    deals.do(appraisal.dispose, piece_id, actor=APPRAISER)
    assert (deals.stage(case_id), deals.unit(case_id).state) == (Stage.CLOSED, "disposed")
    assert [each.state for each in deals.tasks("dispose")] == ["done"]
    assert deals.case(case_id).alarm_at is None


def test_a_sold_piece_is_not_sent_home_by_the_shop(deals: Deals) -> None:
    """R-061: it waits for its seller's identity; its price is owed."""
    seller = deals.seller(checked=False)
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    assert deals.stage(case_id) is Stage.ACCEPTED
    with pytest.raises(StageRefused):
        deals.do(returns.send_home, deals.piece(case_id).id, reason="r", actor=MANAGER)


def test_no_price_is_an_answer_and_takes_a_range_told_before_with_it(deals: Deals) -> None:
    """R-047, QUO-4: nobody is told of a lateness, nothing is sent in on the old range, and a person
    may close it.
    """
    seller = deals.seller()
    case_id, worthless = deals.inquiry(seller, DAYTONA, DAYTONA), basis(reference=Yen(30_000))
    first, second = (each.id for each in deals.pieces(case_id))
    deals.do(inquiry.quote, first, worthless, actor=APPRAISER)
    assert deals.case(case_id).alarm_at is not None  # the other still waits
    deals.do(inquiry.quote, second, basis(), actor=APPRAISER)
    assert deals.case(case_id).alarm_at is None
    with pytest.raises(StageRefused):
        deals.do(inquiry.close, second, actor=APPRAISER)
    deals.do(inquiry.quote, second, worthless, actor=APPRAISER)
    assert [deals.stage(case_id, n) for n in (1, 2)] == [Stage.INQUIRY, Stage.QUOTE_EXPIRED]
    assert {each.state for each in quotes_of(deals, second)} == {"superseded", "no_offer"}
    for piece_id in (first, second):
        deals.do(inquiry.close, piece_id, actor=APPRAISER)
    assert deals.case(case_id).state == "closed"


def quotes_of(deals: Deals, piece_id: str) -> list[Quote]:
    wanted = select(Quote).where(Quote.piece_id == piece_id).order_by(col(Quote.number))
    return deals.database.read(lambda db: list(db.exec(wanted)))


@pytest.mark.parametrize("sells", [True, False])
def test_an_answer_ends_what_was_priced_anew_meanwhile(deals: Deals, sells: bool) -> None:
    """R-050, QUO-6: nobody approves or sends back an offer no customer waits for."""
    seller = deals.seller()
    case_id = deals.here(seller)
    first = deals.offered(case_id)
    deals.do(answers.counter, first, Yen(450_000), actor=seller)
    second = deals.do(appraisal.appraise, deals.piece(case_id).id, offer(430_000), actor=APPRAISER)
    if sells:
        deals.accept(seller, first)
    else:
        deals.do(answers.decline, first, actor=seller)
    assert deals.database.read(overview.to_approve) == []
    with pytest.raises(QuoteElsewhere):
        deals.do(appraisal.refuse_approval, second.made, reason="r", actor=MANAGER)
    assert deals.tasks("price_anew") == []


def test_let_go_by_the_police_a_piece_goes_on_with_or_without_its_offer(deals: Deals) -> None:
    """KOB-4, QUO-5: what waits for an approval is not sent back meanwhile; what ran out meanwhile
    goes home and its customer is told.
    """
    seller = deals.seller()
    pending, offered = deals.here(seller), deals.here(seller)
    drafted = deals.do(appraisal.appraise, deals.piece(pending).id, offer(), actor=APPRAISER).made
    deals.offered(offered)
    for case_id in (pending, offered):
        deals.do(police.hold, deals.piece(case_id).id, reason="order", actor=MANAGER)
    with pytest.raises(StageRefused):
        deals.do(appraisal.refuse_approval, drafted, reason="r", actor=MANAGER)
    deals.later(days=15)
    deals.at(timers.expire)
    for case_id in (pending, offered):
        unit_id = UnitId(deals.unit(case_id).id)
        deals.database.write(lambda db, u=unit_id: freezing.unfreeze(db, u, by="t", now=deals.now))
        deals.do(police.let_go, deals.piece(case_id).id, actor=MANAGER)
    assert deals.stage(pending) is Stage.APPROVAL_PENDING
    assert deals.stage(offered) is Stage.RETURN_SHIPPING
    assert deals.notices(f"case:{offered}")[-1] == "offer_expired"
