"""Where an evidence zip is fetched by whom it was given to (証拠一式のお渡し口, R-009): `/s/e/` on
a page the shop made for that alone. It is made while it is fetched, of the record as it stands, and
the journal tells who took it.
"""

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from catalog.ground.errors import Missing, Unavailable
from media.sharing import papers, passes
from media.sharing.counter import Counter, seats_of, seen_by
from media.sharing.export import Export, open_export
from media.sharing.handing_out import BOTH
from media.sharing.kinds import Why
from media.sharing.looks import What
from media.sharing.papers import Bag
from media.sharing.passes import PassUnknown
from media.sharing.serving import download_headers, head_of_file

ZIP = "application/zip"
_NAME = "evidence.zip"


def add_evidence(router: APIRouter, counter: Counter) -> None:
    """GET and HEAD `/s/e/{address}`. One is begun at a time: each is signed and stamped."""
    beginning = asyncio.Semaphore(1)

    @router.api_route("/s/e/{address}", methods=BOTH, include_in_schema=False)
    async def evidence(address: str, request: Request) -> Response:
        seats = seats_of(request)
        seen, about = seen_by(What.EVIDENCE, request), passes.NOTHING

        def look() -> Bag:
            return counter.database.read(
                lambda db: papers.find_evidence(db, address, seats=seats, now=counter.clock())
            )

        def begun() -> Export:
            found = look()  # it may have waited
            if counter.archive is None:
                raise PassUnknown(Why.GONE, found.about)
            return open_export(counter.archive, found.of, by=found.whom, now=counter.clock())

        try:
            about = (await run_in_threadpool(look)).about
            if request.method == "HEAD":
                counter.watch.saw(seen.shown(about, "none"))
                return head_of_file(_NAME, ZIP)
            async with beginning:
                export = await run_in_threadpool(begun)
        except PassUnknown as unknown:
            counter.watch.saw(seen.refused(unknown.why, unknown.about))
            return counter.gone()
        except (
            Missing,
            Unavailable,
        ):  # an original is not as it was recorded, or a key is not there
            counter.watch.saw(seen.refused(Why.GONE, about))
            return counter.gone()
        counter.watch.saw(seen.shown(about))
        headers = {**download_headers(export.name), "Accept-Ranges": "none"}
        return StreamingResponse(export.chunks(), media_type=ZIP, headers=headers)
