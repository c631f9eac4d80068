"""Buyback cases from the inquiry to the way home, with visits and the police."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col

from catalog.buyback import (
    answers,
    appraisal,
    compensating,
    inquiry,
    police,
    rescinding,
    returns,
    transit,
)
from catalog.buyback.answers import Acceptance, After
from catalog.buyback.rules import Settlement
from catalog.buyback.stages import COMPENSABLE, Stage
from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from catalog.buyback.transit import Arrival, RejectedChoice, Submission
from catalog.duties.actors import BOT
from catalog.duties.notices import orders as police_orders
from catalog.duties.notices.orders import NewOrder
from catalog.duties.notices.tables import PoliceOrder
from catalog.duties.papers.facts import Paper
from catalog.duties.rules import Channel, Means
from catalog.duties.visits import documents
from catalog.duties.visits.documents import Delivery as Handing
from catalog.duties.visits.documents import Receipt
from catalog.duties.visits.tables import StatutoryDocument
from catalog.ground.calendar import ShopHours, tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.items import freezing
from catalog.items.tables import Unit
from tests.catalog.buyback.deals import (
    APPRAISER,
    DAYTONA,
    KEYS,
    MANAGER,
    OWNER,
    SENIOR,
    STORE,
    basis,
    offer,
)
from tests.catalog.duties.papers.told import TOLD
from tests.catalog.house.said import OFFERS, keyed, plain, said
from tests.catalog.house.walk import Command, House


@said(3)
def inquire(house: House) -> Command:
    who = house.person()
    wishes = [DAYTONA] * house.dice.choice((1, 1, 2, 3))
    return keyed(house, inquiry.inquire, who.id, wishes, hours=ShopHours(), actor=who)


def _case(house: House, *states: Stage) -> Any:
    return house.some(BuybackCase, *(state.value for state in states))


def _piece(house: House, *stages: Stage) -> Any:
    return house.some(CasePiece, *(stage.value for stage in stages), column="stage")


@said()
def compensate(house: House) -> Command | None:
    row = _piece(house, *COMPENSABLE)
    return row and keyed(
        house, compensating.compensate, row.id, Yen(house.dice.choice((1, 700_000))),
        reason="lost", actor=house.by(MANAGER),
    )  # fmt: skip


@said(2)
def quote(house: House) -> Command | None:
    row = _piece(house, Stage.INQUIRY, Stage.QUOTED, Stage.QUOTE_EXPIRED)
    return row and keyed(house, inquiry.quote, row.id, basis(), actor=house.by(APPRAISER, BOT))


@said(4)
def submit(house: House) -> Command | None:
    case = _case(house, Stage.INQUIRY, Stage.QUOTED)
    if case is None:
        return None
    who = house.customer(case.customer_id)
    channel = house.dice.choice((Channel.MAIL_IN, *Channel))
    visit_id = house.deals.visit(who) if channel is Channel.HOME_VISIT else None
    told = Submission(
        channel, RejectedChoice.RETURN, "terms-1", house.now, visit_id=visit_id
    )  # fmt: skip
    return keyed(house, transit.submit, case.id, told, actor=who)


@said()
def kit(house: House) -> Command | None:
    case = _case(house, Stage.SUBMITTED)
    verb = house.dice.choice((transit.kit_sent, transit.in_transit))
    number = f"K{house.deals.key()}"
    return case and keyed(house, verb, case.id, tracking_no=number, actor=house.by(STORE))


@said(4)
def arrive(house: House) -> Command | None:
    case = _case(house, Stage.SUBMITTED, Stage.KIT_SENT, Stage.IN_TRANSIT)
    if case is None:
        return None
    seen = [Arrival(each.id, "asset:1", 480, True) for each in house.deals.pieces(case.id)]
    return keyed(house, transit.arrived, case.id, seen, actor=house.by(STORE))


@said(5)
def begin(house: House) -> Command | None:
    row = _piece(house, Stage.ARRIVED)
    return row and keyed(house, appraisal.begin_appraisal, row.id, actor=house.by(APPRAISER))


@said(5)
def appraise(house: House) -> Command | None:
    row = _piece(house, Stage.APPRAISING)
    if row is None or row.unit_id is None:
        return None
    house.deals.grade(row)
    told = offer(house.dice.choice(OFFERS), reasons=["r"], evidence=["e"])
    return keyed(house, appraisal.appraise, row.id, told, actor=house.by(APPRAISER, SENIOR))


def _drafted(house: House) -> Any:
    rows = house.rows(Quote, Quote.kind == "binding", col(Quote.state).in_(("drafted", "approved")))
    return house.dice.choice(rows) if rows else house.some(Quote)


@said(5)
def approve(house: House) -> Command | None:
    row = _drafted(house)
    actor = house.by(APPRAISER, SENIOR, MANAGER, OWNER)
    return row and keyed(house, appraisal.approve, row.id, actor=actor)


@said(5)
def send_offer(house: House) -> Command | None:
    row = _drafted(house)
    return row and keyed(house, appraisal.send_offer, row.id, actor=house.by(APPRAISER))


@said()
def reject(house: House) -> Command | None:
    row = _piece(house, Stage.APPRAISING)
    return row and keyed(
        house, appraisal.reject, row.id, reasons=["fake"], evidence=["e"], actor=house.by(APPRAISER)
    )


def _offered(house: House) -> tuple[Any, Any]:
    rows = house.rows(Quote, Quote.kind == "binding", Quote.state == "open")
    row = house.dice.choice(rows) if rows else house.some(Quote)
    if row is None:
        return None, None
    case = next(iter(house.rows(BuybackCase, BuybackCase.id == row.case_id)))
    return row, house.customer(case.customer_id)


@said(6)
def accept(house: House) -> Command | None:
    row, who = _offered(house)
    if row is None:
        return None
    amount = row.amount or 1
    part = house.dice.choice((0, 0, amount, min(12_345, amount)))
    told = Acceptance(
        Yen(amount), Settlement(Yen(amount - part), Yen(part), Yen(0)), house.now,
        means=house.dice.choice((Means.BANK, Means.BANK, Means.CASH)),
        credit_consent=house.consents[who.id] if part else None,
    )  # fmt: skip
    return keyed(house, answers.accept, row.id, told, actor=who)


@said(3)
def decline(house: House) -> Command | None:
    row, who = _offered(house)
    after = house.dice.choice((After.CONSIGN, After.CONSIGN, After.RETURN))
    return row and keyed(house, answers.decline, row.id, after=after, actor=who)


@said()
def counter(house: House) -> Command | None:
    row, who = _offered(house)
    return row and keyed(house, answers.counter, row.id, Yen(450_000), actor=who)


@said()
def bring_home(house: House) -> Command | None:
    row = _piece(house, Stage.CONSIGN)
    if row is None:
        return None
    case = next(iter(house.rows(BuybackCase, BuybackCase.id == row.case_id)))
    return keyed(house, answers.bring_home, row.id, actor=house.customer(case.customer_id))


@said()
def withdraw_pieces(house: House) -> Command | None:
    case = house.some(BuybackCase)
    if case is None:
        return None
    pieces = [each.id for each in house.deals.pieces(case.id)]
    some = house.dice.choice((None, pieces[:1]))
    return keyed(
        house, transit.withdraw, case.id, piece_ids=some, actor=house.customer(case.customer_id)
    )


@said(2)
def send_back(house: House) -> Command | None:
    case = _case(house, Stage.RETURN_SHIPPING)
    number = f"B{house.deals.key()}"
    return case and keyed(
        house, returns.send_back, case.id, tracking_no=number, actor=house.by(STORE)
    )


@said(2)
def are_back(house: House) -> Command | None:
    case = _case(house, Stage.RETURN_SHIPPING)
    return case and keyed(house, returns.returned, case.id, actor=house.by(STORE))


@said()
def send_home(house: House) -> Command | None:
    row = _piece(house, Stage.REJECTED, Stage.CONSIGN)
    return row and keyed(house, returns.send_home, row.id, reason="no use", actor=house.by(MANAGER))


@said()
def give_up(house: House) -> Command | None:
    row = _piece(house, Stage.REJECTED)
    if row is None:
        return None
    if row.disposal_consent is not None:
        return keyed(house, appraisal.dispose, row.id, actor=house.by(APPRAISER, STORE))
    case = next(iter(house.rows(BuybackCase, BuybackCase.id == row.case_id)))
    return keyed(
        house, appraisal.consent_to_disposal, row.id, consent="m1",
        actor=house.customer(case.customer_id),
    )  # fmt: skip


@said()
def close_inquiry(house: House) -> Command | None:
    row = _piece(house, Stage.INQUIRY, Stage.QUOTE_EXPIRED)
    return row and keyed(house, inquiry.close, row.id, actor=house.by(APPRAISER))


@said()
def rescind(house: House) -> Command | None:
    cases = house.rows(BuybackCase, BuybackCase.channel == Channel.HOME_VISIT.value)
    case = house.dice.choice(cases) if cases else None
    ago = timedelta(days=house.dice.choice((0, 0, 3, 9)))
    return case and keyed(
        house, rescinding.take_back, case.id, dispatched_at=house.now - ago, message_id=None,
        actor=house.customer(case.customer_id),
    )  # fmt: skip


@said()
def hand_document(house: House) -> Command | None:
    cases = house.rows(BuybackCase, BuybackCase.channel == Channel.HOME_VISIT.value)
    case = house.dice.choice(cases) if cases else None
    return case and keyed(house, _document, case.id, case.customer_id)


def _document(db: Session, case_id: str, customer: str, *, now: datetime, key: str) -> str:
    facts = TOLD[Paper.VISIT_DOCUMENT]
    who = CustomerId(customer)
    return documents.issue(db, KEYS, case_id, who, facts, by="staff:a1", now=now, key=key).id  # type: ignore[arg-type]  # the visit's own paper


@said()
def document_received(house: House) -> Command | None:
    rows = house.rows(StatutoryDocument)
    row = house.dice.choice(rows) if rows else None
    receipt = Receipt(tokyo_day(house.now), Handing.PAPER)
    return row and plain(documents.note_received, row.id, receipt, actor=STORE)


@said()
def police_hold(house: House) -> Command | None:
    row = house.some(CasePiece)
    if row is None or row.unit_id is None or house.dice.random() < 0.5:
        return None
    return keyed(house, police.hold, row.id, reason="order", actor=house.by(MANAGER))


@said()
def police_let_go(house: House) -> Command | None:
    row = _piece(house, Stage.POLICE_HOLD)
    return row and keyed(house, police.let_go, row.id, actor=house.by(MANAGER))


@said()
def police_order(house: House) -> Command | None:
    row = house.some(Unit)
    if house.dice.random() < 0.7:
        return None
    today = tokyo_day(house.now)
    told = NewOrder(UnitId(row.id), "警察署", house.deals.key(), today, today + timedelta(days=20))
    return keyed(house, police_orders.take_order, told, by="staff:man1")


@said()
def police_order_over(house: House) -> Command | None:
    rows = house.rows(PoliceOrder)
    row = house.dice.choice(rows) if rows else None
    return row and plain(police_orders.lift_order, row.id, actor=house.by(MANAGER))


@said()
def unfreeze(house: House) -> Command | None:
    rows = house.rows(Unit, col(Unit.state).in_(("police_hold", "lost_damaged")))
    row = house.dice.choice(rows) if rows else None
    return row and plain(freezing.unfreeze, UnitId(row.id), by="staff:man1")
