"""What the customer says to an offer (承諾・辞退・希望額): by their own button, with the amount
they saw.

Text alone never binds, staff never answer for a customer, and silence is never consent: an offer
that runs out goes home free of charge (`timers`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from catalog.buyback import books, cases, gates, rules
from catalog.buyback.books import Account
from catalog.buyback.cases import Act, CaseMalformed, Standing
from catalog.buyback.inquiry import Purpose, QuoteState
from catalog.buyback.returns import start_return
from catalog.buyback.rules import QuoteKind, Settlement
from catalog.buyback.settling import settle_or_wait, told_payment
from catalog.buyback.stages import Stage
from catalog.buyback.tables import CasePiece, Quote
from catalog.credit import consents
from catalog.credit.consents import NEVER_PAID_OUT
from catalog.duties.actors import Actor
from catalog.duties.invoices import SellerTax
from catalog.duties.rules import Channel, Means
from catalog.ground.errors import Refused, Stale
from catalog.ground.journal import Command
from catalog.ground.money import Yen


class OfferChanged(Stale):
    """What was answered to is not what is offered now: another amount, or no open offer."""

    def __init__(self, quote_id: str, offered: int | None) -> None:
        super().__init__(f"quote {quote_id} offers {offered}")
        self.quote_id = quote_id
        self.offered = offered


class OfferExpired(Refused):
    """The offer held through a day that is over. `quote_id`."""

    def __init__(self, quote_id: str) -> None:
        super().__init__(f"quote {quote_id} is over")
        self.quote_id = quote_id


class MeansRefused(Refused):
    """Goods that came this way are not paid so. `channel`, `means`."""

    def __init__(self, channel: Channel | None, means: Means) -> None:
        super().__init__(f"{means.value} is not paid by {channel}")
        self.channel = channel
        self.means = means


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The customer's yes. `amount`: what they saw; `settlement`: its parts, in yen; `accepted_at`:
    by the channel's own clock; `credit_consent`: that they know credit is never paid out;
    `keeps_goods`: at home, during the eight days; `seller`: registered for invoices or not (INV-1).
    """

    amount: Yen
    settlement: Settlement
    accepted_at: datetime
    means: Means = Means.BANK
    offset_order: str | None = None
    credit_consent: str | None = None
    keeps_goods: bool = False
    seller: SellerTax | None = None


class After(StrEnum):
    """What a customer wants with a piece they do not sell."""

    RETURN = "return"
    CONSIGN = "consign"


def accept(
    db: Session, quote_id: str, told: Acceptance, *, actor: Actor, now: datetime, key: str
) -> Standing:
    """The customer sells one piece for the amount offered (R-050, R-063). Paid at once where every
    gate is open, otherwise it waits, accepted (R-061). A repair's estimate is accepted the same
    way; nothing is paid then (R-060).

    Raises CustomerOnly, CaseMissing, OfferChanged, OfferExpired, CaseMalformed, MeansRefused,
    ConsentMissing, CashAboveLimit, DiligenceMissing.
    """
    command = _command("accept", quote_id, key, _plain(told))
    if (before := cases.repeated(db, command)) is not None:
        return before
    act, quote, piece = _open(db, quote_id, actor=actor, now=now, at=told.accepted_at)
    if quote.amount != told.amount:
        raise OfferChanged(quote_id, quote.amount)
    act.go(piece, Stage.ACCEPTED)
    quote.state = QuoteState.ACCEPTED.value
    piece.accepted_at = told.accepted_at
    act.note(quote)
    gates.drop_quotes(act, piece)
    if act.case.purpose == Purpose.REPAIR.value:
        act.task("repair", once=piece.id, piece=piece.id, amount=told.amount)
        return act.end(
            "accepted", command, facts={"quote": quote_id}, phase="accepted",
            told={"piece": piece.id, "estimate": told.amount}, made=quote_id,
        )  # fmt: skip
    _sell(act, piece, quote, told)
    payout, why = settle_or_wait(act, piece, quote, since=told.accepted_at)
    payment = told_payment(piece, payout)
    return act.end(
        "accepted", command, facts={"quote": quote_id, "waits_for": why}, phase="accepted",
        told={**payment, "waits_for": why}, made=quote_id,
    )  # fmt: skip


def _plain(told: Acceptance) -> dict[str, Any]:
    return {**asdict(told), "accepted_at": told.accepted_at.isoformat(), "means": told.means.value}


def _open(
    db: Session, quote_id: str, *, actor: Actor, now: datetime, at: datetime
) -> tuple[Act, Quote, CasePiece]:
    """The open offer the customer answers to, with its case in hand."""
    case_id = cases.case_of_quote(db, quote_id)
    act = cases.begin_for_customer(db, case_id, actor=actor, now=now)
    quote = cases.quote_in(act, quote_id)
    if quote.kind != QuoteKind.BINDING.value:
        raise OfferChanged(quote_id, None)
    is_over = quote.valid_through is not None and at >= rules.expires_at(quote.valid_through)
    if quote.state == QuoteState.EXPIRED.value or is_over:
        raise OfferExpired(quote_id)
    if quote.state != QuoteState.OPEN.value or quote.amount is None:
        raise OfferChanged(quote_id, None)
    if at > now:
        raise CaseMalformed("accepted_at", "is yet to come")
    return act, quote, act.piece(quote.piece_id)


def _sell(act: Act, piece: CasePiece, quote: Quote, told: Acceptance) -> None:
    parts = told.settlement
    _check(act, told)
    piece.price = told.amount
    piece.bank, piece.credit, piece.offset_part = parts.bank, parts.credit, parts.offset
    piece.means = told.means.value if parts.bank else None
    piece.credit_consent = told.credit_consent if parts.credit else None
    piece.keeps_goods = told.keeps_goods
    if told.seller is not None:
        act.case.seller_is_registered = told.seller.is_registered
        act.case.seller_number = told.seller.number
    if told.offset_order is not None:
        act.case.offset_order = told.offset_order
    sides = [(Account.GOODS, int(told.amount)), (Account.OWED, -int(told.amount))]
    act.note(piece, *books.post(act.db, act.about, sides, document=quote.id, now=act.now))


def _check(act: Act, told: Acceptance) -> None:
    """QUO-8, CRD-13, and what each way of coming allows."""
    parts = told.settlement
    if parts.total != told.amount:
        raise CaseMalformed("settlement", f"{parts.total} is not {told.amount}")
    order = told.offset_order or act.case.offset_order
    if parts.offset and order is None:
        raise CaseMalformed("offset_order", "names the purchase of the same deal")
    if parts.bank:
        may = {Means.BANK} if act.channel is Channel.MAIL_IN else {Means.BANK, Means.CASH}
        if told.means not in may:
            raise MeansRefused(act.channel, told.means)
    if parts.credit:
        if told.credit_consent is None:
            raise consents.ConsentMissing("credit is never paid out: the customer says they know")
        consents.need(act.db, act.case.customer_id, told.credit_consent, NEVER_PAID_OUT)
    if told.keeps_goods and not gates.is_visit(act):
        raise CaseMalformed("keeps_goods", "is a right of those visited at home")


def decline(
    db: Session,
    quote_id: str,
    *,
    after: After = After.RETURN,
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """The customer does not sell: the piece goes home free of charge, or waits to be taken on
    consignment with the offer as its guarantee (R-050, R-063, CON-5). Raises CustomerOnly,
    CaseMissing, OfferChanged.
    """
    command = _command("decline", quote_id, key, {"after": after.value})
    if (before := cases.repeated(db, command)) is not None:
        return before
    act, quote, piece = _open(db, quote_id, actor=actor, now=now, at=now)
    act.go(piece, Stage.DECLINED)
    quote.state = QuoteState.DECLINED.value
    act.note(quote)
    gates.drop_quotes(act, piece)
    if after is After.CONSIGN:
        act.go(piece, Stage.CONSIGN)
    else:
        start_return(act, piece)
    return act.end(
        "declined", command, facts={"quote": quote_id, "after": after.value}, phase="declined",
        told={"piece": piece.id, "after": after.value},
    )  # fmt: skip


def counter(
    db: Session, quote_id: str, wanted: Yen, *, actor: Actor, now: datetime, key: str
) -> Standing:
    """The customer names what they would want; the offer stands, an appraiser looks again (R-050).

    Raises CustomerOnly, CaseMissing, OfferChanged, OfferExpired, CaseMalformed.
    """
    command = _command("counter", quote_id, key, {"wanted": wanted})
    if (before := cases.repeated(db, command)) is not None:
        return before
    act, quote, piece = _open(db, quote_id, actor=actor, now=now, at=now)
    if isinstance(wanted, bool) or not 0 < wanted < 10**12:
        raise CaseMalformed("wanted", "is no amount")
    quote.wanted = wanted
    act.note(quote)
    once = f"{quote_id}:{wanted}"
    act.task("counter_offer", once=once, quote=quote_id, piece=piece.id, wanted=wanted)
    return act.end(
        "countered", command, facts={"quote": quote_id, "wanted": wanted}, phase="countered",
        told={"piece": piece.id, "wanted": wanted},
    )  # fmt: skip


def bring_home(db: Session, piece_id: str, *, actor: Actor, now: datetime, key: str) -> Standing:
    """A piece that was to be consigned is not after all: it goes home free of charge."""
    command = Command(key, {"verb": "buyback.bring_home", "piece": piece_id})
    if (before := cases.repeated(db, command)) is not None:
        return before
    case_id = cases.case_of_piece(db, piece_id)
    act = cases.begin_for_customer(db, case_id, actor=actor, now=now)
    piece = act.piece(piece_id)
    if Stage(piece.stage) is not Stage.CONSIGN:
        raise cases.StageRefused(piece_id, Stage(piece.stage), Stage.RETURN_SHIPPING)
    start_return(act, piece)
    return act.end("going_home", command, phase="return_begun", told={"piece": piece_id})


def repaired(db: Session, piece_id: str, *, actor: Actor, now: datetime, key: str) -> Standing:
    """The repair is done; the piece goes home (R-060). Raises CaseMissing, StageRefused,
    MoverRefused.
    """
    command = Command(key, {"verb": "buyback.repaired", "piece": piece_id})
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, cases.case_of_piece(db, piece_id), actor=actor, now=now)
    piece = act.piece(piece_id)
    if act.case.purpose != Purpose.REPAIR.value:
        raise cases.StageRefused(piece_id, Stage(piece.stage), Stage.RETURN_SHIPPING)
    start_return(act, piece, role=actor.role)
    return act.end("repaired", command, phase="repaired", told={"piece": piece_id})


def _command(verb: str, quote_id: str, key: str, more: Mapping[str, Any]) -> Command:
    return Command(key, {"verb": f"buyback.{verb}", "quote": quote_id, **more})
