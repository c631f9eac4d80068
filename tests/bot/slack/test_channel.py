"""Slack's answers, and its silences, become the outcomes the outbox acts on."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from bot.slack.api import Answer, SlackApi, SlackTrouble
from bot.slack.channel import FileGone, Place, SlackChannel, place_of
from bot.slack.send import outcome_of
from catalog.ground.record import ConversationId, LetterId
from conversations.messages import Text
from conversations.ports import Accepted, NotReady, Outcome, Outgoing, Rejected, TooFast, Unclear
from tests.line_platform import in_loop
from tests.slack_events import TEAM
from tests.slack_platform import SlackPlatform


@asynccontextmanager
async def open_slack(
    *, token: str = "xoxb-1-2-standin", monotonic: list[float] | None = None
) -> AsyncIterator[tuple[SlackPlatform, SlackChannel]]:
    """The stand-in and a channel to it; `monotonic` holds the time of the rate's clock."""
    async with SlackPlatform() as slack:
        api = SlackApi(base=slack.base, token=token)
        ticks = monotonic if monotonic is not None else [0.0]
        channel = SlackChannel(api, settles=0.01, monotonic=lambda: ticks[0])
        try:
            yield slack, channel
        finally:
            await channel.close()


def letter(channel: SlackChannel, to: str, words: str = "承りました。") -> Outgoing:
    [call] = channel.render([Text(words)])
    return Outgoing(LetterId(1), ConversationId(f"slack:{TEAM}/{to}"), call, str(uuid4()), None)


def unclear(outgoing: Outgoing) -> Outgoing:
    return replace(outgoing, unclear_since=datetime.now(UTC) - timedelta(seconds=5))


@in_loop
async def test_a_post_whose_answer_was_lost_is_found_and_not_repeated() -> None:
    async with open_slack(monotonic=[0.0]) as (slack, channel):
        user = slack.add_user()
        told = letter(channel, user)
        slack.fail_next("drop", on="chat.postMessage")
        assert isinstance(await channel.send(told), Unclear)
        for n in range(2):  # later letters stand before it, a page of them
            assert isinstance(await channel.send(letter(channel, user, str(n))), Accepted)
        outcome = await channel.send(unclear(told))
        assert outcome == Accepted(request_id=slack.seen_by(user)[0]["ts"], repeated=True)
        assert len(slack.seen_by(user)) == 3


@in_loop
async def test_in_a_thread_it_is_looked_for_in_the_thread_to_its_last_page() -> None:
    ticks = [0.0]
    async with open_slack(monotonic=ticks) as (slack, channel):
        room = slack.add_channel()
        where = f"{room}/1795323000.000200"
        for n in range(5):
            ticks[0] += 10
            assert isinstance(await channel.send(letter(channel, where, str(n))), Accepted)
        told = letter(channel, where)
        ticks[0] += 10
        slack.fail_next("drop", on="chat.postMessage")
        assert isinstance(await channel.send(told), Unclear)
        found = await channel.send(unclear(told))
        assert isinstance(found, Accepted)
        assert found.repeated
        assert len(slack.seen_in(room, "1795323000.000200")) == 6
        assert slack.calls.count("conversations.replies") > 1


@in_loop
async def test_as_long_as_nobody_can_look_nothing_is_posted_again() -> None:
    async with open_slack() as (slack, channel):
        user = slack.add_user()
        told = letter(channel, user)
        for how in ("missing_scope", "429", "500", "ratelimited", "drop"):
            slack.fail_next(how, on="conversations.history")
            assert isinstance(await channel.send(unclear(told)), Unclear), how
        slack.fail_next("reset", on="conversations.open")
        assert isinstance(await channel.send(unclear(told)), Unclear)
        assert "chat.postMessage" not in slack.calls
        outcome = await channel.send(unclear(told))
        assert isinstance(outcome, Accepted)
        assert not outcome.repeated


@in_loop
async def test_a_second_for_each_message_of_a_conversation_after_a_short_burst() -> None:
    ticks = [0.0]
    async with open_slack(monotonic=ticks) as (slack, channel):
        first, second = slack.add_user(), slack.add_user()
        for _ in range(3):
            assert isinstance(await channel.send(letter(channel, first)), Accepted)
        slack.fail_next("429", on="chat.postMessage", retry_after=30)
        assert await channel.send(letter(channel, second)) == TooFast(30.0)
        ticks[0] = 5.0
        assert isinstance(await channel.send(letter(channel, second)), Accepted)
        taken = [channel._bucket(first).take(ticks[0], at_most=2.0) for _ in range(6)]
        assert taken == [0.0, 0.0, 0.0, 1.0, 2.0, None]
        assert await channel.send(letter(channel, first)) == TooFast(2.0)


@in_loop
async def test_a_shop_that_cannot_reach_slack_keeps_the_letter() -> None:
    async with open_slack() as (slack, channel):
        user = slack.add_user()
        await slack.go_away()
        assert await channel.send(letter(channel, user)) == TooFast(None)
        await slack.come_back()
        assert isinstance(await channel.send(letter(channel, user)), Accepted)


@in_loop
async def test_who_is_not_there_is_rejected_and_a_bad_token_waits() -> None:
    async with open_slack() as (slack, channel):
        assert isinstance(await channel.send(letter(channel, "U0NOBODY")), Rejected)
        outside = slack.add_channel(is_member=False)
        assert isinstance(await channel.send(letter(channel, outside)), Rejected)
        for wrong in ("line:U1", "slack:unknown", "slack:T1", "slack:T1/C1/1/2", "slack:/C1"):
            told = replace(letter(channel, "U1"), conversation=ConversationId(wrong))
            assert isinstance(await channel.send(told), Rejected)
    async with open_slack(token="xoxb-wrong") as (slack, channel):
        assert await channel.send(letter(channel, slack.add_user())) == TooFast(60.0)


def test_a_conversation_names_its_place() -> None:
    assert place_of(ConversationId("slack:T1/U1")) == Place("U1", None)
    assert place_of(ConversationId("slack:T1/C1")) == Place("C1", None)
    assert place_of(ConversationId("slack:T1/C1/1.2")) == Place("C1", "1.2")
    assert place_of(ConversationId("line:U1")) is None


@pytest.mark.parametrize(
    ("status", "fields", "outcome"),
    [
        (200, {"ok": True, "ts": "1.2"}, Accepted(request_id="1.2")),
        (200, {"ok": False, "error": "ratelimited"}, TooFast(None)),
        (200, {"ok": False, "error": "token_revoked"}, TooFast(60.0)),
        (200, {"ok": False, "error": "messages_tab_disabled"}, TooFast(60.0)),
        (200, {"ok": False, "error": "fatal_error"}, Unclear("fatal_error")),
        (503, {"ok": False, "error": "service_unavailable"}, Unclear("service_unavailable")),
        (502, {}, Unclear("status 502")),
        (200, {}, Unclear("status 200")),
        (200, {"ok": False, "error": "msg_too_long"}, Rejected("msg_too_long")),
    ],
)
def test_what_an_answer_means(status: int, fields: dict[str, object], outcome: Outcome) -> None:
    assert outcome_of(Answer(status, fields)) == outcome


@in_loop
async def test_a_file_the_app_may_not_read_is_trouble_and_never_kept_as_the_file() -> None:
    async with open_slack() as (slack, channel):
        file_id = slack.upload(b"picture", waits=1)
        with pytest.raises(NotReady):
            [chunk async for chunk in channel.content(file_id, kind="image")]
        slack.scopes -= {"files:read"}
        with pytest.raises(SlackTrouble):
            [chunk async for chunk in channel.content(file_id, kind="image")]
        slack.fail_next("missing_scope", on="files.info")
        with pytest.raises(SlackTrouble):
            [chunk async for chunk in channel.content(file_id, kind="image")]
        slack.files[file_id].mode = "tombstone"
        with pytest.raises(FileGone):
            [chunk async for chunk in channel.content(file_id, kind="image")]


@in_loop
async def test_the_token_goes_to_slacks_hosts_only() -> None:
    async with open_slack() as (_, channel):
        for url in (
            "https://evil.example/files/F1", "http://files.slack.com/F1",
            "https://slack.com.evil.example/F1",
        ):  # fmt: skip
            with pytest.raises(SlackTrouble):
                async with channel.api.download(url):
                    pass


def test_slacks_sdks_are_not_imported_before_slack_is_used() -> None:
    """They cost a start seconds and memory a shop without Slack does not have to spend."""
    told = (
        "import sys, bot.app, bot.cli.doctor;"
        " print(any(name.startswith('slack_') for name in sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
