"""What a stranger, a network or LINE may deliver: copies, disorder, forgeries, giants, nonsense."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests import line_events
from tests.databases import ENGINES, fresh_url
from tests.line_platform import in_loop
from tests.shop import RunningShop, open_shop


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of this release, once on SQLite and once on PostgreSQL."""
    with fresh_url(request.param, tmp_path) as url:
        yield url


def events_kept(shop: RunningShop) -> int:
    """How many inbox rows there are."""
    return int(shop.one("SELECT count(*) FROM inbox"))


def texts(messages: list[dict[str, Any]]) -> list[str]:
    """The words of what was sent."""
    return [str(message.get("text", "")) for message in messages]


def test_fifty_copies_at_once_are_one_event_and_one_answer(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def story() -> None:
        async with open_shop(database_url, tmp_path) as shop:
            user = shop.line.add_user()
            event = shop.line.say(user, "こんにちは")
            body, signature = shop.line.webhook([event])
            again, again_signature = shop.line.webhook([line_events.redelivered(event)])
            statuses = await asyncio.gather(
                *(shop.deliver(body, signature) for _ in range(25)),
                *(shop.deliver(again, again_signature) for _ in range(25)),
            )
            assert set(statuses) == {200}
            await shop.told(user, 1)
            await shop.settled()
            assert await shop.deliver(again, again_signature) == 200
            await shop.settled()
            assert events_kept(shop) == 1
            assert len(shop.line.accepted) == 1
            assert shop.one("SELECT version FROM thread") == 1

    story()


def test_events_that_came_in_the_wrong_order_are_answered_in_the_order_they_happened(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def story() -> None:
        async with open_shop(database_url, tmp_path) as shop:
            user = shop.line.add_user()
            begun = shop.clock()
            said = [
                shop.line.say(user, f"W-9000{n}の動画", at=begun + timedelta(milliseconds=n))
                for n in range(8)
            ]
            body, signature = shop.line.webhook(said[::-1])
            assert await shop.deliver(body, signature) == 200
            sent = await shop.told(user, 8)
            codes = [
                next(f"W-9000{n}" for n in range(8) if f"W-9000{n}" in words)
                for words in texts(sent)
            ]
            assert codes == [f"W-9000{n}" for n in range(8)]

    story()


def test_a_broken_event_harms_no_neighbour_in_the_same_body(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def story() -> None:
        async with open_shop(database_url, tmp_path) as shop:
            first, second = shop.line.add_user(), shop.line.add_user()
            broken: list[Any] = [
                {"type": "message", "message": None, "timestamp": "soon", "source": []},
                {"type": "aurora", "webhookEventId": 17, "source": {"userId": second}},
                {},
                None,
                "text",
                [[[]]],
                {"type": "message", "webhookEventId": "x" * 4_000, "message": {"type": "text"}},
                {"type": "message", "webhookEventId": "nul\x00", "source": {"userId": "U\x00"}},
            ]
            events = [
                shop.line.say(first, "こんにちは"),
                *broken,
                shop.line.say(second, "ありがとう"),
            ]
            await shop.hear(*events)
            await shop.told(first, 1)
            await shop.told(second, 1)
            await shop.settled()
            assert events_kept(shop) == len(events)
            assert len(shop.line.accepted) == 2
            assert not shop.line.refused
            assert shop.one("SELECT count(*) FROM inbox WHERE state = 'due'") == 0

    story()


def test_a_forged_or_missing_signature_is_turned_away_and_nothing_is_kept(
    tmp_path: Path,
) -> None:
    @in_loop
    async def story() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path) as shop:
                user = shop.line.add_user()
                body, signature = shop.line.webhook([shop.line.say(user, "こんにちは")])
                forged = line_events.signature_of(body, "another secret")
                for given in (forged, None, "", "not base64 !", signature[:-4], "あ"):
                    header = None if given is None else given.encode().decode("latin-1")
                    assert await shop.deliver(body, header) == 401
                tampered = body.replace(user.encode(), shop.line.add_user().encode())
                assert await shop.deliver(tampered, signature) == 401
                assert events_kept(shop) == 0

    story()


def test_a_message_taken_back_is_not_answered_any_more_and_its_copies_are_empty(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def story() -> None:
        async with open_shop(database_url, tmp_path) as shop:
            before, after, late = (shop.line.add_user() for _ in range(3))
            # Taken back before it was answered: both lie in one delivery.
            said = shop.line.say(before, "W-90001の動画")
            unsent = line_events.unsend_event(before, said["message"]["id"], at=shop.clock())
            shop.line.fail_next("503", on="reply")
            await shop.hear(said, unsent)
            # Taken back after it was answered.
            answered = shop.line.say(after, "W-90002の動画")
            await shop.hear(answered)
            await shop.told(after, 1)
            await shop.hear(
                line_events.unsend_event(after, answered["message"]["id"], at=shop.clock())
            )
            # The message itself comes after it was taken back.
            overtaken = shop.line.say(late, "W-90003の動画", at=shop.clock())
            await shop.hear(
                line_events.unsend_event(late, overtaken["message"]["id"], at=shop.clock())
            )
            await shop.settled()
            await shop.hear(line_events.redelivered(overtaken))
            await shop.settled()
            assert shop.line.sent_to(late) == []
            assert len(shop.line.sent_to(after)) == 1
            kept = [
                *shop.rows("SELECT body FROM inbox WHERE message_id IS NOT NULL"),
                *shop.rows("SELECT messages FROM outbox"),
            ]
            told = json.dumps([list(row) for row in kept])
            assert "W-9000" not in told
            assert shop.one("SELECT count(*) FROM journal WHERE verb = 'unsent'") == 3

    story()


def test_ten_megabytes_are_refused_and_the_next_delivery_is_heard(tmp_path: Path) -> None:
    @in_loop
    async def story() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path) as shop:
                user = shop.line.add_user()
                body, signature = shop.line.webhook([shop.line.say(user, "あ" * 3_500_000)])
                assert len(body) > 10_000_000
                assert await shop.deliver(body, signature) == 413
                assert events_kept(shop) == 0
                assert await shop.says(user, "こんにちは")

    story()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"events"', b"{}", b'{"events": 3}', b"\xff\xfe\x00", b"[" * 100_000],
    ids=range(8),
)
def test_a_signed_body_that_is_no_webhook_is_one_clear_400(body: bytes, tmp_path: Path) -> None:
    @in_loop
    async def story() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path) as shop:
                signature = line_events.signature_of(body, shop.line.secret)
                assert await shop.deliver(body, signature) == 400
                assert events_kept(shop) == 0

    story()


def test_an_empty_delivery_is_fine(tmp_path: Path) -> None:
    @in_loop
    async def story() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path) as shop:
                await shop.hear()

    story()


def test_somebody_who_sends_a_byte_a_second_is_hung_up_on_and_holds_up_nobody(
    tmp_path: Path,
) -> None:
    @in_loop
    async def story() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path) as shop:
                user = shop.line.add_user()
                slow = asyncio.create_task(dribble(shop.url))
                assert await shop.says(user, "こんにちは")
                status = await slow
                assert b" 408 " in status
                assert await shop.says(user, "ありがとう")

    story()


async def dribble(url: str) -> bytes:
    """A request whose body never ends; the status line it is answered with."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = "POST /line/webhook HTTP/1.1\r\nHost: shop\r\nX-Line-Signature: c2ln\r\n"
    writer.write(f"{head}Content-Length: 1000\r\n\r\n".encode())
    first = asyncio.create_task(reader.readline())
    while not first.done():
        writer.write(b" ")
        await asyncio.wait({first}, timeout=0.5)
    writer.close()
    return first.result()


def test_clients_that_hang_up_in_the_middle_leave_nothing_behind(tmp_path: Path) -> None:
    @in_loop
    async def story() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path) as shop:
                user = shop.line.add_user()
                body, signature = shop.line.webhook([shop.line.say(user, "こんにちは")])
                address = urlsplit(shop.url)
                for _ in range(20):
                    _, writer = await asyncio.open_connection(address.hostname, address.port)
                    head = f"POST /line/webhook HTTP/1.1\r\nX-Line-Signature: {signature}\r\n"
                    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:20])
                    await writer.drain()
                    writer.close()
                await shop.hear()
                assert events_kept(shop) == 0
                assert await shop.says(user, "こんにちは")

    story()


def test_odd_unicode_and_an_endless_message_are_answered_like_any_other(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def story() -> None:
        async with open_shop(database_url, tmp_path) as shop:
            user = shop.line.add_user()
            odd = [
                "\u202e動画\u202c",
                "👨‍👩‍👧‍👦" * 50,
                "\x00",
                "a\u0301" * 2_000,
                "｡ﾟ",
                "動" * 500_000,
            ]
            for words in odd:
                assert await shop.says(user, words)
            body, _ = shop.line.webhook([shop.line.say(user, "HALF")])
            half = body.replace(b'"HALF"', b'"\\ud83d"')
            before = len(shop.line.sent_to(user))
            assert await shop.deliver(half, line_events.signature_of(half, shop.line.secret)) == 200
            await shop.told(user, before + 1)
            assert not shop.line.refused
            assert shop.one("SELECT count(*) FROM inbox WHERE state = 'dead'") == 0

    story()


def test_other_paths_and_methods_say_so(tmp_path: Path) -> None:
    @in_loop
    async def story() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path) as shop, aiohttp.ClientSession() as http:
                async with http.get(f"{shop.url}/line/webhook") as answer:
                    assert answer.status == 405
                async with http.get(f"{shop.url}/m/unknown") as answer:
                    assert answer.status == 404

    story()
