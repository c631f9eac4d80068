"""Errands at Slack outlive its absence: what staff attached reaches the customer, what a customer
sent stands in its thread, and what is forgotten goes there too, an hour later or whenever Slack is
back (R-137, R-159). What cannot be done within a day is told in the thread.
"""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from catalog.ground import worklist
from catalog.ground.session.database import ring
from catalog.ground.worklist import Work, WorkState
from conversations.flows import forgetting
from handoff.slack import cards
from handoff.slack.actions import FORGET_FILE, SHOW_FILE
from handoff.slack.handling import SEND_FILE
from tests import line_events
from tests.journeys.selling import picture
from tests.journeys.staff_desk import StaffDesk, open_desk
from tests.journeys.test_staff_slack import claimed, stands_under
from tests.line_platform import in_loop_for

Json = dict[str, Any]
ERRANDS = (SEND_FILE, SHOW_FILE, FORGET_FILE)
SECONDS = 150.0


@pytest.fixture
def sqlite_url(tmp_path: Path) -> Iterator[str]:
    from tests.databases import fresh_url

    with fresh_url("sqlite", tmp_path) as url:
        yield url


async def photographs(desk: StaffDesk, user: str, body: bytes) -> str:
    """A customer on LINE sends a picture; the message."""
    line = desk.shop.line
    event = line_events.image_event(
        user, at=desk.shop.clock(), reply_token=line.issue_reply_token(user)
    )
    line.put_content(event["message"]["id"], body)
    await desk.shop.hear(event)
    return str(event["message"]["id"])


def shown_in(desk: StaffDesk, card: Json) -> list[str]:
    """The files that stand under a card and are still there."""
    ids = [each["files"][0]["id"] for each in desk.thread(card) if each.get("files")]
    return [each for each in ids if each in desk.slack.files]


async def passes(desk: StaffDesk, time: timedelta) -> None:
    """So much time goes by, and every errand that is due then was tried."""
    clocks = {id(each): each for each in (desk.shop.clock, desk.slack.clock)}
    for clock in clocks.values():
        clock.move(time)  # type: ignore[attr-defined]  # a SetClock
    await desk.shop.shop.units.write(lambda db: ring(db, worklist.TOPIC))
    await resting(desk)


async def resting(desk: StaffDesk) -> None:
    """No errand at Slack is due or under way."""
    open_rows = select(Work.due_at, Work.lease_until).where(
        col(Work.kind).in_(ERRANDS), Work.state == WorkState.DUE.value
    )
    for _ in range(1_000):
        now = desk.shop.clock()
        rows = await desk.shop.shop.units.read(lambda db: list(db.exec(open_rows)))
        if all(due_at > now and lease is None for due_at, lease in rows):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("errands that are due and not tried")


def waiting(desk: StaffDesk, kind: str) -> int:
    """How many errands of that kind are still to be done."""
    count = "SELECT count(*) FROM worklist WHERE kind = :kind AND state = 'due'"
    return int(desk.shop.one(count, kind=kind))


async def forgets(desk: StaffDesk, number: str) -> None:
    """A customer is forgotten (R-137)."""
    now = desk.shop.clock()
    customer = desk.shop.one("SELECT id FROM customer WHERE customer_no = :no", no=number)
    await desk.shop.shop.units.write(
        lambda db: forgetting.forget_customer(db, customer, by="test", now=now, key=number)
    )


def test_errands_wait_for_slack_an_hour_and_are_done_when_it_is_back(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop_for(SECONDS)
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk:
            takahashi, misaki, card = await claimed(desk)
            leaving = desk.shop.line.add_user()
            await desk.shop.is_customer(leaving, number="C-2")
            theirs = await desk.wants_a_person(leaving)
            await photographs(desk, leaving, picture(1))
            await desk.until(lambda: len(shown_in(desk, theirs)) == 1, "the first picture")
            view = await desk.window(takahashi, desk.card_of(misaki) or card, cards.REPLY)
            still = desk.slack.upload(picture(2))
            await desk.worked_off()
            await resting(desk)

            await desk.slack.go_away()
            await desk.shop.hear(desk.shop.line.say(misaki, "こちらです"))
            mark = await photographs(desk, misaki, picture(3))
            await desk.shop.settled()  # what was heard is heard before the answer to it
            files = {"type": "file_input", "files": [{"id": still}]}
            text = {"type": "plain_text_input", "value": "写真をお送りします。"}
            assert await desk.sends_off(takahashi, view, text=text, files=files) == {}
            await forgets(desk, "C-2")
            await desk.until(lambda: waiting(desk, FORGET_FILE) == 1, "the deletion to be due")
            await desk.until(lambda: is_stored(desk, mark), "the picture here")
            await desk.shop.settled()
            for _ in range(9):  # more tries than any other work is given
                await passes(desk, timedelta(minutes=7))
            assert shown_in(desk, theirs) != []

            await desk.slack.come_back()
            await desk.until(lambda: "こちらです" in desk.said_under(card), "the words")
            await desk.until(lambda: len(shown_in(desk, card)) == 1, "the picture in the thread")
            await desk.shop.settled()  # no letter is on its way while time passes
            await passes(desk, timedelta(minutes=10))
            await desk.until(partial(has_seen_a_picture, desk, misaki), "the answer's picture")
            await desk.until(lambda: shown_in(desk, theirs) == [], "the forgotten copy gone")
            assert "送れませんでした" not in desk.said_under(card)
            assert desk.slack.refused == []

    journey()


def is_stored(desk: StaffDesk, message_id: str) -> bool:
    """Whether that picture is kept in the house."""
    state = "SELECT state FROM received_file WHERE message_id = :message"
    return bool(desk.shop.one(state, message=message_id) == "stored")


def has_seen_a_picture(desk: StaffDesk, user: str) -> bool:
    """Whether a customer on LINE was sent one."""
    return any(each["type"] == "image" for each in desk.shop.line.sent_to(user))


def test_what_could_not_be_done_for_a_day_is_told_in_the_thread(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop_for(SECONDS)
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            takahashi, misaki, card = await claimed(desk)
            view = await desk.window(takahashi, desk.cards()[0], cards.REPLY)
            still = desk.slack.upload(picture(2))
            await desk.worked_off()
            await desk.slack.go_away()
            await photographs(desk, misaki, picture(3))
            files = {"type": "file_input", "files": [{"id": still}]}
            assert await desk.sends_off(takahashi, view, files=files) == {}
            await desk.until(lambda: waiting(desk, SEND_FILE) == 1, "the picture wanted")
            await passes(desk, timedelta(hours=25))
            assert waiting(desk, SEND_FILE) == 0
            # The customer's is wanted once its message stands in the thread.
            await desk.slack.come_back()
            desk.slack.fail_next("internal_error", times=50, on="files.getUploadURLExternal")
            await desk.until(lambda: waiting(desk, SHOW_FILE) == 1, "the copy wanted")
            await passes(desk, timedelta(hours=25))
            assert waiting(desk, SHOW_FILE) == 0
            for words in ("1日待っても取り込めませんでした", "ここに表示できませんでした"):
                await desk.until(partial(stands_under, desk, card, words), words)
            assert not has_seen_a_picture(desk, misaki)

    journey()


def test_a_photo_is_handed_over_anew_where_slack_kept_it_not_and_goes_when_it_is_taken_back(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop_for(SECONDS)
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            _, misaki, card = await claimed(desk)
            desk.slack.fail_next("500", on="files.completeUploadExternal")
            mark = await photographs(desk, misaki, picture(1))
            await desk.until(lambda: slack_file(desk) is not None, "it handed over")
            desk.slack.files.pop(str(slack_file(desk)))
            await passes(desk, timedelta(minutes=1))
            await desk.until(lambda: len(shown_in(desk, card)) == 1, "it in the thread")
            await desk.shop.hear(line_events.unsend_event(misaki, mark, at=desk.shop.clock()))
            await desk.until(lambda: shown_in(desk, card) == [], "it gone")
            await desk.worked_off()
            assert "表示できませんでした" not in desk.said_under(card)

    journey()


def slack_file(desk: StaffDesk) -> str | None:
    """Slack's id of the one copy there is."""
    found = desk.shop.rows("SELECT slack_file FROM slack_file")
    return found[0][0] if found else None
