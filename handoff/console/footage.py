"""`/console/media/{rendition}`: films and pictures as staff see them (社内閲覧), with Range.

No pass is needed and none is made; whoever is signed in may look. What is no rendition answers as
any other wrong address.
"""

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from handoff.console.door import who
from handoff.console.office import Office
from media.originals.store import ObjectMissing
from media.sharing import passes
from media.sharing.passes import PassUnknown
from media.sharing.serving import served


def add(made: APIRouter, office: Office) -> None:
    """The address of the bytes."""

    @made.api_route("/media/{rendition}", methods=["GET", "HEAD"])
    async def media(request: Request, rendition: str) -> Response:
        await who(office, request)
        passed = await office.units.read(lambda db: passes.of_rendition(db, rendition))
        try:
            return await run_in_threadpool(
                served, office.store, passed, request, accel_prefix=office.accel_prefix
            )
        except ObjectMissing:
            raise PassUnknown from None
