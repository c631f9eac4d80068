"""Buyback cases for staff (買取案件): what is to be done next, one case in full, and the steps an
appraiser and an approver take.

GET  /console/cases?state=&offset=           the open cases, due first
GET  /console/cases/{no}                     one case
GET  /console/cases/{no}/photos/{file}       a picture its seller sent
POST /console/cases/{no}/appraise            price a piece: shown first, then kept
POST /console/cases/{no}/{step}              begin, approve, send_back, send, reject, resume

Not here: how a price comes about, and who may approve it; the registers say.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlmodel import Session, col, select

from catalog.buyback import appraisal, overview, queries, settling
from catalog.buyback.appraisal import Offer
from catalog.buyback.cases import CaseMissing, about
from catalog.buyback.inquiry import Purpose, told_range
from catalog.buyback.papers import SOLD
from catalog.buyback.payouts import queries as payouts
from catalog.buyback.payouts.tables import Payout
from catalog.buyback.pricing import Basis
from catalog.buyback.rules import unlike_answers
from catalog.buyback.stages import Stage
from catalog.buyback.tables import BuybackCase, CasePiece, Comparable, Quote
from catalog.consignment import queries as consignment
from catalog.consignment.queries import Options
from catalog.duties.identity.queries import serving
from catalog.duties.rules import Channel
from catalog.duties.visits.documents import received_on
from catalog.grading.scale import BEST_FIRST, Grade
from catalog.ground import journal
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.items.tables import Unit
from handoff.console.asked import (
    FieldMalformed,
    called,
    count_of,
    is_sure,
    key_of,
    maybe_yen,
    names,
    rehearsed,
    words_of,
    yen_of,
)
from handoff.console.door import HOME, Visit, checked, onward, place, who
from handoff.console.office import Office
from handoff.console.pages import PRIVATE, page
from handoff.staff.permissions import Act
from media.assets.tables import Blob
from media.intake import attaching, received
from media.intake.attaching import Sent
from media.intake.received import ReceivedMissing

AT_ONCE = 50
_SHOWN = frozenset({"image/jpeg", "image/png", "image/webp"})
_LAST_EVENTS = 60

State = Annotated[str | None, Query(max_length=30)]
Offset = Annotated[int, Query(ge=0, le=100_000)]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of cases."""

    @made.get("/cases")
    async def cases(request: Request, state: State = None, offset: Offset = 0) -> Response:
        visit = await who(office, request)
        chosen = Stage(state) if state in set(Stage) else None

        def look(db: Session) -> dict[str, Any]:
            rows = overview.listing(db, state=chosen, limit=AT_ONCE, offset=offset)
            return {"counts": overview.counts(db), "rows": rows}

        facts = await office.units.read(look)
        told = {"visit": visit, "chosen": chosen, "offset": offset, "step": AT_ONCE, **facts}
        return page("cases", visit.lang, {"now": visit.now, **told})

    @made.get("/cases/{no}")
    async def case(request: Request, no: str) -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: shown(db, visit, no))
        return page("case", visit.lang, {"visit": visit, "now": visit.now, **facts})

    @made.get("/cases/{no}/photos/{file}")
    async def photo(request: Request, no: str, file: str) -> Response:
        await who(office, request, Act.TALK)
        mime, content = await office.units.read(lambda db: _picture(db, office, no, file))
        headers = {**PRIVATE, "Content-Security-Policy": "default-src 'none'; sandbox"}
        if mime not in _SHOWN:
            headers["Content-Disposition"] = "attachment"
            mime = "application/octet-stream"
        return StreamingResponse(content, media_type=mime, headers=headers)

    @made.post("/cases/{no}/appraise")
    async def appraise(request: Request, no: str) -> Response:
        visit, form = await checked(office, request, Act.OFFER)

        def unit(db: Session) -> dict[str, Any]:
            piece = _piece(db, no, form)
            offer, key = _offer(form), key_of(form, visit)
            actor, now = visit.session.actor, visit.now
            done = appraisal.appraise(db, piece.id, offer, actor=actor, now=now, key=key)
            return _foreseen(db, visit, done.made or "")

        if not is_sure(form):
            told = await rehearsed(office, unit)
            facts = {"visit": visit, "form": form, "no": no, **told}
            return page("case_sure", visit.lang, facts)
        await office.units.write(unit)
        return onward(place("cases", no), request)

    def of(name: str, act: Act, step: Step) -> None:
        @made.post(f"/cases/{{no}}/{name}")
        async def done(request: Request, no: str) -> Response:
            visit, form = await checked(office, request, act)
            await office.units.write(lambda db: step(db, no, visit, form))
            return onward(_next(form, no), request)

    for name, act, step in _STEPS:
        of(name, act, step)


def _next(form: Mapping[str, str], no: str) -> str:
    return f"{HOME}/approvals" if form.get("from") == "approvals" else place("cases", no)


@dataclass(frozen=True, slots=True)
class OfferShown:
    """An offer or range with what it rests on. `may_approve`: whoever looks; `options`: buyback and
    consignment side by side.
    """

    quote: Quote
    needed: Sequence[str]
    given: Sequence[tuple[str, str]]
    may_approve: bool
    comparables: Sequence[Comparable]
    options: Options | None


@dataclass(frozen=True, slots=True)
class PieceShown:
    """A piece with its seller's pictures, what differs from their words, and its offers, the
    latest first. `graded`: the grade that is final by now.
    """

    piece: CasePiece
    told: tuple[int, int] | None
    unlike: Sequence[str]
    photos: Sequence[Sent]
    graded: str | None
    unit_code: str | None
    offers: Sequence[OfferShown]


def shown(db: Session, visit: Visit, no: str) -> dict[str, Any]:
    """What the page of one case needs. Raises CaseMissing."""
    case = _case(db, no)
    pieces = db.exec(
        select(CasePiece).where(CasePiece.case_id == case.id).order_by(col(CasePiece.number))
    ).all()
    check = serving(
        db, CustomerId(case.customer_id), on=tokyo_day(visit.now),
        channel=Channel(case.channel) if case.channel else None,
    )  # fmt: skip
    paid = payouts.of(db, about(case.id))
    return {
        "case": case,
        "seller": called(db, case.customer_id),
        "pieces": [_shown(db, visit, each) for each in pieces],
        "check": check,
        "lacks_paper": _lacks_paper(db, case, pieces),
        "payouts": [(each, _block(db, each)) for each in paid],
        "events": journal.of(db, about(case.id))[-_LAST_EVENTS:],
        "people": names(db),
        "grades": [each.value for each in BEST_FIRST],
    }


def _lacks_paper(db: Session, case: BuybackCase, pieces: Sequence[CasePiece]) -> bool:
    """Bought at the seller's home, and no document received: their eight days never end (TOK-1)."""
    is_bought = any(Stage(each.stage) in SOLD and each.price is not None for each in pieces)
    is_visit = case.channel == Channel.HOME_VISIT.value and case.purpose == Purpose.BUYBACK.value
    return is_visit and is_bought and received_on(db, case.id) is None


def _block(db: Session, payout: Payout) -> str | None:
    block = payouts.block(db, payout)
    return block.value if block is not None else None


def _shown(db: Session, visit: Visit, piece: CasePiece) -> PieceShown:
    offers = db.exec(
        select(Quote).where(Quote.piece_id == piece.id).order_by(col(Quote.number).desc())
    ).all()
    unit = db.get(Unit, piece.unit_id) if piece.unit_id else None
    return PieceShown(
        piece,
        told_range(db, piece.id),
        unlike_answers(piece.answers, piece.findings),
        attaching.of_subject(db, f"piece:{piece.id}"),
        unit.grade if unit is not None else None,
        unit.code if unit is not None else None,
        [offer_shown(db, visit, each) for each in offers],
    )


def offer_shown(db: Session, visit: Visit, quote: Quote) -> OfferShown:
    """An offer as staff see it."""
    case = db.get_one(BuybackCase, quote.case_id)
    likes = db.exec(
        select(Comparable)
        .where(col(Comparable.id).in_(quote.comparables))
        .order_by(col(Comparable.sold_on).desc())
        .limit(12)
    ).all()
    expected = quote.result.get("expected")
    options = None
    if quote.amount is not None and isinstance(expected, int):
        options = consignment.options(
            db, buyback=Yen(quote.amount), list_price=Yen(expected), now=visit.now
        )
    return OfferShown(
        quote,
        appraisal.needed_of(db, case, quote) if quote.amount is not None else (),
        appraisal.approvals_of(db, quote.id),
        overview.may_approve(db, quote.id, visit.session.actor),
        likes,
        options,
    )


def _case(db: Session, no: str) -> BuybackCase:
    case_id = queries.by_number(db, no)
    if case_id is None:
        raise CaseMissing(no)
    return db.get_one(BuybackCase, case_id)


def _piece(db: Session, no: str, form: Mapping[str, str]) -> CasePiece:
    """The piece of this case that the form names. Raises CaseMissing."""
    piece = db.get(CasePiece, form.get("piece", ""))
    if piece is None or piece.case_id != _case(db, no).id:
        raise CaseMissing(no)
    return piece


def _quote(db: Session, no: str, form: Mapping[str, str]) -> str:
    quote = db.get(Quote, form.get("quote", ""))
    if quote is None or quote.case_id != _case(db, no).id:
        raise CaseMissing(no)
    return quote.id


def _offer(form: Mapping[str, str]) -> Offer:
    """The offer as the form tells it; which words a shop uses for its reasons is theirs."""
    if form.get("grade") not in set(Grade):
        raise FieldMalformed("grade")
    lines = {
        name: [each.strip() for each in form.get(name, "").splitlines() if each.strip()]
        for name in ("reasons", "evidence", "missing")
    }
    basis = Basis(
        Grade(form["grade"]),
        count_of(form, "age_years", most=200),
        count_of(form, "shown"),
        count_of(form, "required"),
        frozenset(lines["missing"]),
        reference=maybe_yen(form, "reference"),
    )
    return Offer(yen_of(form, "amount"), basis, lines["reasons"], lines["evidence"])


def _foreseen(db: Session, visit: Visit, quote_id: str) -> dict[str, Any]:
    """What keeping this offer comes to, as plain values."""
    quote = db.get_one(Quote, quote_id)
    piece = db.get_one(CasePiece, quote.piece_id)
    found = offer_shown(db, visit, quote)
    return {
        "title": piece.title,
        "seller": called(db, db.get_one(BuybackCase, quote.case_id).customer_id),
        "amount": quote.amount,
        "price": dict(quote.result),
        "told": told_range(db, piece.id),
        "is_below_floor": quote.is_below_floor,
        "needed": list(found.needed),
        "options": found.options,
        "alone": overview.may_approve(db, quote_id, visit.session.actor),
    }


Step = Callable[[Session, str, Visit, Mapping[str, str]], object]


def _begin(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    piece = _piece(db, no, form)
    actor, key = visit.session.actor, key_of(form, visit)
    return appraisal.begin_appraisal(db, piece.id, actor=actor, now=visit.now, key=key)


def _approve(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    quote_id = _quote(db, no, form)
    actor, key = visit.session.actor, key_of(form, visit)
    return appraisal.approve(db, quote_id, actor=actor, now=visit.now, key=key)


def _send_back(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    quote_id, reason = _quote(db, no, form), words_of(form, "reason", most=300)
    actor, key = visit.session.actor, key_of(form, visit)
    return appraisal.refuse_approval(
        db, quote_id, reason=reason, actor=actor, now=visit.now, key=key
    )


def _send(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    quote_id = _quote(db, no, form)
    actor, key = visit.session.actor, key_of(form, visit)
    return appraisal.send_offer(db, quote_id, actor=actor, now=visit.now, key=key)


def _reject(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    piece, reasons = _piece(db, no, form), words_of(form, "reasons").splitlines()
    actor, key = visit.session.actor, key_of(form, visit)
    return appraisal.reject(db, piece.id, reasons=reasons, actor=actor, now=visit.now, key=key)


def _resume(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    case, key = _case(db, no), key_of(form, visit)
    return settling.resume(db, case.id, actor=visit.session.actor, now=visit.now, key=key)


_STEPS: Sequence[tuple[str, Act, Step]] = (
    ("begin", Act.OFFER, _begin),
    ("approve", Act.OFFER, _approve),  # up to which amount, the register says
    ("send_back", Act.OFFER, _send_back),
    ("send", Act.OFFER, _send),
    ("reject", Act.OFFER, _reject),
    ("resume", Act.OFFER, _resume),
)


def _picture(db: Session, office: Office, no: str, file_id: str) -> tuple[str, Iterator[bytes]]:
    """The bytes of a picture that was sent for a piece of this case. Raises CaseMissing,
    ReceivedMissing.
    """
    case = _case(db, no)
    ids = db.exec(select(CasePiece.id).where(CasePiece.case_id == case.id)).all()
    sent = [each for piece in ids for each in attaching.of_subject(db, f"piece:{piece}")]
    found = next((each for each in sent if each.file_id == file_id), None)
    if found is None or office.store is None or office.keys is None:
        raise ReceivedMissing(file_id)
    mime = db.get_one(Blob, found.sha256).mime
    return mime, received.plain(db, office.store, file_id, office.keys)
