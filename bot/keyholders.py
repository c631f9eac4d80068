"""Who calls by a key (API キー): the Bearer token of a request, held against the keys the shop gave
out. Not here: what a scope allows.
"""

from fastapi import Request

from bot.unit import Units
from handoff.staff import keys
from handoff.staff.keys import Holder


def token_of(request: Request) -> str | None:
    """The token a request bears; None where it bears none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def holder_of(request: Request, units: Units) -> Holder | None:
    """Whose key it is; None without one that is good."""
    token = token_of(request)
    return await units.read(lambda db: keys.holder(db, token)) if token is not None else None
