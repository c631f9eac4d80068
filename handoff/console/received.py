"""What people sent, as staff look at it (お客様のファイル).

GET /console/files/{file}

The kind is told by the bytes, never by what the sender called it: pictures and films are shown,
anything else can only be kept, by whoever may see contacts, and nothing in it is run. Not here:
pictures of a case (`cases`).
"""

from collections.abc import Iterator
from itertools import chain

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from handoff.console.door import who
from handoff.console.office import Office
from handoff.console.pages import PRIVATE
from handoff.staff.permissions import Act, need
from media.decoding import sniff
from media.decoding.sniff import Format
from media.intake import received
from media.intake.received import ReceivedMissing
from media.originals.store import ObjectMissing

SHOWN = frozenset({Format.JPEG, Format.PNG, Format.WEBP, Format.MP4, Format.MOV})
_SHUT = {
    **PRIVATE,
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; sandbox",
}


def add(made: APIRouter, office: Office) -> None:
    """The address of the bytes."""

    @made.get("/files/{file}")
    async def sent(request: Request, file: str) -> Response:
        visit = await who(office, request, Act.TALK)
        keys = office.keys
        if keys is None:
            raise ReceivedMissing(file)
        content = await office.units.read(lambda db: received.plain(db, office.store, file, keys))
        head = await run_in_threadpool(_head, content, file)
        form = sniff.sniff_bytes(head)
        if form in SHOWN:
            mime, headers = sniff.MIME[form], _SHUT
        else:
            need(visit.session.actor, Act.SEE_CONTACT)
            mime, headers = "application/octet-stream", {
                **_SHUT, "Content-Disposition": "attachment",
            }  # fmt: skip
        return StreamingResponse(chain([head], content), media_type=mime, headers=headers)


def _head(content: Iterator[bytes], file: str) -> bytes:
    """The first bytes, read before a word is answered. Raises ReceivedMissing."""
    try:
        return next(content, b"")
    except ObjectMissing:
        raise ReceivedMissing(file) from None
