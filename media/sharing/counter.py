"""What the addresses of media need (窓口): the books, the store and who watches; and who asks, as
far as it is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request, Response

from catalog.ground.session.database import Database
from media.originals.replicas import Replicas
from media.originals.store import OriginalStore
from media.sharing import looks
from media.sharing.export import Archive
from media.sharing.looks import Seen, Watch, What
from media.sharing.pages import Scripts
from media.sharing.serving import gone_page

SEAT = "seat_"


@dataclass(frozen=True, slots=True)
class Counter:
    """What the routes need. `contact_url`: where somebody with a dead address may turn to;
    `is_https`: whether the shop is reached by https; `ffmpeg`: the program, when one is named;
    `signed_seconds`: how long a browser may fetch a large file at the object service itself;
    `archive`: what evidence zips are made from.
    """

    database: Database
    store: OriginalStore
    replicas: Replicas
    watch: Watch
    clock: Callable[[], datetime]
    contact_url: str | None = None
    accel_prefix: str | None = None
    scripts: Scripts | None = None
    is_https: bool = True
    signed_seconds: int = 0
    ffmpeg: str | None = None
    archive: Archive | None = None

    def gone(self) -> Response:
        """The one answer to every address that opens nothing."""
        return gone_page(self.contact_url)


def seen_by(what: What, request: Request) -> Seen:
    """The request for the record of looks, before anybody knows what it opens."""
    caller = request.client.host if request.client is not None else ""
    agent = looks.agent_of(request.headers.get("user-agent"))
    return Seen(what, network=looks.network_of(caller), agent=agent)


def seats_of(request: Request) -> dict[str, str]:
    """What the browser was let in with, by share."""
    return {
        name.removeprefix(SEAT): told
        for name, told in request.cookies.items()
        if name.startswith(SEAT)
    }
