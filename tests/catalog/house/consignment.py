"""Contracts from the proposal to the way home, guarantees and prices."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col

from catalog.buyback.stages import Stage
from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from catalog.consignment import actions as consigning
from catalog.consignment import ending, guarantee, prices, proposals
from catalog.consignment.actions import Proposal, Renewal
from catalog.consignment.states import Settlement as Settles
from catalog.consignment.tables import Contract, PriceProposal
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.items import actions as items
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from tests.catalog.buyback.deals import (
    MANAGER,
)
from tests.catalog.consignment.shelf import STAFF, TEXT
from tests.catalog.house.said import PRICES, keyed, plain, said
from tests.catalog.house.walk import Command, House


def _consignable(house: House) -> tuple[UnitId, str, str | None, Yen | None, str | None]:
    """A piece to consign: one whose owner did not sell it, with the offer as its guarantee, or one
    that came by itself.
    """
    rows = house.rows(CasePiece, CasePiece.stage == Stage.CONSIGN.value)
    if rows and house.dice.random() < 0.7:
        row = house.dice.choice(rows)
        case = next(iter(house.rows(BuybackCase, BuybackCase.id == row.case_id)))
        quotes = house.rows(Quote, Quote.piece_id == row.id, Quote.state == "declined")
        last = quotes[-1] if quotes else None
        amount = Yen(last.amount) if last is not None and last.amount else None
        quote_id = last.id if last is not None and amount else None
        return UnitId(row.unit_id), case.customer_id, case.id, amount, quote_id
    who = house.person()
    return house.counter.piece(CustomerId(who.id)), who.id, None, None, None


@said(4)
def propose(house: House) -> Command:
    unit_id, who, case_id, amount, quote_id = _consignable(house)
    price = Yen(house.dice.choice(PRICES) + (amount or 0))
    wanted = Proposal(
        unit_id, CustomerId(who), price, Yen(house.dice.choice((0, price // 2))), amount,
        house.dice.choice((Settles.BANK, Settles.BANK, Settles.CREDIT)), case_id=case_id,
        quote_id=quote_id,
    )  # fmt: skip
    return keyed(house, consigning.propose, wanted, actor=house.by(STAFF))


def _contract(house: House, *states: str) -> tuple[Any, Any]:
    row = house.some(Contract, *states)
    return row, house.customer(row.customer_id) if row is not None else None


@said(5)
def agree(house: House) -> Command | None:
    row, who = _contract(house, "proposed")
    return row and keyed(
        house, consigning.agree, row.id, TEXT, accepted_at=house.now,
        consent_id=house.consents[row.customer_id], actor=who,
    )  # fmt: skip


@said()
def decline_contract(house: House) -> Command | None:
    row, who = _contract(house, "proposed", "agreed")
    return row and keyed(house, proposals.decline, row.id, actor=who)


@said()
def renew(house: House) -> Command | None:
    row, _ = _contract(house, "active", "term_ended")
    wanted = Renewal(Yen(house.dice.choice(PRICES)), Yen(0))
    return row and keyed(house, consigning.renew, row.id, wanted, actor=house.by(STAFF))


@said(4)
def ask_guarantee(house: House) -> Command | None:
    row, who = _contract(house, "active", "term_ended")
    days = house.dice.choice((0, 0, 0, 1, 5, 40, 200))
    return row and keyed(
        house, guarantee.request, row.id, sent_at=house.now - timedelta(days=days), message_id="m",
        actor=who,
    )  # fmt: skip


@said()
def raise_offer(house: House) -> Command | None:
    row, _ = _contract(house, "active", "term_ended")
    return row and keyed(
        house, guarantee.raise_offer, row.id, Yen((row.guarantee_amount or 20_000) + 5_000),
        actor=house.by(STAFF),
    )  # fmt: skip


@said()
def fresh_offer(house: House) -> Command | None:
    row, who = _contract(house, "term_ended")
    amount = Yen(row.offered_now or 1) if row is not None else Yen(1)
    return row and keyed(
        house, guarantee.sell_at_fresh_offer, row.id, amount=amount, actor=who
    )  # fmt: skip


@said()
def withdraw_contract(house: House) -> Command | None:
    row, who = _contract(house, "active", "term_ended")
    if house.dice.random() < 0.5:
        return None
    return row and keyed(house, ending.withdraw, row.id, actor=who)


@said()
def ask_back(house: House) -> Command | None:
    row, who = _contract(house, "term_ended")
    return row and keyed(house, ending.ask_back, row.id, actor=who)


@said(2)
def returned_to_consignor(house: House) -> Command | None:
    row, _ = _contract(house, "returning")
    return row and plain(_carried_home, row.id, row.unit_id)


def _carried_home(db: Session, contract_id: str, unit_id: str, *, now: datetime) -> None:
    for state, hands in ((UnitState.IN_TRANSIT_OUT, "carrier"), (UnitState.RETURNED, "customer")):
        items.move(
            db, UnitId(unit_id), state, by="carrier", now=now, verb=state.value, custody=hands
        )
    ending.returned(db, contract_id, by="carrier", now=now)


@said()
def propose_price(house: House) -> Command | None:
    row, _ = _contract(house, "active")
    return row and keyed(
        house, prices.propose_price, row.id, Yen(house.dice.choice(PRICES)), reason=None,
        actor=house.by(STAFF),
    )  # fmt: skip


@said()
def answer_price(house: House) -> Command | None:
    row = house.some(PriceProposal, "open")
    if row is None:
        return None
    contract = next(iter(house.rows(Contract, Contract.id == row.contract_id)))
    return keyed(
        house, prices.answer_price, row.id, is_yes=house.dice.random() < 0.7, message_id="m",
        actor=house.customer(contract.customer_id),
    )  # fmt: skip


@said()
def compensate(house: House) -> Command | None:
    rows = house.rows(Unit, Unit.state == "lost_damaged")
    contracts = house.rows(Contract, col(Contract.unit_id).in_([each.id for each in rows]))
    row = house.dice.choice(contracts) if contracts else None
    return row and keyed(
        house, ending.compensate, row.id, Yen(house.dice.choice((1, 800_000))), reason="broken",
        actor=house.by(MANAGER),
    )  # fmt: skip
