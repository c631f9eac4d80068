"""What each kind of error means at each edge: HTTP status and body, the worker's verdict, the exit
status.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from catalog.ground.errors import Malformed, Missing, Refused, ShopError, Stale, Unavailable

_STATUS: tuple[tuple[type[ShopError], int], ...] = (
    (Missing, 404),
    (Refused, 409),
    (Stale, 409),
    (Malformed, 422),
    (Unavailable, 503),
)

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from starlette.responses import Response


class Verdict(StrEnum):
    """What a worker does with work that failed."""

    DROP = "drop"  # nothing there to work on
    EXPLAIN = "explain"  # a rule said no where a flow should have asked first
    AGAIN = "again"  # changed meanwhile: look at once
    PARK = "park"  # unreadable: where staff see it
    LATER = "later"  # something outside did not answer
    BUG = "bug"


def verdict(error: BaseException) -> Verdict:
    """The worker's side of an error."""
    match error:
        case Missing():
            return Verdict.DROP
        case Refused():
            return Verdict.EXPLAIN
        case Stale():
            return Verdict.AGAIN
        case Malformed():
            return Verdict.PARK
        case Unavailable():
            return Verdict.LATER
        case _:
            return Verdict.BUG


def status_of(error: ShopError) -> int:
    """The HTTP side."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


EXIT_STATUS = {Missing: 3, Refused: 4, Stale: 4, Malformed: 2, Unavailable: 5}


def exit_status(error: ShopError) -> int:
    """The command line's side: 2 malformed, 3 missing, 4 refused, 5 unavailable."""
    return next(status for kind, status in EXIT_STATUS.items() if isinstance(error, kind))


def answer_errors(app: FastAPI) -> None:
    """Give every kind its HTTP answer. The body names the kind, never whose thing it was about."""

    from fastapi.responses import JSONResponse

    async def answer(request: Request, error: Exception) -> Response:
        if not isinstance(error, ShopError):
            raise error
        kind = next(each.__name__ for each, _ in _STATUS if isinstance(error, each))
        headers = {"Retry-After": "2"} if isinstance(error, Unavailable) else None
        return JSONResponse(
            {"error": {"kind": kind}}, status_code=status_of(error), headers=headers
        )

    app.add_exception_handler(ShopError, answer)
