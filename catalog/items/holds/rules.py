"""How long a piece may be held and whether a hold still stands (R-032). Pure."""

from datetime import datetime, timedelta

from catalog.ground.errors import Refused


class HoldTooLong(Refused):
    """A hold must end after now and at the latest at `latest`."""

    def __init__(self, latest: datetime) -> None:
        super().__init__(f"a hold ends by {latest.isoformat()}")
        self.latest = latest


def stands(*, until: datetime, released_at: datetime | None, now: datetime) -> bool:
    """Whether the hold still keeps the piece; it ends by the clock, half-open."""
    return released_at is None and now < until


def check_length(until: datetime, *, since: datetime, hours: int, now: datetime) -> None:
    """`since`: when the person's hold began; to ask again does not start the hours anew. Raises
    HoldTooLong.
    """
    latest = since + timedelta(hours=hours)
    if not now < until <= latest:
        raise HoldTooLong(latest)
