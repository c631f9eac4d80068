"""Evidence that leaves the house (証拠一式): a zip anybody can check without us, made while it is
fetched (R-009).

    POST /console/items/{code}/evidence            of a piece
    POST /console/disputes/{dispute}/evidence      of a dispute: what it froze, what was sent for it
    POST /console/items/{code}/evidence/give       an address with a PIN, for a partner who was
                                                   granted all its media
    POST /console/disputes/{dispute}/evidence/give the same for the buyer by the claim's order

A piece with gigabytes of originals needs no room and no waiting here: each is read as the browser
takes it. One that is not what was recorded breaks the download off, so no file comes of it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from sqlmodel import Session

from catalog.customers.tables import Customer
from catalog.ground.record import UnitId
from catalog.items import queries as items
from catalog.items.rules import CUSTOMER, PARTNER, STAFF
from catalog.partners import queries as partners
from handoff.console.asked import key_of
from handoff.console.door import Visit, checked
from handoff.console.item import unit_of
from handoff.console.item_changes import HolderUnknown
from handoff.console.office import Office
from handoff.console.pages import PRIVATE, page
from handoff.console.sharing import end_of
from handoff.staff.permissions import Act, need
from media.disputes import queries as disputes
from media.originals.replicas import Replicas
from media.sharing import pin, shares
from media.sharing.concerned import PIECE
from media.sharing.evidence import About
from media.sharing.export import Archive, open_export
from media.sharing.kinds import Reach
from media.sharing.pages import LANGUAGE_NAMES
from media.sharing.shares import Given, Made

_LONGEST_CODE = 60


def add(made: APIRouter, office: Office) -> None:
    """The addresses of evidence."""

    @made.post("/items/{code}/evidence")
    async def of_piece(request: Request, code: str) -> Response:
        visit, form = await checked(office, request, Act.EXPORT)
        held = await office.units.read(lambda db: unit_of(db, code).code)
        about = About(code=held)
        return await _zip(office, visit, about, hashes_only=form.get("hashes") == "yes")

    @made.post("/disputes/{dispute}/evidence")
    async def of_dispute(request: Request, dispute: str) -> Response:
        visit, form = await checked(office, request, Act.EXPORT)
        held = await office.units.read(lambda db: disputes.dispute_of(db, dispute).id)
        about = About(dispute_id=held)
        return await _zip(office, visit, about, hashes_only=form.get("hashes") == "yes")

    @made.post("/items/{code}/evidence/give")
    async def give_piece(request: Request, code: str) -> Response:
        visit, form = await checked(office, request, Act.EXPORT)

        def whom(db: Session) -> _Wish:
            told = form.get("partner", "").strip()[:_LONGEST_CODE]
            partner = partners.by_code(db, told)
            if partner is None:
                raise HolderUnknown(told)
            return _Wish(unit_of(db, code).id, PIECE, f"{PARTNER}{partner}")

        return await _given(office, visit, form, whom)

    @made.post("/disputes/{dispute}/evidence/give")
    async def give_dispute(request: Request, dispute: str) -> Response:
        visit, form = await checked(office, request, Act.EXPORT)

        def whom(db: Session) -> _Wish:
            row = disputes.dispute_of(db, dispute)
            return _Wish(row.unit_id, row.id, disputes.claimant(db, row))

        return await _given(office, visit, form, whom)


@dataclass(frozen=True, slots=True)
class _Wish:
    """The zip of what, and for whom."""

    unit_id: str
    evidence: str
    whom: str | None


async def _given(
    office: Office, visit: Visit, form: Mapping[str, str], whom: Callable[[Session], _Wish]
) -> Response:
    """The page with the address and its PIN, which are told this once."""
    need(visit.session.actor, Act.SHARE)
    secret = pin.fresh()
    kept = await asyncio.to_thread(pin.digest, secret)
    ends_at = end_of(form)

    def give(db: Session) -> tuple[Made, str]:
        wish = whom(db)
        facts = items.by_id(db, UnitId(wish.unit_id), viewer=STAFF)
        assert facts is not None
        given = Given(
            Reach.PREVIEW, kept, audience=wish.whom, with_report=False, evidence=wish.evidence
        )
        made = shares.share(
            db, facts, STAFF, ends_at=ends_at, lang=_language(db, wish.whom), now=visit.now,
            key=key_of(form, visit), given=given, by=visit.session.actor.name,
        )  # fmt: skip
        return made, facts.code

    made, code = await office.units.write(give)
    told = {
        "visit": visit, "made": made, "code": code, "pin": secret if made.token else None,
        "address": f"{office.public_url}/s/{made.token}" if made.token else None,
    }  # fmt: skip
    return page("share_made", visit.lang, told)


def _language(db: Session, who: str | None) -> str:
    """The customer's own; a partner's browser says its own."""
    found = db.get(Customer, (who or "").removeprefix(CUSTOMER))
    return found.language if found is not None and found.language in LANGUAGE_NAMES else "ja"


async def _zip(office: Office, visit: Visit, about: About, *, hashes_only: bool) -> Response:
    replicas = office.replicas or Replicas(office.store)
    archive = Archive(office.units.database, replicas, office.notary, office.authority)
    export = await asyncio.to_thread(
        open_export, archive, about,
        by=visit.session.actor.name, now=visit.now, hashes_only=hashes_only,
    )  # fmt: skip
    kept = {**PRIVATE, "Content-Disposition": f'attachment; filename="{export.name}"'}
    return StreamingResponse(export.chunks(), media_type="application/zip", headers=kept)
