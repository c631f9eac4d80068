"""Buyback cases for staff (買取案件): what is to be done next, one case in full, and the steps an
appraiser and an approver take.

GET  /console/cases?state=&offset=           the open cases, due first
GET  /console/cases/{no}                     one case
GET  /console/cases/{no}/photos/{file}       a picture its seller sent
POST /console/cases/{no}/appraise            price a piece: shown first, then kept
POST /console/cases/{no}/compensate          a seller's piece is lost: shown first, then done
POST /console/cases/{no}/{step}              begin, approve, send_back, send, reject, dispose,
                                             close, resume

Not here: how a price comes about, and who may approve it; the registers say. Nor the pieces' way
through the door (`case_intake`), ranges (`case_ranges`), and who the seller is (`identity`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlmodel import Session, col, select

from catalog.buyback import appraisal, compensating, inquiry, overview, returns, settling
from catalog.buyback.appraisal import Offer
from catalog.buyback.cases import about
from catalog.buyback.inquiry import Purpose, told_range
from catalog.buyback.papers import SOLD
from catalog.buyback.payouts import accounts
from catalog.buyback.payouts import queries as payouts
from catalog.buyback.payouts.tables import Payout
from catalog.buyback.questions import QUESTIONS, Question
from catalog.buyback.rules import unlike_answers
from catalog.buyback.stages import Stage
from catalog.buyback.tables import BuybackCase, CasePiece, Comparable, Quote
from catalog.consignment import proposals
from catalog.consignment import queries as consignment
from catalog.consignment.queries import Options
from catalog.duties.identity.queries import serving
from catalog.duties.rules import Channel
from catalog.duties.visits.documents import received_on
from catalog.grading.scale import BEST_FIRST
from catalog.ground import journal
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.items.kinds import Category
from catalog.items.tables import Unit
from handoff.console.asked import (
    FieldMalformed,
    called,
    is_sure,
    key_of,
    names,
    rehearsed,
    words_of,
    yen_of,
)
from handoff.console.case_intake import STEPS, intake_of
from handoff.console.case_named import Step, case_of, piece_in, pieces_of, quote_in
from handoff.console.case_ranges import PRICED, accessories_of, basis_of
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
            piece = piece_in(db, no, form)
            offer, key = _offer(db, piece, form), key_of(form, visit)
            actor, now = visit.session.actor, visit.now
            done = appraisal.appraise(db, piece.id, offer, actor=actor, now=now, key=key)
            return _foreseen(db, visit, done.made or "")

        if not is_sure(form):
            told = await rehearsed(office, unit)
            facts = {"visit": visit, "form": form, "no": no, **told}
            return page("case_sure", visit.lang, facts)
        await office.units.write(unit)
        return onward(place("cases", no), request)

    @made.post("/cases/{no}/compensate")
    async def compensate(request: Request, no: str) -> Response:
        visit, form = await checked(office, request, Act.APPROVE)

        def unit(db: Session) -> dict[str, Any]:
            return _compensated(db, visit, no, form)

        if not is_sure(form):
            told = await rehearsed(office, unit)
            facts = {"visit": visit, "form": form, "no": no, **told}
            return page("case_lost_sure", visit.lang, facts)
        await office.units.write(unit)
        return onward(place("cases", no), request)

    def of(name: str, act: Act, step: Step) -> None:
        @made.post(f"/cases/{{no}}/{name}")
        async def done(request: Request, no: str) -> Response:
            visit, form = await checked(office, request, act)
            await office.units.write(lambda db: step(db, no, visit, form))
            return onward(_next(form, no), request)

    for name, act, step in (*_STEPS, *STEPS):
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
    latest first. `asked`: what its seller is asked, and the appraiser finds; `graded`: the grade
    that is final by now; `accessories`: what may be missing; `is_priced`: a range may be told now,
    `is_offered`: an offer approved and sent; `least`: what it is made good with at the least, where
    it can be lost; `is_over`: the inquiry may be closed; `may_home`:
    whoever looks may send it home; `is_unwanted`: its seller said no to consigning it.
    """

    piece: CasePiece
    told: tuple[int, int] | None
    asked: Sequence[Question]
    unlike: Sequence[str]
    photos: Sequence[Sent]
    graded: str | None
    unit_code: str | None
    offers: Sequence[OfferShown]
    accessories: Sequence[str]
    is_priced: bool
    is_offered: bool
    is_over: bool
    may_home: bool
    is_unwanted: bool
    least: Yen | None


def shown(db: Session, visit: Visit, no: str) -> dict[str, Any]:
    """What the page of one case needs. Raises CaseMissing."""
    case = case_of(db, no)
    check = serving(
        db, CustomerId(case.customer_id), on=tokyo_day(visit.now),
        channel=Channel(case.channel) if case.channel else None,
    )  # fmt: skip
    pieces = pieces_of(db, case)
    paid = payouts.of(db, about(case.id))
    return {
        "case": case,
        "seller": called(db, case.customer_id),
        "pieces": [_shown(db, visit, each) for each in pieces],
        "intake": intake_of(db, visit, case),
        "account": accounts.of_person(db, case.customer_id),
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
        _asked(piece),
        unlike_answers(piece.answers, piece.findings),
        attaching.of_subject(db, f"piece:{piece.id}"),
        unit.grade if unit is not None else None,
        unit.code if unit is not None else None,
        [offer_shown(db, visit, each) for each in offers],
        accessories_of(db, piece),
        Stage(piece.stage) in PRICED,
        Stage(piece.stage) in appraisal.PRICED_AT,
        inquiry.is_over(db, piece),
        _may_home(db, piece, unit, visit),
        proposals.is_unwanted(db, piece),
        _least(db, piece),
    )


def _least(db: Session, piece: CasePiece) -> Yen | None:
    may = compensating.may_be(db.get_one(BuybackCase, piece.case_id), piece)
    return compensating.least_of(db, piece.id) if may else None


def _may_home(db: Session, piece: CasePiece, unit: Unit | None, visit: Visit) -> bool:
    role = visit.session.actor.role
    if piece.stage == Stage.CONSIGN.value:
        return proposals.may_send_home(db, piece, role)
    return returns.may_send_home(piece, unit, role)


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


def _asked(piece: CasePiece) -> Sequence[Question]:
    """What people are asked of such a piece."""
    return QUESTIONS[Category(piece.category)] if piece.category in set(Category) else ()


def _found(piece: CasePiece, form: Mapping[str, str]) -> dict[str, Any]:
    """What the appraiser found, of those questions that were looked at (R-056); and whether a watch
    is a jewel to the law (AML-1).
    """
    found: dict[str, Any] = {}
    for question in _asked(piece):
        if not (told := form.get(f"found-{question.id}", "")):
            continue
        if told not in question.choices:
            raise FieldMalformed(f"found-{question.id}")
        found[question.id] = told
    if piece.category == Category.WATCH.value:
        found["is_jewelry"] = form.get("is_jewelry") == "yes"
    return found


def _offer(db: Session, piece: CasePiece, form: Mapping[str, str]) -> Offer:
    """The offer as the form tells it; which words a shop uses for its reasons is theirs."""
    lines = {
        name: [each.strip() for each in form.get(name, "").splitlines() if each.strip()]
        for name in ("reasons", "evidence")
    }
    return Offer(
        yen_of(form, "amount"), basis_of(db, piece, form), lines["reasons"], lines["evidence"],
        _found(piece, form),
    )  # fmt: skip


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
        "seen": {"answers": dict(piece.answers), "findings": dict(piece.findings)},
        "differs": unlike_answers(piece.answers, piece.findings),
        "is_below_floor": quote.is_below_floor,
        "needed": list(found.needed),
        "options": found.options,
        "alone": overview.may_approve(db, quote_id, visit.session.actor),
    }


def _compensated(db: Session, visit: Visit, no: str, form: Mapping[str, str]) -> dict[str, Any]:
    """What making a lost piece good comes to, and doing so."""
    piece, amount = piece_in(db, no, form), yen_of(form, "amount")
    reason, key = words_of(form, "reason", most=300), key_of(form, visit)
    compensating.compensate(
        db, piece.id, amount, reason=reason, actor=visit.session.actor, now=visit.now, key=key
    )
    case = db.get_one(BuybackCase, piece.case_id)
    document = compensating.DOCUMENT + piece.id
    made = [each for each in payouts.of(db, about(case.id)) if each.document == document]
    return {
        "title": piece.title, "seller": called(db, case.customer_id), "amount": amount,
        "pay_on": made[-1].due_on,
    }  # fmt: skip


def _begin(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    piece = piece_in(db, no, form)
    actor, key = visit.session.actor, key_of(form, visit)
    return appraisal.begin_appraisal(db, piece.id, actor=actor, now=visit.now, key=key)


def _approve(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    quote_id = quote_in(db, no, form)
    actor, key = visit.session.actor, key_of(form, visit)
    return appraisal.approve(db, quote_id, actor=actor, now=visit.now, key=key)


def _send_back(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    quote_id, reason = quote_in(db, no, form), words_of(form, "reason", most=300)
    actor, key = visit.session.actor, key_of(form, visit)
    return appraisal.refuse_approval(
        db, quote_id, reason=reason, actor=actor, now=visit.now, key=key
    )


def _send(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    quote_id = quote_in(db, no, form)
    actor, key = visit.session.actor, key_of(form, visit)
    return appraisal.send_offer(db, quote_id, actor=actor, now=visit.now, key=key)


def _reject(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    piece, reasons = piece_in(db, no, form), words_of(form, "reasons").splitlines()
    actor, key = visit.session.actor, key_of(form, visit)
    return appraisal.reject(db, piece.id, reasons=reasons, actor=actor, now=visit.now, key=key)


def _dispose(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    piece, key = piece_in(db, no, form), key_of(form, visit)
    return appraisal.dispose(db, piece.id, actor=visit.session.actor, now=visit.now, key=key)


def _close(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    piece, key = piece_in(db, no, form), key_of(form, visit)
    return inquiry.close(db, piece.id, actor=visit.session.actor, now=visit.now, key=key)


def _resume(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    case, key = case_of(db, no), key_of(form, visit)
    return settling.resume(db, case.id, actor=visit.session.actor, now=visit.now, key=key)


_STEPS: Sequence[tuple[str, Act, Step]] = (
    ("begin", Act.OFFER, _begin),
    ("approve", Act.OFFER, _approve),  # up to which amount, the register says
    ("send_back", Act.OFFER, _send_back),
    ("send", Act.OFFER, _send),
    ("reject", Act.OFFER, _reject),
    ("dispose", Act.OFFER, _dispose),
    ("close", Act.OFFER, _close),
    ("resume", Act.OFFER, _resume),
)


def _picture(db: Session, office: Office, no: str, file_id: str) -> tuple[str, Iterator[bytes]]:
    """The bytes of a picture that was sent for a piece of this case. Raises CaseMissing,
    ReceivedMissing.
    """
    pieces = pieces_of(db, case_of(db, no))
    sent = [each for piece in pieces for each in attaching.of_subject(db, f"piece:{piece.id}")]
    found = next((each for each in sent if each.file_id == file_id), None)
    if found is None or office.store is None or office.keys is None:
        raise ReceivedMissing(file_id)
    mime = db.get_one(Blob, found.sha256).mime
    return mime, received.plain(db, office.store, file_id, office.keys)
