"""`/verify/log/…`: the evidence log as anybody may look at it (証跡ログの公開). A checkpoint
fetched here and kept is what a rewritten log fails against.

    GET /verify/log/checkpoint             the latest one, C2SP tlog-checkpoint
    GET /verify/log/checkpoint/{day}       the one of that Tokyo day
    GET /verify/log/timestamp/{day}        its time stamp (RFC 3161), when there is one
    GET /verify/log/keys                   the public keys, C2SP verifier keys, the oldest first
    GET /verify/log/proof/{leaf}?size=     inclusion proof of a leaf (RFC 9162), `leaf`: its number
    GET /verify/log/consistency/{old}?size=    that a log of `size` begins with the one of `old`

What a leaf says is not told here: whoever has an evidence zip has its leaves.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlmodel import Session

from bot.unit import Units
from catalog.ground.errors import Malformed
from media.log import checkpoints, queries
from media.log.checkpoints import CheckpointMissing
from media.log.tables import LogCheckpoint

_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
_MOST = 2**53
Number = Annotated[int, Path(ge=0, le=_MOST)]
Size = Annotated[int | None, Query(ge=0, le=_MOST)]
Told = Annotated[str, Path(max_length=10)]


class DayUnreadable(Malformed):
    """Not a day as 2026-11-30."""


def log_router(units: Units) -> APIRouter:
    """The addresses of the log."""
    made = APIRouter(prefix="/verify/log", include_in_schema=False)

    @made.get("/checkpoint")
    async def latest() -> Response:
        return _note(await units.read(checkpoints.latest))

    @made.get("/checkpoint/{told}")
    async def of_day(told: Told) -> Response:
        day = _day(told)
        return _note(await units.read(lambda db: checkpoints.of_day(db, day)))

    @made.get("/timestamp/{told}")
    async def stamp(told: Told) -> Response:
        day = _day(told)
        answer = await units.read(lambda db: _stamp(db, day))
        if answer is None:
            raise CheckpointMissing(day)
        return Response(answer, media_type="application/timestamp-reply", headers=_HEADERS)

    @made.get("/keys")
    async def keys() -> Response:
        known = await units.read(checkpoints.verifiers)
        return PlainTextResponse("".join(f"{each}\n" for each in known), headers=_HEADERS)

    @made.get("/proof/{leaf}")
    async def proof(leaf: Number, size: Size = None) -> Response:
        def look(db: Session) -> dict[str, object]:
            reached = queries.size(db) if size is None else size
            hashes = queries.inclusion_proof(db, leaf, at_size=reached)
            told = queries.leaf(db, leaf)
            return {
                "index": leaf,
                "size": reached,
                "leaf_hash": told.hash.hex(),
                "root": queries.root(db, at_size=reached).hex(),
                "proof": [each.hex() for each in hashes],
            }

        return JSONResponse(await units.read(look), headers=_HEADERS)

    @made.get("/consistency/{old}")
    async def consistency(old: Number, size: Size = None) -> Response:
        def look(db: Session) -> dict[str, object]:
            reached = queries.size(db) if size is None else size
            hashes = queries.consistency_proof(db, old, at_size=reached)
            return {
                "old": old,
                "size": reached,
                "old_root": queries.root(db, at_size=old).hex(),
                "root": queries.root(db, at_size=reached).hex(),
                "proof": [each.hex() for each in hashes],
            }

        return JSONResponse(await units.read(look), headers=_HEADERS)

    return made


def _note(row: LogCheckpoint | None) -> Response:
    if row is None:
        raise CheckpointMissing
    return PlainTextResponse(row.note, headers=_HEADERS)


def _stamp(db: Session, day: date) -> bytes | None:
    row = checkpoints.of_day(db, day)
    return checkpoints.stamp_of(db, row.number) if row is not None and row.number else None


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise DayUnreadable("not a day as 2026-11-30") from None
