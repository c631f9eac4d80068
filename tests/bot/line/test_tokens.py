"""Tokens are minted when needed, once however many ask, and replaced before they end."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.line.api import open_api
from bot.line.tokens import NoToken, StatelessTokens
from bot.line.wire import Wire
from catalog.ground.errors import Unavailable
from tests.line_platform import LinePlatform, in_loop

BEGIN = datetime(2026, 11, 3, tzinfo=UTC)


@dataclass
class Watch:
    """One clock for both sides; only the test moves it."""

    seconds: float = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.seconds)


def source(line: LinePlatform, wire: Wire, watch: Watch, *secrets: str) -> StatelessTokens:
    return StatelessTokens(
        wire,
        base=line.base,
        channel_id=line.channel_id,
        channel_secrets=secrets or (line.secret,),
        monotonic=watch.monotonic,
    )


@in_loop
async def test_many_who_ask_at_once_get_one_token() -> None:
    watch, wire = Watch(), Wire()
    async with LinePlatform(clock=watch.now) as line:
        tokens = source(line, wire, watch)
        got = await asyncio.gather(*(tokens.current() for _ in range(50)))
        assert len(set(got)) == 1
        assert line.calls == ["token"]
        await wire.close()


@in_loop
async def test_a_token_is_replaced_at_twelve_minutes_of_fifteen() -> None:
    watch, wire = Watch(), Wire()
    async with LinePlatform(clock=watch.now) as line:
        tokens = source(line, wire, watch)
        first = await tokens.current()
        watch.seconds = 719.0
        assert await tokens.current() == first
        watch.seconds = 721.0
        assert await tokens.current() != first
        await wire.close()


@in_loop
async def test_while_minting_fails_the_old_token_serves_to_its_end() -> None:
    watch, wire = Watch(), Wire()
    async with LinePlatform(clock=watch.now) as line:
        tokens = source(line, wire, watch)
        first = await tokens.current()
        line.fail_next("500", times=3, on="token")
        watch.seconds = 800.0
        assert await tokens.current() == first
        assert await tokens.current() == first
        assert line.calls.count("token") == 2
        watch.seconds = 896.0
        with pytest.raises(NoToken):
            await tokens.current()
        await wire.close()


@in_loop
async def test_while_a_secret_is_replaced_the_one_line_takes_is_used() -> None:
    watch, wire = Watch(), Wire()
    async with LinePlatform(clock=watch.now) as line:
        tokens = source(line, wire, watch, "the old secret", line.secret)
        first = await tokens.current()
        assert tokens.refused(first)
        await tokens.current()
        assert line.calls == ["token", "token", "token"]
        await wire.close()


@in_loop
async def test_a_wrong_secret_gives_no_token() -> None:
    watch, wire = Watch(), Wire()
    async with LinePlatform(clock=watch.now) as line:
        tokens = source(line, wire, watch, "wrong")
        with pytest.raises(NoToken) as refusal:
            await tokens.current()
        assert isinstance(refusal.value, Unavailable)
        assert "wrong" not in str(refusal.value)
        await wire.close()


@in_loop
async def test_a_token_line_forgot_is_minted_again_within_the_same_call() -> None:
    watch = Watch()
    async with LinePlatform(clock=watch.now) as line:
        api = open_api(
            base=line.base,
            data_base=line.data_base,
            channel_id=line.channel_id,
            channel_secrets=[line.secret],
            monotonic=watch.monotonic,
        )
        assert (await api.read("info", "/v2/bot/info"))["basicId"]
        line.minted.clear()
        assert (await api.read("info", "/v2/bot/info"))["basicId"]
        assert line.calls == ["token", "info", "info", "token", "info"]
        await api.close()


def test_line_without_any_credentials_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="access token"):
        open_api(base="https://api.line.me", data_base="https://api-data.line.me")
