"""What must hold before a step: each gate refuses with its own error, and nothing changes."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from catalog.buyback import answers, appraisal, inquiry, rescinding, settling, timers, transit
from catalog.buyback.answers import MeansRefused, OfferChanged, OfferExpired
from catalog.buyback.appraisal import ApprovalRefused, GradeMissing, NotApproved, OfferUnexplained
from catalog.buyback.cases import CaseMalformed, CaseMissing, MoverRefused, StageRefused
from catalog.buyback.inquiry import PieceWish, QuoteElsewhere
from catalog.buyback.stages import Stage
from catalog.buyback.transit import Arrival, RejectedChoice, Submission
from catalog.credit.consents import ConsentMissing
from catalog.duties.actors import BOT
from catalog.duties.identity.methods import Method
from catalog.duties.notices import actions as notices
from catalog.duties.notices.actions import NewNotice, Wanted
from catalog.duties.rules import Channel, Means
from catalog.duties.visits.actions import KindNotNamed, VisitMissing
from catalog.duties.visits.cooling_off import RescissionLate
from catalog.grading.scale import Grade
from catalog.ground.calendar import tokyo_day
from catalog.ground.journal import KeyUsedOtherwise
from catalog.ground.money import Yen
from catalog.items.kinds import Category
from tests.catalog.buyback.deals import (
    ACCOUNTING,
    APPRAISER,
    DAYTONA,
    MANAGER,
    OWNER,
    SENIOR,
    STORE,
    Deals,
    basis,
    offer,
)
from tests.catalog.duties import law


def refused(deals: Deals, kind: type[Exception], act: Callable[[], Any]) -> None:
    """The act is refused with that error and no row of any table is new."""
    count = text(
        "SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM worklist)"
        " + (SELECT count(*) FROM posting) + (SELECT count(*) FROM quote)"
    )
    before = deals.database.read(lambda db: db.connection().execute(count).scalar_one())
    with pytest.raises(kind):
        act()
    after = deals.database.read(lambda db: db.connection().execute(count).scalar_one())
    assert after == before


def test_an_acceptance_waits_for_the_identity_and_is_paid_once_it_is_known(deals: Deals) -> None:
    """KOB-1, R-061: no payment, no ledger row and no change of owner before."""
    seller = deals.seller(checked=False)
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    assert deals.stage(case_id) is Stage.ACCEPTED
    assert deals.payouts(case_id) == []
    assert deals.unit(case_id).owner_kind == "customer"
    assert deals.told(f"case:{case_id}", "accepted")["waits_for"] == "identity"
    assert deals.resume(case_id) is None
    deals.later(days=1)  # Saturday; Monday is a holiday
    who = seller.id
    deals.database.write(
        lambda db: law.checked(
            db,
            who,  # type: ignore[arg-type]  # a customer's id
            method=Method.ID_COPY_MAIL_AND_ACCOUNT,
            now=deals.now,
        )
    )
    deals.at(settling.settle_waiting)
    assert deals.stage(case_id) is Stage.PAY_SCHEDULED
    assert str(deals.payouts(case_id)[0].due_on) == "2026-10-13"
    assert deals.unit(case_id).owner_kind == "dealer"
    deals.adds_up()


def test_a_minor_waits_for_a_guardian(deals: Deals) -> None:
    """KOB-7: seventeen years are too few."""
    from dataclasses import replace
    from datetime import date

    seller = deals.seller(checked=False)
    young = replace(law.HANAKO, born_on=date(2009, 1, 1))
    deals.database.write(
        lambda db: law.checked(
            db,
            seller.id,  # type: ignore[arg-type]  # a customer's id
            person=young,
            method=Method.ID_COPY_MAIL_AND_ACCOUNT,
            now=deals.now,
        )
    )
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    assert deals.told(f"case:{case_id}", "accepted")["waits_for"] == "guardian"
    assert deals.payouts(case_id) == []


def test_what_was_told_before_sending_is_kept(deals: Deals) -> None:
    """R-059: without the words and the choice nothing is sent in."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    untold = Submission(Channel.MAIL_IN, RejectedChoice.RETURN, " ", deals.now)
    refused(deals, CaseMalformed, lambda: deals.do(transit.submit, case_id, untold, actor=seller))
    deals.submit(seller, case_id)
    case = deals.case(case_id)
    assert (case.rejected_choice, case.terms_text) == ("return", "terms-1")


def test_a_visit_needs_the_customers_own_request_with_these_kinds(deals: Deals) -> None:
    """KOB-8, TOK-2."""
    seller = deals.seller(method=Method.FACE_TO_FACE)
    bag = PieceWish(Category.BAG, "バーキン")
    case_id = deals.inquiry(seller, bag)
    told = Submission(Channel.HOME_VISIT, RejectedChoice.RETURN, "t", deals.now)
    refused(deals, CaseMalformed, lambda: deals.do(transit.submit, case_id, told, actor=seller))
    stranger = Submission(
        Channel.HOME_VISIT, RejectedChoice.RETURN, "t", deals.now, visit_id="nobody"
    )
    refused(deals, VisitMissing, lambda: deals.do(transit.submit, case_id, stranger, actor=seller))
    visit_id = deals.visit(seller)  # watches only
    named = Submission(Channel.HOME_VISIT, RejectedChoice.RETURN, "t", deals.now, visit_id=visit_id)
    refused(deals, KindNotNamed, lambda: deals.do(transit.submit, case_id, named, actor=seller))


def test_a_wanted_serial_stops_the_piece_at_the_door(deals: Deals) -> None:
    """KOB-4: frozen at arrival, nothing goes on."""
    seller = deals.seller()
    wanted = NewNotice(
        "警視庁", "N-1", tokyo_day(deals.now), [Wanted(serial="Z123456", features="")]
    )
    deals.do(notices.receive, wanted, by="t")
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id)
    piece = deals.piece(case_id)
    seen = Arrival(piece.id, "a:1", 480, True, serial="z-123456")
    deals.do(transit.arrived, case_id, [seen], actor=STORE)
    assert deals.stage(case_id) is Stage.POLICE_HOLD
    assert deals.unit(case_id).state == "police_hold"
    refused(
        deals,
        StageRefused,
        lambda: deals.do(appraisal.begin_appraisal, piece.id, actor=APPRAISER),
    )


def test_an_offer_below_what_was_told_shows_why(deals: Deals) -> None:
    """QUO-4, R-057: a reason and evidence, and the customer sees by how much."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    piece = deals.piece(case_id)
    deals.do(inquiry.quote, piece.id, basis(), actor=APPRAISER)
    deals.do(inquiry.answer, piece.id, {"scratches": "none"}, actor=seller)
    deals.submit(seller, case_id)
    deals.arrive(case_id)
    deals.do(appraisal.begin_appraisal, piece.id, actor=APPRAISER)
    deals.grade(deals.piece(case_id))
    low = offer(1_000_000, findings={"scratches": "case back"})
    refused(
        deals,
        OfferUnexplained,
        lambda: deals.do(appraisal.appraise, piece.id, low, actor=APPRAISER),
    )
    told = offer(
        1_000_000,
        findings={"scratches": "case back"},
        reasons=["case_back_scratch"],
        evidence=["a:9"],
    )
    quote_id = deals.do(appraisal.appraise, piece.id, told, actor=APPRAISER).made
    deals.do(appraisal.approve, quote_id, actor=SENIOR)
    deals.do(appraisal.send_offer, quote_id, actor=APPRAISER)
    shown = deals.told(f"case:{case_id}", "offered")
    assert (shown["below_told"], shown["evidence"]) == (10_000, ["a:9"])
    assert shown["unlike_answers"] == ["scratches"]
    assert shown["as_credit"] == 1_050_000


@pytest.mark.parametrize(
    ("amount", "too_low", "enough"),
    [
        (500_000, None, [APPRAISER]),
        (500_001, APPRAISER, [SENIOR]),
        (2_000_001, SENIOR, [MANAGER]),
        (10_000_001, SENIOR, [MANAGER, OWNER]),
    ],
)
def test_each_amount_needs_its_approvers(
    deals: Deals, amount: int, too_low: Any, enough: list[Any]
) -> None:
    """QUO-6: above the manager's limit two different people."""
    seller = deals.seller()
    case_id = deals.here(seller)
    piece = deals.piece(case_id)
    told = offer(amount, basis=basis(reference=Yen(50_000_000)))
    quote_id = deals.do(appraisal.appraise, piece.id, told, actor=APPRAISER).made
    if too_low is not None:
        refused(
            deals, ApprovalRefused, lambda: deals.do(appraisal.approve, quote_id, actor=too_low)
        )
    for actor in enough:
        refused(
            deals, NotApproved, lambda: deals.do(appraisal.send_offer, quote_id, actor=APPRAISER)
        )
        deals.do(appraisal.approve, quote_id, actor=actor)
    deals.do(appraisal.send_offer, quote_id, actor=APPRAISER)
    assert deals.stage(case_id) is Stage.OFFERED


def test_below_the_margin_floor_a_manager_approves(deals: Deals) -> None:
    """R-058: ¥30,000 are left of a watch at least."""
    seller = deals.seller()
    case_id = deals.here(seller)
    piece = deals.piece(case_id)
    priced = basis(reference=Yen(400_000))  # expected 357,200
    most = 357_200 - 5_000 - 30_000
    for amount, needs_manager in ((most, False), (most + 1, True)):
        told = offer(amount, basis=priced)
        quote_id = deals.do(appraisal.appraise, piece.id, told, actor=APPRAISER).made
        if needs_manager:
            refused(
                deals,
                ApprovalRefused,
                partial(deals.do, appraisal.approve, quote_id, actor=SENIOR),
            )
            deals.do(appraisal.approve, quote_id, actor=MANAGER)
        else:
            deals.do(appraisal.approve, quote_id, actor=APPRAISER)
            deals.do(appraisal.refuse_approval, quote_id, reason="again", actor=MANAGER)


def test_the_bot_and_the_store_make_no_binding_offer(deals: Deals) -> None:
    """QUO-6: the bot's limit is nothing."""
    seller = deals.seller()
    case_id = deals.here(seller)
    piece = deals.piece(case_id)
    for actor in (BOT, STORE, ACCOUNTING):
        refused(
            deals,
            MoverRefused,
            partial(deals.do, appraisal.appraise, piece.id, offer(), actor=actor),
        )
    for amount in (0, -1, True):
        refused(
            deals,
            CaseMalformed,
            partial(deals.do, appraisal.appraise, piece.id, offer(amount), actor=APPRAISER),
        )


def test_an_offer_rests_on_the_grade_of_the_piece(deals: Deals) -> None:
    """R-057."""
    seller = deals.seller()
    case_id = deals.here(seller)
    piece = deals.piece(case_id)
    told = offer(basis=basis(Grade.A))
    quote_id = deals.do(appraisal.appraise, piece.id, told, actor=APPRAISER).made
    deals.do(appraisal.approve, quote_id, actor=APPRAISER)
    refused(deals, GradeMissing, lambda: deals.do(appraisal.send_offer, quote_id, actor=APPRAISER))


def test_an_acceptance_must_echo_the_amount_in_time_and_in_parts(deals: Deals) -> None:
    """R-050, QUO-5, QUO-8, CRD-13."""
    seller, other = deals.seller(), deals.seller()
    case_id = deals.here(seller)
    quote_id = deals.offered(case_id)
    refused(deals, OfferChanged, lambda: deals.accept(seller, quote_id, 400_001))
    refused(deals, CaseMissing, lambda: deals.accept(other, quote_id))
    refused(
        deals,
        MeansRefused,
        lambda: deals.accept(seller, quote_id, means=Means.CASH),
    )
    from catalog.buyback.answers import Acceptance
    from catalog.buyback.rules import Settlement

    short = Acceptance(Yen(400_000), Settlement(Yen(399_999), Yen(0)), deals.now)
    refused(deals, CaseMalformed, lambda: deals.do(answers.accept, quote_id, short, actor=seller))
    unaware = Acceptance(Yen(400_000), Settlement(Yen(0), Yen(400_000)), deals.now)
    refused(
        deals, ConsentMissing, lambda: deals.do(answers.accept, quote_id, unaware, actor=seller)
    )
    deals.later(days=15)
    refused(deals, OfferExpired, lambda: deals.accept(seller, quote_id))
    deals.at(timers.expire)
    refused(deals, OfferExpired, lambda: deals.accept(seller, quote_id))


def test_a_key_used_for_something_else_is_refused(deals: Deals) -> None:
    """CMD-1: the same body answers the same, another is an error."""
    seller = deals.seller()
    case_id = deals.here(seller)
    quote_id = deals.offered(case_id)
    first = deals.accept(seller, quote_id, key="once")
    for _ in range(3):
        assert deals.accept(seller, quote_id, key="once") == first
    refused(
        deals,
        KeyUsedOtherwise,
        lambda: deals.accept(seller, quote_id, keeps_goods=True, key="once"),
    )
    refused(deals, OfferChanged, lambda: deals.accept(seller, quote_id))
    assert len(deals.payouts(case_id)) == 1


def test_a_drafted_range_is_let_out_once(deals: Deals) -> None:
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    made = deals.do(inquiry.quote, deals.piece(case_id).id, basis(), actor=BOT).made
    deals.do(inquiry.tell_quote, made, actor=APPRAISER)
    refused(deals, QuoteElsewhere, lambda: deals.do(inquiry.tell_quote, made, actor=APPRAISER))


def test_a_sale_at_home_waits_eight_days_and_can_be_taken_back(deals: Deals) -> None:
    """TOK-1, TOK-2, R-062: no document, no end; then everything goes back, at no cost."""
    seller = deals.seller(method=Method.FACE_TO_FACE)
    case_id = deals.here(seller, channel=Channel.HOME_VISIT)
    quote_id = deals.offered(case_id)
    deals.accept(seller, quote_id, credit=100_000)
    assert deals.unit(case_id).state == "cooling_off_hold"
    deals.later(days=30)
    deals.do(rescinding.take_back, case_id, dispatched_at=deals.now, message_id="m9", actor=seller)
    assert deals.stage(case_id) is Stage.RETURN_SHIPPING
    unit = deals.unit(case_id)
    assert (unit.state, unit.owner_kind) == ("return_pending", "customer")
    assert deals.payouts(case_id)[0].status == "cancelled"
    assert deals.balances(case_id) == {}
    assert deals.told(f"case:{case_id}", "rescinded")["owed_back"] == 0
    deals.adds_up()


def test_only_a_sale_at_home_can_be_taken_back(deals: Deals) -> None:
    """TOK-2: courier and counter have no cooling-off."""
    seller = deals.seller()
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    refused(
        deals,
        rescinding.NoCoolingOff,
        lambda: deals.do(
            rescinding.take_back, case_id, dispatched_at=deals.now, message_id=None, actor=seller
        ),
    )


def test_a_notice_dispatched_on_the_ninth_day_is_late(deals: Deals) -> None:
    """TOK-1: when it was dispatched decides, not when it arrived."""
    seller = deals.seller(method=Method.FACE_TO_FACE)
    case_id = deals.here(seller, channel=Channel.HOME_VISIT)
    deals.accept(seller, deals.offered(case_id))
    received = text(
        "INSERT INTO statutory_document (id, case_id, customer_id, sha256, sealed, issued_by,"
        " issued_at, received_on, keep_through) SELECT 'd1', :case, :who, 'x', :none, 't',"
        " opened_at, '2026-10-09', '2030-01-01' FROM buyback_case WHERE id = :case"
    )
    deals.database.write(
        lambda db: db.connection().execute(
            received, {"case": case_id, "who": seller.id, "none": b""}
        )
    )
    ninth = deals.now.replace(hour=0, minute=0) + timedelta(days=8)
    deals.now = ninth + timedelta(hours=5)

    def take_back(at: Any) -> Any:
        return deals.do(
            rescinding.take_back, case_id, dispatched_at=at, message_id=None, actor=seller
        )

    refused(deals, RescissionLate, lambda: take_back(ninth))
    take_back(ninth - timedelta(seconds=1))
    assert deals.stage(case_id) is Stage.RETURN_SHIPPING


def test_consigned_instead_is_only_asked_of_an_open_offer(deals: Deals) -> None:
    seller = deals.seller()
    case_id = deals.here(seller)
    quote_id = deals.offered(case_id)
    deals.do(answers.decline, quote_id, actor=seller)
    refused(deals, OfferChanged, lambda: deals.do(answers.decline, quote_id, actor=seller))
    refused(
        deals,
        StageRefused,
        lambda: deals.do(answers.bring_home, deals.piece(case_id).id, actor=seller),
    )


def test_several_pieces_are_one_deal(deals: Deals) -> None:
    """KOB-1: the total of the deal counts; every piece has its own row in the ledger (KOB-2)."""
    seller = deals.seller()
    case_id = deals.here(seller, DAYTONA, DAYTONA)
    for number in (1, 2):
        deals.accept(seller, deals.offered(case_id, number=number))
    rows = text("SELECT count(*) FROM ledger_row WHERE kind = 'bought' AND price = 400000")
    assert deals.database.read(lambda db: db.connection().execute(rows).scalar_one()) == 2
