"""The shop's own page (R-133): anonymous visitors ask, tap, send pictures; repeats, forgeries,
limits, a cut line and a restart.
"""

import asyncio
import contextlib
import io
import itertools
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.webchat import limits, uploads
from catalog.ground.record import ConversationId
from conversations.flows import forgetting
from tests.line_platform import in_loop
from tests.shop import PUBLIC_URL, RunningShop, film_file, item, open_shop

AFTERNOON = datetime(2026, 11, 22, 4, 50, tzinfo=UTC)  # 13:50 in Tokyo
NIGHT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)  # 03:00 in Tokyo
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 40
COOKIE = "__Host-akashi_chat"
Json = dict[str, Any]
_NUMBERS = itertools.count(10_000_000)


def fresh_id() -> str:
    return f"m-{next(_NUMBERS)}"


@dataclass
class Browser:
    """Somebody's browser on the page: its cookie, and no more than a page can do."""

    shop: RunningShop
    lang: str = "ja"
    cookie: str | None = None
    origin: str = PUBLIC_URL
    more: dict[str, str] = field(default_factory=dict)

    def headers(self) -> dict[str, str]:
        cookie = {"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}
        return {"Origin": self.origin, **cookie, **self.more}

    async def open(self, path: str = "/chat") -> str:
        """The page; the browser keeps its cookie."""
        async with self.shop.http.get(
            self.shop.url + path,
            headers={**self.headers(), "Accept-Language": self.lang},
        ) as answer:
            assert answer.status == 200
            given = answer.cookies.get(COOKIE)
            assert given is not None
            assert given["httponly"] and given["secure"] and given["samesite"] == "lax"
            self.cookie = given.value
            return await answer.text()

    async def post(self, told: Json | bytes, path: str = "messages", **more: str) -> int:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        headers = {"Content-Type": "application/json", **self.headers(), **more}
        async with self.shop.http.post(
            f"{self.shop.url}/chat/{path}", data=io.BytesIO(body), headers=headers
        ) as answer:
            return answer.status

    async def send(self, content: bytes, **about: str) -> int:
        """A file; the status."""
        about.setdefault("id", fresh_id())
        async with self.shop.http.post(
            f"{self.shop.url}/chat/files",
            params=about,
            data=io.BytesIO(content),
            headers={**self.headers(), "Content-Type": "application/octet-stream"},
        ) as answer:
            return answer.status

    async def history(self, **where: str) -> Json:
        async with self.shop.http.get(
            f"{self.shop.url}/chat/history", params=where, headers=self.headers()
        ) as answer:
            assert answer.status == 200
            found: Json = await answer.json()
            return found

    async def told(self, count: int) -> list[Json]:
        """So many letters of the shop stand on the page: their messages."""

        def letters() -> int:
            return int(self.shop.one("SELECT count(*) FROM web_letter WHERE letter_id IS NOT NULL"))

        await self.shop.until(lambda: letters() >= count, f"{count} letters")
        entries = (await self.history())["entries"]
        return [m for each in entries if each["side"] == "shop" for m in each["messages"]]

    async def says(self, words: str) -> list[Json]:
        """Write; the messages that answer."""
        return await self._answered({"id": fresh_id(), "text": words})

    async def taps(self, data: str, said: str = "") -> list[Json]:
        """Press a button; the messages that answer."""
        return await self._answered({"id": fresh_id(), "tap": data, "said": said or "押す"})

    async def _answered(self, told: Json) -> list[Json]:
        before = self.shop.one("SELECT count(*) FROM web_letter WHERE letter_id IS NOT NULL")
        seen = [each["id"] for each in (await self.history())["entries"]]
        assert await self.post(told) == 200
        await self.told(before + 1)
        entries = (await self.history())["entries"]
        return [
            m
            for each in entries
            if each["side"] == "shop" and each["id"] not in seen
            for m in each["messages"]
        ]

    @contextlib.asynccontextmanager
    async def stream(
        self, *, after: int = 0, seen: int | None = None
    ) -> AsyncIterator[AsyncIterator[Json]]:
        """The page's stream: `{kind, id, data}` as they come."""
        headers = {**self.headers(), **({"Last-Event-ID": str(seen)} if seen is not None else {})}
        async with self.shop.http.get(
            f"{self.shop.url}/chat/stream", params={"after": str(after)}, headers=headers
        ) as answer:
            assert answer.status == 200
            assert answer.content_type == "text/event-stream"
            assert answer.headers["X-Accel-Buffering"] == "no"
            yield _events(answer)


async def _events(answer: aiohttp.ClientResponse) -> AsyncIterator[Json]:
    event: Json = {}
    async for raw in answer.content:
        line = raw.decode().rstrip("\n")
        key, _, value = line.partition(": ")
        if not line and "event" in event:
            yield {
                "kind": event["event"],
                "id": event.get("id"),
                "data": json.loads(event["data"]),
            }
        event = event | {key: value} if line else {}


async def next_of(stream: AsyncIterator[Json], kind: str) -> Json:
    async with asyncio.timeout(20):
        async for each in stream:
            if each["kind"] == kind:
                return each
    raise AssertionError(f"the stream ended without {kind}")


def buttons(messages: list[Json]) -> dict[str, str]:
    """What stands behind each button, by label."""
    found = {}
    for each in messages:
        cards = [each, *each.get("cards", ())]
        for option in [o for c in cards for o in c.get("options", c.get("buttons", ()))]:
            found[option["label"]] = option.get("tap") or option["url"]
    return found


@pytest.fixture
def sqlite_url(tmp_path: Path) -> Any:
    from tests.databases import fresh_url

    with fresh_url("sqlite", tmp_path) as url:
        yield url


def test_a_visitor_asks_for_a_film_at_night_plays_it_and_taps_for_a_part(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=NIGHT) as shop:
            await shop.stock(item("W-10234"))
            await shop.film("W-10234")
            await shop.film("W-10234", part="case_back")
            visitor = Browser(shop)
            await visitor.open()
            answer = await visitor.says("W-10234の動画を見せて")
            assert [each["type"] for each in answer] == ["clip", "card"]
            assert "コスモグラフ デイトナ" in answer[1]["heading"]
            url = answer[0]["url"].removeprefix(PUBLIC_URL)
            async with shop.http.get(shop.url + url, headers={"Range": "bytes=0-99"}) as part:
                assert (part.status, part.content_type) == (206, "video/mp4")
            back = await visitor.taps(buttons(answer)["裏蓋を見る"], "裏蓋を見る")
            assert back[0]["type"] == "clip"
            assert ["部位", "裏蓋"] in back[1]["lines"]
            said = [
                each["text"] if each["kind"] == "text" else each["said"]
                for each in (await visitor.history())["entries"]
                if each["side"] == "visitor"
            ]
            assert said == ["W-10234の動画を見せて", "裏蓋を見る"]
            watched = {"id": fresh_id(), "watched": answer[0]["tracking"]}
            assert await visitor.post(watched) == 200
            await shop.settled()
            assert set(shop.line.calls) <= {"quota", "consumption"}  # it went nowhere else
            assert shop.one("SELECT count(*) FROM outbox WHERE state <> 'sent'") == 0

    journey()


def test_the_same_message_posted_again_has_one_effect(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            visitor = Browser(shop)
            await visitor.open()
            message = {"id": fresh_id(), "text": "こんにちは"}
            assert set(await asyncio.gather(*(visitor.post(message) for _ in range(4)))) == {200}
            await visitor.told(1)
            await shop.settled()
            assert await visitor.post(message) == 200
            await shop.settled()
            assert shop.one("SELECT count(*) FROM web_visitor") == 1
            assert shop.one("SELECT count(*) FROM inbox") == 1
            assert len((await visitor.history())["entries"]) == 2
            stranger = Browser(shop)
            await stranger.open()
            assert await stranger.post(message) == 200  # an id is its visitor's own
            await visitor.told(2)

    journey()


def test_another_browser_and_a_forged_cookie_see_nothing(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            visitor, other = Browser(shop), Browser(shop)
            await visitor.open()
            await other.open()
            assert visitor.cookie != other.cookie
            await visitor.says("担当者と話したい")
            sent = fresh_id()
            assert await visitor.send(JPEG, id=sent) == 200
            await shop.until(
                lambda: shop.one("SELECT count(*) FROM received_file WHERE state = 'stored'") == 1,
                "the picture",
            )
            row = shop.one("SELECT id FROM web_visitor")
            hashed = shop.one("SELECT token_hash FROM web_visitor")
            forged = (row, hashed, hashed[:22], "A" * 22, "", "x' OR 1=1 --", "あ".encode().hex())
            for cookie in (other.cookie, *forged):
                stranger = Browser(shop, cookie=cookie)
                assert (await stranger.history())["entries"] == []
                for path in ("stream", f"files/{sent}"):
                    async with shop.http.get(
                        f"{shop.url}/chat/{path}", headers=stranger.headers()
                    ) as answer:
                        assert answer.status in (204, 404), path
            async with shop.http.get(
                f"{shop.url}/chat/files/{sent}", headers=visitor.headers()
            ) as answer:
                assert (answer.status, answer.content_type) == (200, "image/jpeg")
                assert await answer.read() == JPEG
            held = json.dumps(
                [list(map(str, each)) for each in shop.rows("SELECT * FROM web_visitor")]
            )
            assert visitor.cookie not in held

    journey()


def test_what_does_not_come_from_the_page_is_refused_and_leaves_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(sqlite_url, tmp_path, at=AFTERNOON) as shop:
            visitor = Browser(shop)
            await visitor.open()
            message = {"id": fresh_id(), "text": "こんにちは"}
            for origin in ("https://evil.example", "null", "", PUBLIC_URL + ".evil.example"):
                stranger = Browser(shop, cookie=visitor.cookie, origin=origin)
                assert await stranger.post(message) == 403
                assert await stranger.send(JPEG) == 403
                assert await stranger.post({}, "leave") == 403
            crossed = Browser(shop, cookie=visitor.cookie, more={"Sec-Fetch-Site": "cross-site"})
            assert await crossed.post(message) == 403
            assert await Browser(shop).post(message) == 401
            assert await Browser(shop, cookie="short").send(JPEG) == 401
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            assert await visitor.post(message, **form) == 415
            for bad in (
                b"", b"[]", b"{", b'{"id": "12345678"}', {"text": "x"}, {"id": "1", "text": "x"},
                {"id": "12345678", "text": " \x00"}, {"id": "12345678", "text": "x" * 5_001},
                {"id": "12345678", "tap": "x" * 301}, {"id": "../../12345678", "text": "x"},
                {"id": "12345678", "text": "x", "tap": "help.show"},
                {"id": "12345678", "place": {"latitude": 91, "longitude": 0}},
                {"id": "12345678", "place": {"latitude": True, "longitude": 0}},
            ):  # fmt: skip
                assert await visitor.post(bad) == 422, bad  # type: ignore[arg-type]  # bytes or JSON
            assert await visitor.post(b'{"id": "' + b"1" * 40_000) == 413
            assert await visitor.send(b"\xff\xd8\xff" + bytes(uploads.MOST_BYTES)) == 413
            assert await visitor.send(b"<svg xmlns='http://www.w3.org/2000/svg'/>") == 415
            assert await visitor.send(b"") == 415
            for table in ("inbox", "web_letter", "received_file"):
                assert shop.one(f"SELECT count(*) FROM {table}") == 0
            assert not list((tmp_path / "media").rglob("received/web/*/*"))

    journey()


def test_who_floods_is_told_to_wait(sqlite_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(sqlite_url, tmp_path, at=AFTERNOON) as shop:
            visitor, other = Browser(shop), Browser(shop)
            await visitor.open()
            await other.open()
            posted = [await visitor.post({"id": fresh_id(), "text": "もしもし"}) for _ in range(40)]
            assert posted[:15] == [200] * 15
            assert 429 in posted
            assert await other.post({"id": fresh_id(), "text": "こんにちは"}) == 200
            await shop.settled()
            assert shop.one("SELECT count(*) FROM inbox") == posted.count(200) + 1

    journey()


def test_a_flood_of_new_browsers_is_held_back() -> None:
    now = [0.0]
    door = limits.Limits(monotonic=lambda: now[0])
    for _ in range(100):
        door.newcomer()
    with pytest.raises(limits.TooOften):
        door.newcomer()
    now[0] = 1.0
    door.newcomer()


def test_pictures_are_sealed_acknowledged_once_and_can_be_taken_back(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            visitor = Browser(shop)
            await visitor.open()
            ids = [fresh_id(), fresh_id()]
            for n, each in enumerate(ids):
                about = {"set_id": "set-00001", "index": str(n + 1), "total": "2"}
                assert (
                    await visitor.send(JPEG + each.encode(), id=each, name="鞄.jpg", **about) == 200
                )
                assert (
                    await visitor.send(JPEG + each.encode(), id=each, name="鞄.jpg", **about) == 200
                )
            [thanks] = await visitor.told(1)
            await shop.settled()
            assert "2" in thanks["text"]
            files = shop.rows("SELECT source, size, state, key FROM received_file")
            assert [each[:3] for each in files] == [
                ("web chat, as uploaded", len(JPEG) + len(ids[0]), "stored")
            ] * 2
            for path in (tmp_path / "media" / "received").rglob("*"):
                assert path.is_dir() or JPEG[:200] not in path.read_bytes()
            assert await visitor.post({"id": fresh_id(), "unsend": ids[0]}) == 200
            await shop.settled()
            async with shop.http.get(
                f"{shop.url}/chat/files/{ids[0]}", headers=visitor.headers()
            ) as answer:
                assert answer.status == 404
            kinds = [each.get("kind") for each in (await visitor.history())["entries"]]
            assert kinds.count("file") == 1
            shop.clock.move(timedelta(days=2))
            await shop.until(
                lambda: not list((tmp_path / "media").rglob("received/web/*/*")),
                "the copies on their way in to be deleted",
            )

    journey()


def test_a_film_is_taken_too(sqlite_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(sqlite_url, tmp_path, at=AFTERNOON) as shop:
            visitor = Browser(shop)
            await visitor.open()
            film = film_file(tmp_path / "mine.mp4").read_bytes()
            assert await visitor.send(film, name="mine.mp4") == 200
            await visitor.told(1)
            assert shop.one("SELECT kind FROM received_file") == "video"

    journey()


def test_the_stream_goes_on_where_it_broke_off_even_after_a_restart(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        cookie = None
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            visitor = Browser(shop)
            await visitor.open()
            cookie = visitor.cookie
            await visitor.says("こんにちは")
            last = (await visitor.history())["last"]
            async with visitor.stream(after=last) as news:
                await next_of(news, "live")
                mine = {"id": fresh_id(), "text": "営業時間を教えて"}
                assert await visitor.post(mine) == 200
                own = await next_of(news, "entry")
                assert (own["data"]["side"], own["data"]["own"]) == ("visitor", mine["id"])
                shown = await next_of(news, "entry")
                assert shown["data"]["side"] == "shop"
                seen = int(shown["id"])
            assert await visitor.post({"id": fresh_id(), "text": "ありがとう"}) == 200
            await shop.settled()
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            again = Browser(shop, cookie=cookie)
            async with again.stream(after=0, seen=seen) as news:
                missed = [await next_of(news, "entry"), await next_of(news, "entry")]
                await next_of(news, "live")
            assert [each["data"]["side"] for each in missed] == ["visitor", "shop"]
            assert all(int(each["id"]) > seen for each in missed)
            assert await again.open() and again.cookie == cookie

    journey()


def test_open_pages_do_not_keep_a_server_that_is_told_to_stop(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(sqlite_url, tmp_path, at=AFTERNOON) as shop:
            visitor = Browser(shop)
            await visitor.open()
            await visitor.says("こんにちは")
            async with visitor.stream() as news:
                await next_of(news, "live")
                shop.shop.leave()
                async with asyncio.timeout(3):
                    assert [each async for each in news] == []

    journey()


def test_dots_are_shown_while_an_answer_is_made_and_go_with_it(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            visitor = Browser(shop)
            await visitor.open()
            await visitor.says("こんにちは")
            conversation = ConversationId(shop.one("SELECT 'web:' || id FROM web_visitor"))
            async with visitor.stream() as news:
                await next_of(news, "live")
                assert shop.shop.web is not None
                await shop.shop.web.show_waiting(conversation, seconds=20)
                shown = await next_of(news, "waiting")
                assert 0 < shown["data"]["ms"] <= 20_000
                assert await visitor.post({"id": fresh_id(), "text": "営業時間は"}) == 200
                assert (await next_of(news, "waiting"))["data"]["ms"] == 0

    journey()


def test_what_was_said_is_gone_from_the_page_once_the_visitor_is_forgotten(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(sqlite_url, tmp_path, at=AFTERNOON) as shop:
            visitor = Browser(shop)
            await visitor.open()
            await visitor.says("こんにちは")
            await shop.settled()
            conversation = ConversationId(shop.one("SELECT 'web:' || id FROM web_visitor"))
            await shop.shop.units.write(
                lambda db: forgetting.forget_visitor(
                    db, conversation, by="customer", now=shop.clock(), key="k"
                )
            )
            assert (await visitor.history())["entries"] == []
            assert await visitor.says("こんにちは")

    journey()


def test_the_language_of_the_page_is_that_of_the_first_answer(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(sqlite_url, tmp_path, at=AFTERNOON) as shop:
            visitor = Browser(shop, lang="ko-KR,ko;q=0.9", more={"Accept-Language": "ko"})
            assert '<html lang="ko">' in await visitor.open()
            [answer] = await visitor.taps("shop.hours")
            assert any("가" <= letter <= "힣" for letter in answer["text"])

    journey()


def test_leaving_gives_the_browser_a_new_name(sqlite_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(sqlite_url, tmp_path, at=AFTERNOON) as shop:
            visitor = Browser(shop)
            await visitor.open()
            await visitor.says("こんにちは")
            async with shop.http.post(
                f"{shop.url}/chat/leave", headers=visitor.headers()
            ) as answer:
                given = answer.cookies[COOKIE].value
            assert given != visitor.cookie
            assert (await Browser(shop, cookie=given).history())["entries"] == []

    journey()


def test_a_message_that_could_not_be_stored_is_answered_with_503_and_taken_later(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        import sqlite3

        async with open_shop(sqlite_url, tmp_path, at=AFTERNOON) as shop:
            visitor = Browser(shop)
            await visitor.open()
            message = {"id": fresh_id(), "text": "こんにちは"}
            other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            try:
                assert await visitor.post(message) == 503
            finally:
                other.execute("ROLLBACK")
                other.close()
            assert await visitor.post(message) == 200
            await visitor.told(1)
            assert shop.one("SELECT count(*) FROM inbox") == 1

    journey()


def test_a_longer_talk_is_read_in_stretches(sqlite_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(sqlite_url, tmp_path, at=AFTERNOON) as shop:
            visitor = Browser(shop)
            await visitor.open()
            await visitor.says("こんにちは")
            await shop.settled()
            conversation = shop.one("SELECT conversation FROM web_letter")

            def write(db: Any) -> None:
                from sqlalchemy import text

                for _ in range(70):
                    db.connection().execute(
                        text("INSERT INTO web_letter (conversation, heard_id, letter_id, at)"
                             " SELECT :c, NULL, NULL, at FROM web_letter LIMIT 1"),
                        {"c": conversation},
                    )  # fmt: skip

            await shop.shop.units.write(write)
            latest = await visitor.history()
            assert latest["entries"] == []  # emptied ones keep their places only
            earlier = await visitor.history(before=str(latest["first"]))
            assert [each["side"] for each in earlier["entries"]] == ["visitor", "shop"]
            assert earlier["first"] == 0

    journey()
