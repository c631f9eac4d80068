"""`/console/cases/{no}/refer/{number}`: a better dealer is named to a seller (他店のご紹介, R-053).

GET  /console/cases/{no}/refer/{number}    the form for one piece of the case
POST /console/cases/{no}/refer/{number}    what the seller reads is shown first, then it is sent

Nothing of the seller's is passed on here: they read who it is and agree, or not, in the chat.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from sqlmodel import Session, select

from catalog.buyback import queries, referrals
from catalog.buyback.cases import CaseMissing
from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.partners import queries as partners
from catalog.partners.tables import Partner
from handoff.console.asked import (
    FieldMalformed,
    called,
    is_sure,
    key_of,
    maybe_yen,
    rehearsed,
    words_of,
)
from handoff.console.door import Visit, checked, onward, place, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act

Number = Annotated[int, Path(ge=0, le=10_000)]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of referring."""

    @made.get("/cases/{no}/refer/{number}")
    async def form_of(request: Request, no: str, number: Number) -> Response:
        visit = await who(office, request, Act.OFFER)
        facts = await office.units.read(lambda db: _shown(db, no, number))
        return page("refer", visit.lang, {"visit": visit, **facts})

    @made.post("/cases/{no}/refer/{number}")
    async def propose(request: Request, no: str, number: Number) -> Response:
        visit, form = await checked(office, request, Act.OFFER)
        if not is_sure(form):
            told = await rehearsed(office, lambda db: _propose(db, visit, no, number, form))
            facts = {"visit": visit, "form": form, "no": no, "number": number, **told}
            return page("refer_sure", visit.lang, facts)
        await office.units.write(lambda db: _propose(db, visit, no, number, form))
        return onward(place("cases", no), request)


def _found(db: Session, no: str, number: int) -> tuple[BuybackCase, CasePiece]:
    """Raises CaseMissing."""
    case_id = queries.by_number(db, no)
    piece = db.exec(
        select(CasePiece).where(CasePiece.case_id == case_id, CasePiece.number == number)
    ).first()
    if case_id is None or piece is None:
        raise CaseMissing(no)
    return db.get_one(BuybackCase, case_id), piece


def _shown(db: Session, no: str, number: int) -> dict[str, Any]:
    case, piece = _found(db, no, number)
    return {
        "case": case,
        "piece": piece,
        "seller": called(db, case.customer_id),
        "dealers": partners.everybody(db),
        "open": referrals.proposal_of(db, piece.id),
        "may_propose": referrals.may_propose(db, piece.id),
    }


def _propose(
    db: Session, visit: Visit, no: str, number: int, form: Mapping[str, str]
) -> dict[str, Any]:
    case, piece = _found(db, no, number)
    dealer = db.get(Partner, form.get("partner", ""))
    if dealer is None:
        raise FieldMalformed("partner")
    reason, indication = words_of(form, "reason", most=600), maybe_yen(form, "indication")
    referrals.propose(
        db, piece.id, dealer.id, reason=reason, indication=indication, actor=visit.session.actor,
        now=visit.now, key=key_of(form, visit),
    )  # fmt: skip
    return {
        "seller": called(db, case.customer_id), "title": piece.title, "dealer": dealer.name,
        "reason": reason, "indication": indication,
    }  # fmt: skip
