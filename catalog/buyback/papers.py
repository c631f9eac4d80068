"""What the papers of a buyback case say (預り証・買取明細書・訪問購入の書面), read from its rows.
Names are given: they lie sealed elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from catalog.buyback.cases import CaseMissing, about
from catalog.buyback.inquiry import Purpose
from catalog.buyback.payouts.queries import of as payouts_of
from catalog.buyback.payouts.rules import PayoutStatus
from catalog.buyback.stages import HELD, Stage
from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.duties.identity.methods import METHODS, Method
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.papers.dealer import dealer
from catalog.duties.papers.facts import (
    Dealer,
    Deposit,
    Party,
    Payment,
    Piece,
    Purchase,
    VisitPurchase,
)
from catalog.duties.papers.party import party
from catalog.duties.rules import Channel, Means, Place
from catalog.duties.sealing import DataKeys
from catalog.duties.visits.tables import Visit
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Refused
from catalog.ground.record import CustomerId
from catalog.items.tables import Unit

ACCOUNT = "ご登録の口座"
_CHANNELS = {
    Channel.MAIL_IN.value: "宅配買取",
    Channel.HOME_VISIT.value: "出張買取",
    Channel.STORE_DROP.value: "店頭買取",
}
_PURPOSES = {Purpose.BUYBACK.value: "査定", Purpose.REPAIR.value: "修理"}
_KINDS = {"watch": "時計", "diamond": "宝石", "bag": "バッグ", "apparel": "衣類"}
_MEANS = {Means.BANK.value: "銀行振込", Means.CASH.value: "現金"}
_CHOICES = {"return": "無料で返送", "dispose": "お品物ごとの同意を得て処分"}
_PLACES = {
    Place.DEALER_PREMISES.value: "当店の営業所",
    Place.COUNTERPARTY_HOME.value: "お客様の住所",
    Place.FILED_TEMPORARY_SHOP.value: "届出済みの仮設店舗",
}
SOLD = frozenset({Stage.ACCEPTED, Stage.PAY_SCHEDULED, Stage.PAID, Stage.CREDITED, Stage.CLOSED})


class NothingToPrint(Refused):
    """The case holds no piece that such a paper would be about."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Who hands the paper to whom. `account`: masked."""

    dealer: Dealer
    customer: Party
    staff: str
    account: str = ""


def sides_of(db: Session, keys: DataKeys, case_id: str, *, by: str, now: datetime) -> Sides:
    """Dealer and seller of a case, the seller's own words opened and noted. Raises CaseMissing,
    DealerUnnamed.
    """
    case = db.get(BuybackCase, case_id)
    if case is None:
        raise CaseMissing(case_id)
    seller = party(db, keys, CustomerId(case.customer_id), by=by, now=now)
    return Sides(dealer(db), seller, "", account=ACCOUNT)


def deposit_receipt(db: Session, case_id: str, sides: Sides, *, issued_on: date) -> Deposit:
    """預り証: what of a case lies in the shop now. Raises CaseMissing, NothingToPrint."""
    case, rows = _case(db, case_id)
    held = [(piece, unit) for piece, unit in rows if Stage(piece.stage) in HELD]
    if not held:
        raise NothingToPrint(case.case_no)
    return Deposit(
        dealer=sides.dealer,
        number=case.case_no,
        issued_on=issued_on,
        customer=sides.customer,
        pieces=[_piece(piece, unit, amount=None) for piece, unit in held],
        purpose=_PURPOSES[case.purpose],
        channel=_CHANNELS.get(case.channel or "", ""),
        staff=sides.staff,
        unwanted=_CHOICES.get(case.rejected_choice or "", ""),
    )


def purchase(db: Session, case_id: str, sides: Sides) -> Purchase:
    """買取明細書 and 買取承諾書: what was sold, for how much, and how it is paid. Raises
    CaseMissing, NothingToPrint.
    """
    case, sold = _sold(db, case_id)
    return Purchase(
        dealer=sides.dealer,
        number=case.case_no,
        concluded_on=_concluded_on(sold),
        customer=sides.customer,
        pieces=[_piece(piece, unit, amount=piece.price) for piece, unit in sold],
        total=sum(piece.price or 0 for piece, _ in sold),
        payments=_payments(db, case, sold, sides.account),
        channel=_CHANNELS.get(case.channel or "", ""),
        staff=sides.staff,
        identity_method=_method(db, case),
        seller_is_registered=case.seller_is_registered,
        seller_number=case.seller_number or "",
    )


def visit_purchase(db: Session, case_id: str, sides: Sides) -> VisitPurchase:
    """訪問購入の法定書面: every field the law wants (TOK-2). Raises CaseMissing, NothingToPrint."""
    case, sold = _sold(db, case_id)
    visit = db.exec(select(Visit).where(Visit.case_id == case_id)).first()
    if visit is None:
        raise NothingToPrint(f"{case.case_no}: no visit")
    keeps = all(piece.keeps_goods for piece, _ in sold)
    return VisitPurchase(
        dealer=sides.dealer,
        number=case.case_no,
        concluded_on=_concluded_on(sold),
        customer=sides.customer,
        pieces=[_piece(piece, unit, amount=piece.price) for piece, unit in sold],
        total=sum(piece.price or 0 for piece, _ in sold),
        payments=_payments(db, case, sold, sides.account),
        staff=sides.staff,
        staff_licence_no=visit.licence_no or "",
        place=_PLACES.get(visit.place, visit.place),
        handed_over="クーリング・オフ期間の経過後" if keeps else "契約日に引渡し",
    )


_Rows = Sequence[tuple[CasePiece, Unit | None]]


def _case(db: Session, case_id: str) -> tuple[BuybackCase, _Rows]:
    case = db.get(BuybackCase, case_id)
    if case is None:
        raise CaseMissing(case_id)
    pieces = db.exec(
        select(CasePiece).where(CasePiece.case_id == case_id).order_by(col(CasePiece.number))
    ).all()
    return case, [(each, db.get(Unit, each.unit_id) if each.unit_id else None) for each in pieces]


def _sold(db: Session, case_id: str) -> tuple[BuybackCase, _Rows]:
    case, rows = _case(db, case_id)
    sold = [row for row in rows if row[0].price is not None and Stage(row[0].stage) in SOLD]
    if not sold:
        raise NothingToPrint(case.case_no)
    return case, sold


def _concluded_on(sold: _Rows) -> date:
    return max(tokyo_day(piece.accepted_at or piece.moved_at) for piece, _ in sold)


def _piece(piece: CasePiece, unit: Unit | None, *, amount: int | None) -> Piece:
    return Piece(
        code=unit.code if unit is not None else "",
        kind=_KINDS[piece.category],
        title=piece.title,
        serial=piece.serial or "",
        accessories=(unit.accessories or "") if unit is not None else "",
        condition=(unit.grade or "") if unit is not None else "",
        amount=amount,
    )


def _payments(db: Session, case: BuybackCase, sold: _Rows, account: str) -> list[Payment]:
    """Payouts as planned; what waits for the identity without a day yet; credit; purchases."""
    planned = [
        each
        for each in payouts_of(db, about(case.id))
        if each.status != PayoutStatus.CANCELLED.value
    ]
    told = [Payment(_MEANS[each.means], each.amount, each.due_on, account) for each in planned]
    told += [
        Payment(_MEANS[piece.means or Means.BANK.value], piece.bank)
        for piece, _ in sold
        if Stage(piece.stage) is Stage.ACCEPTED and piece.bank
    ]
    if credit := sum(piece.credit for piece, _ in sold):
        told.append(Payment("ストアクレジット", credit))
    if offset := sum(piece.offset_part for piece, _ in sold):
        told.append(Payment("お買上げ代金に充当", offset))
    return told


def _method(db: Session, case: BuybackCase) -> str:
    check = db.get(IdentityCheck, case.identity_id) if case.identity_id else None
    return METHODS[Method(check.method)].told if check is not None else ""
