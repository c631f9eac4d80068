"""Evidence that leaves the house (証拠一式): a zip anybody can check without us, made while it is
fetched (R-009).

    POST /console/items/{code}/evidence            of a piece
    POST /console/disputes/{dispute}/evidence      of a dispute: what it froze, what was sent for it

A piece with gigabytes of originals needs no room and no waiting here: each is read as the browser
takes it. One that is not what was recorded breaks the download off, so no file comes of it.
"""

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from handoff.console.door import Visit, checked
from handoff.console.item import unit_of
from handoff.console.office import Office
from handoff.console.pages import PRIVATE
from handoff.staff.permissions import Act
from media.disputes import queries as disputes
from media.originals.replicas import Replicas
from media.sharing.evidence import About
from media.sharing.export import Archive, open_export


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


async def _zip(office: Office, visit: Visit, about: About, *, hashes_only: bool) -> Response:
    replicas = office.replicas or Replicas(office.store)
    archive = Archive(office.units.database, replicas, office.notary, office.authority)
    export = await asyncio.to_thread(
        open_export, archive, about,
        by=visit.session.actor.name, now=visit.now, hashes_only=hashes_only,
    )  # fmt: skip
    kept = {**PRIVATE, "Content-Disposition": f'attachment; filename="{export.name}"'}
    return StreamingResponse(export.chunks(), media_type="application/zip", headers=kept)
