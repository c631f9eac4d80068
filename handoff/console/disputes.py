"""A claim that a piece differs from its record (状態についてのお申し出, R-017): what the sale kept
beside what came back and was sent in, what was found, and the answer that ends it.

GET  /console/disputes/{dispute}            the claim
POST /console/disputes/{dispute}/close      the answer: outcome, words told to the claimant, what
                                            follows; calling the piece back is a manager's

What a return comes to is seen and given on the order's page. Not here: comparing (`comparing`), the
zip (`evidence`).
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from catalog.ground.calendar import tokyo_day
from catalog.ground.record import UnitId
from catalog.items.tables import Unit
from catalog.orders.tables import ReturnCase, SaleOrder
from handoff.console.asked import FieldMalformed, key_of, words_of
from handoff.console.door import Visit, checked, onward, place, who
from handoff.console.naming import names_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act, need
from media.assets.kinds import AssetKind
from media.comparing import queries as comparing
from media.disputes import closing, queries
from media.disputes.actions import subject
from media.disputes.closing import Finding
from media.disputes.tables import Dispute, Follow, Outcome
from media.intake import attaching
from media.sharing import shares


def add(made: APIRouter, office: Office) -> None:
    """The addresses of a claim."""

    @made.get("/disputes/{dispute}")
    async def one(request: Request, dispute: str) -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: _shown(db, visit, dispute))
        return page("dispute", visit.lang, {"visit": visit, "now": visit.now, **facts})

    @made.post("/disputes/{dispute}/close")
    async def close(request: Request, dispute: str) -> Response:
        visit, form = await checked(office, request, Act.GRADE)
        told, actor, key = finding_of(form), visit.session.actor, key_of(form, visit)
        if told.follow is Follow.RETURN:
            need(actor, Act.APPROVE)  # also long after the window
        await office.units.write(
            lambda db: closing.close(db, dispute, told, actor=actor, now=visit.now, key=key)
        )
        return onward(place("disputes", dispute), request)


def finding_of(form: Mapping[str, str]) -> Finding:
    """Raises FieldMalformed."""
    if form.get("outcome") not in set(Outcome):
        raise FieldMalformed("outcome")
    if form.get("follow", Follow.NONE) not in set(Follow):
        raise FieldMalformed("follow")
    words = words_of(form, "words", most=closing.MOST_WORDS)
    return Finding(Outcome(form["outcome"]), words, Follow(form.get("follow", Follow.NONE)))


def _shown(db: Session, visit: Visit, dispute_id: str) -> dict[str, Any]:
    row = queries.dispute_of(db, dispute_id)
    claimant = queries.claimant(db, row) or f"conversation:{row.conversation}"
    beside = comparing.pairs_of_dispute(db, row.id)
    findings = comparing.findings_of(db, [(each.sold.id, each.now.id) for each in beside])
    sent = attaching.of_subject(db, subject(row.id))
    stills = {str(each.asset_id) for each in sent if each.kind is AssetKind.STILL}
    people = [claimant, row.closed_by, *(each.decided_by for each in findings)]
    return {
        "row": row,
        "unit": db.get_one(Unit, UnitId(row.unit_id)),
        "order": db.get(SaleOrder, row.order_id) if row.order_id else None,
        "claimant": claimant,
        "frozen": len(queries.exhibits(db, row.id)),
        "sent": len(sent),
        "unpaired": len(stills - {each.now.id for each in beside}),
        "beside": beside,
        "findings": findings,
        "names": names_of(db, [each for each in people if each]),
        "outcomes": list(Outcome),
        "follows": _follows(db, visit, row),
        "back": db.get(ReturnCase, row.return_id) if row.return_id else None,
        "most_words": closing.MOST_WORDS,
        "gives_until": tokyo_day(shares.usual_end(db, now=visit.now)),
        "gives_latest": tokyo_day(shares.latest_end(db, now=visit.now)),
    }


def _follows(db: Session, visit: Visit, row: Dispute) -> list[Follow]:
    """What may follow here: only what was sold by an order comes back."""
    found = [Follow.NONE]
    if row.order_id is not None and visit.may(Act.APPROVE):
        found.append(Follow.RETURN)
    if closing.given_back(db, row) is not None:
        found.append(Follow.REFUND)
    return found
