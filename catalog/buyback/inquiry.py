"""Asking what the shop would pay (査定依頼・仮査定): pieces are described, a range is told that
binds nobody.

The bot tells a range unaided only where QUO-6 allows it; otherwise a person looks first. Not here:
the one binding offer, which needs the piece itself (`appraisal`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, func, select

from catalog.buyback import cases, pricing, rules
from catalog.buyback.cases import Act, CaseMalformed, CaseMissing, MoverRefused, Standing
from catalog.buyback.pricing import Basis, Made, ReferenceNeeded
from catalog.buyback.rules import Flag, QuoteKind
from catalog.buyback.stages import Stage
from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from catalog.buyback.terms import CaseTerms
from catalog.customers.newcomers import need_present
from catalog.customers.tables import Customer
from catalog.duties.actors import Actor, Role
from catalog.ground import policy
from catalog.ground.calendar import ShopHours, tokyo_day
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import UnitId, new_id
from catalog.items.kinds import Category, OwnerKind
from catalog.items.tables import Style, Unit

_MOST_PIECES = 100
_LONGEST = 200
_QUOTE_STAGES = (Stage.INQUIRY, Stage.QUOTED, Stage.QUOTE_EXPIRED)


class Purpose(StrEnum):
    """What the customer wants; the stages are the same (R-060)."""

    BUYBACK = "buyback"
    REPAIR = "repair"


class QuoteState(StrEnum):
    """What became of a quote. One a piece is open."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    OPEN = "open"
    NO_OFFER = "no_offer"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class QuoteElsewhere(Refused):
    """The quote is not in a state in which this can be done. `state`."""

    def __init__(self, quote_id: str, state: QuoteState) -> None:
        super().__init__(f"quote {quote_id} is {state.value}")
        self.quote_id = quote_id
        self.state = state


@dataclass(frozen=True, slots=True)
class PieceWish:
    """One piece as the customer tells it. `known_unit_id`: a piece they bought here (R-055)."""

    category: Category
    title: str
    brand: str | None = None
    model: str | None = None
    reference: str | None = None
    serial: str | None = None
    known_unit_id: UnitId | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("title", "brand", "model", "reference", "serial"):
            value = getattr(self, name)
            if value is not None and len(value) > _LONGEST:
                raise CaseMalformed(name, f"is longer than {_LONGEST} characters")
        if not self.title.strip():
            raise CaseMalformed("title", "is empty")


def known_piece(db: Session, customer: str, unit_id: UnitId) -> PieceWish:
    """A piece the customer bought here, prefilled from the register (R-055). Raises CaseMissing for
    any other.
    """
    row = db.exec(select(Unit, Style).where(Unit.id == unit_id, Unit.style_id == Style.id)).first()
    if row is None or not _is_own(row[0], customer):
        raise CaseMissing(unit_id)
    unit, style = row
    return PieceWish(
        category=Category(style.category),
        title=unit.title,
        brand=style.brand,
        model=style.model,
        reference=style.reference,
        serial=unit.serial,
        known_unit_id=unit_id,
    )


def _is_own(unit: Unit, customer: str) -> bool:
    return unit.owner_kind == OwnerKind.BUYER.value and unit.owner_id == customer


def inquire(
    db: Session,
    customer: str,
    pieces: Sequence[PieceWish],
    *,
    hours: ShopHours,
    actor: Actor,
    now: datetime,
    key: str,
    purpose: Purpose = Purpose.BUYBACK,
) -> Standing:
    """Open a case. The customer asks, or staff note what they asked; unanswered for ten open
    minutes it is an alarm. Raises CaseMissing, MoverRefused, CaseMalformed.
    """
    told = [_plain(each) for each in pieces]
    request = {"verb": "buyback.inquire", "customer": customer, "pieces": told, "purpose": purpose}
    command = Command(key, request)
    if (before := cases.repeated(db, command)) is not None:
        return before
    if actor.role is not Role.CUSTOMER and not actor.is_staff:
        raise MoverRefused(actor.role, "an inquiry")
    if (actor.role is Role.CUSTOMER and actor.id != customer) or db.get(Customer, customer) is None:
        raise CaseMissing(customer)
    need_present(db, customer)
    if not 0 < len(pieces) <= _MOST_PIECES:
        raise CaseMalformed("pieces", f"1 to {_MOST_PIECES} are wanted")
    in_force = policy.current(db)
    case_id = new_id(now)
    minutes = in_force.of(CaseTerms).answer_minutes
    case = BuybackCase(
        id=case_id,
        case_no=f"B-{tokyo_day(now):%y%m%d}-{case_id[-8:]}",
        customer_id=customer,
        purpose=purpose.value,
        state=Stage.INQUIRY.value,
        version=0,
        policy_version=in_force.version,
        is_bought_back=_all_own(db, customer, pieces),
        alarm_at=hours.after_work(now, timedelta(minutes=minutes)),
        opened_at=now,
        changed_at=now,
    )
    db.add(case)
    db.flush()
    act = Act(db, case, [], actor, now)
    for wish in pieces:
        _add(act, wish)
    return act.end("inquired", command, phase="inquiry", told={"pieces": len(pieces)})


def _plain(wish: PieceWish) -> dict[str, Any]:
    return {**asdict(wish), "category": wish.category.value, "answers": dict(wish.answers)}


def _all_own(db: Session, customer: str, pieces: Sequence[PieceWish]) -> bool:
    for wish in pieces:
        unit = db.get(Unit, wish.known_unit_id) if wish.known_unit_id else None
        if unit is None or not _is_own(unit, customer):
            return False
    return True


def _add(act: Act, wish: PieceWish) -> CasePiece:
    piece = CasePiece(
        id=new_id(act.now),
        case_id=act.case.id,
        number=len(act.pieces) + 1,
        stage=Stage.INQUIRY.value,
        category=wish.category.value,
        title=wish.title.strip(),
        brand=wish.brand,
        model=wish.model,
        reference=wish.reference,
        serial=wish.serial,
        known_unit_id=wish.known_unit_id,
        answers=dict(wish.answers),
        moved_at=act.now,
    )
    act.pieces.append(piece)
    act.note(piece)
    return piece


def add_piece(
    db: Session, case_id: str, wish: PieceWish, *, actor: Actor, now: datetime, key: str
) -> Standing:
    """One more piece before anything is sent in. Raises CaseMissing, CaseMalformed."""
    command = Command(key, {"verb": "buyback.add_piece", "case": case_id, "piece": _plain(wish)})
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, case_id, actor=actor, now=now)
    if actor.role is not Role.CUSTOMER and not actor.is_staff:
        raise MoverRefused(actor.role, "a piece")
    if len(act.pieces) >= _MOST_PIECES or Stage(act.case.state) not in _QUOTE_STAGES:
        raise CaseMalformed("pieces", "no more can be added")
    act.case.is_bought_back &= _all_own(db, act.case.customer_id, [wish])
    piece = _add(act, wish)
    return act.end("piece_added", command, facts={"piece": piece.id}, made=piece.id)


def answer(
    db: Session,
    piece_id: str,
    answers: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """What the customer says of a piece's condition; held against the appraisal later (R-056)."""
    command = Command(key, {"verb": "buyback.answer", "piece": piece_id, "answers": dict(answers)})
    if (before := cases.repeated(db, command)) is not None:
        return before
    case_id = cases.case_of_piece(db, piece_id)
    act = cases.begin_for_customer(db, case_id, actor=actor, now=now)
    piece = act.piece(piece_id)
    piece.answers = {**piece.answers, **answers}
    act.note(piece)
    return act.end("condition_told", command, facts={"piece": piece_id, "asked": len(answers)})


def quote(
    db: Session,
    piece_id: str,
    basis: Basis,
    *,
    flags: Sequence[Flag] = (),
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """Make a range (仮査定) and tell it, where the one who makes it may (QUO-1 to QUO-6).

    The bot's goes out unaided only within its limits; else a draft waits for a person as a task, as
    it does when comparables are too few. `made` is the quote. Raises CaseMissing, StageRefused,
    PriceMalformed, AccessoryUnknown; ReferenceNeeded to a person.
    """
    command = Command(
        key,
        {
            "verb": "buyback.quote",
            "piece": piece_id,
            "basis": {**asdict(basis), "missing": sorted(basis.missing)},
            "flags": sorted(flags),
        },
    )
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, cases.case_of_piece(db, piece_id), actor=actor, now=now)
    piece = act.piece(piece_id)
    terms = cases.quote_terms(db, act.case)
    act.need_move(piece, Stage.QUOTED)  # who may not tell a range may not draft one
    piece.flags = sorted({*piece.flags, *(flag.value for flag in flags)})
    act.note(piece)
    try:
        made = pricing.make(db, terms, piece, basis, on=tokyo_day(now))
    except ReferenceNeeded:
        if actor.role is not Role.BOT:
            raise
        act.finish("reference_price", piece=piece_id)
        once = f"{piece_id}:{act.case.version}"
        act.task("reference_price", once=once, piece=piece_id)
        return act.end("price_wanted", command, facts={"piece": piece_id})
    return _offer_range(act, piece, made, command)


def _offer_range(act: Act, piece: CasePiece, made: Made, command: Command) -> Standing:
    price, terms = made.price, cases.quote_terms(act.db, act.case)
    is_auto = price.high is not None and rules.may_auto_send(
        terms,
        range_high=price.high,
        evidence=made.evidence,
        comparables=len(made.used),
        flags=[Flag(each) for each in piece.flags],
    )
    row = new_quote(act, piece, QuoteKind.PROVISIONAL, made)
    row.is_auto = is_auto
    _drop_drafts(act, piece)
    if price.buyback is None:
        row.state = QuoteState.NO_OFFER.value
        act.note(row)
        _take_out(act, piece, row)
        _answered(act)
        return act.end(
            "no_offer", command, facts={"quote": row.id}, phase="no_offer",
            told={"piece": piece.id, "may_refer": True}, made=row.id,
        )  # fmt: skip
    row.low, row.high = price.low, price.high
    act.note(row)
    if act.actor.role is Role.BOT and not is_auto:
        act.task("quote_review", once=row.id, quote=row.id, piece=piece.id)
        return act.end("range_drafted", command, facts={"quote": row.id}, made=row.id)
    return _tell(act, piece, row, command)


def _take_out(act: Act, piece: CasePiece, no_offer: Quote) -> None:
    """A range told before holds no longer: nothing is sent in on it."""
    supersede(act, piece, but=no_offer)
    if Stage(piece.stage) is Stage.QUOTED:
        act.go(piece, Stage.QUOTE_EXPIRED, role=Role.SCHEDULER)


def _answered(act: Act) -> None:
    """Once no piece waits for its first word, nobody is late (R-047)."""
    if Stage(act.case.state) is Stage.INQUIRY and all(
        _has_no_price(act.db, piece) for piece in act.at(Stage.INQUIRY)
    ):
        act.case.alarm_at = None


def _has_no_price(db: Session, piece: CasePiece) -> bool:
    """Whether the customer's last answer about it was that there is no price."""
    last = db.exec(
        select(Quote.state)
        .where(Quote.piece_id == piece.id)
        .order_by(col(Quote.number).desc())
        .limit(1)
    ).first()
    return last == QuoteState.NO_OFFER.value


def close(db: Session, piece_id: str, *, actor: Actor, now: datetime, key: str) -> Standing:
    """Somebody of the shop ends an inquiry that leads nowhere: no price for it, or one nobody
    answered, and its customer knows. Raises CaseMissing, StageRefused, MoverRefused.
    """
    command = Command(key, {"verb": "buyback.close", "piece": piece_id})
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, cases.case_of_piece(db, piece_id), actor=actor, now=now)
    piece = act.piece(piece_id)
    if not actor.is_staff:
        raise MoverRefused(actor.role, "closing an inquiry")
    if not is_over(db, piece):
        raise cases.StageRefused(piece_id, Stage(piece.stage), Stage.CLOSED)
    act.go(piece, Stage.CLOSED)
    _drop_drafts(act, piece)
    return act.end("inquiry_closed", command, facts={"piece": piece_id})


def is_over(db: Session, piece: CasePiece) -> bool:
    """Whether its customer heard all there is to say of a price, and nothing waits for them."""
    stage = Stage(piece.stage)
    return stage is Stage.QUOTE_EXPIRED or (stage is Stage.INQUIRY and _has_no_price(db, piece))


def _drop_drafts(act: Act, piece: CasePiece) -> None:
    """A range made anew takes the place of one that waited to be let out, and answers the question
    for a reference price.
    """
    rows = act.db.exec(
        select(Quote).where(
            Quote.piece_id == piece.id,
            Quote.kind == QuoteKind.PROVISIONAL.value,
            Quote.state == QuoteState.DRAFTED.value,
        )
    )
    for row in rows:
        row.state = QuoteState.WITHDRAWN.value
        act.note(row)
    act.finish("quote_review", piece=piece.id)
    act.finish("reference_price", piece=piece.id)


def tell_quote(db: Session, quote_id: str, *, actor: Actor, now: datetime, key: str) -> Standing:
    """A person lets a drafted range go out (QUO-6). Raises CaseMissing, MoverRefused,
    StageRefused.
    """
    command = Command(key, {"verb": "buyback.tell_quote", "quote": quote_id})
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, cases.case_of_quote(db, quote_id), actor=actor, now=now)
    row = cases.quote_in(act, quote_id)
    is_draft = row.kind == QuoteKind.PROVISIONAL.value and row.state == QuoteState.DRAFTED.value
    if not is_draft:
        raise QuoteElsewhere(quote_id, QuoteState(row.state))
    if not actor.is_staff:
        raise MoverRefused(actor.role, "letting a drafted range out")
    return _tell(act, act.piece(row.piece_id), row, command)


def _tell(act: Act, piece: CasePiece, row: Quote, command: Command) -> Standing:
    act.go(piece, Stage.QUOTED)
    supersede(act, piece, but=row)
    row.state = QuoteState.OPEN.value
    row.sent_at = act.now
    terms = cases.quote_terms(act.db, act.case)
    row.valid_through = rules.valid_through(terms, QuoteKind.PROVISIONAL, act.now)
    act.note(row)
    _answered(act)
    told = {
        "piece": piece.id,
        "quote": row.id,
        "is_binding": False,
        "low": row.low,
        "high": row.high,
        "evidence": row.evidence,
        "valid_through": row.valid_through.isoformat(),
    }
    return act.end(
        "quoted", command, facts={"quote": row.id}, phase="quoted", told=told, made=row.id
    )


def new_quote(act: Act, piece: CasePiece, kind: QuoteKind, made: Made) -> Quote:
    """The next quote of a piece, drafted, with all it rests on (R-064)."""
    last = act.db.exec(select(func.max(Quote.number)).where(Quote.piece_id == piece.id)).one()
    return Quote(
        id=new_id(act.now),
        case_id=act.case.id,
        piece_id=piece.id,
        number=(last or 0) + 1,
        kind=kind.value,
        state=QuoteState.DRAFTED.value,
        evidence=made.evidence.value,
        comparables=list(made.used),
        inputs=dict(made.inputs),
        result=dict(made.result),
        policy_version=act.case.policy_version,
        made_by=act.actor.name,
        made_at=act.now,
    )


def told_range(db: Session, piece_id: str) -> tuple[Yen, Yen] | None:
    """From and to of the range the customer was told last; None: no range was told (QUO-4)."""
    told = db.exec(
        select(Quote.low, Quote.high)
        .where(
            Quote.piece_id == piece_id,
            Quote.kind == QuoteKind.PROVISIONAL.value,
            col(Quote.sent_at).is_not(None),
        )
        .order_by(col(Quote.number).desc())
        .limit(1)
    ).first()
    if told is None or told[0] is None or told[1] is None:
        return None
    return Yen(told[0]), Yen(told[1])


def supersede(act: Act, piece: CasePiece, *, but: Quote) -> None:
    """Whatever was open for this piece no longer is."""
    rows = act.db.exec(
        select(Quote).where(
            Quote.piece_id == piece.id, Quote.state == QuoteState.OPEN.value, Quote.id != but.id
        )
    )
    for row in rows:
        row.state = QuoteState.SUPERSEDED.value
        act.note(row)
    act.finish("counter_offer", piece=piece.id)
    act.db.flush()
