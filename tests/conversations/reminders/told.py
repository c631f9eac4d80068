"""Telling notices in tests without a running shop: the real LINE rendering, what was written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlmodel import Session, col, select

from bot.line.api import open_api
from bot.line.check import check
from bot.line.send import LineChannel
from catalog.customers import actions as customers
from catalog.ground import worklist
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from catalog.ground.worklist import NOTICE, DueWork, Work, WorkState
from conversations.flows.flow import ConversationTerms
from conversations.outbox.actions import UNDELIVERED
from conversations.outbox.tables import OutboxLetter
from conversations.ports import Channel
from conversations.reminders import actions as reminders
from conversations.reminders.actions import Post
from tests.line_rules import message_problems

WORKER = "test"


class Teller:
    """One worker that tells what is due in a database."""

    def __init__(self, database: Database, *, also: Sequence[str] = ()) -> None:
        api = open_api(
            base="https://line.invalid", data_base="https://line.invalid", access_token="t",
            channel_id=None, channel_secrets=["s"],
        )  # fmt: skip
        self.database = database
        channels: dict[str, Channel] = {"line": LineChannel(api)}
        for name in also:
            channels[name] = LineChannel(api)
        self.post = Post(channels, ConversationTerms(public_url="https://shop.example"))

    def bind(
        self, customer: str, now: datetime, address: str = "", *, channel: str = "line"
    ) -> str:
        """An address of the customer."""
        who = address or f"U{customer}"
        self.database.write(
            lambda db: customers.bind(db, CustomerId(customer), channel, who, by="t", now=now)
        )
        return who

    def tell_all(self, now: datetime) -> int:
        """Tell what is due until nothing is; how many rows were seen through."""
        count = 0
        while True:
            due = self.database.write(
                lambda db: worklist.claim(
                    db, [NOTICE, UNDELIVERED], worker=WORKER, now=now, lease_seconds=30, limit=50
                )
            )
            if not due:
                return count
            for work in due:
                told = self.database.write(lambda db, work=work: self._see_through(db, work, now))
                assert told, work
                count += 1

    def _see_through(self, db: Session, work: DueWork, now: datetime) -> bool:
        if work.kind == UNDELIVERED:
            return reminders.see_to(db, work, worker=WORKER, now=now)
        return reminders.tell(db, work, self.post, worker=WORKER, now=now)

    def letters(self, *states: str) -> list[OutboxLetter]:
        """What was written, in order."""
        wanted = select(OutboxLetter).order_by(col(OutboxLetter.id))
        if states:
            wanted = wanted.where(col(OutboxLetter.state).in_(states))
        return self.database.read(lambda db: list(db.exec(wanted)))

    def undone(self) -> list[Work]:
        """Notices that were not seen through."""
        wanted = select(Work).where(Work.kind == NOTICE, Work.state != WorkState.DONE.value)
        return self.database.read(lambda db: list(db.exec(wanted)))


def need_sendable(letter: OutboxLetter) -> list[dict[str, Any]]:
    """The messages of a letter, which LINE would take."""
    messages: list[dict[str, Any]] = orjson.loads(letter.messages)
    check(messages)
    assert message_problems(messages) == [], letter.purpose
    return messages
