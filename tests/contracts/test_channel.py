"""What every `Channel` must do, whatever the platform behind it. Runs over each implementation.

A `Stage` is a channel with its platform, as far as the port can see it: somebody to write to, a
free answer to give, and what that person then sees.
"""

import json
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest

from bot.line.api import open_api
from bot.line.send import LineChannel
from bot.slack.api import SlackApi
from bot.slack.channel import SlackChannel
from bot.unit import Units
from bot.webchat.channel import WebChannel
from bot.webchat.uploads import Uploads
from catalog.duties import sealing
from catalog.duties.sealing import DataKeys
from catalog.ground.errors import Malformed, Missing
from catalog.ground.record import ConversationId, LetterId
from conversations.messages import (
    Button,
    Card,
    Cards,
    Choices,
    Clip,
    Letter,
    Picture,
    Text,
)
from conversations.outbox import actions as outbox
from conversations.outbox.actions import Envelope
from conversations.ports import (
    Accepted,
    Channel,
    Message,
    NotReady,
    Outgoing,
    Rejected,
    TokenRefused,
)
from conversations.visitors import actions as visitors
from conversations.visitors import queries
from media.originals.factory import open_store
from tests.databases import fresh
from tests.line_platform import LinePlatform, in_loop
from tests.slack_events import TEAM
from tests.slack_platform import SlackPlatform

PUBLIC = "https://demo.akashi.invalid"
CARD = Card("ロレックス", lines=(("商品番号", "W-10234"),), said="ロレックス W-10234")
EVERY_LETTER: tuple[Letter, ...] = (
    Text("お探しの動画です。"),
    Clip(f"{PUBLIC}/m/a", f"{PUBLIC}/m/b", "w:1"),
    Picture(f"{PUBLIC}/m/c", f"{PUBLIC}/m/d"),
    CARD,
    Cards((CARD, CARD), "二点ございます。"),
    Choices(
        "ほかにもご覧になりますか。", (Button("はい", data="yes"), Button("いいえ", data="no"))
    ),
)


class Stage(Protocol):
    """One channel and the world it speaks to."""

    channel: Channel
    makes_wait: bool  # whether what a person sent may not be ready at once

    def person(self) -> ConversationId:
        """Somebody who can be written to."""
        ...

    def reply_token(self, conversation: ConversationId) -> str | None:
        """A fresh token; None where the platform has none."""
        ...

    def seen(self, conversation: ConversationId) -> list[Any]:
        """The messages the person sees."""
        ...

    def offer(self, body: bytes, *, waits: int = 0) -> str:
        """A picture the person sent; its message id."""
        ...

    def letter(self, conversation: ConversationId, call: Sequence[Message]) -> LetterId:
        """The outbox row of a call, where the channel reads it again."""
        ...


class LineStage:
    """LINE and its stand-in."""

    makes_wait = True

    def __init__(self, line: LinePlatform, channel: LineChannel) -> None:
        self.line = line
        self.channel: Channel = channel

    def person(self) -> ConversationId:
        return ConversationId(f"line:{self.line.add_user()}")

    def reply_token(self, conversation: ConversationId) -> str | None:
        return self.line.issue_reply_token(conversation.removeprefix("line:"))

    def seen(self, conversation: ConversationId) -> list[Any]:
        return self.line.sent_to(conversation.removeprefix("line:"))

    def offer(self, body: bytes, *, waits: int = 0) -> str:
        self.line.put_content("5001", body, waits=waits)
        return "5001"

    def letter(self, conversation: ConversationId, call: Sequence[Message]) -> LetterId:
        return LetterId(1)


@asynccontextmanager
async def line_stage() -> AsyncIterator[Stage]:
    async with LinePlatform(quota_limit=200) as line:
        api = open_api(base=line.base, data_base=line.data_base, access_token=line.access_token)
        channel = LineChannel(api)
        try:
            yield LineStage(line, channel)
        finally:
            await channel.close()


class SlackStage:
    """Slack and its stand-in."""

    makes_wait = True

    def __init__(self, slack: SlackPlatform, channel: SlackChannel) -> None:
        self.slack = slack
        self.channel: Channel = channel

    def person(self) -> ConversationId:
        return ConversationId(f"slack:{TEAM}/{self.slack.add_user()}")

    def reply_token(self, conversation: ConversationId) -> str | None:
        return None

    def seen(self, conversation: ConversationId) -> list[Any]:
        return self.slack.seen_by(conversation.partition("/")[2])

    def offer(self, body: bytes, *, waits: int = 0) -> str:
        return self.slack.upload(body, waits=waits)

    def letter(self, conversation: ConversationId, call: Sequence[Message]) -> LetterId:
        return LetterId(1)


@asynccontextmanager
async def slack_stage() -> AsyncIterator[Stage]:
    async with SlackPlatform() as slack:
        api = SlackApi(base=slack.base, token=slack.token)
        channel = SlackChannel(api, settles=0.01)
        try:
            yield SlackStage(slack, channel)
        finally:
            await channel.close()


class WebStage:
    """The shop's own page: a visitor's rows, and the bytes they sent."""

    makes_wait = False

    def __init__(self, channel: WebChannel, units: Units, uploads: Uploads) -> None:
        self.channel: Channel = channel
        self._database = units.database
        self._uploads = uploads
        self._tokens: dict[str, str] = {}

    def person(self) -> ConversationId:
        token = visitors.new_token()
        found = self._database.write(lambda db: visitors.enter(db, token, lang="ja", now=_now()))
        self._tokens[found.conversation] = token
        return found.conversation

    def reply_token(self, conversation: ConversationId) -> str | None:
        return None

    def seen(self, conversation: ConversationId) -> list[Any]:
        def look(db: Any) -> list[Any]:
            visitor = queries.find(db, self._tokens[conversation])
            assert visitor is not None
            page = queries.before(db, visitor, None, limit=100)
            return [m for each in page.entries for m in json.loads(each.told or "[]")]

        return self._database.read(look)

    def offer(self, body: bytes, *, waits: int = 0) -> str:
        conversation = self.person()
        message_id = f"{conversation.partition(':')[2]}/m-0000001"
        key = self._database.write(
            lambda db: sealing.fresh_key(db, conversation, self._uploads.keys, now=_now())
        )
        self._uploads.store.put_bytes(
            f"received/web/{message_id}", sealing.seal_stream(key, [body])
        )
        return message_id

    def letter(self, conversation: ConversationId, call: Sequence[Message]) -> LetterId:
        envelope = Envelope(str(uuid4()), "web", conversation, "test")
        [found] = self._database.write(lambda db: outbox.put(db, envelope, [call], now=_now())).ids
        return found


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def web_stage() -> AsyncIterator[Stage]:
    with tempfile.TemporaryDirectory() as name, fresh("sqlite", Path(name)) as database:
        units = Units(database)
        store = open_store(f"file://{name}/media", staging=Path(name) / "staging", endpoint=None)
        uploads = Uploads(units, store, DataKeys((b"k" * 32,)))
        try:
            yield WebStage(WebChannel(units, _now, uploads), units, uploads)
        finally:
            units.close()


OpenStage = Callable[[], AbstractAsyncContextManager[Stage]]


@pytest.fixture(params=[line_stage, slack_stage, web_stage], ids=["line", "slack", "web"])
def open_stage(request: pytest.FixtureRequest) -> OpenStage:
    stage: OpenStage = request.param
    return stage


def outgoing(
    stage: Stage, to: ConversationId, letters: tuple[Letter, ...], *, token: str | None = None
) -> Outgoing:
    [call] = stage.channel.render(letters)
    return Outgoing(stage.letter(to, call), to, call, str(uuid4()), token)


@in_loop
async def test_every_letter_can_be_rendered_and_arrives(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        to = stage.person()
        calls = stage.channel.render(EVERY_LETTER)
        for call in calls:
            letter = Outgoing(stage.letter(to, call), to, call, str(uuid4()), None)
            assert isinstance(await stage.channel.send(letter), Accepted)
        assert len(stage.seen(to)) == sum(map(len, calls))
        told = json.dumps(stage.seen(to), ensure_ascii=False)
        for shown in (
            "お探しの動画です。", "/m/a", "/m/b", "/m/c", "ロレックス", "W-10234",
            "二点ございます。", "ほかにもご覧になりますか。", "はい", "いいえ", "yes", "no",
        ):  # fmt: skip
            assert shown in told


@in_loop
async def test_rendering_is_pure_and_nothing_renders_to_nothing(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        assert stage.channel.render(EVERY_LETTER) == stage.channel.render(EVERY_LETTER)
        assert stage.channel.render(()) == []


@in_loop
async def test_what_the_platform_would_refuse_is_malformed(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        with pytest.raises(Malformed):
            stage.channel.render([Picture("http://example.com/a.jpg", f"{PUBLIC}/b")])


@in_loop
async def test_a_letter_sent_twice_with_its_key_arrives_once(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        to = stage.person()
        letter = outgoing(stage, to, (Text("一度だけ"),))
        first = await stage.channel.send(letter)
        again = replace(letter, unclear_since=datetime.now(UTC))
        second = await stage.channel.send(again)
        assert isinstance(first, Accepted)
        assert isinstance(second, Accepted)
        assert (first.repeated, second.repeated) == (False, True)
        assert len(stage.seen(to)) == 1


@in_loop
async def test_a_letter_whose_first_try_was_lost_on_the_way_arrives(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        to = stage.person()
        letter = outgoing(stage, to, (Text("必ず一度"),))
        again = replace(letter, unclear_since=datetime.now(UTC))
        outcome = await stage.channel.send(again)
        assert isinstance(outcome, Accepted)
        assert not outcome.repeated
        assert len(stage.seen(to)) == 1


@in_loop
async def test_a_reply_token_serves_once(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        to = stage.person()
        token = stage.reply_token(to)
        if token is None:
            pytest.skip("this channel has no reply tokens")
        letter = outgoing(stage, to, (Text("はい"),), token=token)
        assert isinstance(await stage.channel.send(letter), Accepted)
        assert isinstance(await stage.channel.send(letter), TokenRefused)
        assert len(stage.seen(to)) == 1


@in_loop
async def test_a_letter_for_another_channel_is_rejected(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        letter = outgoing(stage, ConversationId("elsewhere:1"), (Text("はい"),))
        assert isinstance(await stage.channel.send(letter), Rejected)


@in_loop
async def test_showing_that_an_answer_is_made_never_raises(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        await stage.channel.show_waiting(stage.person(), seconds=20)
        await stage.channel.show_waiting(ConversationId("elsewhere:1"), seconds=0)


@in_loop
async def test_the_month_is_counted(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        before = await stage.channel.quota()
        await stage.channel.send(outgoing(stage, stage.person(), (Text("はい"),)))
        after = await stage.channel.quota()
        assert after.used >= before.used
        assert after.limit == before.limit


@in_loop
async def test_what_a_person_sent_is_fetched_when_it_is_ready(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        message_id = stage.offer(b"picture", waits=1)
        if stage.makes_wait:
            with pytest.raises(NotReady):
                [chunk async for chunk in stage.channel.content(message_id, kind="image")]
        chunks = [chunk async for chunk in stage.channel.content(message_id, kind="image")]
        assert b"".join(chunks) == b"picture"
        with pytest.raises(Missing):
            [chunk async for chunk in stage.channel.content("404", kind="image")]
