"""A thread follows its conversation on both databases: each line stands there once and in order,
whatever became of the calls, whoever died in between.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import orjson
import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.duties.actors import Actor, Role
from catalog.ground.record import ConversationId, StaffId, TicketId
from catalog.ground.session.database import Database
from conversations.inbox import intake
from conversations.inbox.intake import IntakeRow
from conversations.inbox.tables import Heard
from conversations.messages import Event, Said
from conversations.outbox import actions as outbox
from conversations.outbox.actions import Envelope
from conversations.outbox.tables import OutboxLetter
from conversations.ports import Accepted, Outcome, Rejected, TooFast, Unclear
from conversations.threads import actions as threads
from handoff.desk import actions as desk
from handoff.desk import notes, queries
from handoff.desk.queries import Alarm, Alert
from handoff.desk.tables import TicketReason
from handoff.slack import actions, steps
from handoff.slack.queries import StaffSlack
from handoff.slack.rules import UPDATES_EVERY
from handoff.slack.steps import Step, StepKind
from handoff.slack.tables import Remark, SlackThread
from handoff.slack.watching import Watch
from handoff.slack.wording.voice import voice
from handoff.staff import actions as staff

MISAKI = ConversationId("line:Umisaki")
ROOM = "C0HANDOFF"


def parse(raw: str, *, inbox_id: int, received_at: datetime) -> Event:
    """An event whose body is its words."""
    return Event(
        inbox_id, "line", str(inbox_id), MISAKI, "Umisaki", received_at, received_at, None, None,
        is_standby=False, is_group=False, body=Said(str(inbox_id), orjson.loads(raw)["text"]),
    )  # fmt: skip


SLACK = StaffSlack(ROOM, {"line": parse}, {}, "https://shop.example")


@dataclass
class Room:
    """Slack as far as threads go: what stands there, by `ts`, and the keys it came with."""

    posts: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)
    updates: list[datetime] = field(default_factory=list)

    def take(self, step: Step, now: datetime) -> str:
        """Do what the step says; its `ts`."""
        if step.kind in {StepKind.UPDATE, StepKind.REDRAW}:
            assert step.ts in self.posts
            self.posts[step.ts] = step.message
            if step.kind is StepKind.UPDATE:
                self.updates.append(now)
            return step.ts
        assert step.key not in self.keys, "posted twice"
        ts = f"1.{len(self.posts):06d}"
        self.posts[ts], self.keys[step.key] = step.message, ts
        if step.ts is None:
            self.roots.append(ts)
        return ts

    def lines(self) -> list[str]:
        """All that was said under the card, in order."""
        return [
            block["text"]["text"].partition("\n")[2]
            for ts, message in self.posts.items()
            if ts not in self.roots
            for block in message["blocks"]
        ]


@dataclass
class Talk:
    """A conversation with an open ticket, and the thread that follows it."""

    database: Database
    now: datetime
    room: Room = field(default_factory=Room)
    ticket: TicketId = field(default_factory=lambda: TicketId(""))
    heard: list[str] = field(default_factory=list)
    number: int = 0

    def write(self, unit: Callable[[Session], Any]) -> Any:
        return self.database.write(unit)

    def call(self) -> None:
        self.write(lambda db: threads.open_in(db, MISAKI, "line", lang="ja", now=self.now))
        called = self.write(
            lambda db: desk.call(
                db, MISAKI, TicketReason.ASKED, lang="ja", about_unit=None,
                promised_at=self.now + timedelta(minutes=10), now=self.now,
            )
        )  # fmt: skip
        self.ticket = called.ticket
        self.show()

    def show(self) -> None:
        self.write(lambda db: actions.show(db, MISAKI, ROOM, now=self.now))

    def later(self, seconds: float = 3.0) -> None:
        self.now += timedelta(seconds=seconds)

    def hears(self, text: str) -> None:
        """The customer says something, and it is answered."""
        self.later(0.01)
        self.number += 1
        row = IntakeRow(
            "line", f"e{self.number}", MISAKI, f"m{self.number}", self.now, self.now,
            orjson.dumps({"text": text}).decode(),
        )  # fmt: skip
        found = self.write(lambda db: intake.hear(db, row))
        done = update(Heard).where(col(Heard.id) == found).values(state="done")
        self.write(lambda db: db.connection().execute(done))
        self.heard.append(text)

    def says(self, text: str, *, state: str = "sent", by: str | None = None) -> None:
        """Somebody writes to the customer, and it comes to that end."""
        self.later(0.01)
        self.number += 1
        envelope = Envelope(f"l{self.number}", "line", MISAKI, "test", written_by=by)  # type: ignore[arg-type]  # a member of staff
        calls = [[{"type": "text", "text": text}]]
        (letter,) = self.write(lambda db: outbox.put(db, envelope, calls, now=self.now)).ids
        done = (
            update(OutboxLetter)
            .where(col(OutboxLetter.id) == letter)
            .values(state=state, ended_at=self.now)
        )
        self.write(lambda db: db.connection().execute(done))

    def mark(self) -> None:
        self.write(lambda db: actions.mark(db, [MISAKI], now=self.now))

    def step(self, outcome: Callable[[Step], Outcome | None], *, lease: str = "w") -> bool:
        """Claim, and one step; `outcome` None: the worker dies before it writes anything down."""
        found = self.write(lambda db: actions.claim(db, lease=lease, now=self.now, limit=5))
        if not found and not self._holds(lease):
            return False
        step = self.write(lambda db: steps.next_step(db, MISAKI, SLACK, lease=lease, now=self.now))
        if step is None:
            return False
        told = outcome(step)
        if told is None:
            self.later(actions.LEASE_SECONDS + 1)
            return True
        self.write(lambda db: steps.stepped(db, MISAKI, step, told, lease=lease, now=self.now))
        return True

    def _holds(self, lease: str) -> bool:
        return self.thread().leased_by == lease

    def accepts(self, step: Step) -> Outcome:
        """Slack takes it; where an earlier try may have arrived it is looked for first."""
        if step.unclear_since is not None and step.key in self.room.keys:
            return Accepted(self.room.keys[step.key], repeated=True)
        return Accepted(self.room.take(step, self.now))

    def follow(self) -> None:
        """Until nothing is left to do."""
        for _ in range(200):
            self.later()
            while self.step(self.accepts):
                pass
            if self.thread().due_at is None:
                return
        raise AssertionError("never at rest")

    def ends(self) -> None:
        """Somebody has the conversation and ends it."""
        sato = Actor("sato", Role.ADVISER)
        self.write(lambda db: desk.claim(db, self.ticket, sato, now=self.now))
        self.write(lambda db: desk.close(db, self.ticket, sato, now=self.now))
        self.show()

    def thread(self) -> SlackThread:
        return self.database.read(lambda db: db.exec(select(SlackThread)).one())


@pytest.fixture
def talk(database: Database, now: datetime) -> Talk:
    made = Talk(database, now)
    made.call()
    return made


def test_a_ticket_is_a_card_and_what_is_said_stands_under_it_in_order(talk: Talk) -> None:
    talk.follow()
    assert len(talk.room.roots) == 1
    talk.hears("一")
    talk.says("二")
    talk.hears("三")
    talk.mark()
    talk.follow()
    assert talk.room.lines() == ["一", "二", "三"]
    talk.mark()
    talk.follow()
    assert talk.room.lines() == ["一", "二", "三"]


def test_a_card_is_drawn_anew_at_most_every_two_seconds(talk: Talk) -> None:
    talk.follow()
    sato = Actor("sato", Role.ADVISER)
    for _ in range(6):
        talk.write(lambda db: desk.claim(db, talk.ticket, sato, now=talk.now))
        talk.show()
        talk.step(talk.accepts)
        talk.write(
            lambda db: desk.give_back(
                db, talk.ticket, actor=sato, promised_at=talk.now, now=talk.now
            )
        )
        talk.show()
        talk.step(talk.accepts)
        talk.later(0.4)
    talk.follow()
    drawn = talk.room.updates
    assert drawn
    assert all(b - a >= UPDATES_EVERY for a, b in pairwise(drawn))
    assert "引き継ぎ待ち" in str(talk.room.posts[talk.room.roots[0]])


def test_a_letter_is_told_when_it_has_come_to_its_end(talk: Talk) -> None:
    talk.follow()
    talk.says("まだ", state="due")
    talk.says("届かない", state="dead")
    talk.says("伏せた", state="carried")
    talk.mark()
    talk.follow()
    assert talk.room.lines() == ["届かない"]
    assert "届いていません" in str(talk.room.posts)
    sent = update(OutboxLetter).where(col(OutboxLetter.state) == "due").values(state="sent")
    talk.write(lambda db: db.connection().execute(sent))
    talk.mark()
    talk.follow()
    assert talk.room.lines() == ["届かない", "まだ"]


def test_notes_of_the_console_stand_there_and_those_of_slack_not_twice(talk: Talk) -> None:
    talk.follow()
    for source in ("console", "slack"):
        talk.write(
            lambda db, source=source: notes.add(
                db,
                MISAKI,
                StaffId("sato"),
                f"{source}のメモ",
                source=source,
                key=source,
                now=talk.now,
            )
        )
    talk.mark()
    talk.follow()
    assert talk.room.lines() == ["consoleのメモ"]


def test_a_post_that_slack_will_never_take_holds_nobody_up(talk: Talk) -> None:
    talk.follow()
    talk.hears("一")
    talk.mark()
    talk.step(lambda _: Rejected("invalid_blocks why"))
    talk.hears("二")
    talk.mark()
    talk.follow()
    assert sorted(talk.room.lines()) == [voice("ja").not_shown(), "二"]


def test_a_line_that_slack_refuses_holds_back_none_of_those_beside_it(talk: Talk) -> None:
    talk.follow()
    said = [f"{n}" for n in range(9)]
    for each in said:
        talk.hears(each)
    talk.mark()

    def refuses_five(step: Step) -> Outcome:
        blocks = step.message["blocks"]
        if any(each.get("text", {}).get("text", "").endswith("\n5") for each in blocks):
            return Rejected("invalid_blocks")
        return talk.accepts(step)

    for _ in range(20):
        talk.later()
        while talk.step(refuses_five):
            pass
    assert talk.thread().due_at is None
    shown = talk.room.lines()
    assert [each for each in shown if each in said] == [each for each in said if each != "5"]
    assert shown.count(voice("ja").not_shown()) == 1


def test_a_letter_under_way_when_a_conversation_ends_is_told_when_it_has_come_to_its_end(
    talk: Talk,
) -> None:
    talk.follow()
    talk.says("届くかまだ分からない", state="due")
    talk.ends()
    for _ in range(5):
        talk.later()
        while talk.step(talk.accepts):
            pass
    assert talk.room.lines() == []
    lost = update(OutboxLetter).where(col(OutboxLetter.state) == "due").values(state="dead")
    talk.write(lambda db: db.connection().execute(lost))
    talk.follow()
    assert talk.room.lines() == ["届くかまだ分からない"]
    assert "届いていません" in str(talk.room.posts)


def test_what_is_taken_back_after_the_conversation_ended_is_drawn_anew(talk: Talk) -> None:
    talk.follow()
    talk.hears("口座は1234")
    talk.mark()
    talk.follow()
    talk.ends()
    talk.follow()
    watch = Watch()
    talk.database.read(lambda db: watch.news(db, actions.live(db)))

    def take_back(db: Session) -> None:
        said = db.exec(select(Heard).order_by(col(Heard.id))).first()
        assert said is not None
        row = IntakeRow("line", "unsent", MISAKI, said.message_id, talk.now, talk.now, "{}")
        took = db.get_one(Heard, intake.hear(db, row))
        took.state = "done"
        for each in (said, took):
            each.body, each.scrubbed_at = "{}", talk.now

    talk.later()
    talk.write(take_back)
    news = talk.database.read(lambda db: watch.news(db, actions.live(db)))
    assert news == {MISAKI}
    assert talk.database.read(lambda db: watch.news(db, actions.live(db))) == set()
    talk.write(lambda db: actions.mark(db, news, now=talk.now))
    talk.follow()
    assert "1234" not in str(talk.room.posts)


def test_what_is_being_posted_while_somebody_is_forgotten_is_drawn_anew(talk: Talk) -> None:
    """R-137."""
    talk.follow()
    talk.hears("口座は1234")
    talk.mark()

    def forgotten_meanwhile(step: Step) -> Outcome:
        told = talk.accepts(step)
        if "1234" in str(step.message):
            talk.write(_empties)
            talk.write(lambda db: actions.forget(db, MISAKI, now=talk.now))
        return told

    for _ in range(4):
        talk.later()
        while talk.step(forgotten_meanwhile):
            pass
    talk.follow()
    assert "1234" not in str(talk.room.posts)


def test_what_is_being_drawn_anew_while_somebody_is_forgotten_is_drawn_once_more(
    talk: Talk,
) -> None:
    """R-137."""
    talk.follow()
    talk.hears("口座は1234")
    talk.mark()
    talk.follow()

    def wants_it_drawn(db: Session) -> None:
        thread = db.exec(select(SlackThread)).one()
        thread.redraw = [each["ts"] for each in thread.posts if each["ts"]]

    def forgotten_meanwhile(step: Step) -> Outcome:
        told = talk.accepts(step)
        if step.kind is StepKind.REDRAW and "1234" in str(step.message):
            talk.write(_empties)
            talk.write(lambda db: actions.forget(db, MISAKI, now=talk.now))
        return told

    talk.write(wants_it_drawn)
    talk.mark()
    talk.later()
    while talk.step(forgotten_meanwhile):
        pass
    talk.follow()
    assert "1234" not in str(talk.room.posts)


def _empties(db: Session) -> None:
    db.connection().execute(update(Heard).values(body="{}", scrubbed_at=Heard.received_at))


def test_a_word_that_is_written_while_a_thread_comes_to_rest_wakes_it(talk: Talk) -> None:
    """On PostgreSQL two units are open at once."""
    talk.follow()
    talk.mark()
    lease = "w"
    talk.write(lambda db: actions.claim(db, lease=lease, now=talk.now, limit=1))
    said, rested = threading.Event(), threading.Event()

    def says(db: Session) -> None:
        actions.remark(db, MISAKI, Remark.FILE_SENT, key="k", now=talk.now)
        said.set()
        rested.wait(0.5)

    def rests() -> None:
        said.wait(5)
        talk.write(lambda db: steps.next_step(db, MISAKI, SLACK, lease=lease, now=talk.now))
        rested.set()

    other = threading.Thread(target=rests)
    other.start()
    talk.write(says)
    other.join()
    while talk.step(talk.accepts, lease=lease):
        pass
    talk.follow()
    assert talk.room.lines() == [voice("ja").file_sent()]


def test_a_thread_whose_last_step_was_refused_tells_the_next_word_all_the_same(talk: Talk) -> None:
    talk.follow()
    talk.write(lambda db: desk.claim(db, talk.ticket, Actor("sato", Role.ADVISER), now=talk.now))
    talk.later()
    talk.show()
    assert talk.step(lambda _: Rejected("edit_window_closed"))
    talk.follow()
    talk.later(3_600)
    talk.hears("その後")
    talk.mark()
    assert talk.thread().due_at is not None
    talk.follow()
    assert talk.room.lines() == ["その後"]


def test_a_thread_that_was_deleted_on_slack_begins_anew(talk: Talk) -> None:
    talk.follow()
    talk.hears("一")
    talk.mark()
    talk.step(lambda _: Rejected("thread_not_found"))
    talk.follow()
    assert len(talk.room.roots) == 2
    assert talk.room.lines()[-1] == "一"


def test_what_is_taken_back_is_drawn_anew_and_a_post_that_is_gone_holds_nobody_up(
    talk: Talk,
) -> None:
    talk.follow()
    talk.hears("口座は1234")
    talk.mark()
    talk.follow()
    talk.hears("次の話")
    talk.mark()
    talk.follow()

    def take_back(db: Session) -> None:
        heard = db.exec(select(Heard).order_by(col(Heard.id))).first()
        assert heard is not None
        heard.body, heard.scrubbed_at = "{}", talk.now
        thread = db.exec(select(SlackThread)).one()
        thread.redraw = [each["ts"] for each in thread.posts if each["ts"]]

    talk.write(take_back)
    talk.mark()
    gone: list[str] = []

    def refuses_the_second(step: Step) -> Outcome:
        if step.kind is StepKind.REDRAW and "次の話" in str(step.message):
            gone.append(step.ts or "")
            return Rejected("message_not_found")
        return talk.accepts(step)

    for _ in range(6):
        talk.later(20)
        while talk.step(refuses_the_second):
            pass
    assert "1234" not in str(talk.room.posts)
    assert len(gone) == 1
    assert len(talk.room.roots) == 1
    assert talk.thread().due_at is None


def test_what_slack_asks_for_is_waited_out_and_nothing_hurries_it(talk: Talk) -> None:
    talk.follow()
    talk.hears("一")
    talk.mark()
    talk.step(lambda _: TooFast(30.0))
    asked = talk.now + timedelta(seconds=30)
    talk.later(1)
    talk.hears("二")
    talk.mark()
    assert talk.thread().due_at == asked
    assert not talk.step(talk.accepts)
    talk.follow()
    assert talk.room.lines() == ["一", "二"]


def test_without_a_ticket_there_is_nothing_to_show(database: Database, now: datetime) -> None:
    assert not database.write(lambda db: actions.show(db, MISAKI, ROOM, now=now))
    assert database.read(lambda db: db.exec(select(SlackThread)).all()) == []


def test_slack_switched_on_late_shows_who_waits_already(database: Database, now: datetime) -> None:
    talk = Talk(database, now)
    database.write(lambda db: threads.open_in(db, MISAKI, "line", lang="ja", now=now))
    database.write(
        lambda db: desk.call(
            db, MISAKI, TicketReason.ASKED, lang="ja", about_unit=None, promised_at=now, now=now
        )
    )
    talk.hears("まだですか")
    talk.later()
    database.write(lambda db: actions.open_missing(db, ROOM, now=talk.now))
    talk.follow()
    assert talk.room.lines() == ["まだですか"]


def test_an_alert_calls_people_once(talk: Talk) -> None:
    talk.follow()
    ticket = talk.database.read(lambda db: queries.of_id(db, talk.ticket))
    for _ in range(2):
        talk.write(
            lambda db: actions.alarm(
                db, ticket, Alarm.RISEN, 1, ["U0LEAD0001"], key="t:1", now=talk.now
            )
        )
    talk.follow()
    assert str(talk.room.posts).count("<@U0LEAD0001>") == 2  # the words and the block


def test_those_who_are_called_are_named_and_where_nobody_is_only_trouble_is_told(
    talk: Talk,
) -> None:
    lead = talk.write(
        lambda db: staff.add(
            db, "佐藤", "senior", email=None, slack_id="U0LEAD0001", by="t", now=talk.now
        )
    )
    unknown = talk.write(
        lambda db: staff.add(db, "田中", "senior", email=None, slack_id=None, by="t", now=talk.now)
    )
    talk.follow()

    def call(alarm: Alarm, *people: StaffId) -> bool:
        alert = Alert(1, talk.ticket, alarm, 1, people, None, talk.now, is_over=False)
        key = f"{alarm}{people}"
        return bool(talk.write(lambda db: actions.call(db, alert, key=key, now=talk.now)))

    assert call(Alarm.CALLED, lead, unknown)
    assert not call(Alarm.CALLED, lead, unknown)
    assert not call(Alarm.CALLED, unknown)
    assert not call(Alarm.ASSIGNED)
    assert call(Alarm.RISEN, unknown)
    talk.follow()
    told = str(talk.room.posts)
    assert told.count("<@U0LEAD0001>") == 2
    assert "リーダーへ" in told


def test_a_note_of_the_console_names_whom_it_calls(talk: Talk) -> None:
    talk.write(
        lambda db: staff.add(
            db, "佐藤", "adviser", email=None, slack_id="U0SATO0001", by="t", now=talk.now
        )
    )
    talk.follow()
    talk.write(
        lambda db: notes.add(
            db, MISAKI, StaffId("x"), "@佐藤 見て", source="console", key="k", now=talk.now
        )
    )
    talk.mark()
    talk.follow()
    assert "<@U0SATO0001>" in str(talk.room.posts)


def test_a_name_of_the_register_stands_beside_what_a_person_wrote(talk: Talk) -> None:
    who = talk.write(
        lambda db: staff.add(
            db, "高橋", "adviser", email=None, slack_id="U0TAKA0001", by="t", now=talk.now
        )
    )
    talk.says("担当です", by=who)
    talk.mark()
    talk.follow()
    assert "*高橋*" in str(talk.room.posts)


def _outcomes(talk: Talk, dice: random.Random) -> Callable[[Step], Outcome | None]:
    """Anything that can become of a call, done or not done."""

    def told(step: Step) -> Outcome | None:
        dies = dice.random()
        if dies < 0.4:
            return talk.accepts(step)
        if dies < 0.55:
            talk.accepts(step)  # it arrived, nobody heard
            return Unclear("no answer")
        if dies < 0.65:
            return Unclear("lost")
        if dies < 0.75:
            return TooFast(dice.choice([None, 1.0, 5.0]))
        if dies < 0.88:
            talk.accepts(step)
            return None
        return None

    return told


@pytest.mark.parametrize("seed", range(12))
def test_however_calls_end_each_line_stands_once_and_in_order(talk: Talk, seed: int) -> None:
    dice = random.Random(seed)
    for n in range(40):
        match dice.randrange(4):
            case 0:
                talk.hears(f"{seed}-{n}")
            case 1:
                talk.mark()
            case 2:
                talk.later(dice.choice([0.1, 1.0, 70.0]))
            case _:
                talk.step(_outcomes(talk, dice), lease=f"w{dice.randrange(100)}")
    talk.later(actions.LEASE_SECONDS + 61)
    talk.mark()
    talk.follow()
    assert talk.room.lines() == talk.heard
    assert len(talk.room.roots) == 1


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1_000, 1_300))
def test_however_calls_end_many_times(talk: Talk, seed: int) -> None:
    test_however_calls_end_each_line_stands_once_and_in_order(talk, seed)


def test_a_look_finds_what_is_new_and_what_came_to_its_end_once(talk: Talk) -> None:
    watch = Watch()

    def news() -> set[str]:
        return talk.database.read(lambda db: watch.news(db, actions.live(db)))

    news()
    assert news() == set()
    talk.hears("一")
    assert news() == {MISAKI}
    assert news() == set()
    talk.says("まだ", state="due")
    assert news() == set()
    sent = update(OutboxLetter).where(col(OutboxLetter.state) == "due").values(state="sent")
    talk.write(lambda db: db.connection().execute(sent))
    assert news() == {MISAKI}
    assert news() == set()
    talk.hears("二")
    restarted = Watch()
    assert talk.database.read(lambda db: restarted.news(db, actions.live(db))) == {MISAKI}
