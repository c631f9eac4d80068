"""LINE's answers, and its silences, become the outcomes the outbox acts on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from bot.calls import NoAnswer
from bot.line.api import open_api
from bot.line.send import ContentGone, LineChannel, Profile, outcome_of
from bot.line.wire import Answer
from catalog.ground.errors import Missing, Unavailable
from catalog.ground.record import ConversationId, LetterId
from conversations.messages import Text
from conversations.ports import (
    Accepted,
    NotReady,
    Outcome,
    Outgoing,
    Quota,
    QuotaSpent,
    Rejected,
    TokenRefused,
    TooFast,
    Unclear,
)
from tests.bot.line.letters import FILM, PARTS, WATCH
from tests.line_platform import LinePlatform, in_loop

TEXT = {"type": "text", "text": "承りました。"}


@asynccontextmanager
async def open_line(
    *, timeout_seconds: float = 5.0, access_token: str = "long-lived-token", **facts: Any
) -> AsyncIterator[tuple[LinePlatform, LineChannel]]:
    async with LinePlatform(**facts) as line:
        api = open_api(
            base=line.base,
            data_base=line.data_base,
            access_token=access_token,
            timeout_seconds=timeout_seconds,
        )
        channel = LineChannel(api)
        try:
            yield line, channel
        finally:
            await channel.close()


def letter(to: str, *, reply_token: str | None = None, key: str | None = None) -> Outgoing:
    return Outgoing(
        letter_id=LetterId(1),
        conversation=ConversationId(f"line:{to}"),
        messages=[TEXT],
        retry_key=key or str(uuid4()),
        reply_token=reply_token,
    )


@in_loop
async def test_a_film_a_card_and_choices_are_replied_and_line_refuses_nothing() -> None:
    async with open_line() as (line, channel):
        user = line.add_user()
        [call] = channel.render([FILM, WATCH, PARTS])
        reply = Outgoing(
            letter_id=LetterId(1),
            conversation=ConversationId(f"line:{user}"),
            messages=call,
            retry_key=str(uuid4()),
            reply_token=line.issue_reply_token(user),
        )
        outcome = await channel.send(reply)
        assert outcome == Accepted(request_id=line.accepted[0].request_id)
        assert line.sent_to(user) == call
        assert line.refused == []
        assert line.accepted[0].retry_key is None


@in_loop
async def test_a_push_repeated_with_its_key_arrives_once() -> None:
    async with open_line() as (line, channel):
        user = line.add_user()
        line.fail_next("drop", on="push")
        push = letter(user)
        assert isinstance(await channel.send(push), Unclear)
        again = await channel.send(push)
        assert again == Accepted(request_id=line.accepted[0].request_id, repeated=True)
        assert line.sent_to(user) == [TEXT]
        assert line.misuses == []


@in_loop
async def test_a_used_reply_token_is_refused() -> None:
    async with open_line() as (line, channel):
        user = line.add_user()
        token = line.issue_reply_token(user)
        assert isinstance(await channel.send(letter(user, reply_token=token)), Accepted)
        assert await channel.send(letter(user, reply_token=token)) == TokenRefused(
            "Invalid reply token"
        )


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("500", Unclear("status 500")),
        ("503", Unclear("status 503")),
        ("429", TooFast(None)),
        ("quota", QuotaSpent()),
        ("400", Rejected("400 The server is in trouble")),
        ("403", TooFast(60.0)),
        ("401", TooFast(60.0)),
    ],
)
def test_each_status_has_its_outcome(how: str, expected: Outcome) -> None:
    @in_loop
    async def story() -> None:
        async with open_line() as (line, channel):
            user = line.add_user()
            line.fail_next(how, on="push")
            assert await channel.send(letter(user)) == expected
            assert line.sent_to(user) == []

    story()


@in_loop
async def test_a_retry_after_is_passed_on() -> None:
    async with open_line() as (line, channel):
        user = line.add_user()
        line.fail_next("429", on="push", retry_after=7)
        assert await channel.send(letter(user)) == TooFast(7.0)


@pytest.mark.parametrize("how", ["reset", "drop", "hang"])
def test_a_lost_answer_is_unclear(how: str) -> None:
    @in_loop
    async def story() -> None:
        async with open_line(timeout_seconds=1.5) as (line, channel):
            user = line.add_user()
            line.fail_next(how, on="reply")
            token = line.issue_reply_token(user)
            outcome = await channel.send(letter(user, reply_token=token))
            assert isinstance(outcome, Unclear)
            assert line.sent_to(user) == ([TEXT] if how == "drop" else [])
            second = await channel.send(letter(user, reply_token=token))
            assert isinstance(second, TokenRefused if how == "drop" else Accepted)
            assert line.sent_to(user) == [TEXT]

    story()


@in_loop
async def test_when_nobody_listens_nothing_was_sent_and_it_is_tried_later() -> None:
    async with open_line() as (line, channel):
        user = line.add_user()
        await line.go_away()
        assert await channel.send(letter(user)) == TooFast(None)
        await line.come_back()
        assert isinstance(await channel.send(letter(user)), Accepted)


@in_loop
async def test_when_the_kept_connection_died_meanwhile_the_next_send_opens_another() -> None:
    async with open_line() as (line, channel):
        user = line.add_user()
        assert isinstance(await channel.send(letter(user)), Accepted)
        await line.go_away()
        await line.come_back()
        outcomes = [await channel.send(letter(user, key=str(uuid4()))) for _ in range(2)]
        assert isinstance(outcomes[-1], Accepted)


@in_loop
async def test_without_a_token_nothing_was_sent() -> None:
    async with LinePlatform() as line:
        user = line.add_user()
        api = open_api(
            base=line.base,
            data_base=line.data_base,
            channel_id=line.channel_id,
            channel_secrets=["wrong"],
        )
        channel = LineChannel(api)
        assert await channel.send(letter(user)) == TooFast(None)
        line.fail_next("drop", on="token")
        assert await channel.send(letter(user)) == TooFast(None)
        assert line.calls == ["token", "token"]
        await channel.close()


@in_loop
async def test_an_unknown_person_is_rejected_and_a_blocked_one_looks_accepted() -> None:
    async with open_line() as (line, channel):
        assert isinstance(await channel.send(letter("U" + "0" * 32)), Rejected)
        user = line.add_user()
        line.block(user)
        assert isinstance(await channel.send(letter(user)), Accepted)
        assert line.sent_to(user) == []


@in_loop
async def test_nothing_is_sent_to_nobody_or_to_another_channel() -> None:
    async with open_line() as (line, channel):
        assert isinstance(await channel.send(letter("unknown")), Rejected)
        other = Outgoing(LetterId(1), ConversationId("web:1"), [TEXT], str(uuid4()), None)
        assert isinstance(await channel.send(other), Rejected)
        assert line.calls == []


@in_loop
async def test_half_an_emoji_never_reaches_the_wire() -> None:
    async with open_line() as (line, channel):
        push = Outgoing(
            LetterId(1),
            ConversationId(f"line:{line.add_user()}"),
            [{"type": "text", "text": "\ud83d"}],
            str(uuid4()),
            None,
        )
        assert isinstance(await channel.send(push), Rejected)
        assert line.calls == []


@in_loop
async def test_a_group_is_pushed_to_like_a_person() -> None:
    async with open_line() as (line, channel):
        group = line.join_group()
        assert isinstance(await channel.send(letter(group)), Accepted)
        assert line.sent_to(group) == [TEXT]


@pytest.mark.parametrize(
    ("asked", "shown"), [(1, 5), (5, 5), (6, 10), (20, 20), (58, 60), (400, 60)]
)
def test_the_waiting_animation_lasts_5_to_60_seconds_in_fives(asked: int, shown: int) -> None:
    @in_loop
    async def story() -> None:
        async with open_line() as (line, channel):
            user = line.add_user()
            await channel.show_waiting(ConversationId(f"line:{user}"), seconds=asked)
            assert line.loading == [(user, shown)]

    story()


@in_loop
async def test_the_waiting_animation_is_for_people_and_never_raises() -> None:
    async with open_line() as (line, channel):
        await channel.show_waiting(ConversationId(f"line:{line.join_group()}"), seconds=10)
        await channel.show_waiting(ConversationId("line:unknown"), seconds=10)
        assert line.calls == []
        await line.go_away()
        await channel.show_waiting(ConversationId(f"line:{line.add_user()}"), seconds=10)


@in_loop
async def test_the_quota_is_read_with_and_without_a_limit() -> None:
    async with open_line(quota_limit=200, quota_used=13) as (line, channel):
        assert await channel.quota() == Quota(limit=200, used=13)
        line.quota_limit = None
        assert await channel.quota() == Quota(limit=None, used=13)
        line.fail_next("500", on="quota")
        with pytest.raises(Unavailable):
            await channel.quota()


@in_loop
async def test_a_spent_month_refuses_pushes_but_not_replies() -> None:
    async with open_line(quota_limit=1) as (line, channel):
        user = line.add_user()
        assert isinstance(await channel.send(letter(user)), Accepted)
        assert await channel.send(letter(user)) == QuotaSpent()
        reply = letter(user, reply_token=line.issue_reply_token(user))
        assert isinstance(await channel.send(reply), Accepted)


async def _read(channel: LineChannel, message_id: str, kind: str) -> bytes:
    return b"".join([chunk async for chunk in channel.content(message_id, kind=kind)])


@in_loop
async def test_a_picture_is_fetched_whole_once_it_is_ready() -> None:
    async with open_line() as (line, channel):
        picture = bytes(range(256)) * 4096
        line.put_content("1", picture, waits=1)
        with pytest.raises(NotReady):
            await _read(channel, "1", "image")
        assert await _read(channel, "1", "image") == picture


@in_loop
async def test_a_film_is_asked_about_before_it_is_fetched() -> None:
    async with open_line() as (line, channel):
        line.put_content("2", b"film", waits=1, mime="video/mp4")
        with pytest.raises(NotReady):
            await _read(channel, "2", "video")
        assert line.calls == ["transcoding"]
        assert await _read(channel, "2", "video") == b"film"


@in_loop
async def test_what_line_lost_or_could_not_prepare_is_missing() -> None:
    async with open_line() as (line, channel):
        line.put_content("3", b"", fails=True)
        for message_id, kind in [("3", "video"), ("3", "image"), ("4", "image"), ("4", "audio")]:
            with pytest.raises(ContentGone) as gone:
                await _read(channel, message_id, kind)
            assert isinstance(gone.value, Missing)
            assert gone.value.message_id == message_id


@pytest.mark.parametrize("how", ["500", "reset", "cut"])
def test_content_that_breaks_off_is_unavailable_not_short(how: str) -> None:
    @in_loop
    async def story() -> None:
        async with open_line() as (line, channel):
            line.put_content("5", b"x" * 3_000_000)
            # A GET whose connection is lost is tried once more by the client itself.
            line.fail_next(how, on="content", times=2 if how == "reset" else 1)
            with pytest.raises(Unavailable):
                await _read(channel, "5", "image")
            assert len(await _read(channel, "5", "image")) == 3_000_000

    story()


@in_loop
async def test_reading_may_stop_in_the_middle() -> None:
    async with open_line() as (line, channel):
        line.put_content("6", b"x" * 3_000_000)
        stream = channel.content("6", kind="image")
        assert await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]  # an async generator behind the port
        assert len(await _read(channel, "6", "image")) == 3_000_000


@in_loop
async def test_a_profile_is_name_and_language_or_nothing() -> None:
    async with open_line() as (line, channel):
        user = line.add_user(name="Emma Clarke", language="en")
        assert await channel.profile(user) == Profile("Emma Clarke", "en")
        line.block(user)
        assert await channel.profile(user) is None
        line.fail_next("500", on="profile")
        with pytest.raises(Unavailable):
            await channel.profile(user)


@in_loop
async def test_many_letters_at_once_share_the_kept_connections() -> None:
    async with open_line(strict=False) as (line, channel):
        users = [line.add_user() for _ in range(200)]
        outcomes = await asyncio.gather(*(channel.send(letter(user)) for user in users))
        assert all(isinstance(outcome, Accepted) for outcome in outcomes)
        assert len(line.accepted) == 200


@in_loop
async def test_beyond_the_rate_letters_go_back_instead_of_piling_up() -> None:
    async with LinePlatform() as line:
        api = open_api(base=line.base, data_base=line.data_base, access_token=line.access_token)
        channel = LineChannel(api, monotonic=lambda: 0.0, share=1 / 5_000)
        user = line.add_user()
        assert isinstance(await channel.send(letter(user)), Accepted)
        assert await channel.send(letter(user)) == TooFast(2.0)
        await channel.close()


@pytest.mark.parametrize(
    ("status", "body", "is_reply", "expected"),
    [
        (409, b"{}", True, Rejected("409 ")),
        (400, b"Invalid reply token", True, Rejected("400 ")),
        (400, b'{"message":"Invalid reply token"}', False, Rejected("400 Invalid reply token")),
        (400, b'{"message":"invalid Reply Token"}', True, TokenRefused("invalid Reply Token")),
        (
            400,
            b'{"message":"It has 1 error","details":[{"property":"to","message":"no"},3]}',
            False,
            Rejected("400 It has 1 error; to: no"),
        ),
        (408, b"", False, Unclear("status 408")),
        (302, b"", False, Unclear("status 302")),
        (429, b"[]", False, TooFast(None)),
        (202, b"not json", False, Accepted("r")),
    ],
)
def test_an_answer_is_read_the_same_however_odd(
    status: int, body: bytes, is_reply: bool, expected: Outcome
) -> None:
    answer = Answer(status=status, body=body, request_id="r")
    assert outcome_of(answer, is_reply=is_reply) == expected


@in_loop
async def test_the_channel_renders_as_the_port_asks() -> None:
    async with open_line() as (_, channel):
        assert channel.render([Text("はい")]) == [[{"type": "text", "text": "はい"}]]
        assert channel.name == "line"


@in_loop
async def test_a_call_that_hangs_ends_at_the_time_limit() -> None:
    async with open_line(timeout_seconds=0.2) as (line, channel):
        line.fail_next("hang", on="info")
        with pytest.raises(NoAnswer):
            await channel.api.read("info", "/v2/bot/info")
