"""Fuzzed threads (R-159): whatever staff and strangers write, edit, delete and press there, a
customer is told exactly what began with an agreed word or came by the window, from who may.
"""

import json
import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.line.render import render
from bot.slack.gestures import gesture_of
from catalog.ground.record import ConversationId
from catalog.ground.session.database import Database
from conversations.messages import Letter
from conversations.outbox.tables import OutboxLetter
from conversations.ports import Channel, Message
from conversations.threads import actions as threads
from handoff.desk import actions as desk
from handoff.desk import queries
from handoff.desk.notes import Note
from handoff.desk.tables import TicketReason
from handoff.slack import actions, cards, handling
from handoff.slack.queries import StaffSlack
from handoff.slack.tables import SlackThread
from handoff.staff import actions as staff
from handoff.staff.tables import Staff
from tests import slack_events as events

Json = dict[str, Any]
MISAKI, ROOM, THREAD = ConversationId("line:Umisaki"), "C0HANDOFF", "1700000000.000100"
PEOPLE = {
    "U0SATO0001": "adviser", "U0TAKA0001": "adviser", "U0AUDIT001": "auditor",
    "U0ACCT0001": "accounting", "U0NOBODY01": None,
}  # fmt: skip
TALKERS = {"U0SATO0001", "U0TAKA0001"}
WORDS = [
    "値引き不可", "至急", "お客様へ", "返信", "reply", "VIP", "😀", "<@U0SATO0001>", "<!channel>",
    "&lt;", "クレーム注意", "\u200b", "\ufeff", "\u202e", "\n", " ", "ok", "返", "信", ":", "：",
]  # fmt: skip
NEARLY = [
    "返信 ", "返信、", "返 信:", "返信;", "「返信:」", "*返信:*", "_reply:_", "> 返信:", "•返信:",
    "re:", "replay:", "\u200b返信:", "@akashi 返信:", "返事:", "メモ:", "返信\n:", "rep ly:",
    "返信 ：", "<@U0SATO0001> 返信:", "返信<@U0SATO0001>:",
]  # fmt: skip
AGREED = ["返信:", "返信：", "reply:", "Reply:", "REPLY：", "ｒｅｐｌｙ:", "  返信:", "\n返信："]


class Paper:
    """LINE without a network: what would be sent, as it would be."""

    name = "line"
    calls_people = True

    def render(self, letters: Sequence[Letter]) -> list[list[Message]]:
        return render(letters)


@dataclass
class Fuzzed:
    """One thread, what was done in it, and what a customer should have been told."""

    database: Database
    now: datetime
    dice: random.Random
    slack: StaffSlack
    owner: str | None = None
    sent: int = 0
    written: list[str] = field(default_factory=list)
    kept: list[Json] = field(default_factory=list)

    def _handle(self, payload: Json) -> None:
        gesture = gesture_of(payload)
        if gesture is not None:
            now = self.now
            self.database.write(lambda db: handling.handle(db, gesture, self.slack, now=now))

    def text(self) -> str:
        return "".join(self.dice.choices(WORDS, k=self.dice.randrange(1, 6)))

    def act(self) -> None:
        """Anything at all."""
        self.now += timedelta(seconds=self.dice.randrange(1, 90))
        user = self.dice.choice(sorted(PEOPLE))
        match self.dice.randrange(10):
            case 0 | 1 | 2:
                self.write(user, self.text())
            case 3 | 4:
                self.write(user, self.dice.choice(NEARLY) + self.text())
            case 5:
                self.write(user, self.dice.choice(AGREED) + self.text())
            case 6:
                self.alter(user)
            case 7:
                self.press(user, self.dice.choice([cards.CLAIM, cards.SNOOZE, cards.WAKE]))
            case 8:
                self.window(user)
            case _:
                self.press(user, self.dice.choice([cards.CLOSE, cards.REPLY, "desk:else"]))

    def write(self, user: str, text: str) -> None:
        ts = events.stamp(self.now)
        team = self.dice.choice([events.TEAM, events.TEAM, events.TEAM, "T0ELSEWHERE"])
        told = events.message(user, ROOM, text, ts=ts, team=team, thread_ts=THREAD)
        if self.dice.random() < 0.1:
            told["bot_id"] = "B0OTHER"
        if self.dice.random() < 0.1:
            del told["thread_ts"]
        payload = events.callback(told)
        self.kept.append(told)
        is_whole = "bot_id" not in told and "thread_ts" in told and team == events.TEAM
        if is_whole and user in TALKERS and begins_agreed(text):
            self._expect(user, text)
        for _ in range(self.dice.choice([1, 1, 2, 4])):
            self._handle(payload)

    def _expect(self, user: str, text: str) -> None:
        """A reply, when this person may speak there; its words are counted, not compared."""
        spoken = re.sub(r"<[@!][^>]*>", "@", text)
        rest = unicodedata.normalize("NFKC", spoken).strip().partition(":")[2].strip()
        state, owner = self._ticket()
        if rest and (state == "waiting" or owner == user):
            self.sent += 1

    def _ticket(self) -> tuple[str, str | None]:
        def look(db: Session) -> tuple[str, str | None]:
            ticket = queries.open_of(db, MISAKI)
            if ticket is None:
                return "closed", None
            owner = db.exec(select(Staff.slack_id).where(Staff.id == ticket.owner)).first()
            return ticket.state, owner if ticket.state in ("claimed", "snoozed") else None

        return self.database.read(look)

    def alter(self, user: str) -> None:
        if not self.kept:
            return
        before, ts = self.dice.choice(self.kept), events.stamp(self.now)
        text = self.dice.choice(AGREED) + self.text()
        for payload in (events.changed(before, text, ts=ts), events.deleted(before, ts=ts)):
            self._handle(events.callback({**payload, "user": user}))

    def press(self, user: str, act: str) -> None:
        ticket = self.database.read(lambda db: db.exec(select(SlackThread.ticket)).one())
        button = {"type": "button", "action_id": act, "value": ticket}
        self._handle(events.pressed_button(user, ROOM, THREAD, button, at=self.now))

    def window(self, user: str) -> None:
        """Sent off by who was never shown it, too."""
        ticket = self.database.read(lambda db: db.exec(select(SlackThread.ticket)).one())
        view = {
            "id": events.new_id("V"), "type": "modal", "callback_id": cards.REPLY,
            "private_metadata": json.dumps({"ticket": ticket}),
        }  # fmt: skip
        text = "窓" + self.text()
        state, owner = self._ticket()
        if user in TALKERS and (state == "waiting" or owner == user):
            self.sent += 1
        payload = events.submitted(user, view, {"text": {"text": {"value": text}}})
        for _ in range(self.dice.choice([1, 2])):
            self._handle(payload)


def begins_agreed(text: str) -> bool:
    """Told apart in another way than the product does: what calls a colleague is for them."""
    head = unicodedata.normalize("NFKC", text).casefold().strip()
    return head.startswith(("返信:", "reply:"))


def fuzz(database: Database, now: datetime, seed: int) -> None:
    channels: dict[str, Channel] = {"line": Paper()}  # type: ignore[dict-item]  # nothing is sent here
    slack = StaffSlack(ROOM, {}, channels, "https://shop.example")

    def begin(db: Session) -> None:
        for user, role in PEOPLE.items():
            if role is not None:
                staff.add(db, user, role, email=None, slack_id=user, by="t", now=now)
        threads.open_in(db, MISAKI, "line", lang="ja", now=now)
        desk.call(
            db, MISAKI, TicketReason.ASKED, lang="ja", about_unit=None, promised_at=now, now=now
        )
        actions.show(db, MISAKI, ROOM, now=now)
        db.connection().execute(update(SlackThread).values(ts=THREAD))

    database.write(begin)
    talk = Fuzzed(database, now, random.Random(seed), slack)
    for _ in range(30):
        talk.act()

    def told(db: Session) -> tuple[list[str], list[str]]:
        letters = select(OutboxLetter.messages).where(col(OutboxLetter.written_by).is_not(None))
        return list(db.exec(letters)), list(db.exec(select(Note.body)))

    letters, notes = database.read(told)
    assert len(letters) == talk.sent
    assert not [each for each in notes if begins_agreed(each)]


@pytest.mark.parametrize("seed", range(25))
def test_no_customer_is_told_what_is_said_in_a_thread(
    database: Database, now: datetime, seed: int
) -> None:
    fuzz(database, now, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1_000, 2_000))
def test_no_customer_is_told_what_is_said_in_a_thousand_threads(
    database: Database, now: datetime, seed: int
) -> None:
    fuzz(database, now, seed)
