"""Who calls by a key (API キー): the Bearer token of a request, held against the keys the shop gave
out. Not here: what a scope allows.
"""

from datetime import datetime

from fastapi import Request

from bot.unit import Units
from handoff.staff import keys
from handoff.staff.keys import Holder


def token_of(request: Request) -> str | None:
    """The token a request bears; None where it bears none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def holder_of(request: Request, units: Units, *, now: datetime) -> Holder | None:
    """Whose key it is, which counts as used; None without one that is good."""
    token = token_of(request)
    if token is None:
        return None
    found = await units.read(lambda db: keys.holder(db, token))
    if found is not None and found.is_unused(now):
        await units.write(lambda db: keys.used(db, found.key_id, now=now), durable=False)
    return found
