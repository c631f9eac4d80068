"""A range by a person (仮査定): what the bot drafted is let out, or another is made in its place
(QUO-1, QUO-4, QUO-6).

POST /console/cases/{no}/let_out   the drafted range goes to the customer as it stands
POST /console/cases/{no}/range     another range: shown first, then told

A range binds nobody, so no second person is asked; above the bot's limit a person is. The customer
is told at once. Not here: the one binding offer (`cases`).
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from catalog.buyback import cases, inquiry
from catalog.buyback.inquiry import Purpose
from catalog.buyback.pricing import Basis
from catalog.buyback.stages import Stage
from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from catalog.grading.scale import Grade
from catalog.items.kinds import Category
from handoff.console.asked import (
    FieldMalformed,
    called,
    count_of,
    is_sure,
    key_of,
    maybe_yen,
    rehearsed,
)
from handoff.console.case_named import piece_in, quote_in
from handoff.console.door import checked, onward, place
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act

PRICED = frozenset({Stage.INQUIRY, Stage.QUOTED, Stage.QUOTE_EXPIRED})


def add(made: APIRouter, office: Office) -> None:
    """The addresses of both."""

    @made.post("/cases/{no}/let_out")
    async def let_out(request: Request, no: str) -> Response:
        visit, form = await checked(office, request, Act.OFFER)

        def unit(db: Session) -> object:
            quote_id, key = quote_in(db, no, form), key_of(form, visit)
            actor = visit.session.actor
            return inquiry.tell_quote(db, quote_id, actor=actor, now=visit.now, key=key)

        await office.units.write(unit)
        return onward(place("cases", no), request)

    @made.post("/cases/{no}/range")
    async def range_of(request: Request, no: str) -> Response:
        visit, form = await checked(office, request, Act.OFFER)

        def unit(db: Session) -> dict[str, Any]:
            piece, key = piece_in(db, no, form), key_of(form, visit)
            _need_purchase(db, piece)
            told = basis_of(db, piece, form)
            actor = visit.session.actor
            done = inquiry.quote(db, piece.id, told, actor=actor, now=visit.now, key=key)
            return _foreseen(db, done.made or "")

        if not is_sure(form):
            told = await rehearsed(office, unit)
            return page("range_sure", visit.lang, {"visit": visit, "form": form, "no": no, **told})
        await office.units.write(unit)
        return onward(place("cases", no), request)


def _need_purchase(db: Session, piece: CasePiece) -> None:
    """What a repair will cost is told when the piece was seen, as one amount (R-060)."""
    if db.get_one(BuybackCase, piece.case_id).purpose != Purpose.BUYBACK.value:
        raise FieldMalformed("piece")


def accessories_of(db: Session, piece: CasePiece) -> list[str]:
    """What may be missing of a piece of its kind, as the terms of its case weigh it."""
    case = db.get_one(BuybackCase, piece.case_id)
    return sorted(cases.quote_terms(db, case).category(Category(piece.category)).accessories)


def basis_of(db: Session, piece: CasePiece, form: Mapping[str, str]) -> Basis:
    """What a price rests on, as the form tells it."""
    if form.get("grade") not in set(Grade):
        raise FieldMalformed("grade")
    missing = [each for each in accessories_of(db, piece) if form.get(f"missing-{each}") == "yes"]
    return Basis(
        Grade(form["grade"]),
        count_of(form, "age_years", most=200),
        count_of(form, "shown"),
        count_of(form, "required"),
        frozenset(missing),
        reference=maybe_yen(form, "reference"),
    )


def _foreseen(db: Session, quote_id: str) -> dict[str, Any]:
    """What telling this range comes to, as plain values."""
    quote = db.get_one(Quote, quote_id)
    return {
        "title": db.get_one(CasePiece, quote.piece_id).title,
        "seller": called(db, db.get_one(BuybackCase, quote.case_id).customer_id),
        "low": quote.low,
        "high": quote.high,
        "evidence": quote.evidence,
        "reference": quote.inputs.get("reference"),
        "through": quote.valid_through,
    }
