"""The mail with a code (会員情報連携の確認番号): the code is made when it leaves, so that it is
written nowhere but in the mail; a try that failed makes a new one.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot.mail import Post
from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from catalog.customers import linking
from catalog.customers.linking import LinkMissing
from conversations.wording.membership.voice import voice

BY = "mail"


class MailWork:
    """The runner for mails."""

    def __init__(
        self, units: Units, post: Post, secret: bytes, clock: Callable[[], datetime]
    ) -> None:
        self._units = units
        self._post = post
        self._secret = secret
        self._clock = clock

    @property
    def runners(self) -> dict[str, Runner]:
        """By kind of work."""
        return {linking.CODE: self.send_code}

    async def send_code(self, errand: Errand) -> None:
        """A code to the address on file. A page that is over meanwhile gets none."""
        now, link = self._clock(), errand.work.subject
        try:
            issued = await self._units.write(
                lambda db: linking.issue(db, link, self._secret, by=BY, now=now)
            )
        except LinkMissing:
            await self._units.write(lambda db: finish(db, errand, now=now))
            return
        words = voice(issued.lang)
        minutes = int(linking.CODE_LIFE.total_seconds() // 60)
        await asyncio.to_thread(
            self._post.send,
            issued.email,
            words.code_subject(),
            words.code_mail(issued.code, minutes=minutes),
            now=now,
        )
        await self._units.write(lambda db: finish(db, errand, now=self._clock()))
