"""The web chat as a `Channel`: a letter is put on the visitor's page, once, and the bell rings.

Nothing leaves the house, so there is no reply token, no month's quota and no unclear outcome: the
entry of a letter is unique, and a second try finds the first.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.unit import Units
from bot.webchat.render import render
from bot.webchat.uploads import UploadGone, Uploads
from catalog.ground.errors import Unavailable
from catalog.ground.record import ConversationId
from conversations.messages import Letter
from conversations.ports import Accepted, Message, Outcome, Outgoing, Quota, Rejected, Unclear
from conversations.visitors import actions as visitors
from conversations.visitors.actions import CHANNEL, VisitorMissing

log = structlog.get_logger()


class WebChannel:
    """The `Channel` port over the shop's own page. `uploads` None: personal files cannot be kept
    here.
    """

    name = CHANNEL
    calls_people = False

    def __init__(
        self, units: Units, clock: Callable[[], datetime], uploads: Uploads | None
    ) -> None:
        self._units = units
        self._clock = clock
        self.uploads = uploads

    def render(self, letters: Sequence[Letter]) -> list[list[Message]]:
        """The letters in the page's JSON, one call. Raises Malformed."""
        return render(letters)

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Put it on the page, once."""
        now = self._clock()
        try:
            entry, is_new = await self._units.write(
                lambda db: visitors.tell(db, outgoing.conversation, outgoing.letter_id, now=now)
            )
        except VisitorMissing:
            return Rejected("no such visitor")
        except Unavailable as failed:
            log.warning("web.not_sent", letter=outgoing.letter_id, error=str(failed))
            return Unclear(str(failed))
        return Accepted(request_id=str(entry), repeated=not is_new)

    async def show_waiting(self, conversation: ConversationId, *, seconds: int) -> None:
        """Dots on the page, until the answer stands there or the time is over."""
        until = self._clock() + timedelta(seconds=seconds)
        try:
            await self._units.write(
                lambda db: visitors.wait(db, conversation, until=until), durable=False
            )
        except (VisitorMissing, Unavailable) as failed:
            log.info("web.waiting_not_shown", error=type(failed).__name__)

    async def quota(self) -> Quota:
        """Nobody counts."""
        return Quota(limit=None, used=0)

    async def content(self, message_id: str, *, kind: str) -> AsyncIterator[bytes]:
        """The bytes of a file. Raises UploadGone or Unavailable."""
        if self.uploads is None:
            raise UploadGone(message_id)
        async for chunk in self.uploads.content(message_id):
            yield chunk
